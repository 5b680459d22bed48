"""Inviting, the mail, its link, and accepting: every rule, by every door."""

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from post_office.models import Email
from pytest_django import Settings

from accounts import invitations
from accounts.invitations import Result
from accounts.models import Invitation, Membership, Organisation, ProviderLink, User
from accounts.signals import invitation_accepted
from accounts.standing import standing_of
from tests.factories import PASSWORD, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

MAIN, EDITOR, EXPERT = Membership.Role.MAIN_USER, Membership.Role.EDITOR, Membership.Role.EXPERT
NEW_PASSWORD = "syksyinen-lause-83"
PAGE = "/en/invitation/"
HOSTILE = [
    "no-at-sign",
    "a@b",
    'a"b,c"@example.org',
    "Aino <aino@example.org>",
    "a@example.org\nBcc: b@example.org",
    "a@example.org\r\nSubject: x",
    "a@example.org\0",
    "a b@example.org",
    "x" * 300 + "@example.org",
    "",
]


def invite(by: User, organisation: Organisation, *addresses: str, role: str = EDITOR, language: str = "en") -> list[Result]:
    outcomes = invitations.invite(addresses=addresses, organisation=organisation, role=role, language=language, by=by)
    return [outcome.result for outcome in outcomes]


def link_of(address: str) -> str:
    """The path of the link in the newest mail to `address`."""
    found = re.search(r"https?://[^/]+(/\S+/)", Email.objects.filter(to=address).latest("pk").message)
    assert found is not None
    return found[1]


def fresh(user: User) -> User:
    """As of a new request."""
    return User.objects.get(pk=user.pk)


def answers(**changes: str) -> dict[str, str]:
    return {"first_name": "Uuno", "last_name": "Uusi", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, **changes}


def accept_anew(client: Client, address: str, **changes: str) -> Any:
    client.get(link_of(address))
    return client.post(PAGE, answers(**changes))


def is_gone(answer: Any) -> bool:
    return answer.status_code == 404 and "The invitation is not valid" in answer.content.decode()


# -------------------------------------------------------------------------------------------------------- inviting


def test_many_are_invited_at_once_and_each_address_is_answered_by_itself(
    main_user: User, municipal_organisation: Organisation, expert: User
) -> None:
    invite(main_user, municipal_organisation, "waiting@example.org")

    results = invite(
        main_user, municipal_organisation, "new@example.org", " NEW@example.org", expert.email.upper(),
        "waiting@example.org", "wrong", "other@example.org",
    )  # fmt: skip

    assert results == [Result.INVITED, Result.MEMBER, Result.PENDING, Result.INVALID, Result.INVITED]
    assert set(Invitation.objects.values_list("address", flat=True)) == {
        "new@example.org", "waiting@example.org", "other@example.org",
    }  # fmt: skip
    assert Email.objects.count() == 3


def test_an_invitation_does_not_tell_whether_an_address_has_an_account(
    main_user: User, municipal_organisation: Organisation, outsider: User
) -> None:
    UserFactory(email="blocked@example.org", is_active=False)
    assert (
        invite(main_user, municipal_organisation, outsider.email, "blocked@example.org", "nobody@example.org")
        == [Result.INVITED] * 3
    )


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_is_refused_and_no_mail_leaves(
    main_user: User, municipal_organisation: Organisation, address: str
) -> None:
    before = invitations.is_address(address.strip().lower())
    assert invite(main_user, municipal_organisation, address) == [Result.INVALID]
    assert before is False
    assert not Email.objects.exists()


def test_at_most_so_many_are_invited_at_once(main_user: User, municipal_organisation: Organisation, settings: Settings) -> None:
    addresses = [f"a{number}@example.org" for number in range(5000)]
    with pytest.raises(ValidationError):
        invite(main_user, municipal_organisation, *addresses)
    assert not Invitation.objects.exists()
    settings.INVITATIONS_AT_ONCE = 3
    assert invite(main_user, municipal_organisation, *addresses[:3]) == [Result.INVITED] * 3


