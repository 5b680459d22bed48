"""Search documents follow what is published, by signals alone: nobody calls "now reindex"."""

from typing import Any

import pytest
from django.core.management import call_command
from wagtail.models import Page

from accounts.models import Organisation
from catalogue.actions import change_lifecycle
from catalogue.building import organisation_page, publish
from catalogue.models import Service, ServicePage
from search.actions import rebuild
from search.models import ServiceDocument, ServiceFacet
from search.words import fold, plain
from tests.factories import (
    INSTRUCTION_TEXTS,
    OrganisationFactory,
    ServicePageFactory,
    WorkInstructionPageFactory,
    add_version,
    block,
    delivery,
    fresh,
    target_group,
)

pytestmark = pytest.mark.django_db


def document(page: ServicePage) -> ServiceDocument | None:
    return ServiceDocument.objects.filter(pk=page.service_id).first()


def titles(page: ServicePage) -> dict[str, str]:
    """Language → title, as lists have it; {} where the service is in no list."""
    found = document(page)
    return {tag: text["title"] for tag, text in found.texts.items()} if found else {}


@pytest.fixture
def page(organiser: Organisation) -> ServicePage:
    """A published service in Finnish and Swedish."""
    made: ServicePage = ServicePageFactory(organiser=organiser, published=True, written=("sv",))
    return made


def version(page: ServicePage, language: str) -> ServicePage:
    found: ServicePage = ServicePage.objects.get(service=page.service_id, locale__language_code=language)
    return found


# ------------------------------------------------------------------------------------------------------------ publication


def test_a_draft_has_no_document_until_it_is_published(organiser: Organisation) -> None:
    page = ServicePageFactory(organiser=organiser, complete=True)
    assert document(page) is None
    publish(page, by=None)
    assert titles(page) == {"fi": "Työhönvalmennus"}


def test_a_changed_draft_of_a_published_service_changes_nothing_until_it_is_published(page: ServicePage) -> None:
    page.title = "Uusi nimi"
    page.needs = ["language-skills"]
    revision = page.save_revision()
    found = document(page)
    assert found is not None
    assert titles(page)["fi"] == "Työhönvalmennus"
    assert found.facets["need"] == ["finding-work"]
    revision.publish(skip_permission_checks=True)
    found = document(page)
    assert found is not None
    assert titles(page)["fi"] == "Uusi nimi"
    assert "uusi nimi" in found.words
    assert found.facets["need"] == ["language-skills"]
    assert list(ServiceFacet.objects.filter(document=found, facet="need").values_list("code", flat=True)) == ["language-skills"]


def test_a_language_version_joins_when_published_and_leaves_when_unpublished(page: ServicePage) -> None:
    assert set(titles(page)) == {"fi", "sv"}
    english = add_version(page, "en", published=False)
    assert set(titles(page)) == {"fi", "sv"}
    publish(english, by=None)
    assert titles(page)["en"] == "Job coaching"
    fresh(english).unpublish()
    assert set(titles(page)) == {"fi", "sv"}


def test_an_unpublished_original_takes_all_its_versions_from_the_lists(page: ServicePage) -> None:
    fresh(page).unpublish()
    assert document(page) is None
    assert not ServiceFacet.objects.filter(document=page.service_id).exists()
    publish(fresh(page), by=None)
    assert set(titles(page)) == {"fi", "sv"}


@pytest.mark.parametrize("lifecycle", [Service.Lifecycle.OUTDATED, Service.Lifecycle.ARCHIVED])
def test_the_document_follows_the_life_of_the_service(page: ServicePage, lifecycle: Service.Lifecycle) -> None:
    change_lifecycle(service=page.service, lifecycle=lifecycle)
    assert document(page) is None
    publish(version(page, "sv"), by=None)
    assert document(page) is None
    change_lifecycle(service=page.service, lifecycle=Service.Lifecycle.ACTIVE)
    assert set(titles(page)) == {"fi", "sv"}


# ------------------------------------------------------------------------------------------------------ moves and removals


def test_a_service_that_moves_is_its_new_organisers(page: ServicePage) -> None:
    other = OrganisationFactory(pages=True)
    fresh(page).move(organisation_page(other, "fi"), pos="last-child")
    found = document(page)
    assert found is not None
    assert found.organiser == other
    assert not any(Page.find_problems())


def test_an_organisation_that_moves_keeps_its_services(page: ServicePage, organiser: Organisation) -> None:
    first = organisation_page(OrganisationFactory(pages=True), "fi")
    Page.objects.get(pk=organisation_page(organiser, "fi").pk).move(Page.objects.get(pk=first.pk), pos="right")
    found = document(page)
    assert found is not None
    assert found.organiser == organiser


def test_a_deleted_version_leaves_and_a_deleted_service_leaves_nothing(page: ServicePage) -> None:
    Page.objects.get(pk=version(page, "sv").pk).delete()
    assert set(titles(page)) == {"fi"}
    Page.objects.get(pk=page.pk).delete()
    assert not ServiceDocument.objects.exists()
    assert not ServiceFacet.objects.exists()


