"""A query that is written once answers as one that is written anew."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Organisation, OrganisationName
from accounts.prepared import PreparedQuery
from tests.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db


def test_it_answers_each_value_for_itself(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first, second = OrganisationFactory(code="a"), OrganisationFactory(code="b")
    names = PreparedQuery(lambda pk, tag: OrganisationName.objects.filter(organisation=pk, language=tag).values_list("name"))
    with django_assert_num_queries(1):
        assert names(first.pk, "fi") == [("a ry",)]
    with django_assert_num_queries(1):
        assert names(second.pk, "sv") == [("b rf",)]
    assert names(second.pk, "xx") == []
    assert names(first.pk, "'; --") == []


def test_it_gives_objects_with_what_was_selected_beside_them(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = MembershipFactory(organisation__code="a")
    memberships = PreparedQuery(lambda user: Membership.objects.filter(user=user).select_related("organisation"))
    memberships(0)
    with django_assert_num_queries(1):
        (found,) = memberships(made.user_id)
        assert (found, found.organisation.code) == (made, "a")


def test_a_list_of_any_length_is_asked_for() -> None:
    made = [OrganisationFactory() for _ in range(3)]
    found = PreparedQuery(lambda keys: Organisation.objects.filter(pk__in=keys).order_by("pk"))
    for count in (1, 3, 2, 1):
        assert found(tuple(row.pk for row in made[-count:])) == made[-count:]


def test_dates_are_asked_for_and_moments_come_back_as_moments() -> None:
    closed = OrganisationFactory(closed_at=timezone.now())
    since = PreparedQuery(lambda day: Organisation.objects.filter(closed_at__date=day).values_list("closed_at"))
    today = timezone.localdate()
    assert since(today - dt.timedelta(days=9)) == []
    assert since(today) == [(closed.closed_at,)]


def test_parts_that_belong_together_may_ask_for_the_same_value_twice() -> None:
    made = MembershipFactory()
    both = PreparedQuery(
        lambda user: Membership.objects.filter(user=user).values_list("pk").union(
            Membership.objects.exclude(user=user).values_list("pk")
        )
    )  # fmt: skip
    assert both(made.user_id) == [(made.pk,)]


def test_a_value_that_does_not_reach_the_query_is_refused() -> None:
    first_few = PreparedQuery(lambda count: Organisation.objects.all()[: abs(count) % 7])
    with pytest.raises(ValueError, match="lost"):
        first_few(3)
    beginnings = PreparedQuery(lambda letters: Organisation.objects.filter(code__startswith=letters))
    with pytest.raises(ValueError, match="lost"):
        beginnings("a")


@pytest.mark.django_db(transaction=True)
def test_another_thread_asks_over_its_own_connection() -> None:
    made = OrganisationFactory()
    by_key = PreparedQuery(lambda pk: Organisation.objects.filter(pk=pk))
    assert by_key(made.pk) == [made]

    def ask() -> tuple[list[Organisation], int]:
        try:
            return by_key(made.pk), id(connection.connection)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        found, theirs = other.submit(ask).result()
    assert found == [made]
    assert theirs != id(connection.connection)
