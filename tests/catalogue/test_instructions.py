import json
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from wagtail.contrib.sitemaps.sitemap_generator import Sitemap
from wagtail.models import Locale, Page, PageViewRestriction
from wagtail.search.backends import get_search_backend
from wagtail.search.models import IndexEntry

from accounts.models import Municipality, User
from catalogue.instruction_presentation import present_instruction
from catalogue.models import MunicipalGuide, MunicipalGuideText, OrganisationPage, ServicePage, WorkInstructionPage
from catalogue.queries import find_instruction, find_service
from tests.catalogue.conftest import Keys
from tests.factories import WorkInstructionPageFactory, add_version, fresh

pytestmark = pytest.mark.django_db
# Each is signed in and may read no instruction.
SIGNED_IN = ["provider_editor", "outsider"]


@pytest.fixture
def instruction(manifold: Keys) -> WorkInstructionPage:
    return WorkInstructionPage.objects.select_related("locale").get(pk=manifold.instruction)


@pytest.fixture
def swedish(instruction: WorkInstructionPage) -> WorkInstructionPage:
    return instruction.get_translation(Locale.objects.get(language_code="sv"))


def request_of(user: Any) -> Any:
    request = RequestFactory().get("/somewhere/")
    request.user = user
    return request


def tree_address(page: Page) -> str:
    """Where Wagtail would serve the page in its tree, whatever address the page gives itself."""
    return f"/{page.url_path.lstrip('/')}"


# ----------------------------------------------------------------------------------------------------- reached by address


def test_who_is_not_signed_in_is_asked_to_sign_in(instruction: WorkInstructionPage) -> None:
    answer = instruction.serve(request_of(AnonymousUser()))
    assert answer.status_code == 302
    assert answer["Location"] == "/en/sign-in/?next=/somewhere/"


