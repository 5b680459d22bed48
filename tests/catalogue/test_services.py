import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from wagtail.models import Locale, Page, PageViewRestriction

from catalogue.building import draft_service, organisation_page, publish
from catalogue.models import MunicipalGuide, NextStart, OrganisationPage, Service, ServicePage, WorkInstructionPage
from catalogue.queries import find_service
from tests.catalogue.conftest import Keys
from tests.factories import (
    MunicipalityFactory,
    OrganisationFactory,
    ServicePageFactory,
    add_version,
    block,
    delivery,
    fresh,
    stream,
)

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------------------------------------------------ the number


def test_a_service_and_its_versions_share_one_number(manifold: Keys) -> None:
    assert set(ServicePage.objects.values_list("service", flat=True)) == {manifold.service}
    assert Service.objects.count() == 1
    assert add_version(manifold.page, "ru").service_id == manifold.service
    assert Service.objects.count() == 1


def test_the_number_stays_with_a_new_name_a_new_place_in_the_tree_and_another_organiser(manifold: Keys) -> None:
    other = OrganisationFactory(pages=True)
    page = manifold.page
    page.title = "Uusi nimi"
    publish(page, by=None)
    page = manifold.page
    page.move(organisation_page(other, "fi"), pos="last-child")
    page = manifold.page
    assert page.service_id == manifold.service
    assert page.organiser == other
    assert page.public_path == f"/fi/palvelu/{manifold.service}-tyohonvalmennus/"
    found = find_service(manifold.service, "fi")
    assert found is not None and found.version.title == "Uusi nimi"


def test_the_address_of_a_page_is_the_permanent_one_wherever_it_stands(manifold: Keys) -> None:
    assert manifold.page.url == f"/fi/palvelu/{manifold.service}-tyohonvalmennus/"
    assert manifold.version("sv").url == f"/sv/tjanst/{manifold.service}-arbetstraning/"
    assert manifold.version("fi-simple").url == f"/fi-simple/palvelu/{manifold.service}-fi-simple-tyohonvalmennus/"
    assert manifold.page.full_url.endswith(manifold.page.url)


def test_numbers_are_not_given_again() -> None:
    first = ServicePageFactory()
    number = first.service_id
    first.delete()
    assert ServicePageFactory().service_id > number


# --------------------------------------------------------------------------------------------------------------- copying


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_a_copy_is_a_service_of_its_own(manifold: Keys, language: str) -> None:
    source = manifold.version(language)
    copy = ServicePage.objects.get(pk=source.copy(update_attrs={"title": "Kopio", "slug": "kopio"}, keep_live=False).pk)
    assert copy.service_id not in {None, manifold.service}
    assert (copy.version_kind, copy.state, copy.live, copy.source_hashes) == ("original", "draft", False, {})
    assert copy.original == copy
    assert copy.title == copy.get_latest_revision_as_object().title == "Kopio"
    assert copy.get_latest_revision_as_object().service_id == copy.service_id
    assert copy.raw("contacts") == source.raw("contacts")
    assert manifold.version(language).service_id == manifold.service


def test_a_copy_with_what_is_below_it_has_an_instruction_of_its_own_that_is_closed_too(manifold: Keys) -> None:
    copied = manifold.page.copy(recursive=True, update_attrs={"slug": "kopio"}, keep_live=False)
    [instruction] = WorkInstructionPage.objects.child_of(copied)
    assert (instruction.version_kind, instruction.state, instruction.live) == ("original", "draft", False)
    assert instruction.original == instruction
    assert PageViewRestriction.objects.filter(page=instruction, restriction_type="login").exists()


def test_a_copy_that_is_published_at_once_knows_it(manifold: Keys) -> None:
    copied = ServicePage.objects.get(pk=manifold.page.copy(update_attrs={"slug": "kopio"}, keep_live=True).pk)
    assert copied.live
    assert copied.state == "published"


# -------------------------------------------------------------------------------------------------------------- deleting


def test_a_deleted_version_leaves_the_others(manifold: Keys) -> None:
    manifold.version("sv").delete()
    found = find_service(manifold.service, "sv")
    assert found is not None and found.version.language == "fi"
    assert [list(problem) for problem in Page.find_problems()] == [[], [], [], [], []]


