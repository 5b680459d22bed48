"""Files of work instructions: closed wherever they are named from, and whatever somebody does to their collection."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, TestCase
from wagtail.models import Collection, CollectionViewRestriction

from accounts.models import User
from catalogue.actions import ensure_internal_collection
from catalogue.attachments import INTERNAL_COLLECTION
from catalogue.leaf_blocks import RICH_TEXT_FEATURES
from catalogue.models import MunicipalGuide, MunicipalGuideText, ServicePage, WorkInstructionPage
from palvelumanuaali import urls
from tests.catalogue.editing import block_data, editor_form, form_data, save
from tests.factories import DocumentFactory, MunicipalityFactory, block, stream
from tests.home.conftest import Site, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_on_disk(settings: Any, tmp_path: Path) -> None:
    """Wagtail's view gives out files, and those in memory are none."""
    settings.MEDIA_ROOT = tmp_path
    file_system = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": file_system}


def attach(page: WorkInstructionPage | ServicePage, document: Any, *, published: bool = True) -> None:
    """Give `page` one attachment. Wagtail notes who uses what after the commit."""
    page.links = stream(block("attachment", {"document": document.pk, "label": "Liite"}))
    with TestCase.captureOnCommitCallbacks(execute=True):
        revision = page.save_revision()
        if published:
            revision.publish(skip_permission_checks=True)


@pytest.fixture
def instruction(site: Site) -> WorkInstructionPage:
    return WorkInstructionPage.objects.get(version_kind="original")


def fetch(client: Client, document: Any) -> tuple[Any, bytes]:
    """The answer and its body, read to the end, which closes the file."""
    answer: Any = client.get(document.url)
    return answer, b"".join(answer.streaming_content) if answer.streaming else answer.content


def collection_of(document: Any) -> str:
    return str(type(document).objects.select_related("collection").get(pk=document.pk).collection.name)


@pytest.mark.parametrize("published", [True, False])
def test_a_file_of_an_instruction_is_moved_when_it_is_saved(instruction: WorkInstructionPage, published: bool) -> None:
    document = DocumentFactory()
    assert collection_of(document) != INTERNAL_COLLECTION
    attach(instruction, document, published=published)
    assert collection_of(document) == INTERNAL_COLLECTION
    restrictions = CollectionViewRestriction.objects.filter(collection__name=INTERNAL_COLLECTION)
    assert [row.restriction_type for row in restrictions] == [CollectionViewRestriction.LOGIN]


def test_a_file_that_a_text_or_a_guide_links_to_is_moved_too(instruction: WorkInstructionPage) -> None:
    in_text, in_guide = DocumentFactory(), DocumentFactory()
    instruction.entries = f'<p><a linktype="document" id="{in_text.pk}">Ohje</a></p>'
    instruction.save_revision()
    guide = MunicipalGuide(
        service_id=instruction.get_parent().specific.service_id, municipality=MunicipalityFactory(code="091")
    )
    guide.texts.set([MunicipalGuideText(language="fi", guide=f'<a id="{in_guide.pk}" linktype="document">Ohje</a>')])
    guide.save()
    guide.save_revision()
    assert {collection_of(in_text), collection_of(in_guide)} == {INTERNAL_COLLECTION}


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (None, 302),
        ("outsider", 403),
        ("provider_editor", 403),
        ("expert", 200),
        ("municipal_editor", 200),
        ("administrator", 200),
    ],
)
def test_an_internal_file_is_given_to_those_with_the_right_only(
    client: Client, instruction: WorkInstructionPage, person: str | None, status: int, request: pytest.FixtureRequest
) -> None:
    document = DocumentFactory()
    attach(instruction, document)
    if person:
        client.force_login(request.getfixturevalue(person))
    answer, body = fetch(client, document)
    assert answer.status_code == status
    assert answer["Cache-Control"] == "private, no-store"
    assert "noindex" in answer["X-Robots-Tag"]
    assert (b"%PDF-1.4" in body) is (status == 200)
    if status == 302:
        assert answer["Location"].startswith("/fi/sign-in/?next=/documents/")


def test_a_public_file_is_given_to_everyone(client: Client, site: Site) -> None:
    document = DocumentFactory()
    attach(page_of(site.course), document)
    answer, _body = fetch(client, document)
    assert answer.status_code == 200
    assert "no-store" not in answer.get("Cache-Control", "")