def test_an_original_deleted_before_its_version_leaves_nothing(page: ServicePage) -> None:
    Page.objects.get(pk=page.pk).delete()
    assert not ServiceDocument.objects.exists()
    assert version(page, "sv").live


def test_services_deleted_with_their_organisers_page_leave_nothing(page: ServicePage, organiser: Organisation) -> None:
    Page.objects.get(pk=organisation_page(organiser, "fi").pk).delete()
    assert not ServiceDocument.objects.exists()


# ---------------------------------------------------------------------------------------------------------------- content


def test_a_document_holds_every_public_text_and_the_names_of_its_terms(page: ServicePage) -> None:
    add_version(page, "en")
    found = document(page)
    assert found is not None
    for text in version(page, "en").texts().values():
        assert fold(plain(text)) in found.words
    for label in ("työhönvalmennus", "arbetsträning", "att hitta arbete", "unemployed", "job seeking", "työnhaku"):
        assert label in found.words


def test_the_work_instruction_is_in_no_document(page: ServicePage) -> None:
    secrets = {"referral": "<p>Salainen ohje</p>", "plan_text": "Salainen suunnitelma", "entries": "<p>Salainen merkintä</p>"}
    instruction = WorkInstructionPageFactory(service_page=page, published=True, languages=("sv",), **secrets)
    publish(fresh(page), by=None)
    publish(fresh(instruction), by=None)
    rebuild()
    found = document(page)
    assert found is not None
    everything = f"{found.words} {found.titles} {found.texts} {found.facets}".casefold()
    assert "salainen" not in everything
    for texts in INSTRUCTION_TEXTS.values():
        for text in texts.values():
            assert plain(text).strip().casefold() not in everything


def test_the_facts_come_from_the_original_alone(page: ServicePage) -> None:
    swedish = version(page, "sv")
    swedish.needs, swedish.for_employers, swedish.is_charged, swedish.boost = ["language-skills"], True, False, 9
    publish(swedish, by=None)
    found = document(page)
    assert found is not None
    assert (found.facets["need"], found.facets["audience"], found.facets["price"]) == (["finding-work"], ["persons"], [])
    assert found.boost == 0


def test_facets_are_what_filters_look_at(page: ServicePage) -> None:
    found = document(page)
    assert found is not None
    rows = {(row.facet, row.code) for row in ServiceFacet.objects.filter(document=found)}
    assert rows == {(facet, code) for facet, codes in found.facets.items() for code in codes}
    assert found.facets["category"] == ["job-coaching", "job-search"]
    assert found.facets["municipality"] == ["091"]
    assert found.facets["language"] == ["fi"]
    assert found.facets["producer"]


def test_any_municipality_hides_the_chosen_ones(page: ServicePage) -> None:
    page.target_group = target_group(any_municipality=True, municipalities=["091"])
    publish(page, by=None)
    found = document(page)
    assert found is not None
    assert found.facets["municipality"] == ["any"]


@pytest.mark.parametrize(
    ("times", "last_day"),
    [
        ([], None),
        ([("agreed", {})], None),
        ([("period", {"start": "2031-01-01", "end": "2031-02-01", "hours": []})], "2031-02-01"),
        ([("period", {"start": "2031-01-01", "end": "2031-02-01", "hours": []}), ("agreed", {})], None),
        ([("period", {"start": "2031-01-01", "end": None, "hours": []})], None),
    ],
)
def test_a_document_knows_the_last_day_when_every_time_has_one(page: ServicePage, times: Any, last_day: str | None) -> None:
    page.delivery = delivery(times=[block(kind, {"place": None, "remote": True, "note": "", **own}) for kind, own in times])
    publish(page, by=None)
    found = document(page)
    assert found is not None
    assert (found.ends_on.isoformat() if found.ends_on else None) == last_day


# ---------------------------------------------------------------------------------------------------------------- rebuild


def snapshot() -> tuple[list[Any], list[Any]]:
    facets = ServiceFacet.objects.values_list("document", "facet", "code")
    return list(ServiceDocument.objects.order_by("pk").values()), sorted(facets)


def test_a_rebuild_makes_the_same_documents(page: ServicePage) -> None:
    ServicePageFactory(organiser=page.organiser)
    before = snapshot()
    assert rebuild() == 1
    assert snapshot() == before


def test_a_rebuild_mends_what_is_missing_wrong_or_too_much(page: ServicePage) -> None:
    gone = ServicePageFactory(organiser=page.organiser, published=True)
    before = [row for row in snapshot()[0] if row["service_id"] == page.service_id]
    ServiceDocument.objects.filter(pk=page.service_id).update(words="", titles="", facets={})
    ServicePage.objects.filter(pk=gone.pk).update(live=False)
    call_command("rebuild_search", verbosity=0)
    assert snapshot()[0] == before
    ServiceDocument.objects.all().delete()
    call_command("rebuild_search", verbosity=0)
    assert snapshot()[0] == before
