"""Pages of the tree, organisations and municipalities: each address in every language, drafts and private pages to nobody."""

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Locale, Page, PageViewRestriction

from accounts.models import Municipality, Organisation, User
from catalogue.building import organisation_page
from catalogue.models import CatalogueIndexPage
from catalogue.terms import terms
from home.menus import menus
from home.models import HomePage, MunicipalityPage, NewsIndexPage, NewsPage
from tests.factories import OrganisationFactory, block
from tests.home.conftest import Site, add_content_page

pytestmark = pytest.mark.django_db


def body(text: str) -> str:
    return json.dumps(
        [block("paragraph", f"<p>{text}</p>"), block("question", {"question": "Miksi?", "answer": "<p>Siksi.</p>"})]
    )


def add(parent: Page, page: Page) -> Page:
    page.locale = parent.locale
    parent.add_child(instance=page)
    return page


# ------------------------------------------------------------------------------------------------------------ front pages


@pytest.mark.parametrize("language", ["fi", "sv", "en", "fi-simple"])
def test_every_language_of_the_interface_has_a_front_page(site: Site, client: Client, language: str) -> None:
    response = client.get(f"/{language}/")
    assert response.status_code == 200
    assert response.context["page"].locale.language_code == language
    assert {card.number for card in response.context["newest"]} == {site.coaching, site.course, site.visit}
    assert response.context["municipalities"]
    assert response.context["situations"]
    assert response.context["own_municipality"] is None


def test_a_language_without_a_front_page_of_its_own_gets_another_ones(site: Site, client: Client) -> None:
    response = client.get("/ar/")
    assert response.status_code == 200
    assert '<html lang="ar" dir="rtl">' in response.content.decode()
    assert response.context["frame"].direction == "rtl"
    assert response.context["frame"].interface_language == "en"


def test_a_draft_front_page_gives_way_to_another_language(site: Site, client: Client) -> None:
    Page.objects.get(pk=HomePage.objects.get(locale__language_code="en").pk).unpublish()
    response = client.get("/en/")
    assert response.status_code == 200
    assert response.context["page"].locale.language_code != "en"


def test_the_chosen_municipality_is_known_to_the_front_page(site: Site, client: Client) -> None:
    client.cookies["municipality"] = "091"
    assert client.get("/fi/").context["own_municipality"].code == "091"
    client.cookies["municipality"] = "999"
    assert client.get("/fi/").context["own_municipality"] is None


# ---------------------------------------------------------------------------------------------------------- content pages


def test_a_page_is_shown_in_its_own_language(site: Site, client: Client) -> None:
    add_content_page("Opas", intro="Näin löydät palvelun.", body=body("Etsi omilla sanoillasi."))
    response = client.get("/fi/opas/")
    assert response.status_code == 200
    html = response.content.decode()
    for text in ("Näin löydät palvelun.", "Etsi omilla sanoillasi.", "Miksi?", "Siksi."):
        assert text in html


@pytest.mark.parametrize("language", ["sv", "en", "fi-simple", "ar"])
def test_a_missing_language_is_served_from_another_tree_at_the_same_address(site: Site, client: Client, language: str) -> None:
    add_content_page("Opas", intro="Näin löydät palvelun.")
    response = client.get(f"/{language}/opas/")
    assert response.status_code == 200
    html = response.content.decode()
    assert f'<html lang="{language}"' in html
    assert 'lang="fi"' in html.split("<main", 1)[1]
    assert "Näin löydät palvelun." in html


def test_the_best_other_language_is_served(site: Site, client: Client) -> None:
    swedish = add_content_page("Opas", language="sv", intro="På svenska")
    add_content_page("Opas", language="en", version_of=swedish, intro="In English")
    assert "På svenska" in client.get("/fi/opas/").content.decode()
    assert "In English" in client.get("/ar/opas/").content.decode()


def test_another_languages_path_leads_to_the_readers_own(site: Site, client: Client) -> None:
    finnish = add_content_page("Opas")
    add_content_page("Handbok", language="sv", version_of=finnish)
    response = client.get("/sv/opas/")
    assert (response.status_code, response["Location"]) == (302, "/sv/handbok/")
    assert client.get("/fi/handbok/")["Location"] == "/fi/opas/"
    assert client.get("/en/handbok/").status_code == 200


def test_the_language_switch_leads_to_each_languages_own_path(site: Site, client: Client) -> None:
    finnish = add_content_page("Opas")
    add_content_page("Handbok", language="sv", version_of=finnish)
    links = {link.tag: link for link in client.get("/fi/opas/").context["frame"].languages}
    assert (links["sv"].path, links["sv"].exists) == ("/sv/handbok/", True)
    assert (links["fi"].path, links["fi"].current) == ("/fi/opas/", True)
    assert links["en"].exists is False
    assert client.get(links["en"].path).status_code == 200


