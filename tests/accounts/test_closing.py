"""Closing and reopening organisations: by administrators alone, wholly or not at all, and to be taken back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts import invitations
from accounts.closing import close_organisation, reopen_organisation
from accounts.models import Invitation, Membership, Organisation, User
from accounts.signals import organisation_closed
from accounts.standing import standing_of
from tests.factories import MembershipFactory, OrganisationFactory, ProviderLinkFactory, ServicePageFactory, UserFactory

pytestmark = pytest.mark.django_db


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def is_open(organisation: Organisation) -> bool:
    return Organisation.objects.get(pk=organisation.pk).is_open


def test_closing_ends_what_memberships_give_and_reopening_gives_it_back(
    administrator: User, provider: Organisation, provider_editor: User
) -> None:
    close_organisation(organisation=provider, by=administrator)
    assert standing_of(again(provider_editor)).organisations == frozenset()
    reopen_organisation(organisation=provider, by=administrator)
    assert standing_of(again(provider_editor)).edits == {provider.pk}


def test_waiting_invitations_are_withdrawn_for_good(
    administrator: User, provider: Organisation, provider_main_user: User, main_user: User, municipal_organisation: Organisation
) -> None:
    for organisation, by in ((provider, provider_main_user), (municipal_organisation, main_user)):
        invitations.invite(addresses=["uusi@example.org"], organisation=organisation, role="editor", language="fi", by=by)
    close_organisation(organisation=provider, by=administrator)
    assert [invitation.organisation for invitation in Invitation.objects.pending()] == [municipal_organisation]
    reopen_organisation(organisation=provider, by=administrator)
    assert Invitation.objects.pending().count() == 1


def test_its_own_main_users_and_those_of_linked_municipalities_are_told(
    administrator: User, provider: Organisation, provider_main_user: User, provider_editor: User, main_user: User,
    municipal_editor: User, outsider: User,
) -> None:  # fmt: skip
    User.objects.update(preferred_language="en")
    foreign = MembershipFactory(organisation=OrganisationFactory(municipal=True), role=Membership.Role.MAIN_USER).user
    close_organisation(organisation=provider, by=administrator)
    told = {address for mail in Email.objects.filter(subject__contains="was closed") for address in mail.to}
    assert told == {provider_main_user.email, main_user.email}
    Email.objects.all().delete()
    reopen_organisation(organisation=provider, by=administrator)
    told = {address for mail in Email.objects.filter(subject__contains="was reopened") for address in mail.to}
    assert told == {provider_main_user.email, main_user.email}
    assert foreign.email not in told


def test_nobody_but_an_administrator_closes_or_reopens(
    client: Client, provider: Organisation, municipal_organisation: Organisation, main_user: User, provider_main_user: User,
    municipal_editor: User, expert: User, outsider: User,
) -> None:  # fmt: skip
    closed = OrganisationFactory(closed_at="2026-01-01T00:00Z", linked_to=[municipal_organisation])
    for user in (main_user, provider_main_user, municipal_editor, expert, outsider):
        client.force_login(user)
        for organisation in (provider, municipal_organisation, closed):
            with pytest.raises(PermissionDenied):
                close_organisation(organisation=organisation, by=user)
            with pytest.raises(PermissionDenied):
                reopen_organisation(organisation=organisation, by=user)
            for view in ("people:close_organisation", "people:reopen_organisation"):
                url = reverse(view, args=[organisation.pk])
                assert client.get(url).status_code in (302, 403, 404)
                assert client.post(url).status_code in (302, 403, 404)
    assert is_open(provider)
    assert is_open(municipal_organisation)
    assert not is_open(closed)


def test_what_is_closed_is_not_closed_again_nor_what_is_open_reopened(administrator: User, provider: Organisation) -> None:
    with pytest.raises(ValidationError):
        reopen_organisation(organisation=provider, by=administrator)
    close_organisation(organisation=provider, by=administrator)
    with pytest.raises(ValidationError):
        close_organisation(organisation=provider, by=administrator)


@pytest.fixture
def broken_room() -> Iterator[None]:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    organisation_closed.connect(fail)
    yield
    organisation_closed.disconnect(fail)


def test_a_room_that_fails_leaves_everything_as_it_was(
    administrator: User, provider: Organisation, provider_main_user: User, broken_room: None
) -> None:
    invitations.invite(
        addresses=["uusi@example.org"], organisation=provider, role="editor", language="fi", by=provider_main_user
    )
    page = ServicePageFactory(organiser=provider, published=True)
    mails = Email.objects.count()
    with pytest.raises(RuntimeError):
        close_organisation(organisation=provider, by=administrator)
    assert is_open(provider)
    assert Invitation.objects.pending().count() == 1
    page.service.refresh_from_db()
    assert page.service.is_in_force
    assert Email.objects.count() == mails


def test_an_heir_is_one_of_those_who_could_answer(administrator: User, municipal_organisation: Organisation) -> None:
    with pytest.raises(ValidationError):
        close_organisation(organisation=municipal_organisation, by=administrator, heir=OrganisationFactory(municipal=True))
    assert is_open(municipal_organisation)


# ---------------------------------------------------------------------------------------------------------- the screens


@pytest.fixture
def aino(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_the_form_of_an_organisation_leads_to_closing_and_no_longer_asks_for_a_day(
    aino: Client, provider: Organisation
) -> None:
    edit = reverse("accounts_organisation_modeladmin_edit", args=[provider.pk])
    close = reverse("people:close_organisation", args=[provider.pk])
    reopen = reverse("people:reopen_organisation", args=[provider.pk])
    html = aino.get(edit).content.decode()
    assert close in html
    assert reopen not in html
    assert "closed_at" not in html
    Organisation.objects.filter(pk=provider.pk).update(closed_at="2026-01-01T00:00Z")
    html = aino.get(edit).content.decode()
    assert reopen in html
    assert close not in html


def test_counts_are_shown_before_anything_is_done(
    aino: Client, provider: Organisation, provider_main_user: User, provider_editor: User
) -> None:
    invitations.invite(
        addresses=["uusi@example.org"], organisation=provider, role="editor", language="fi", by=provider_main_user
    )
    ServicePageFactory(organiser=provider, published=True)
    ServicePageFactory(organiser=provider)
    url = reverse("people:close_organisation", args=[provider.pk])
    html = aino.get(url).content.decode()
    for told in (
        "2 people lose the rights through it", "1 invitation is withdrawn", "2 services of the organisation are archived",
    ):  # fmt: skip
        assert told in html
    assert is_open(provider)
    assert aino.post(url, follow=True).redirect_chain
    assert not is_open(provider)
    assert aino.post(reverse("people:reopen_organisation", args=[provider.pk]), follow=True).redirect_chain
    assert is_open(provider)


def test_a_foreign_heir_in_the_form_is_refused(
    aino: Client, provider: Organisation, municipal_organisation: Organisation
) -> None:
    other, foreign = OrganisationFactory(municipal=True), OrganisationFactory(municipal=True)
    ProviderLinkFactory(provider=provider, municipal_organisation=other)
    ServicePageFactory(organiser=provider, responsible_municipality=municipal_organisation)
    url = reverse("people:close_organisation", args=[municipal_organisation.pk])
    assert f'value="{other.pk}"' in aino.get(url).content.decode()
    assert aino.post(url, {"heir": foreign.pk}).status_code == 200
    assert is_open(municipal_organisation)
    assert aino.post(url, {"heir": other.pk}).status_code == 302
    assert not is_open(municipal_organisation)


def test_closing_what_was_closed_meanwhile_is_told_at_the_form(
    aino: Client, provider: Organisation, administrator: User
) -> None:
    close_organisation(organisation=provider, by=UserFactory(administrator=True))
    answer = aino.post(reverse("people:close_organisation", args=[provider.pk]))
    assert answer.status_code == 200
    assert "closed already" in answer.content.decode()
