"""The experts' own front page: for whom it is, what stands on it, and what it costs."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from home.models import HomePage, Notice, NoticeText, ToolLink, ToolLinkLabel
from tests.factories import MunicipalityFactory, ServicePageFactory, target_group
from tests.home.conftest import CountQueries, Site

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def notice(title: str, *, start: int = 0, end: int | None = None, importance: str = "normal", language: str = "fi") -> Notice:
    """A notice shown from and to so many days from today."""
    made = Notice(
        shown_from=TODAY + dt.timedelta(days=start),
        shown_to=None if end is None else TODAY + dt.timedelta(days=end),
        importance=importance,
    )
    made.texts.set([NoticeText(language=language, title=title, text="Teksti")])
    made.save()
    return made


def tool(label: str, *organisations: Organisation) -> ToolLink:
    made = ToolLink(url="https://example.org/tyokalu/")
    made.labels.set([ToolLinkLabel(language="fi", label=label)])
    made.organisations.set(organisations)
    made.save()
    return made


def front_page(client: Client, person: User | None = None, path: str = "/fi/") -> Any:
    if person:
        client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200
    return response


@pytest.mark.parametrize("person", ["expert", "municipal_editor", "administrator"])
def test_whoever_may_read_instructions_gets_it(client: Client, site: Site, person: str, request: pytest.FixtureRequest) -> None:
    for path in ("/fi/", "/sv/", "/en/", "/fi-simple/", "/ar/"):
        response = front_page(client, request.getfixturevalue(person), path)
        assert response.templates[0].name == "home/expert_page.html"
        assert 'role="search"' in response.content.decode()


@pytest.mark.parametrize("person", [None, "outsider", "provider_editor"])
def test_everyone_else_gets_the_publics(client: Client, site: Site, person: str | None, request: pytest.FixtureRequest) -> None:
    notice("Vain asiantuntijoille")
    tool("Työkalu")
    response = front_page(client, request.getfixturevalue(person) if person else None)
    assert response.templates[0].name == "home/home_page.html"
    assert "Vain asiantuntijoille" not in response.content.decode()
    assert "Työkalu" not in response.content.decode()


def test_whoever_edits_the_front_page_sees_the_publics_in_the_preview(site: Site, administrator: User) -> None:
    page = HomePage.objects.get(locale__language_code="fi")
    request = RequestFactory().get("/fi/")
    request.user, request.is_preview = administrator, True  # type: ignore[attr-defined]  # as Wagtail sets it
    assert page.get_template(request) == "home/home_page.html"


def test_services_of_the_own_municipality_are_counted_and_the_newest_shown(
    client: Client, site: Site, expert: User, organiser: Organisation
) -> None:
    """Of Helsinki: the three of the site, one more, and one that is for everyone; not Espoo's."""
    espoo = ServicePageFactory(organiser=organiser, published=True, target_group=target_group(municipalities=["049"]))
    own = ServicePageFactory(organiser=organiser, published=True, title="Uusin oma")
    anyone = ServicePageFactory(organiser=organiser, published=True, target_group=target_group(any_municipality=True))
    context = front_page(client, expert).context
    assert context["own_municipality"].code == "091"
    assert context["own_total"] == 5
    assert [card.number for card in context["own_services"]] == [anyone.service_id, own.service_id, site.visit, site.course]
    assert espoo.service_id not in [card.number for card in context["own_services"]]
    assert 'href="/fi/palvelut/?municipality=091"' in front_page(client).content.decode()


def test_newest_and_changed_services_are_told_apart(client: Client, site: Site, expert: User, organiser: Organisation) -> None:
    made = [ServicePageFactory(organiser=organiser, published=True, title=f"Palvelu {place}") for place in range(6)]
    old = made[0]._meta.model.objects.get(service=site.course)
    old.summary = "Uudempi kuvaus."
    old.save_revision().publish(skip_permission_checks=True)
    context = front_page(client, expert).context
    assert [card.number for card in context["newest"]] == [page.service_id for page in reversed(made)]
    assert context["changed"][0].number == site.course
    assert not {card.number for card in context["newest"]} & {card.number for card in context["changed"]}


def test_whoever_has_several_municipalities_chooses_one_and_never_a_foreign_one(
    client: Client, site: Site, expert: User
) -> None:
    organisation = expert.memberships.get().organisation
    organisation.acts_for.set([MunicipalityFactory(code="049"), MunicipalityFactory(code="091")])
    organisation.save()
    client.force_login(expert)
    for chosen, shown in (("", "049"), ("091", "091"), ("092", "049")):
        client.post("/fi/own-municipality/", {"municipality": chosen, "next": "/fi/"})
        context = front_page(client).context
        assert context["own_municipality"].code == shown
        assert context["municipalities"][0].code == shown


