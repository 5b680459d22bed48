"""The addresses of services: one number, many words and slugs, and what each state answers."""

import pytest
from django.test import Client

from catalogue.actions import change_lifecycle
from catalogue.models import NextStart, RelatedService, Service
from tests.factories import ServicePageFactory, add_version, fresh
from tests.home.conftest import SECRET, Site, page_of

pytestmark = pytest.mark.django_db


def path(number: int, slug: str = "tyohonvalmennus", language: str = "fi", word: str = "palvelu") -> str:
    return f"/{language}/{word}/{number}-{slug}/"


# ---------------------------------------------------------------------------------------------------------- the right one


@pytest.mark.parametrize(
    ("language", "word", "slug", "title"),
    [
        ("fi", "palvelu", "tyohonvalmennus", "Työhönvalmennus"),
        ("sv", "tjanst", "arbetstraning", "Arbetsträning"),
        ("en", "service", "job-coaching", "Job coaching"),
    ],
)
def test_a_service_is_read_in_the_language_of_the_address(
    site: Site, client: Client, language: str, word: str, slug: str, title: str
) -> None:
    response = client.get(path(site.coaching, slug, language, word))
    assert response.status_code == 200
    service = response.context["service"]
    assert (service.title, service.title.language, service.language) == (title, language, language)
    html = response.content.decode()
    assert f'<html lang="{language}"' in html
    assert title in html
    head = html.partition("</head>")[0]
    assert [tag for tag in ("fi", "sv", "en", "fi-simple", "ar") if f'hreflang="{tag}"' in head] == ["fi", "sv", "en"]


def test_the_page_shows_the_facts_and_texts_of_the_service(site: Site, client: Client) -> None:
    NextStart.objects.create(service_id=site.coaching, starts_on="2999-01-07", free_places=4)
    html = client.get(path(site.coaching, "arbetstraning", "sv", "tjanst")).content.decode()
    for text in (
        "Träningen varar ett halvt år.",
        "Anmäl dig per telefon.",
        "Rådgivning",
        "Läs mera",
        "Helsingfors",
        "Kurssila rf",
    ):
        assert text in html


@pytest.mark.parametrize(
    ("language", "word"), [("fi", "palvelu"), ("sv", "tjanst"), ("fi-simple", "palvelu"), ("ar", "service")]
)
def test_a_missing_language_shows_the_best_other_version_and_marks_it(
    site: Site, client: Client, language: str, word: str
) -> None:
    number, slug, own = (site.visit, "arbetsplatsbesok", "sv") if language == "fi" else (site.course, "kielikurssi", "fi")
    response = client.get(path(number, slug, language, word))
    assert response.status_code == 200
    service = response.context["service"]
    assert (service.language, service.title.language) == (own, own)
    html = response.content.decode()
    assert f'<html lang="{language}"' in html
    assert f'lang="{own}"' in html.split("<main", 1)[1]
    assert response.context["canonical"].startswith(f"/{own}/")


def test_an_unpublished_version_gives_way_to_the_next_best(site: Site, client: Client) -> None:
    page_of(site.coaching, "en").unpublish()
    response = client.get(path(site.coaching, "tyohonvalmennus", "en", "service"))
    assert response.status_code == 200
    assert response.context["service"].language == "fi"


# ------------------------------------------------------------------------------------------------------------- redirects


@pytest.mark.parametrize(
    "address",
    [
        "/fi/palvelu/{}/",
        "/fi/palvelu/{}-/",
        "/fi/palvelu/{}-vanha-nimi/",
        "/fi/palvelu/{}-TYOHONVALMENNUS/",
        "/fi/palvelu/{}-työhönvalmennus/",
        "/fi/palvelu/0{}-tyohonvalmennus/",
        "/fi/service/{}-tyohonvalmennus/",
        "/fi/tjanst/{}-arbetstraning/",
    ],
)
def test_an_old_slug_or_anothers_word_leads_to_the_address_of_the_service(site: Site, client: Client, address: str) -> None:
    response = client.get(address.format(site.coaching))
    assert (response.status_code, response["Location"]) == (301, path(site.coaching))


def test_a_renamed_service_is_found_by_its_old_address(site: Site, client: Client) -> None:
    page = page_of(site.course)
    page.slug = "uusi-osoite"
    page.save_revision().publish(skip_permission_checks=True)
    response = client.get(path(site.course, "kielikurssi"))
    assert (response.status_code, response["Location"]) == (301, path(site.course, "uusi-osoite"))
    assert client.get(response["Location"]).status_code == 200


