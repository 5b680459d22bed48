"""What the list costs: its queries, the same for one service as for a full page."""

import datetime as dt

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from catalogue.models import NextStart
from tests.factories import ServicePageFactory, UserFactory, add_version
from tests.search.conftest import CountQueries

pytestmark = pytest.mark.django_db
LIST = "/fi/palvelut/"


@pytest.fixture(scope="module")
def fifteen(numbers: dict[str, int], module_database: DjangoDbBlocker) -> None:
    """Eleven more services, each of an organiser of its own, with versions, next start and several facts."""
    with module_database.unblock():
        for _ in range(11):
            page = ServicePageFactory(published=True, title="Laskettava")
            add_version(page, "sv", texts={"title": "Räknas"})
            NextStart.objects.create(service=page.service, starts_on=dt.date(2999, 1, 1))


FILTERED = f"{LIST}?need=finding-work&municipality=091&q=e"


def test_the_list_takes_ten_queries_at_most_with_one_service_or_fifteen(fifteen: None, count_queries: CountQueries) -> None:
    one = count_queries(f"{LIST}?q=kielikurssi")
    many = count_queries(LIST)
    assert one == many <= 10
    assert count_queries(FILTERED) <= 10


def test_somebody_who_is_signed_in_costs_four_queries_more_at_most(
    fifteen: None, client: Client, count_queries: CountQueries
) -> None:
    anonymous = count_queries(LIST)
    client.force_login(UserFactory(administrator=True))
    assert count_queries(LIST) <= anonymous + 4


def test_ones_own_municipality_costs_no_query(fifteen: None, count_queries: CountQueries) -> None:
    assert count_queries(LIST, municipality="091") == count_queries(LIST, municipality="")