@pytest.mark.parametrize("spoilt", ["moved out", "renamed", "restriction gone"])
def test_an_internal_file_stays_closed_whatever_becomes_of_its_collection(
    client: Client, instruction: WorkInstructionPage, outsider: User, spoilt: str, tasks: None
) -> None:
    document = DocumentFactory()
    attach(instruction, document)
    if spoilt == "moved out":
        type(document).objects.update(collection=Collection.get_first_root_node())
    elif spoilt == "renamed":
        Collection.objects.filter(name=INTERNAL_COLLECTION).update(name="Muu")
    else:
        CollectionViewRestriction.objects.all().delete()
    assert fetch(client, document)[0].status_code == 302
    client.force_login(outsider)
    assert fetch(client, document)[0].status_code == 403


def test_a_file_that_is_no_more_in_the_instruction_stays_closed(client: Client, instruction: WorkInstructionPage) -> None:
    document = DocumentFactory()
    attach(instruction, document)
    attach(instruction, DocumentFactory())
    assert fetch(client, document)[0].status_code == 302


def test_a_file_that_a_public_page_uses_is_refused_with_reasons(
    client: Client, site: Site, instruction: WorkInstructionPage, administrator: User, tasks: None
) -> None:
    document = DocumentFactory(title="Hakulomake")
    attach(page_of(site.course), document)
    client.force_login(administrator)
    page = instruction.get_latest_revision_as_object()
    data = form_data(editor_form(page, administrator))
    links = [block("attachment", {"document": document.pk, "label": "Liite"})]
    data |= block_data(page._meta.get_field("links").stream_block, links, "links")
    answer = save(client, page, data)
    [message] = answer.context["form"].non_field_errors()
    assert "Hakulomake" in message
    assert collection_of(document) != INTERNAL_COLLECTION
    assert fetch(client, document)[0].status_code == 200


def test_a_public_page_is_not_given_an_internal_file(
    client: Client, site: Site, instruction: WorkInstructionPage, administrator: User
) -> None:
    document = DocumentFactory(title="Sisäinen lomake")
    attach(instruction, document)
    client.force_login(administrator)
    page = page_of(site.course).get_latest_revision_as_object()
    attached = [block("attachment", {"document": document.pk, "label": "Liite"})]
    html = f'<p><a linktype="document" id="{document.pk}">Liite</a></p>'
    [participation] = page.raw("participation")
    linking = [{**participation, "value": {**participation["value"], "how": html}}]
    for name, raw in (("links", attached), ("participation", linking)):
        data = form_data(editor_form(page, administrator))
        data |= block_data(page._meta.get_field(name).stream_block, raw, name)
        [message] = save(client, page, data).context["form"].non_field_errors()
        assert "Sisäinen lomake" in message


def test_preparing_the_site_makes_one_collection_and_its_restriction(site: Site) -> None:
    for _ in range(2):
        call_command("prepare_site", verbosity=0)
    assert Collection.objects.filter(name=INTERNAL_COLLECTION).count() == 1
    assert ensure_internal_collection().get_view_restrictions().count() == 1


def test_instructions_have_no_images() -> None:
    """Renditions of images would lie under a public address."""
    assert not {"image", "embed"} & set(RICH_TEXT_FEATURES)
    for name in WorkInstructionPage.stream_fields:
        blocks = WorkInstructionPage._meta.get_field(name).stream_block
        assert not [path for path in repr(blocks.deconstruct()).split() if "image" in path.lower()]


def test_media_addresses_give_no_documents(client: Client, instruction: WorkInstructionPage, settings: Any) -> None:
    document = DocumentFactory()
    attach(instruction, document)
    assert client.get(document.file.url, follow=True).status_code == 404
    settings.DEBUG = True
    try:
        patterns = importlib.reload(urls).urlpatterns
        media = [pattern for pattern in patterns if "media" in str(pattern.pattern)]
        assert media
        for path in ("media/documents/x.pdf", "media/original_images/x.png", "media/images/../documents/x.pdf"):
            found = [match for pattern in media if (match := pattern.resolve(path))]
            assert not found or ".." in found[0].kwargs["path"]
    finally:
        settings.DEBUG = False
        importlib.reload(urls)
