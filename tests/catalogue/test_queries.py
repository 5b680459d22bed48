import pytest
from pytest_django import DjangoAssertNumQueries

from catalogue.actions import change_lifecycle
from catalogue.models import NextStart, Service, ServicePage
from catalogue.queries import FoundService, find_service
from tests.catalogue.conftest import Keys
from tests.factories import ServicePageFactory, add_version

pytestmark = pytest.mark.django_db


def found(number: int, language: str) -> FoundService:
    service = find_service(number, language)
    assert service is not None
    return service


@pytest.mark.parametrize("language", ["fi", "sv", "fi-simple", "ru"])
def test_a_service_is_found_in_one_query(
    manifold: Keys, language: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        service = found(manifold.service, language)
        # What every page asks next is there already.
        assert service.original.language and service.version.language
        assert not hasattr(service.original.service, "next_start")


def test_the_next_start_comes_with_it(manifold: Keys, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    NextStart.objects.create(service_id=manifold.service, starts_on="2027-01-01")
    with django_assert_num_queries(1):
        assert found(manifold.service, "fi").original.service.next_start.starts_on.year == 2027


@pytest.mark.parametrize(
    ("reader", "version"),
    [("fi", "fi"), ("sv", "sv"), ("en", "en"), ("fi-simple", "fi-simple"), ("sv-simple", "sv"), ("ru", "en"), ("xx", "en")],
)
def test_a_reader_gets_the_version_that_suits_best(manifold: Keys, reader: str, version: str) -> None:
    service = found(manifold.service, reader)
    assert service.version.language == version
    assert (service.original.language, service.original.pk) == ("fi", manifold.original)
    assert service.is_in_force


def test_all_languages_that_the_reader_could_have_are_told(manifold: Keys) -> None:
    assert found(manifold.service, "fi").slugs == {
        "fi": "tyohonvalmennus", "sv": "arbetstraning", "en": "job-coaching", "fi-simple": "fi-simple-tyohonvalmennus",
    }  # fmt: skip


def test_a_version_that_is_not_published_is_passed_over(manifold: Keys) -> None:
    manifold.version("sv").unpublish()
    service = found(manifold.service, "sv")
    assert service.version.language == "fi"
    assert "sv" not in service.slugs


def test_a_version_in_a_language_outside_the_chain_is_better_than_none() -> None:
    original = ServicePageFactory(published=True, original="sv")
    add_version(original, "so")
    assert found(original.service_id, "so").version.language == "so"
    assert found(original.service_id, "ru").version.language == "sv"


def test_a_draft_is_not_found() -> None:
    page = ServicePageFactory(complete=True)
    assert find_service(page.service_id, "fi") is None


def test_a_version_without_a_published_original_is_not_found(manifold: Keys) -> None:
    manifold.page.unpublish()
    assert manifold.version("sv").live
    assert find_service(manifold.service, "sv") is None


def test_a_draft_beside_a_published_version_changes_nothing(manifold: Keys) -> None:
    page = manifold.page
    page.title = "Luonnos"
    page.save_revision()
    assert found(manifold.service, "fi").version.title == "Työhönvalmennus"


def test_an_outdated_service_is_found_so_that_its_address_can_say_so(manifold: Keys) -> None:
    change_lifecycle(service=Service.objects.get(pk=manifold.service), lifecycle=Service.Lifecycle.OUTDATED)
    service = found(manifold.service, "sv")
    assert (service.lifecycle, service.is_in_force) == ("outdated", False)
    assert service.version.title == "Arbetsträning"


def test_an_archived_service_is_not_found(manifold: Keys) -> None:
    change_lifecycle(service=Service.objects.get(pk=manifold.service), lifecycle=Service.Lifecycle.ARCHIVED)
    assert find_service(manifold.service, "fi") is None


@pytest.mark.parametrize("number", [0, -1, 999_999_999, 2**63 - 1])
def test_a_number_that_no_service_has_finds_nothing(db: None, number: int) -> None:
    assert find_service(number, "fi") is None


# -------------------------------------------------------------------------------------------------------- many services


def test_published_are_live_versions_of_live_originals_whose_service_is_in_force(manifold: Keys) -> None:
    def languages() -> set[str]:
        return set(ServicePage.objects.published().values_list("locale__language_code", flat=True))

    ServicePageFactory(complete=True)
    assert languages() == {"fi", "sv", "en", "fi-simple"}
    assert list(ServicePage.objects.published().originals()) == [manifold.page]
    manifold.version("en").unpublish()
    assert languages() == {"fi", "sv", "fi-simple"}
    Service.objects.update(lifecycle=Service.Lifecycle.OUTDATED)
    assert languages() == set()
    Service.objects.update(lifecycle=Service.Lifecycle.ACTIVE)
    manifold.page.unpublish()
    assert languages() == set()