def test_the_database_keeps_no_secret(main_user: User, municipal_organisation: Organisation) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    secret = link_of("new@example.org").strip("/").rpartition("/")[2]
    row = Invitation.objects.get()
    assert len(secret) >= 43
    assert secret not in {str(getattr(row, field.attname)) for field in Invitation._meta.concrete_fields}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_mail_speaks_the_chosen_language_and_carries_what_is_needed(
    main_user: User, municipal_organisation: Organisation, language: str
) -> None:
    invite(main_user, municipal_organisation, "new@example.org", language=language)
    row = Email.objects.get()
    names = {organisation.language: organisation.name for organisation in municipal_organisation.names.all()}
    assert names[language] in row.subject
    assert names[language] in row.message
    assert link_of("new@example.org").startswith(f"/{language}/invitation/")
    assert row.message_id
    assert str(main_user) not in row.message


def test_someone_with_an_account_gets_the_mail_in_her_own_language(
    main_user: User, municipal_organisation: Organisation
) -> None:
    UserFactory(email="sven@example.org", preferred_language="sv")
    invite(main_user, municipal_organisation, "sven@example.org", language="fi")
    assert link_of("sven@example.org").startswith("/sv/")


def test_only_those_who_manage_users_there_invite(
    main_user: User, municipal_organisation: Organisation, provider: Organisation, provider_main_user: User,
    provider_editor: User, municipal_editor: User, expert: User, outsider: User, administrator: User,
) -> None:  # fmt: skip
    foreign = OrganisationFactory(linked_to=[OrganisationFactory(municipal=True)])
    shared = OrganisationFactory(linked_to=[municipal_organisation, OrganisationFactory(municipal=True)])
    everyone = (main_user, provider_main_user, provider_editor, municipal_editor, expert, outsider, administrator)
    allowed = {
        (person.email, organisation.pk)
        for person in everyone
        for organisation in (municipal_organisation, provider, foreign, shared)
        if _may_invite(person, organisation)
    }
    assert allowed == {
        (main_user.email, municipal_organisation.pk), (main_user.email, provider.pk), (provider_main_user.email, provider.pk),
        *((administrator.email, organisation.pk) for organisation in (municipal_organisation, provider, foreign, shared)),
    }  # fmt: skip


def _may_invite(person: User, organisation: Organisation) -> bool:
    try:
        invite(person, organisation, f"{person.pk}.{organisation.pk}@example.org")
    except PermissionDenied:
        return False
    return True


def test_a_blocked_main_user_and_one_of_a_closed_organisation_invite_nobody(
    main_user: User, municipal_organisation: Organisation
) -> None:
    User.objects.filter(pk=main_user.pk).update(is_active=False)
    assert not _may_invite(fresh(main_user), municipal_organisation)
    User.objects.filter(pk=main_user.pk).update(is_active=True)
    Organisation.objects.filter(pk=municipal_organisation.pk).update(closed_at=timezone.now())
    assert not _may_invite(fresh(main_user), municipal_organisation)


def test_an_administrator_invites_nobody_into_a_closed_organisation(
    administrator: User, municipal_organisation: Organisation
) -> None:
    Organisation.objects.update(closed_at=timezone.now())
    with pytest.raises(ValidationError):
        invite(administrator, municipal_organisation, "new@example.org")


def test_nobody_invites_herself(main_user: User, provider: Organisation) -> None:
    assert invite(main_user, provider, main_user.email) == [Result.OWN]
    assert not Invitation.objects.exists()


# --------------------------------------------------------------------------------------- experts, by each door


def test_a_provider_invites_no_expert(provider_main_user: User, main_user: User, provider: Organisation) -> None:
    for person in (provider_main_user, main_user):
        with pytest.raises(ValidationError):
            invite(person, provider, "new@example.org", role=EXPERT)
    assert not Invitation.objects.exists()


def test_an_expert_is_invited_where_employment_services_are_given(
    provider_main_user: User, main_user: User, provider: Organisation, municipal_organisation: Organisation
) -> None:
    assert invite(main_user, municipal_organisation, "one@example.org", role=EXPERT) == [Result.INVITED]
    Organisation.objects.filter(pk=provider.pk).update(gives_employment_services=True)
    assert invite(provider_main_user, provider, "two@example.org", role=EXPERT) == [Result.INVITED]