def test_a_service_whose_original_is_deleted_is_gone_in_every_language(manifold: Keys) -> None:
    manifold.page.delete()
    for language in ("fi", "sv", "en"):
        assert find_service(manifold.service, language) is None
    assert not ServicePage.objects.published().exists()
    assert not WorkInstructionPage.objects.filter(pk=manifold.instruction).exists()


def test_a_service_is_not_deleted_from_under_its_pages(manifold: Keys) -> None:
    with pytest.raises(ProtectedError):
        Service.objects.get(pk=manifold.service).delete()


def test_next_start_and_guides_go_with_the_service_itself() -> None:
    service = Service.objects.create()
    NextStart.objects.create(service=service, starts_on=dt.date(2027, 1, 1))
    MunicipalGuide.objects.create(service=service, municipality=MunicipalityFactory())
    service.delete()
    assert not NextStart.objects.exists()
    assert not MunicipalGuide.objects.exists()


# --------------------------------------------------------------------------------------------------- making and checking


def test_a_service_that_cannot_be_saved_leaves_nothing_behind() -> None:
    organiser = OrganisationFactory(pages=True)
    before = Service.objects.count(), Page.objects.count()
    with pytest.raises(ValidationError):
        draft_service(organiser=organiser, language="fi", by=None, title="")
    assert (Service.objects.count(), Page.objects.count()) == before


def test_a_draft_begins_below_its_organisers_page_in_its_language() -> None:
    organiser = OrganisationFactory(pages=True)
    page = draft_service(organiser=organiser, language="sv", by=None, title="Kurs")
    assert page.get_parent().specific == organisation_page(organiser, "sv")
    assert (page.locale.language_code, page.live, page.slug, page.version_kind) == ("sv", False, "kurs", "original")
    assert page.organiser == organiser


def test_services_of_the_same_name_get_slugs_of_their_own() -> None:
    organiser = OrganisationFactory(pages=True)
    pages = [draft_service(organiser=organiser, language="fi", by=None, title="Kurssi") for _ in range(3)]
    assert [page.slug for page in pages] == ["kurssi", "kurssi-2", "kurssi-3"]


def test_an_organisation_without_a_page_in_the_language_cannot_have_a_service_there() -> None:
    organiser = OrganisationFactory(pages=["fi"])
    with pytest.raises(OrganisationPage.DoesNotExist):
        draft_service(organiser=organiser, language="sv", by=None, title="Kurs")


def test_a_service_that_is_only_checked_by_a_form_makes_no_service() -> None:
    before = Service.objects.count()
    page = ServicePage(title="Luonnos", slug="luonnos", locale=Locale.objects.get(language_code="fi"))
    page.full_clean(exclude={"service", "path", "depth", "content_type"}, validate_unique=False, validate_constraints=False)
    assert page.service_id is None
    assert Service.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("boost", 11), ("review_interval", 0), ("review_interval", 731), ("price", -1), ("summary", "x" * 251), ("scope", "x")],
)
def test_a_published_service_keeps_within_its_limits(manifold: Keys, field: str, value: object) -> None:
    page = manifold.page
    setattr(page, field, value)
    with pytest.raises(ValidationError) as caught:
        page.full_clean()
    assert list(caught.value.message_dict) == [field]


def test_a_new_service_is_reviewed_after_120_days() -> None:
    assert ServicePage(title="x").review_interval == 120


# ----------------------------------------------------------------------------------------------------------------- times


def test_a_service_has_ended_when_all_its_times_have(manifold: Keys) -> None:
    where = {"place": None, "remote": True, "note": ""}
    days = [
        block("days", {**where, "days": [block("item", {"date": date, "start": None, "end": None})]})
        for date in ("2027-01-12", "2027-02-12")
    ]
    page = manifold.page
    page.delivery = delivery(times=days)
    publish(page, by=None)
    assert len(manifold.page.times()) == 2
    assert not manifold.page.has_ended(dt.date(2027, 2, 12))
    assert manifold.page.has_ended(dt.date(2027, 2, 13))
    page = fresh(page)
    page.delivery = stream()
    assert page.times() == []
    assert not page.has_ended(dt.date(2099, 1, 1))