def test_an_address_without_its_last_slash_is_mended(site: Site, client: Client) -> None:
    response = client.get(path(site.coaching).rstrip("/"))
    assert (response.status_code, response["Location"]) == (301, path(site.coaching))


def test_the_place_in_the_tree_leads_to_the_permanent_address(site: Site, client: Client) -> None:
    response = client.get("/fi/palvelut/kurssila/kielikurssi/")
    assert (response.status_code, response["Location"]) == (301, path(site.course, "kielikurssi"))


# ------------------------------------------------------------------------------------------------ not there, no more there


def test_a_service_that_was_never_published_is_not_found(site: Site, client: Client) -> None:
    draft = ServicePageFactory(title="Luonnos")
    for number in (draft.service_id, 0, 10**9):
        assert client.get(path(number, "luonnos")).status_code == 404
        assert client.get(f"/fi/palvelu/{number}/").status_code == 404


def test_a_published_version_of_a_draft_original_is_not_found(site: Site, client: Client) -> None:
    draft = ServicePageFactory(title="Luonnos")
    add_version(draft, "sv", texts={"title": "Utkast"})
    assert client.get(f"/sv/tjanst/{draft.service_id}-utkast/").status_code == 404
    assert client.get(f"/fi/palvelu/{draft.service_id}/").status_code == 404


def test_an_unpublished_or_archived_service_is_not_found(site: Site, client: Client) -> None:
    fresh(page_of(site.course)).unpublish()
    assert client.get(path(site.course, "kielikurssi")).status_code == 404
    change_lifecycle(service=Service.objects.get(pk=site.coaching), lifecycle=Service.Lifecycle.ARCHIVED)
    assert client.get(path(site.coaching)).status_code == 404
    assert client.get(f"/fi/palvelu/{site.coaching}/").status_code == 404


def test_an_outdated_service_says_that_it_is_gone(site: Site, client: Client) -> None:
    change_lifecycle(service=Service.objects.get(pk=site.coaching), lifecycle=Service.Lifecycle.OUTDATED)
    response = client.get(path(site.coaching))
    assert response.status_code == 410
    html = response.content.decode()
    assert "Työhönvalmennus" in html
    assert "Ilmoittaudu puhelimella" not in html
    assert client.get(f"/fi/palvelu/{site.coaching}-vanha/")["Location"] == path(site.coaching)


@pytest.mark.parametrize("number", ["999999999999999", "9" * 16, "9" * 40, "9" * 5000, "9223372036854775808"])
def test_numbers_that_no_database_could_hold_are_not_found(site: Site, client: Client, number: str) -> None:
    assert client.get(f"/fi/palvelu/{number}/").status_code == 404
    assert client.get(f"/fi/palvelu/{number}-nimi/").status_code == 404


@pytest.mark.parametrize(
    "address", ["/fi/palvelu/", "/fi/palvelu/x/", "/fi/palvelu/-1/", "/fi/palvelu/1.5/", "/fi/palvelu/١/", "/fi/palvelu/%00/"]
)
def test_what_is_no_number_is_not_found(site: Site, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_services_answer_reading_only(site: Site, client: Client) -> None:
    assert client.head(path(site.coaching)).status_code == 200
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(path(site.coaching)).status_code == 405


# ----------------------------------------------------------------------------------------------------------- never shown


@pytest.mark.parametrize("language", ["fi", "sv", "en", "ar"])
def test_the_public_page_holds_nothing_of_the_work_instruction(site: Site, client: Client, language: str) -> None:
    response = client.get(f"/{language}/palvelu/{site.coaching}/", follow=True)
    assert response.status_code == 200
    html = response.content.decode()
    assert SECRET not in html
    assert "Maija Malli" not in html
    assert response.context["can_read_instruction"] is False


def test_drafted_changes_of_a_published_service_are_not_shown(site: Site, client: Client) -> None:
    page = page_of(site.course)
    page.title = "Keskeneräinen"
    page.save_revision()
    assert "Keskeneräinen" not in client.get(path(site.course, "kielikurssi")).content.decode()


def test_only_published_services_are_shown_as_related(site: Site, client: Client) -> None:
    page = page_of(site.coaching)
    draft = ServicePageFactory(title="Luonnos")
    page.related_services.set([RelatedService(related=page_of(site.course)), RelatedService(related=draft)])
    page.save_revision().publish(skip_permission_checks=True)
    response = client.get(path(site.coaching))
    assert [card.number for card in response.context["related"]] == [site.course]
    change_lifecycle(service=Service.objects.get(pk=site.course), lifecycle=Service.Lifecycle.OUTDATED)
    assert client.get(path(site.coaching)).context["related"] == ()
