"""What the public pages cost: their queries, the same for one of everything as for fifteen."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale

from accounts.models import Municipality, Organisation
from catalogue.building import publish
from catalogue.models import NextStart, RelatedService, ServicePage, ServiceProducer
from home.models import HomePage, MunicipalityPage, NewsIndexPage, NewsPage
from search.models import ServiceDocument
from tests.factories import (
    DocumentFactory,
    OrganisationFactory,
    PlaceFactory,
    ServicePageFactory,
    UserFactory,
    add_version,
    block,
    contact,
    delivery,
    meeting,
)
from tests.home.conftest import CountQueries, Site, add_content_page

pytestmark = pytest.mark.django_db


def fill(page: ServicePage, others: list[ServicePage], count: int) -> None:
    """Give a service `count` of everything that there can be many of, and publish it."""
    page.related_services.set([RelatedService(related=other) for other in others[:count]])
    page.producers.set([ServiceProducer(organisation=OrganisationFactory()) for _ in range(count)])
    page.contacts = json.dumps([contact(called=f"contact-{place}") for place in range(count)])
    page.delivery = delivery(times=[{**meeting(place=PlaceFactory()), "id": str(uuid.uuid4())} for _ in range(count)])
    links: list[Any] = [block("link", {"url": f"https://example.org/{place}", "label": "Lue"}) for place in range(count)]
    files = [block("attachment", {"document": DocumentFactory().pk, "label": "Liite"}) for _ in range(count)]
    page.links = json.dumps(links + files)
    publish(page, by=None)


@pytest.fixture(scope="module")
def paths(made: Site, module_database: DjangoDbBlocker) -> dict[str, str]:
    """Two services with one and with fifteen of everything, and an organisation, a municipality and news with many."""
    with module_database.unblock():
        organiser = Organisation.objects.get(code="kurssila")
        others = [ServicePageFactory(organiser=organiser, published=True, title=f"Palvelu {place}") for place in range(15)]
        for other in others:
            NextStart.objects.create(service=other.service, starts_on=dt.date(2999, 1, 1))
        few = ServicePageFactory(organiser=organiser, published=True, title="Vähän")
        many = ServicePageFactory(organiser=organiser, published=True, title="Paljon")
        for page, count in ((few, 1), (many, 15)):
            fill(page, others, count)
            NextStart.objects.create(service=page.service, starts_on=dt.date(2999, 1, 1))
            add_version(page, "sv", texts={"title": page.title})
        locale = Locale.objects.get(language_code="fi")
        home = HomePage.objects.get(locale=locale)
        home.add_child(
            instance=MunicipalityPage(title="H", slug="h", locale=locale, municipality=Municipality.objects.get(code="091"))
        )
        news = home.add_child(instance=NewsIndexPage(title="Uutiset", slug="uutiset", locale=locale))
        for place in range(5):
            news.add_child(instance=NewsPage(title=f"Uutinen {place}", slug=f"u{place}", locale=locale))
            add_content_page(f"Sivu{place}", show_in_menus=True, in_footer=True)
        return {"few": few.public_path, "many": many.public_path}


@pytest.fixture
def one_document() -> None:
    """As if one service alone were published."""
    ServiceDocument.objects.exclude(pk=ServiceDocument.objects.order_by("pk")[0].pk).delete()


def test_a_service_takes_eight_queries_at_most_with_one_of_everything_or_fifteen(
    paths: dict[str, str], client: Client, count_queries: CountQueries
) -> None:
    few, many = count_queries(paths["few"]), count_queries(paths["many"])
    assert few == many <= 8
    assert len(client.get(paths["many"]).context["related"]) == 15


def test_a_service_in_another_language_costs_no_more(paths: dict[str, str], count_queries: CountQueries) -> None:
    swedish = paths["many"].replace("/fi/palvelu/", "/sv/tjanst/")
    assert count_queries(swedish) <= 8
    assert count_queries(paths["many"].replace("/fi/palvelu/", "/ar/service/")) <= 8


def test_the_front_page_takes_ten_queries_at_most_with_one_service_or_many(
    paths: dict[str, str], client: Client, count_queries: CountQueries, request: pytest.FixtureRequest
) -> None:
    many = count_queries("/fi/")
    assert len(client.get("/fi/").context["newest"]) > 1
    request.getfixturevalue("one_document")
    assert count_queries("/fi/") == many <= 10


@pytest.mark.parametrize(
    ("path", "most"), [("/fi/organisaatio/kurssila/", 7), ("/fi/organisaatiot/", 6), ("/fi/h/", 15), ("/fi/uutiset/", 12)]
)
def test_lists_of_services_cost_the_same_for_one_as_for_many(
    paths: dict[str, str], count_queries: CountQueries, request: pytest.FixtureRequest, path: str, most: int
) -> None:
    many = count_queries(path)
    request.getfixturevalue("one_document")
    assert count_queries(path) == many <= most


@pytest.mark.parametrize("path", ["/fi/", "few", "many", "/fi/organisaatio/kurssila/"])
def test_somebody_who_is_signed_in_costs_four_queries_more_at_most(
    paths: dict[str, str], client: Client, count_queries: CountQueries, path: str
) -> None:
    path = paths.get(path, path)
    anonymous = count_queries(path)
    client.force_login(UserFactory())
    assert count_queries(path) <= anonymous + 4
    client.force_login(UserFactory(administrator=True))
    assert count_queries(path) <= anonymous + 4


def test_a_page_that_is_not_there_is_cheap(paths: dict[str, str], client: Client, django_assert_max_num_queries: Any) -> None:
    for path in ("/fi/palvelu/999999/", "/fi/organisaatio/ei-ole/"):
        client.get(path)
        with django_assert_max_num_queries(4):
            client.get(path)
    with django_assert_max_num_queries(20):
        client.get("/fi/ei-ole/")