def test_an_experts_invitation_dies_when_the_mark_is_taken_away(
    client: Client, provider_main_user: User, provider: Organisation
) -> None:
    Organisation.objects.filter(pk=provider.pk).update(gives_employment_services=True)
    invite(provider_main_user, provider, "new@example.org", role=EXPERT)
    Organisation.objects.filter(pk=provider.pk).update(gives_employment_services=False)

    assert is_gone(accept_anew(client, "new@example.org"))
    assert not User.objects.filter(email="new@example.org").exists()
    with pytest.raises(ValidationError):
        invitations.resend(invitation=Invitation.objects.get(), by=provider_main_user)


def test_an_experts_invitation_dies_when_the_kind_changes(
    client: Client, main_user: User, municipal_organisation: Organisation
) -> None:
    invite(main_user, municipal_organisation, "new@example.org", role=EXPERT)
    changes = {"kind": Organisation.Kind.COMPANY, "gives_employment_services": False}
    Organisation.objects.filter(pk=municipal_organisation.pk).update(**changes)
    assert is_gone(accept_anew(client, "new@example.org"))


# --------------------------------------------------------------------------------------------------------- accepting


def test_a_new_person_sets_a_password_and_has_the_role(
    client: Client, main_user: User, municipal_organisation: Organisation
) -> None:
    invite(main_user, municipal_organisation, "New@Example.org")
    heard: list[Any] = []

    def hear(sender: Any, user: User, **kwargs: Any) -> None:
        heard.append(user.email)

    invitation_accepted.connect(hear)
    answer = accept_anew(client, "new@example.org")
    invitation_accepted.disconnect(hear)

    assert answer.status_code == 200
    user = authenticate(username="new@example.org", password=NEW_PASSWORD)
    assert isinstance(user, User)
    assert (str(user), user.preferred_language, user.is_staff, user.is_superuser) == ("Uuno Uusi", "en", False, False)
    assert standing_of(user).edits == {municipal_organisation.pk}
    assert not standing_of(user).leads
    assert heard == ["new@example.org"]
    assert "_auth_user_id" not in client.session


def test_opening_the_link_accepts_nothing_and_hides_the_secret(
    client: Client, main_user: User, municipal_organisation: Organisation
) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    link = link_of("new@example.org")
    secret = link.strip("/").rpartition("/")[2]

    first = client.get(link)
    assert (first.status_code, first.headers["Location"]) == (302, PAGE)
    page = client.get(PAGE)
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Referrer-Policy"] == "same-origin"
    for answer in (first, page):
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "no-store" in answer.headers["Cache-Control"]
        assert secret not in answer.content.decode()
    assert 'name="robots" content="noindex' in page.content.decode()
    assert secret not in str(dict(client.session))
    assert Invitation.objects.pending().count() == 1
    assert client.post(link).status_code == 405


@pytest.mark.parametrize("password", ["short", "123456789012345", "1qaz2wsx3edc", "uusi.ihminen@example.org", "ihminen.uusi"])
def test_a_weak_password_is_refused_by_the_sites_rules(
    client: Client, main_user: User, municipal_organisation: Organisation, password: str
) -> None:
    invite(main_user, municipal_organisation, "uusi.ihminen@example.org")
    answer = accept_anew(client, "uusi.ihminen@example.org", password1=password, password2=password)
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not User.objects.filter(email="uusi.ihminen@example.org").exists()


def test_two_different_passwords_are_refused(client: Client, main_user: User, municipal_organisation: Organisation) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    accept_anew(client, "new@example.org", password2="muu-lause-kokonaan-7")
    assert not User.objects.filter(email="new@example.org").exists()


def test_a_form_gives_no_more_than_the_invitation(client: Client, main_user: User, provider: Organisation) -> None:
    invite(main_user, provider, "new@example.org")
    more = {"role": "main_user", "is_superuser": "on", "is_staff": "on", "email": "x@example.org", "organisation": "1"}
    accept_anew(client, "new@example.org", **more)
    user = User.objects.get(email="new@example.org")
    assert (user.is_superuser, user.is_staff) == (False, False)
    assert [(row.organisation, row.role) for row in user.memberships.all()] == [(provider, EDITOR)]