def test_a_draft_is_not_found_in_any_language(site: Site, client: Client) -> None:
    page = add_content_page("Opas", live=False)
    for language in ("fi", "sv", "ar"):
        assert client.get(f"/{language}/opas/").status_code == 404
    add_content_page("Handbok", language="sv", version_of=page)
    assert client.get("/fi/opas/").status_code == 404
    assert client.get("/fi/handbok/").status_code == 200


def test_what_nobody_has_is_not_found(site: Site, client: Client) -> None:
    for path in ("/fi/ei-ole/", "/sv/ei-ole/", "/ar/ei-ole/", "/fi/palvelut/ei-ole/", "/fi/opas/ei-ole/", "/fi/ä/"):
        response = client.get(path)
        assert response.status_code == 404
        assert "<h1" in response.content.decode()


@pytest.mark.parametrize("language", ["sv", "ar"])
@pytest.mark.parametrize("kind", [PageViewRestriction.LOGIN, PageViewRestriction.PASSWORD])
def test_a_private_page_is_private_at_every_languages_address(site: Site, client: Client, language: str, kind: str) -> None:
    page = add_content_page("Opas", intro="Vain sisäiseen käyttöön")
    PageViewRestriction.objects.create(page=page, restriction_type=kind, password="salasana")
    client.raise_request_exception = False
    assert "Vain sisäiseen" not in client.get(f"/{language}/opas/").content.decode()


@pytest.mark.parametrize("kind", [PageViewRestriction.LOGIN, PageViewRestriction.PASSWORD])
def test_a_private_page_asks_who_is_there(site: Site, client: Client, kind: str) -> None:
    page = add_content_page("Opas", intro="Vain sisäiseen käyttöön")
    PageViewRestriction.objects.create(page=page, restriction_type=kind, password="salasana")
    client.raise_request_exception = False
    response = client.get("/fi/opas/")
    assert response.status_code in (200, 302)
    assert "Vain sisäiseen" not in response.content.decode()


def test_pages_for_menu_and_footer_stand_there_in_the_best_language(site: Site, client: Client) -> None:
    finnish = add_content_page("Opas", show_in_menus=True)
    add_content_page("Handbok", language="sv", version_of=finnish, show_in_menus=True)
    add_content_page("Saavutettavuus", in_footer=True)
    add_content_page("Luonnos", in_footer=True, live=False)
    frame = client.get("/sv/").context["frame"]
    assert [(link.title, link.path, link.language) for link in frame.menu] == [("Handbok", "/sv/handbok/", "sv")]
    assert [(link.title, link.path, link.language) for link in frame.footer] == [
        ("Saavutettavuus", "/sv/saavutettavuus/", "fi")
    ]
    assert client.get(frame.footer[0].path).status_code == 200


def test_menus_change_with_their_pages(site: Site, client: Client) -> None:
    def menu() -> list[str]:
        return [link.title for link in client.get("/sv/").context["frame"].menu]

    page = add_content_page("Opas", show_in_menus=True)
    assert menu() == ["Opas"]
    page.title = "Ohje"
    page.save_revision().publish()
    assert menu() == ["Ohje"]
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert menu() == []
    restriction.delete()
    assert menu() == ["Ohje"]
    page.unpublish()
    assert menu() == []