@pytest.mark.parametrize("person", SIGNED_IN)
def test_who_is_signed_in_without_the_right_is_refused(
    instruction: WorkInstructionPage, person: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        instruction.serve(request_of(request.getfixturevalue(person)))


def test_an_administrator_is_sent_to_the_address_below_the_service(
    instruction: WorkInstructionPage, manifold: Keys, administrator: User
) -> None:
    answer = instruction.serve(request_of(administrator))
    assert answer.status_code == 302
    assert answer["Location"] == f"/fi/palvelu/{manifold.service}-tyohonvalmennus/tyoohje/"
    assert instruction.url == instruction.path_below_service == answer["Location"]


def test_the_swedish_version_has_the_address_below_the_swedish_service(swedish: WorkInstructionPage, manifold: Keys) -> None:
    assert swedish.url == f"/sv/tjanst/{manifold.service}-arbetstraning/arbetsinstruktion/"


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_its_address_in_the_tree_is_closed_in_every_language(
    manifold: Keys, language: str, client: Client, outsider: User, administrator: User
) -> None:
    page = WorkInstructionPage.objects.child_of(manifold.version(language)).get()
    address = tree_address(page)
    assert client.get(address).status_code == 404
    for user in (outsider, administrator):
        client.force_login(user)
        assert client.get(address).status_code == 404


# ------------------------------------------------------------------------------------------------------- the preview


@pytest.mark.parametrize("person", SIGNED_IN)
def test_the_preview_is_refused_too(instruction: WorkInstructionPage, person: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        instruction.serve_preview(request_of(request.getfixturevalue(person)), "")


def test_the_preview_is_refused_to_who_is_not_signed_in(instruction: WorkInstructionPage) -> None:
    with pytest.raises(PermissionDenied):
        instruction.serve_preview(request_of(AnonymousUser()), "")


# ------------------------------------------------------------------------------------------------- in no public listing


def test_no_public_listing_has_it_in_any_language(instruction: WorkInstructionPage, swedish: WorkInstructionPage) -> None:
    assert instruction.live and swedish.live
    public = Page.objects.live().public()
    assert public.type(ServicePage).count() == 4
    assert not public.type(WorkInstructionPage).exists()
    assert not WorkInstructionPage.objects.live().public().exists()


def restricted(page: Page) -> bool:
    return PageViewRestriction.objects.filter(page=page, restriction_type=PageViewRestriction.LOGIN).exists()


def test_every_instruction_gets_its_restriction_when_it_is_made(
    instruction: WorkInstructionPage, swedish: WorkInstructionPage, manifold: Keys
) -> None:
    assert restricted(instruction)
    assert restricted(swedish)
    assert restricted(add_version(instruction, "en", published=False))
    assert restricted(WorkInstructionPageFactory(service_page=manifold.version("en").copy(update_attrs={"slug": "x"})))


def test_a_copy_and_an_alias_are_restricted_too(instruction: WorkInstructionPage, manifold: Keys) -> None:
    copied = manifold.page.copy(recursive=True, update_attrs={"slug": "kopio"}, keep_live=True)
    [copy] = WorkInstructionPage.objects.child_of(copied)
    assert copy.live and restricted(copy)
    bare = manifold.page.copy(update_attrs={"slug": "tyhja"}, keep_live=True)
    alias = instruction.create_alias(parent=bare, update_slug="alias")
    assert alias.live and restricted(alias)
    assert not Page.objects.live().public().type(WorkInstructionPage).exists()


def test_a_restriction_that_somebody_took_away_comes_back_and_one_is_enough(instruction: WorkInstructionPage) -> None:
    instruction.save()
    assert PageViewRestriction.objects.filter(page=instruction).count() == 1
    PageViewRestriction.objects.all().delete()
    instruction.save()
    assert restricted(instruction)


def test_even_without_the_restriction_it_is_closed(instruction: WorkInstructionPage, client: Client, outsider: User) -> None:
    PageViewRestriction.objects.all().delete()
    assert client.get(tree_address(instruction)).status_code == 404
    assert client.get(instruction.path_below_service).status_code == 302
    client.force_login(outsider)
    assert client.get(tree_address(instruction)).status_code == 404
    assert client.get(instruction.path_below_service).status_code == 403


def test_no_search_of_wagtails_finds_it(instruction: WorkInstructionPage) -> None:
    instruction.save_revision().publish(skip_permission_checks=True)
    call_command("update_index", verbosity=0)
    search = get_search_backend().search
    assert {page.specific_class for page in search("Työhönvalmennus", Page.objects.all())} == {ServicePage}
    for word in ("Soita", "valmentajalle", instruction.title, "työohje"):
        assert not search(word, Page.objects.all())
    content_type = ContentType.objects.get_for_model(WorkInstructionPage)
    assert not IndexEntry.objects.filter(content_type=content_type).exists()
    assert not WorkInstructionPage.get_indexed_objects().exists()


def test_no_sitemap_names_it(instruction: WorkInstructionPage, manifold: Keys) -> None:
    request = RequestFactory().get("/", headers={"host": "localhost"})
    addresses = {row["location"] for page in Sitemap(request).items() for row in page.specific.get_sitemap_urls(request)}
    assert any(address.endswith(manifold.page.url) for address in addresses)
    assert not any("tyoohje" in address or "arbetsinstruktion" in address for address in addresses)
    assert instruction.get_sitemap_urls() == []


# ------------------------------------------------------------------------------------------------- its place in the tree


def test_a_service_has_one_instruction_at_most_and_nothing_else_has_any(manifold: Keys) -> None:
    assert not WorkInstructionPage.can_create_at(manifold.page)
    assert WorkInstructionPage.can_create_at(manifold.version("en"))
    assert WorkInstructionPage.allowed_parent_page_models() == [ServicePage]
    assert WorkInstructionPage.allowed_subpage_models() == []
    assert not WorkInstructionPage.can_create_at(OrganisationPage.objects.first())


def test_a_service_knows_its_instruction_as_it_was_last_saved(instruction: WorkInstructionPage, manifold: Keys) -> None:
    instruction.referral = "<p>Uusi tapa.</p>"
    instruction.save_revision()
    assert manifold.page.instruction().referral == "<p>Uusi tapa.</p>"
    assert fresh(instruction).referral == "<p>Soita valmentajalle.</p>"
    assert manifold.version("en").instruction() is None


# ------------------------------------------------------------------------------------------------------ municipal guides


def test_a_municipality_has_one_guide_to_a_service_with_texts_per_language_and_history(manifold: Keys) -> None:
    helsinki = Municipality.objects.get(code="091")
    guide = MunicipalGuide(service_id=manifold.service, municipality=helsinki)
    old = {"fi": "<p>Vanha</p>", "sv": "<p>Gammal</p>"}
    guide.texts.set([MunicipalGuideText(language=language, guide=html) for language, html in old.items()])
    guide.save()
    first = guide.save_revision()
    guide.texts.set([MunicipalGuideText(language="fi", guide="<p>Uusi</p>")])
    guide.save()
    guide.save_revision()
    assert [row.guide for row in MunicipalGuide.objects.get().texts.all()] == ["<p>Uusi</p>"]
    assert {row.language: row.guide for row in first.as_object().texts.all()} == old
    assert guide.revisions.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        MunicipalGuide.objects.create(service_id=manifold.service, municipality=helsinki)


# -------------------------------------------------------------------------------------------- the read model in the preview


def test_a_versions_preview_shows_its_draft_over_the_live_originals_facts(
    client: Client, instruction: WorkInstructionPage, swedish: WorkInstructionPage, administrator: User
) -> None:
    instruction.is_archived, instruction.archiving_link = True, "https://example.org/luonnos"
    instruction.save_revision()
    swedish.entries = "<p>Utkast</p>"
    [line] = swedish.raw("contacts")
    swedish.contacts = json.dumps([{**line, "value": {**line["value"], "phone": "+358999"}}])
    request = request_of(administrator)
    context = swedish.get_preview_context(request, "")
    texts = {section.anchor: str(section.text) for section in context["instruction"].sections}
    assert texts["entries"] == "<p>Utkast</p>"
    assert texts["referral"] == "<p>Ring coachen.</p>"
    assert [line.phone for line in context["instruction"].contacts] == ["+358401234567"]
    assert not context["instruction"].is_archived
    assert context["instruction"].archiving_link == ""


def test_control_marks_in_a_stored_text_break_nothing(instruction: WorkInstructionPage) -> None:
    instruction.entries = "<p>Kirjaa\x1enäin</p>"
    shown = present_instruction(instruction, instruction, language="fi")
    assert {section.anchor: section.text for section in shown.sections}["entries"] == "<p>Kirjaanäin</p>"


def test_an_instruction_written_below_a_version_is_no_second_original(instruction: WorkInstructionPage, manifold: Keys) -> None:
    WorkInstructionPageFactory(service_page=manifold.version("en"), published=True, referral="<p>Stray</p>")
    found = find_service(manifold.service, "en")
    assert found is not None
    written = find_instruction(found, "en")
    assert written is not None
    assert (written.original.pk, written.version.language) == (instruction.pk, "fi")
    instruction.unpublish()
    assert find_instruction(found, "en").original.referral == "<p>Stray</p>"  # type: ignore[union-attr]  # it is there


def test_a_version_below_a_withdrawn_version_of_the_service_is_not_read(manifold: Keys, swedish: WorkInstructionPage) -> None:
    ServicePage.objects.filter(pk=manifold.version("sv").pk).update(live=False)
    assert swedish.live
    found = find_service(manifold.service, "sv")
    assert found is not None
    written = find_instruction(found, "sv")
    assert written is not None and written.version.language == "fi"