def test_someone_with_an_account_signs_in_first(
    client: Client, main_user: User, municipal_organisation: Organisation, outsider: User
) -> None:
    invite(main_user, municipal_organisation, outsider.email)
    link = link_of(outsider.email)
    client.get(link)
    assert "Sign in" in client.get(PAGE).content.decode()
    client.post(PAGE, answers())
    assert authenticate(username=outsider.email, password=PASSWORD) == outsider
    assert outsider.memberships.count() == 1

    client.force_login(outsider)
    client.get(link)
    assert client.get(PAGE).status_code == 200
    assert outsider.memberships.count() == 1
    client.post(PAGE)
    assert set(outsider.memberships.values_list("organisation", "role")) >= {(municipal_organisation.pk, EDITOR)}
    assert Invitation.objects.get().accepted_at is not None


@pytest.mark.parametrize("address", ["new@example.org", "olli@example.org"])
def test_an_invitation_is_not_accepted_from_another_account(
    client: Client, main_user: User, municipal_organisation: Organisation, outsider: User, expert: User, address: str
) -> None:
    invite(main_user, municipal_organisation, address)
    client.force_login(expert)
    client.get(link_of(address))
    for answer in (client.get(PAGE), client.post(PAGE, answers())):
        assert answer.status_code == 403
        assert "for another account" in answer.content.decode()
    assert Invitation.objects.pending().count() == 1
    assert expert.memberships.count() == 1
    with pytest.raises(PermissionDenied):
        invitations.accept(fingerprint=Invitation.objects.get().fingerprint, user=expert)


def test_a_blocked_account_is_not_opened_by_an_invitation(main_user: User, municipal_organisation: Organisation) -> None:
    blocked = UserFactory(email="blocked@example.org", is_active=False)
    invite(main_user, municipal_organisation, blocked.email)
    fingerprint = Invitation.objects.get().fingerprint
    with pytest.raises(PermissionDenied):
        invitations.accept(fingerprint=fingerprint, user=blocked)
    with pytest.raises(invitations.AccountExists):
        invitations.accept_with_new_account(
            fingerprint=fingerprint, password=NEW_PASSWORD, first_name="", last_name="", language="fi"
        )
    assert Invitation.objects.pending().exists()


def test_an_invitation_is_accepted_once(client: Client, main_user: User, municipal_organisation: Organisation) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    accept_anew(client, "new@example.org")
    second = Client()
    assert is_gone(accept_anew(second, "new@example.org"))
    assert is_gone(client.post(PAGE, answers()))
    assert User.objects.get(email="new@example.org").memberships.count() == 1


# -------------------------------------------------------------------------------------- links that work no more


def _use(client: Client, invitation: Invitation, by: User) -> None:
    accept_anew(Client(), invitation.address)


def _let_expire(client: Client, invitation: Invitation, by: User) -> None:
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(days=14, seconds=1))


def _withdraw(client: Client, invitation: Invitation, by: User) -> None:
    invitations.withdraw(invitation=invitation, by=by)


def _close(client: Client, invitation: Invitation, by: User) -> None:
    Organisation.objects.update(closed_at=timezone.now())


def _send_again(client: Client, invitation: Invitation, by: User) -> None:
    invitations.resend(invitation=invitation, by=by)


def _block_sender(client: Client, invitation: Invitation, by: User) -> None:
    User.objects.filter(pk=by.pk).update(is_active=False)


def _demote_sender(client: Client, invitation: Invitation, by: User) -> None:
    Membership.objects.filter(user=by).update(role=EDITOR)


def _forget_sender(client: Client, invitation: Invitation, by: User) -> None:
    Invitation.objects.update(invited_by=None)


