"""What closing an organisation does to services: archived and brought back, handed over or listed, never orphaned."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.closing import close_organisation, consequences_of, reopen_organisation
from accounts.models import Membership, Organisation, User
from catalogue.actions import change_lifecycle
from catalogue.models import Service, ServicePage
from catalogue.queries import without_valid_responsibility
from tests.factories import MembershipFactory, OrganisationFactory, ProviderLinkFactory, ServicePageFactory, fresh

pytestmark = pytest.mark.django_db

ACTIVE, OUTDATED, ARCHIVED = Service.Lifecycle.ACTIVE, Service.Lifecycle.OUTDATED, Service.Lifecycle.ARCHIVED


def lifecycle(page: ServicePage) -> str:
    return Service.objects.get(pk=page.service_id).lifecycle


def service(provider: Organisation, **more: Any) -> ServicePage:
    page: ServicePage = ServicePageFactory(organiser=provider, **more)
    return page


# ------------------------------------------------------------------------------------------------------ own services


def test_reopening_brings_back_exactly_what_closing_archived(
    administrator: User, provider: Organisation, outsider: User
) -> None:
    active, outdated, archived = (service(provider, published=True) for _number in range(3))
    draft, foreign = service(provider), ServicePageFactory(published=True)
    change_lifecycle(service=outdated.service, lifecycle=OUTDATED)
    change_lifecycle(service=archived.service, lifecycle=ARCHIVED)
    close_organisation(organisation=provider, by=administrator)
    assert [lifecycle(page) for page in (active, outdated, archived, draft)] == [ARCHIVED] * 4
    assert lifecycle(foreign) == ACTIVE
    assert fresh(active).live
    reopen_organisation(organisation=provider, by=administrator)
    assert [lifecycle(page) for page in (active, outdated, archived, draft)] == [ACTIVE, OUTDATED, ARCHIVED, ACTIVE]


def test_what_was_changed_while_it_was_closed_is_left_as_it_is(administrator: User, provider: Organisation) -> None:
    back, anew = service(provider, published=True), service(provider, published=True)
    close_organisation(organisation=provider, by=administrator)
    change_lifecycle(service=Service.objects.get(pk=back.service_id), lifecycle=OUTDATED)
    for value in (ACTIVE, ARCHIVED):
        change_lifecycle(service=Service.objects.get(pk=anew.service_id), lifecycle=value)
    reopen_organisation(organisation=provider, by=administrator)
    assert (lifecycle(back), lifecycle(anew)) == (OUTDATED, ARCHIVED)


def test_closing_again_notes_anew(administrator: User, provider: Organisation) -> None:
    page = service(provider, published=True)
    for _time in range(2):
        close_organisation(organisation=provider, by=administrator)
        assert lifecycle(page) == ARCHIVED
        reopen_organisation(organisation=provider, by=administrator)
        assert lifecycle(page) == ACTIVE
    assert Organisation.objects.get(pk=provider.pk).closing_notes == {}


# -------------------------------------------------------------------------------------------------- services of others


@pytest.fixture
def heir(provider: Organisation) -> Organisation:
    """Espoo, to which the provider is linked too."""
    organisation = OrganisationFactory(municipal=True, code="espoo", names={"en": "Espoo"})
    ProviderLinkFactory(provider=provider, municipal_organisation=organisation)
    return organisation


def test_services_of_others_are_handed_to_the_heir_in_what_is_published_and_what_is_written(
    administrator: User, municipal_organisation: Organisation, municipal_editor: User, provider: Organisation,
    heir: Organisation,
) -> None:  # fmt: skip
    leader = MembershipFactory(organisation=heir, role=Membership.Role.MAIN_USER).user
    answer = {"responsible_municipality": municipal_organisation, "municipal_responsible": municipal_editor}
    published = service(provider, published=True, **answer)
    draft = service(provider)
    for name, value in answer.items():
        setattr(draft, name, value)
    draft.title = "Kesken"
    draft.save_revision()
    closed = close_organisation(organisation=municipal_organisation, by=administrator, heir=heir)
    assert {line.split()[0] for line in closed.handed} == {str(published.service_id), str(draft.service_id)}
    assert closed.left == ()
    page = fresh(published)
    assert (page.responsible_municipality, page.municipal_responsible) == (heir, None)
    assert page.live
    assert not page.has_unpublished_changes
    assert lifecycle(page) == ACTIVE
    latest = fresh(draft).get_latest_revision_as_object()
    assert (latest.title, latest.responsible_municipality, latest.municipal_responsible) == ("Kesken", heir, None)
    mail = Email.objects.get(to=leader.email)
    assert f"- {published.service_id} {published.title}\n" in mail.message
    assert set(without_valid_responsibility()) == set()


def test_without_an_heir_they_stay_public_and_are_listed(
    administrator: User, municipal_organisation: Organisation, provider: Organisation
) -> None:
    page = service(provider, published=True, responsible_municipality=municipal_organisation)
    assert consequences_of(municipal_organisation)[1] == {}
    closed = close_organisation(organisation=municipal_organisation, by=administrator)
    assert closed.left == (f"{page.service_id} {page.title}",)
    assert fresh(page).live
    assert fresh(page).responsible_municipality == municipal_organisation
    assert list(without_valid_responsibility()) == [page]
    assert f"- {page.service_id} {page.title}\n" in Email.objects.get(to=administrator.email).message
    reopen_organisation(organisation=municipal_organisation, by=administrator)
    assert list(without_valid_responsibility()) == []


def test_the_heir_gets_only_what_it_may_answer_for(
    administrator: User, municipal_organisation: Organisation, provider: Organisation, heir: Organisation
) -> None:
    other = OrganisationFactory(linked_to=[municipal_organisation])
    answer = {"responsible_municipality": municipal_organisation}
    linked, unlinked, joint = service(provider, **answer), service(other, **answer), service(other, **answer)
    joint.joint_organisations = [heir]
    joint.save()
    assert consequences_of(municipal_organisation)[1] == {heir.pk: 2}
    closed = close_organisation(organisation=municipal_organisation, by=administrator, heir=heir)
    assert (len(closed.handed), len(closed.left)) == (2, 1)
    assert {fresh(page).responsible_municipality for page in (linked, joint)} == {heir}
    assert fresh(unlinked).responsible_municipality == municipal_organisation


def test_a_closed_organisation_is_no_heir(
    municipal_organisation: Organisation, provider: Organisation, heir: Organisation
) -> None:
    service(provider, responsible_municipality=municipal_organisation)
    assert set(consequences_of(municipal_organisation)[1]) == {heir.pk}
    Organisation.objects.filter(pk=heir.pk).update(closed_at="2026-01-01T00:00Z")
    assert consequences_of(municipal_organisation)[1] == {}


def test_the_consequences_cost_the_same_for_many_services(
    municipal_organisation: Organisation, provider: Organisation, heir: Organisation
) -> None:
    counts = []
    for many in (1, 5):
        for _number in range(many):
            service(provider, responsible_municipality=municipal_organisation)
        with CaptureQueriesContext(connection) as queries:
            consequences_of(municipal_organisation)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ------------------------------------------------------------------------------------------------------------ the list


def test_the_list_holds_what_nobody_validly_answers_for_and_nothing_else(
    municipal_organisation: Organisation, provider: Organisation
) -> None:
    foreign = OrganisationFactory(municipal=True)
    none_public = service(provider, published=True, responsible_municipality=None)
    not_linked = service(provider, responsible_municipality=foreign)
    no_longer_municipal = service(provider, responsible_municipality=provider)
    archived = service(provider, responsible_municipality=foreign)
    change_lifecycle(service=archived.service, lifecycle=ARCHIVED)
    service(provider)
    service(provider, published=True, responsible_municipality=municipal_organisation)
    service(municipal_organisation, published=True, responsible_municipality=municipal_organisation)
    joint = service(provider, responsible_municipality=foreign)
    joint.joint_organisations = [foreign]
    joint.save()
    assert set(without_valid_responsibility()) == {none_public, not_linked, no_longer_municipal}


def test_only_administrators_see_the_list(
    client: Client, administrator: User, provider: Organisation, municipal_editor: User, provider_editor: User, expert: User
) -> None:
    page = service(provider, published=True, responsible_municipality=None)
    url = reverse("responsibility:index")
    for user in (municipal_editor, provider_editor, expert):
        client.force_login(user)
        answer = client.get(url)
        assert answer.status_code in (302, 403, 404)
        assert page.title not in answer.content.decode()
    client.force_login(administrator)
    assert page.title in client.get(url).content.decode()
    assert page.title in client.get(reverse("responsibility:index_results"), {"q": page.title[:5]}).content.decode()


def test_the_list_asks_as_little_for_many_as_for_one(client: Client, administrator: User, provider: Organisation) -> None:
    client.force_login(administrator)
    url = reverse("responsibility:index")
    client.get(url)
    counts = []
    for many in (1, 5):
        for _number in range(many):
            service(provider, responsible_municipality=OrganisationFactory(municipal=True))
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
