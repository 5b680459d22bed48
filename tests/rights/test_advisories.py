"""Wagtail's fixed security advisories, 7.0 to 8.0, tried against this site: each attack is refused, or does nothing.

All that its release notes name for those versions and that concern pages, documents, images, users and snippets; of those
that concern apps which this site does not have, one test says that it has them not.
"""

import hashlib
import io
from typing import Any

import PIL.Image
import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.template import Context
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.api.v2.utils import get_restricted_collection_ids
from wagtail.contrib.table_block.templatetags.table_block_tags import cell_classname
from wagtail.documents import get_document_model
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction, Page

from accounts.models import Membership, Organisation
from catalogue.models import LegalSnippet, ServicePage, WorkInstructionPage
from home.admin_doors import DOORS
from tests.factories import DocumentFactory, MembershipFactory
from tests.rights.test_admin_doors import ADDRESSES
from tests.rights.world import World, person, secret

pytestmark = pytest.mark.django_db
Document, Image = get_document_model(), get_image_model()
EDITORS = ("provider-editor", "municipal-editor")
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(params=EDITORS)
def editor(request: pytest.FixtureRequest, world: World, client: Client) -> Client:
    """Signed in as somebody who works in the admin, and to whom the services of "vieras" are foreign."""
    client.force_login(person(request.param))
    return client


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    client.force_login(person("administrator"))
    return client


@pytest.fixture
def internal(world: World) -> Collection:
    """A restricted collection: that of the files of work instructions."""
    collection: Collection = Collection.get_first_root_node().add_child(name="Internal")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    return collection


def a_file(uploader: str, **fields: Any) -> Any:
    document = DocumentFactory(title="Salasana tiedosto", uploaded_by_user=person(uploader), **fields)
    Document.objects.filter(pk=document.pk).update(file_hash=file_hash(document))
    return Document.objects.get(pk=document.pk)


def file_hash(document: Any) -> str:
    with document.open_file() as file:
        return hashlib.sha1(file.read(), usedforsecurity=False).hexdigest()


def an_image() -> Any:
    buffer = io.BytesIO()
    PIL.Image.new("RGB", (4, 4)).save(buffer, "PNG")
    return Image.objects.create(title="Salasana kuva", file=ContentFile(buffer.getvalue(), name="kuva.png"))


def text_of(response: Any) -> str:
    """Headers and body, so that a leak in either is found."""
    body = b"".join(response) if response.streaming else response.content
    return f"{response.headers}{body.decode()}"


# --------------------------------------------------------------------------------------------------------------- pages


def test_nobody_previews_data_of_her_own_through_a_page_that_she_may_not_edit(editor: Client, world: World) -> None:
    """CVE-2026-25517, fixed in 6.3.6, 7.0.4, 7.1.3 and 7.2.2: previews did not ask whether the page may be edited at all."""
    foreign = world.page("vieras", "published")
    for view, arguments in (
        ("preview_on_edit", [foreign.pk]),
        ("preview_on_add", ["catalogue", "servicepage", foreign.get_parent().pk]),
        ("preview_on_edit", [world.instruction("vieras", "published").pk]),
        ("preview_on_add", ["catalogue", "workinstructionpage", foreign.pk]),
    ):
        address = reverse(f"wagtailadmin_pages:{view}", args=arguments)
        for answer in (editor.post(address, {"title": "Kaapattu", "slug": "kaapattu"}), editor.get(address)):
            assert answer.status_code == 403, address


def test_the_preview_itself_asks_where_the_door_is_open(world: World, client: Client) -> None:
    """CVE-2026-25517: a provider's editor passes the door of her own service, below which she may not write instructions."""
    client.force_login(person("provider-editor"))
    own = world.page("silta", "published")
    address = reverse("wagtailadmin_pages:preview_on_add", args=["catalogue", "workinstructionpage", own.pk])
    answer = client.post(address, {"title": "Kaapattu", "slug": "kaapattu"})
    assert answer.status_code in (302, 403)
    assert secret("silta", "published", "instruction") not in text_of(client.get(address))