@pytest.mark.parametrize(
    "happen", [_use, _let_expire, _withdraw, _close, _send_again, _block_sender, _demote_sender, _forget_sender]
)
def test_a_link_that_works_no_more_always_gives_the_same_page(
    client: Client, main_user: User, municipal_organisation: Organisation, happen: Any
) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    link = link_of("new@example.org")
    happen(client, Invitation.objects.get(), main_user)

    client.get(link)
    answer = client.get(PAGE)
    other = Client()
    other.get("/en/invitation/tampered/")
    tampered = other.get(PAGE)

    assert is_gone(answer)
    assert _plain(answer) == _plain(tampered)
    client.get(link)
    assert is_gone(client.post(PAGE, answers()))


def _plain(answer: Any) -> str:
    return re.sub(r"csrfmiddlewaretoken\S+ value=\S+", "", answer.content.decode())


def test_without_a_link_there_is_nothing_to_accept(client: Client, municipal_organisation: Organisation) -> None:
    assert is_gone(client.get(PAGE))
    assert is_gone(client.post(PAGE, answers()))


def test_a_link_works_for_fourteen_days_and_the_number_is_a_setting(
    client: Client, main_user: User, municipal_organisation: Organisation, settings: Settings
) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    Invitation.objects.update(sent_at=timezone.now() - dt.timedelta(days=13, hours=23))
    client.get(link_of("new@example.org"))
    assert client.get(PAGE).status_code == 200
    settings.INVITATION_DAYS = 3
    assert is_gone(client.get(PAGE))


def test_an_expired_invitation_is_sent_again_with_a_new_link(
    client: Client, main_user: User, municipal_organisation: Organisation
) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    old = link_of("new@example.org")
    _let_expire(client, Invitation.objects.get(), main_user)
    invitations.resend(invitation=Invitation.objects.get(), by=main_user)
    assert link_of("new@example.org") != old
    assert accept_anew(client, "new@example.org").status_code == 200
    assert User.objects.filter(email="new@example.org").exists()


def test_sending_again_adopts_the_invitation_of_someone_who_left(
    client: Client, main_user: User, administrator: User, municipal_organisation: Organisation
) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    _demote_sender(client, Invitation.objects.get(), main_user)
    invitations.resend(invitation=Invitation.objects.get(), by=administrator)
    accept_anew(client, "new@example.org")
    assert User.objects.filter(email="new@example.org").exists()


def test_what_does_not_wait_is_neither_sent_again_nor_withdrawn(main_user: User, municipal_organisation: Organisation) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    invitation = Invitation.objects.get()
    invitations.withdraw(invitation=invitation, by=main_user)
    for act in (invitations.resend, invitations.withdraw):
        with pytest.raises(Invitation.DoesNotExist):
            act(invitation=invitation, by=main_user)
    assert invite(main_user, municipal_organisation, "new@example.org") == [Result.INVITED]


def test_only_those_who_manage_users_there_send_again_or_withdraw(
    main_user: User, municipal_organisation: Organisation, provider_main_user: User, municipal_editor: User
) -> None:
    invite(main_user, municipal_organisation, "new@example.org")
    for act in (invitations.resend, invitations.withdraw):
        for person in (provider_main_user, municipal_editor):
            with pytest.raises(PermissionDenied):
                act(invitation=Invitation.objects.get(), by=person)


def test_a_municipal_main_user_loses_a_provider_that_gets_a_second_link(
    client: Client, main_user: User, provider: Organisation
) -> None:
    invite(main_user, provider, "new@example.org")
    ProviderLink.objects.create(provider=provider, municipal_organisation=OrganisationFactory(municipal=True))
    assert is_gone(accept_anew(client, "new@example.org"))


def test_the_secret_is_in_no_log(
    client: Client, main_user: User, municipal_organisation: Organisation, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    invite(main_user, municipal_organisation, "new@example.org")
    link = link_of("new@example.org")
    client.get(link)
    client.get(PAGE)
    invitations.withdraw(invitation=Invitation.objects.get(), by=main_user)
    client.get(link)
    client.get(PAGE)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert link.strip("/").rpartition("/")[2] not in "\n".join(ours)


def test_a_member_of_another_role_is_a_member(main_user: User, municipal_organisation: Organisation) -> None:
    other = MembershipFactory(organisation=municipal_organisation, role=EXPERT).user
    assert invite(main_user, municipal_organisation, other.email, role=MAIN) == [Result.MEMBER]