def test_a_page_below_a_closed_one_stands_in_no_menu(site: Site, client: Client) -> None:
    above = add_content_page("Sisäinen")
    add_content_page("Salainen", parent=above, show_in_menus=True)
    PageViewRestriction.objects.create(page=above, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/fi/").context["frame"].menu == ()


def test_menus_cost_no_query_until_something_changes(site: Site, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    page = add_content_page("Opas", show_in_menus=True)
    known = terms()
    menus("fi", known)
    with django_assert_num_queries(0):
        assert [link.title for link in menus("fi", known).menu] == ["Opas"]
    page.delete()
    assert menus("fi", terms()).menu == ()


def test_news_come_newest_first_and_in_pages(site: Site, client: Client) -> None:
    index = add(HomePage.objects.get(locale__language_code="fi"), NewsIndexPage(title="Uutiset", slug="uutiset"))
    for day in range(1, 13):
        add(index, NewsPage(title=f"Uutinen {day}", slug=f"u{day}", date=dt.date(2026, 5, day), body=body("Teksti")))
    add(index, NewsPage(title="Luonnos", slug="luonnos", live=False, date=dt.date(2026, 6, 1)))
    news = client.get("/fi/uutiset/").context["news"]
    assert [page.title for page in news][:2] == ["Uutinen 12", "Uutinen 11"]
    assert len(news) == 10
    assert [page.title for page in client.get("/fi/uutiset/?page=2").context["news"]] == ["Uutinen 2", "Uutinen 1"]
    for hostile in ("-1", "x", "99999999999", "%00", ""):
        assert client.get(f"/fi/uutiset/?page={hostile}").status_code == 200
    assert client.get("/fi/uutiset/u12/").status_code == 200
    assert [link.title for link in client.get("/fi/").context["news"]] == ["Uutinen 12", "Uutinen 11", "Uutinen 10"]


def test_a_municipalitys_page_shows_the_services_open_to_its_residents(site: Site, client: Client) -> None:
    home = HomePage.objects.get(locale__language_code="fi")
    municipality = Municipality.objects.get(code="091")
    acting = OrganisationFactory(municipal=True, acts_for=[municipality])
    add(home, MunicipalityPage(title="Helsinki", slug="helsinki", municipality=municipality))
    add(home, MunicipalityPage(title="Espoo", slug="espoo", municipality=Municipality.objects.get(code="049")))
    response = client.get("/fi/helsinki/")
    assert response.status_code == 200
    assert response.context["results"].total == 3
    assert response.context["organisations"] == [acting]
    assert client.get("/fi/espoo/").context["results"].total == 0


# ---------------------------------------------------------------------------------------------------------- organisations


def test_an_organisation_is_shown_with_its_services(site: Site, client: Client) -> None:
    response = client.get("/fi/organisaatio/kurssila/")
    assert response.status_code == 200
    assert {card.number for card in response.context["services"]} == {site.coaching, site.course, site.visit}
    assert "Kurssila" in response.content.decode()


def test_an_organisations_page_in_another_language_is_shown_where_the_readers_is_missing(site: Site, client: Client) -> None:
    OrganisationFactory(code="ruotsiksi", names={"sv": "På svenska rf"}, pages=("sv",))
    for path in ("/fi/organisaatio/ruotsiksi/", "/ar/organisation/ruotsiksi/"):
        response = client.get(path)
        assert response.status_code == 200
        assert response.context["page"].locale.language_code == "sv"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/sv/organisaatio/kurssila/", "/sv/organisation/kurssila/"),
        ("/fi/organisation/kurssila/", "/fi/organisaatio/kurssila/"),
        ("/fi/palvelut/kurssila/", "/fi/organisaatio/kurssila/"),
        ("/sv/palvelut/kurssila/", "/sv/organisation/kurssila/"),
    ],
)
def test_other_addresses_of_an_organisation_lead_to_its_own(site: Site, client: Client, path: str, target: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, target)


def test_an_organisation_without_a_live_page_is_not_found(site: Site, client: Client, organiser: Organisation) -> None:
    OrganisationFactory(code="sivuton")
    for code in ("sivuton", "ei-ole", "x" * 300):
        assert client.get(f"/fi/organisaatio/{code}/").status_code == 404
    for language in ("fi", "sv", "en"):
        Page.objects.get(pk=organisation_page(organiser, language).pk).unpublish()
    assert client.get("/fi/organisaatio/kurssila/").status_code == 404


def test_the_kept_footer_is_the_publics_whoever_came_first(site: Site, client: Client, expert: User) -> None:
    """What base.html keeps per language is of those who are not signed in, and given to them alone."""
    others = Client()
    others.force_login(expert)
    hers = [others.get("/fi/palvelut/").content.decode()]
    publics = [client.get("/fi/palvelut/").content.decode() for _ in range(2)]
    hers.append(others.get("/fi/palvelut/").content.decode())
    for body, signed_in in ((hers[0], True), (hers[1], True), (publics[0], False), (publics[1], False)):
        assert ("/fi/own-data/" in body) is signed_in
        assert ("/fi/sign-out/" in body) is signed_in
    assert "/sv/sign-in/" in client.get("/sv/tjanster/").content.decode()


def test_a_closed_organisation_is_not_found(site: Site, client: Client, organiser: Organisation) -> None:
    path = f"/fi/organisaatio/{organiser.code}/"
    assert client.get(path).status_code == 200
    Organisation.objects.filter(pk=organiser.pk).update(closed_at=timezone.now())
    assert client.get(path).status_code == 404
    assert path not in client.get("/fi/organisaatiot/").content.decode()


def test_the_list_of_organisations_names_those_with_a_page(site: Site, client: Client) -> None:
    OrganisationFactory(code="sivuton", names={"fi": "Sivuton ry"})
    response = client.get("/fi/organisaatiot/")
    assert response.status_code == 200
    names = [name for _kind, organisations in response.context["kinds"] for name, _path in organisations]
    assert "Kurssila ry" in names
    assert "Sivuton ry" not in names
    assert client.get("/sv/organisationer/").status_code == 200


def test_the_root_of_the_catalogue_is_the_list_of_services(site: Site, client: Client) -> None:
    index = fresh_index("sv")
    response = client.get(f"/sv/{index.slug}/")
    assert response["Location"].startswith("/sv/tjanster/")


def fresh_index(language: str) -> CatalogueIndexPage:
    found: CatalogueIndexPage = CatalogueIndexPage.objects.get(locale=Locale.objects.get(language_code=language))
    return found