def test_revisions_of_foreign_pages_cannot_be_compared(editor: Client, world: World) -> None:
    """CVE-2026-44197 (GHSA-c6wj-9vcj-75pj), fixed in 7.0.7 and 7.3.2: two known keys were enough to read both revisions."""
    foreign = world.page("vieras", "published")
    for page in (foreign, world.page("silta", "published")):
        for first in (foreign.latest_revision_id, "earliest"):
            compare = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first, foreign.latest_revision_id])
            assert editor.get(compare).status_code == 403
    assert editor.get(reverse("wagtailadmin_pages:revisions_compare", args=[foreign.pk, "live", "latest"])).status_code == 403


def test_the_history_of_foreign_pages_is_closed(editor: Client, world: World) -> None:
    """CVE-2026-44198 (GHSA-c4mr-889m-vgf6), fixed in 7.0.7 and 7.3.2: history was shown to whoever may not edit the page."""
    for page in (world.page("vieras", "draft"), world.instruction("vieras", "published")):
        for view in ("history", "history_results", "revisions_index", "workflow_history"):
            assert editor.get(reverse(f"wagtailadmin_pages:{view}", args=[page.pk])).status_code == 403, view


def test_a_foreign_page_cannot_be_copied_to_an_own_place(editor: Client, world: World) -> None:
    """CVE-2026-44200 (GHSA-67rv-mg8q-5pf3), fixed in 7.0.7 and 7.3.2: only the target of a copy was checked."""
    own = world.page("silta", "published").get_parent()
    before = Page.objects.count()
    for source in (world.page("vieras", "published"), world.page("silta", "draft"), world.instruction("silta", "published")):
        address = reverse("wagtailadmin_pages:copy", args=[source.pk])
        form = {"new_title": "Kopio", "new_slug": "kopio", "new_parent_page": own.pk, "copy_subpages": "on", "alias": "on"}
        assert editor.post(address, form).status_code == 403
        assert editor.get(address).status_code == 403
    assert Page.objects.count() == before


def test_the_admins_api_of_pages_gives_no_field_of_foreign_pages(editor: Client, world: World) -> None:
    """GHSA-3vrh-m9w7-v94f (CVE-2026-55468), fixed in 7.0.9, 7.3.4, 7.4.3 and 8.0: it gave drafts' fields to every editor."""
    foreign = world.page("vieras", "draft")
    listing = reverse("wagtailadmin_api:pages:listing")
    for query in (
        f"child_of={foreign.get_parent().pk}", f"descendant_of={foreign.get_parent().pk}", f"translation_of={foreign.pk}",
        f"ancestor_of={world.instruction('vieras', 'draft').pk}", "search=vieras", "for_explorer=1&limit=20",
        "type=catalogue.ServicePage&slug=palvelu-vieras-draft", "type=catalogue.WorkInstructionPage&fields=*&limit=20&offset=6",
    ):  # fmt: skip
        answer = editor.get(f"{listing}?{query}{'' if 'fields' in query else '&fields=*'}")
        assert answer.status_code in (200, 400, 404), query
        assert "Palvelu vieras" not in text_of(answer) and "salasana" not in text_of(answer).lower(), query
    for page in (foreign, world.instruction("vieras", "published")):
        assert editor.get(reverse("wagtailadmin_api:pages:detail", args=[page.pk])).status_code == 403


def test_the_admins_api_makes_no_translation_of_a_foreign_page(editor: Client, world: World) -> None:
    """GHSA-jm5p-837g-rv8g, fixed in 7.0.9, 7.3.4 and 8.0rc2: its "copy for translation" did not ask about the page."""
    before = Page.objects.count()
    for page in (world.page("vieras", "published"), world.instruction("silta", "published")):
        for action in ("copy_for_translation", "copy", "create_alias", "convert_alias"):
            address = reverse("wagtailadmin_api:pages:action", args=[page.pk, action])
            data = {"locale": "en", "copy_parents": True, "recursive": True}
            assert editor.post(address, data, content_type="application/json").status_code == 403, action
    assert Page.objects.count() == before