def test_notices_are_shown_on_their_days_important_ones_first(client: Client, site: Site, expert: User) -> None:
    notice("Tänään", end=0)
    notice("Tärkeä", start=-5, importance="important")
    notice("Eilen loppunut", start=-3, end=-1)
    notice("Huomenna alkava", start=1)
    notice("På svenska", start=-9, language="sv")
    response = front_page(client, expert)
    assert [shown.title for shown in response.context["notices"]] == ["Tärkeä", "Tänään", "På svenska"]
    assert 'lang="sv" dir="ltr"' in response.content.decode()


def test_a_changed_notice_and_tool_are_seen_at_the_next_request(client: Client, site: Site, expert: User) -> None:
    shown, link = notice("Vanha otsikko"), tool("Vanha nimi")
    assert "Vanha otsikko" in front_page(client, expert).content.decode()
    shown.texts.set([NoticeText(language="fi", title="Uusi otsikko")])
    shown.save()
    link.organisations.set([Organisation.objects.get(code="kurssila")])
    link.save()
    html = front_page(client).content.decode()
    assert "Uusi otsikko" in html and "Vanha otsikko" not in html
    assert "Vanha nimi" not in html
    link.delete()
    shown.delete()
    assert "Uusi otsikko" not in front_page(client).content.decode()


def test_a_tool_of_certain_organisations_is_shown_to_their_members(
    client: Client, site: Site, expert: User, administrator: User, organiser: Organisation
) -> None:
    tool("Kaikille")
    tool("Omille", expert.memberships.get().organisation)
    tool("Muille", organiser)
    assert [link.label for link in front_page(client, expert).context["tools"]] == ["Kaikille", "Omille"]
    assert [link.label for link in front_page(client, administrator).context["tools"]] == ["Kaikille", "Omille", "Muille"]


@pytest.mark.parametrize("person", ["expert", "municipal_editor", "administrator"])
def test_it_costs_four_queries_more_than_the_publics_at_most(
    client: Client,
    site: Site,
    organiser: Organisation,
    person: str,
    request: pytest.FixtureRequest,
    count_queries: CountQueries,
) -> None:
    anonymous = count_queries("/fi/")
    client.force_login(request.getfixturevalue(person))
    few = count_queries("/fi/")
    for place in range(15):
        notice(f"Ilmoitus {place}")
        tool(f"Työkalu {place}", organiser)
    for place in range(3):
        ServicePageFactory(organiser=organiser, published=True, title=f"Palvelu {place}")
    assert few == count_queries("/fi/") <= anonymous + 4


@pytest.mark.parametrize("model", ["notice", "toollink"])
def test_only_administrators_keep_notices_and_tools(
    client: Client, site: Site, administrator: User, municipal_editor: User, model: str
) -> None:
    notice("Ilmoitus")
    tool("Työkalu")
    addresses = [f"/admin/home/{model}/", f"/admin/home/{model}/create/", f"/admin/home/{model}/edit/1/"]
    client.force_login(municipal_editor)
    assert not [address for address in addresses if client.get(address).status_code == 200]
    client.force_login(administrator)
    assert [client.get(address).status_code for address in addresses[:2]] == [200, 200]


def test_a_notice_cannot_end_before_it_begins(client: Client, site: Site, administrator: User) -> None:
    client.force_login(administrator)
    rows = {"texts-TOTAL_FORMS": 1, "texts-INITIAL_FORMS": 0, "texts-MIN_NUM_FORMS": 1, "texts-MAX_NUM_FORMS": 99}
    text = {"texts-0-language": "fi", "texts-0-title": "Otsikko", "texts-0-text": "", "texts-0-ORDER": 1, "texts-0-DELETE": ""}
    days = {"importance": "normal", "shown_from": "2026-03-02", "shown_to": "2026-03-01"}
    client.post("/admin/home/notice/create/", {**rows, **text, **days})
    assert not Notice.objects.exists()
    client.post("/admin/home/notice/create/", {**rows, **text, **days, "shown_to": "2026-03-02"})
    assert str(Notice.objects.get()) == "Otsikko"


def test_the_publics_front_page_takes_no_query_more(client: Client, site: Site) -> None:
    front_page(client)
    with CaptureQueriesContext(connection) as captured:
        front_page(client)
    assert not [query for query in captured if "notice" in query["sql"] or "toollink" in query["sql"]]
