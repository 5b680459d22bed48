"""What a person is, from memberships and links alone, at the next question."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Organisation, ProviderLink, User
from accounts.standing import NOBODY, Standing, standing_of
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


def now(user: User) -> Standing:
    """The standing as the next request finds it."""
    return standing_of(User.objects.get(pk=user.pk))


def test_the_public_has_none(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert standing_of(AnonymousUser()) is NOBODY


def test_an_expert_advises_and_edits_nothing(expert: User, municipal_organisation: Organisation) -> None:
    assert now(expert) == Standing(user=expert.pk, advises=frozenset({municipal_organisation.pk}), residents=frozenset({"091"}))


def test_a_municipal_editor_has_the_providers_that_are_linked(
    municipal_editor: User, municipal_organisation: Organisation, provider: Organisation
) -> None:
    pk = municipal_organisation.pk
    assert now(municipal_editor) == Standing(
        user=municipal_editor.pk,
        edits=frozenset({pk}),
        municipal=frozenset({pk}),
        linked={pk: frozenset({provider.pk})},
        sole={provider.pk: pk},
        residents=frozenset({"091"}),
        represents=frozenset({"091"}),
    )


def test_a_provider_has_only_itself(provider_editor: User, provider: Organisation) -> None:
    assert now(provider_editor) == Standing(user=provider_editor.pk, edits=frozenset({provider.pk}))


def test_a_provider_of_two_municipal_organisations_is_the_sole_one_of_neither(
    municipal_editor: User, provider: Organisation
) -> None:
    other = OrganisationFactory(municipal=True)
    ProviderLink.objects.create(provider=provider, municipal_organisation=other)
    assert now(municipal_editor).linked_providers == {provider.pk}
    assert now(municipal_editor).sole == {}
    Organisation.objects.filter(pk=other.pk).update(closed_at=timezone.now())
    assert set(now(municipal_editor).sole) == {provider.pk}


def test_a_main_user_leads(provider_editor: User, provider: Organisation) -> None:
    assert now(provider_editor).leads == frozenset()
    Membership.objects.filter(user=provider_editor).update(role=Role.MAIN_USER)
    assert now(provider_editor).leads == {provider.pk}


@pytest.mark.parametrize("change", ["blocked", "closed", "removed"])
def test_what_is_over_gives_nothing_at_the_next_request(
    municipal_editor: User, municipal_organisation: Organisation, provider: Organisation, change: str
) -> None:
    assert now(municipal_editor).edits
    if change == "blocked":
        User.objects.filter(pk=municipal_editor.pk).update(is_active=False)
    elif change == "closed":
        Organisation.objects.filter(pk=municipal_organisation.pk).update(closed_at=timezone.now())
    else:
        Membership.objects.all().delete()
    standing = now(municipal_editor)
    assert not (standing.edits or standing.municipal or standing.linked or standing.residents or standing.organisations)


def test_a_closed_provider_and_a_link_that_ended_are_linked_no_more(municipal_editor: User, provider: Organisation) -> None:
    Organisation.objects.filter(pk=provider.pk).update(closed_at=timezone.now())
    assert now(municipal_editor).linked_providers == frozenset()
    Organisation.objects.filter(pk=provider.pk).update(closed_at=None)
    assert now(municipal_editor).linked_providers == {provider.pk}
    ProviderLink.objects.all().delete()
    assert now(municipal_editor).linked_providers == frozenset()


@pytest.mark.parametrize(
    ("fields", "advises"),
    [({}, False), ({"gives_employment_services": True}, True), ({"kind": Organisation.Kind.MUNICIPAL}, True)],
)
def test_an_experts_membership_counts_only_where_there_may_be_experts(fields: dict[str, Any], advises: bool) -> None:
    """Whatever the organisation was when the membership was made."""
    organisation, user = OrganisationFactory(), UserFactory()
    Membership.objects.bulk_create([Membership(user=user, organisation=organisation, role=Role.EXPERT)])
    Organisation.objects.filter(pk=organisation.pk).update(**fields)
    assert bool(now(user).advises) is advises


def test_the_home_organisation_gives_nothing(municipal_organisation: Organisation) -> None:
    user = UserFactory(home_organisation=municipal_organisation)
    assert now(user) == Standing(user=user.pk)


def test_roles_in_two_organisations_stand_side_by_side(provider_editor: User, municipal_organisation: Organisation) -> None:
    MembershipFactory(user=provider_editor, organisation=municipal_organisation, role=Role.EXPERT)
    standing = now(provider_editor)
    assert len(standing.edits) == len(standing.advises) == 1
    assert standing.municipal == frozenset()


@pytest.mark.parametrize("count", [3, 150])
def test_it_takes_one_query_however_many_organisations_there_are(
    municipal_editor: User, municipal_organisation: Organisation, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    providers = Organisation.objects.bulk_create(
        Organisation(code=f"o{number}", kind=Organisation.Kind.COMPANY) for number in range(count)
    )
    ProviderLink.objects.bulk_create(
        ProviderLink(provider=provider, municipal_organisation=municipal_organisation) for provider in providers
    )
    user = User.objects.get(pk=municipal_editor.pk)
    with django_assert_num_queries(1):
        assert len(standing_of(user).linked_providers) == count
        standing_of(user)