def test_a_foreign_page_cannot_be_sent_to_translation(editor: Client, world: World) -> None:
    """CVE-2026-54262 (GHSA-8634-mr4j-r72c), fixed in 7.0.8 and 7.3.3: translating asked about the task, not about the page.

    It was found in simple_translation; the same is tried on the add-on that this site has in its place.
    """
    before = Page.objects.count()
    for page in (world.page("vieras", "published"), world.instruction("silta", "published")):
        for view in ("submit_page_translation", "convert_to_alias"):
            address = reverse(f"wagtail_localize:{view}", args=[page.pk])
            assert editor.post(address, {"locales": ["3"], "include_subtree": "on"}).status_code == 403, view
    assert Page.objects.count() == before


def test_a_script_in_a_title_is_shown_as_its_letters(administrator: Client, world: World) -> None:
    """CVE-2026-28223 (GHSA-p4v8-rw59-93cq), fixed in 6.3.8, 7.0.6, 7.2.3 and 7.3.1: messages showed titles as markup."""
    page = world.page("silta", "published")
    Page.objects.filter(pk=page.pk).update(title=SCRIPT, draft_title=SCRIPT)
    parent = reverse("wagtailadmin_explore", args=[page.get_parent().pk])
    unpublish = reverse("wagtailadmin_pages:unpublish", args=[page.pk])
    submit = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    for answer in (
        administrator.get(page.public_path),
        administrator.get(parent),
        administrator.get(unpublish),
        administrator.get(submit),
        administrator.post(unpublish, follow=True),
    ):
        assert answer.status_code == 200
        assert SCRIPT not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()


# ------------------------------------------------------------------------------------------------- documents and images


def test_choosing_a_foreign_file_by_its_number_tells_nothing_of_it(editor: Client, world: World) -> None:
    """CVE-2026-54259 (GHSA-h54r-xq46-qwqm), fixed in 7.0.8 and 7.3.3: "chosen" gave name and address of any file."""
    foreign = a_file("outsider")
    for address in (
        reverse("wagtaildocs_chooser:chosen", args=[foreign.pk]),
        f"{reverse('wagtaildocs_chooser:chosen_multiple')}?id={foreign.pk}",
    ):
        told = text_of(editor.get(address))
        assert foreign.title not in told and foreign.filename not in told, address
    image = an_image()
    for address in (
        reverse("wagtailimages_chooser:chosen", args=[image.pk]),
        f"{reverse('wagtailimages_chooser:chosen_multiple')}?id={image.pk}",
        reverse("wagtailimages_chooser:select_format", args=[image.pk]),
    ):
        assert editor.get(address).status_code == 403, address


def test_choosing_a_foreign_page_by_its_number_tells_nothing_of_it(editor: Client, world: World) -> None:
    """The same fault as CVE-2026-54259, in the chooser of pages of 8.0.1: it names any page that it is asked for."""
    draft, instruction = world.page("vieras", "draft"), world.instruction("vieras", "published")
    for address in (
        f"{reverse('wagtailadmin_choose_page_chosen_multiple')}?id={draft.pk}&id={instruction.pk}",
        reverse("wagtailadmin_choose_page_child", args=[draft.pk]),
        reverse("wagtailadmin_choose_page_child", args=[instruction.pk]),
    ):
        assert editor.get(address).status_code == 403, address
    organisation = editor.get(reverse("wagtailadmin_choose_page_child", args=[draft.get_parent().pk]))
    assert "Palvelu vieras published" in organisation.json()["html"]
    assert "Palvelu vieras draft" not in organisation.json()["html"]


def test_an_image_is_previewed_by_administrators_alone(editor: Client, world: World) -> None:
    """CVE-2026-54261 (GHSA-r6p4-grq7-xm4m), fixed in 7.0.8 and 7.3.3: every editor could preview every image."""
    image = an_image()
    assert editor.get(reverse("wagtailimages:preview", args=[image.pk, "original"])).status_code == 403
    editor.force_login(person("administrator"))
    # An image as an answer would be a file that stays open: she is let in as far as the first mistake.
    assert editor.get(reverse("wagtailimages:preview", args=[image.pk, "x"])).status_code == 400


@pytest.mark.parametrize("spec", ["scale-100000", "width-1|jpegquality-100|scale-9999", "fill-9x9|blur-99999999", "x" * 200])
def test_an_image_preview_makes_no_work_without_bounds(administrator: Client, spec: str) -> None:
    """CVE-2026-54260 (GHSA-f2p5-j6fg-5cxf), fixed in 7.0.8 and 7.3.3: any chain of costly operations was carried out."""
    assert administrator.get(reverse("wagtailimages:preview", args=[an_image().pk, spec])).status_code == 400


def test_the_address_maker_of_images_gives_nothing_back_as_markup(administrator: Client, world: World) -> None:
    """CVE-2026-54263 (GHSA-23m2-mghx-vqmf), fixed in 7.3.3: it gave the words of its address back as HTML."""
    image = an_image()
    for view in ("url_generator", "url_generator_output"):
        address = reverse(f"wagtailimages:{view}", args=[image.pk])
        assert SCRIPT not in administrator.get(address, {"filter_method": SCRIPT, "width": SCRIPT}).content.decode()
    answer = administrator.get(reverse("wagtailimages:preview", args=[image.pk, "width-<script>alert(1)"]))
    assert answer.status_code == 400 and answer["Content-Type"].startswith("text/plain")
    administrator.force_login(person("municipal-editor"))
    assert administrator.get(reverse("wagtailimages:url_generator", args=[image.pk])).status_code == 403


@pytest.mark.parametrize("name", [None, "provider-editor", "without-role"])
def test_a_closed_file_is_not_recognised_by_its_hash(internal: Collection, client: Client, name: str | None) -> None:
    """GHSA-92hv-j533-69wc, fixed in 7.0.9, 7.3.4 and 8.0rc2: a conditional request told whether the hash is the file's."""
    document = a_file("municipal-editor", collection=internal)
    if name:
        client.force_login(person(name))
    answers = [
        client.get(address, headers={"if-none-match": f'"{known}"'})
        for address in (document.url, reverse("wagtaildocs_serve", args=[document.pk, "muu.pdf"]))
        for known in (document.file_hash, "0" * 40)
    ]
    right, wrong, *elsewhere = answers
    assert right.status_code == wrong.status_code == (403 if name else 302)
    assert [answer.status_code for answer in elsewhere] == [404, 404]
    assert all(document.file_hash not in text_of(answer) and "ETag" not in answer.headers for answer in answers)


def test_who_may_read_a_closed_file_is_told_that_it_has_not_changed(internal: Collection, client: Client) -> None:
    """The same request by somebody with the right, so that the test above could fail."""
    document = a_file("municipal-editor", collection=internal)
    client.force_login(person("expert"))
    assert client.get(document.url, headers={"if-none-match": f'"{document.file_hash}"'}).status_code == 304


def test_no_api_lists_files_or_images(world: World, editor: Client) -> None:
    """CVE-2026-44201 (GHSA-p5gm-92h4-6pv6), fixed in 7.0.7 and 7.3.2: the API listed files of private collections."""
    for address in ("documents", "images", "pages"):
        for version in ("v2", "v3"):
            assert editor.get(f"/api/{version}/{address}/", follow=True).status_code == 404
    for listing in ("documents", "images"):
        assert editor.get(reverse(f"wagtailadmin_api:{listing}:listing")).status_code == 403
        assert editor.get(reverse(f"wagtailadmin_api:{listing}:detail", args=[1])).status_code == 403


def anonymous_request() -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def test_the_api_would_leave_out_closed_collections_and_what_is_below_them(internal: Collection) -> None:
    """CVE-2026-44201 and GHSA-c2xx-cjmh-9q8f (7.0.9, 7.3.4, 8.0rc2), for the day on which this site opens an API."""
    below = internal.add_child(name="Kunnat")
    closed = {a_file("municipal-editor", collection=collection).pk for collection in (internal, below)}
    view = DocumentsAPIViewSet(request=anonymous_request())
    assert get_restricted_collection_ids(anonymous_request()) == {internal.pk, below.pk}
    assert closed.isdisjoint(view.get_queryset().values_list("pk", flat=True))


def test_a_file_below_a_closed_collection_is_closed_in_the_admin_and_on_the_site(internal: Collection, client: Client) -> None:
    """GHSA-c2xx-cjmh-9q8f, fixed in 7.0.9, 7.3.4 and 8.0rc2: collections below a private one were taken for public.

    An editor of the municipality who works for a provider as well has uploaded it: her colleagues there must not see it.
    """
    MembershipFactory(
        user=person("municipal-editor"), organisation=Organisation.objects.get(code="silta"), role=Membership.Role.EDITOR
    )
    document = a_file("municipal-editor", collection=internal.add_child(name="Kunnat"))
    assert client.get(document.url).status_code == 302
    client.force_login(person("provider-editor"))
    assert client.get(document.url).status_code == 403
    for address in (reverse("wagtaildocs:index"), reverse("wagtaildocs_chooser:choose")):
        assert document.title not in client.get(address).content.decode(), address
    client.force_login(person("municipal-main-user"))
    assert document.title in client.get(reverse("wagtaildocs:index")).content.decode()
    assert client.get(document.url, headers={"if-none-match": f'"{document.file_hash}"'}).status_code == 304


# ------------------------------------------------------------------------------------------------ snippets, other apps


def test_no_editor_copies_a_snippet(editor: Client, world: World) -> None:
    """GHSA-x5cx-w6p2-mxf2, fixed in 7.0.9, 7.3.4 and 8.0rc2: whoever may add a snippet could copy one that she may not see."""
    copies = {view: address for view, address in ADDRESSES.items() if "copy" in view}
    assert copies and not set(copies) & set(DOORS)
    before = LegalSnippet.objects.count()
    for view, address in {**copies, **{view: ADDRESSES[view] for view in ADDRESSES if "legalsnippet" in view}}.items():
        assert editor.get(address).status_code == editor.post(address, {}).status_code == 403, view
    assert LegalSnippet.objects.count() == before


def test_this_site_has_no_tables_in_blocks_forms_or_simple_translation() -> None:
    """CVE-2026-28222, CVE-2026-44199, CVE-2026-28223 and CVE-2026-54262 are of these apps: whoever adds one tests it here."""
    for app in ("table_block", "typed_table_block", "forms", "simple_translation"):
        assert not apps.is_installed(f"wagtail.contrib.{app}"), app
    for field in (*ServicePage._meta.get_fields(), *WorkInstructionPage._meta.get_fields()):
        block = getattr(field, "stream_block", None)
        assert block is None or not any("Table" in type(child).__name__ for child in block.child_blocks.values())


def test_the_class_of_a_cell_is_written_as_text() -> None:
    """CVE-2026-28222 (GHSA-p5cm-246w-84jm), fixed in 6.3.8, 7.0.6, 7.2.3 and 7.3.1: a cell's class could close its tag."""
    written = cell_classname(Context({"classnames": {(0, 0): f'">{SCRIPT}'}}), 0, 0)
    assert SCRIPT not in written and '">' not in written
