"""The life of accounts: mails, blocking, and the person's disappearance, each after its days."""

import datetime as dt
import logging
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from pytest_django import Settings

from accounts import invitations, life, mail
from accounts.activity import KEEP_SALT, keep_token, record_activity, user_of_token
from accounts.life import Step, due_step, keep_accounts
from accounts.models import Invitation, Membership, Organisation, User
from catalogue.models import ServicePage
from tests.factories import MembershipFactory, ServicePageFactory, UserFactory, fresh, site_tree

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def day(number: int) -> dt.datetime:
    """So many days after the person of the test was last seen."""
    return NOW + dt.timedelta(days=number)


def again(user: User) -> User:
    """As of a new request."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def idle(db: None) -> User:
    """Last seen on day 0."""
    return UserFactory(
        email="ida@example.org",
        first_name="Ida",
        preferred_language="en",
        title="Ohjaaja",
        date_joined=day(-400),
        last_login=NOW,
    )


def run(number: int) -> dict[Step, int]:
    return dict(keep_accounts(now=day(number)))


def link_in(mail: Any) -> str:
    return next(line for line in mail.message.splitlines() if "/keep-account/" in line).removeprefix("http://localhost:8000")


# ------------------------------------------------------------------------------------------------------------ the steps


def test_each_step_comes_after_its_days(idle: User) -> None:
    assert run(164) == {}
    assert run(165) == {Step.REMINDED: 1}
    assert run(165) == run(178) == {}
    assert run(179) == {Step.REMINDED_AGAIN: 1}
    assert run(179) == run(192) == {}
    assert again(idle).is_active
    assert run(193) == {Step.BLOCKED: 1}
    assert not again(idle).is_active
    assert run(193) == run(222) == {}
    assert run(223) == {Step.ANONYMISED: 1}
    assert run(223) == run(2000) == {}


def test_runs_that_were_missed_skip_no_mail(idle: User) -> None:
    assert run(300) == {Step.REMINDED: 1}
    assert run(301) == {}
    assert run(400) == {Step.REMINDED_AGAIN: 1}
    assert run(401) == {}
    assert run(500) == {Step.BLOCKED: 1}
    assert run(501) == {}
    assert [mail.subject for mail in Email.objects.order_by("pk")] == [
        "Do you still need your account in Palvelumanuaali?", "Your account in Palvelumanuaali will be blocked",
    ]  # fmt: skip


@pytest.mark.parametrize("sign", ["last_login", "last_active_at"])
@pytest.mark.parametrize("mails", [1, 2])
def test_a_sign_of_life_begins_all_anew(idle: User, sign: str, mails: int) -> None:
    for number in (165, 179)[:mails]:
        run(number)
    User.objects.filter(pk=idle.pk).update(**{sign: day(180)})
    assert run(344) == {}
    assert run(345) == {Step.REMINDED: 1}
    assert run(358) == {}
    assert run(359) == {Step.REMINDED_AGAIN: 1}


def test_the_days_are_settings(idle: User, settings: Settings) -> None:
    settings.ACCOUNT_REMINDER_DAYS, settings.ACCOUNT_SECOND_REMINDER_DAYS = 10, 2
    settings.ACCOUNT_BLOCK_DAYS, settings.ACCOUNT_ANONYMISE_DAYS = 3, 4
    assert [list(run(number)) for number in (9, 10, 12, 15, 19)] == [
        [], [Step.REMINDED], [Step.REMINDED_AGAIN], [Step.BLOCKED], [Step.ANONYMISED],
    ]  # fmt: skip


def test_a_dry_run_counts_and_changes_nothing(idle: User) -> None:
    before = User.objects.values().get(pk=idle.pk)
    assert dict(keep_accounts(now=day(165), dry_run=True)) == {Step.REMINDED: 1}
    assert User.objects.values().get(pk=idle.pk) == before
    assert not Email.objects.exists()


def test_someone_blocked_by_hand_is_not_anonymised_by_the_rule() -> None:
    blocked = UserFactory(is_active=False, last_login=NOW)
    assert due_step(blocked, day(5000)) is None
    assert run(5000) == {}


def test_what_fails_is_counted_told_without_an_address_and_hinders_nobody(
    idle: User, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = UserFactory(last_login=NOW, date_joined=day(-400))
    send = mail.send

    def fail_for_ida(*, to: User, **more: Any) -> Any:
        if to == idle:
            raise ValidationError(f"{to.email} is not valid")
        return send(to=to, **more)

    monkeypatch.setattr(mail, "send", fail_for_ida)
    with caplog.at_level(logging.DEBUG):
        assert run(165) == {Step.REMINDED: 1, Step.FAILED: 1}
    assert again(idle).reminded_at is None
    assert again(other).reminded_at is not None
    assert "@" not in caplog.text
    assert f"Account {idle.pk}: ValidationError" in caplog.text


def test_the_command_tells_counts_and_no_address(idle: User, capfd: pytest.CaptureFixture[str]) -> None:
    User.objects.filter(pk=idle.pk).update(last_login=day(-170))
    out = StringIO()
    call_command("keep_accounts", "--dry-run", stdout=out)
    assert out.getvalue() == "Due, nothing was changed: reminded: 1.\n"
    call_command("keep_accounts", stdout=out)
    call_command("keep_accounts", stdout=out)
    assert out.getvalue().splitlines()[1:] == ["Accounts: reminded: 1.", "Accounts: nothing is due."]
    assert "@" not in out.getvalue() + "".join(capfd.readouterr())


def test_the_command_says_when_something_failed(idle: User, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(pk=idle.pk).update(last_login=day(-170))
    monkeypatch.setattr(life, "_remind", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(CommandError, match="Failed: 1"):
        call_command("keep_accounts", verbosity=0)


# ----------------------------------------------------------------------------------------------------- administrators


def test_the_last_administrator_is_never_blocked() -> None:
    pair = [UserFactory(administrator=True, last_login=NOW, date_joined=day(-400)) for _number in range(2)]
    assert run(165) == {Step.REMINDED: 2}
    assert run(179) == {Step.REMINDED_AGAIN: 2}
    assert run(193) == {Step.BLOCKED: 1, Step.KEPT: 1}
    assert User.objects.filter(pk__in=[user.pk for user in pair], is_active=True).count() == 1
    assert run(194) == {Step.KEPT: 1}


# ------------------------------------------------------------------------------------------------------ anonymisation


def test_an_anonymised_person_is_gone_and_the_history_stays(idle: User, provider: Organisation) -> None:
    idle.home_organisation = provider
    idle.save()
    MembershipFactory(user=idle, organisation=provider, role=Membership.Role.MAIN_USER)
    invitations.invite(
        addresses=["uusi@example.org"], organisation=provider, role=Membership.Role.EDITOR, language="fi", by=again(idle)
    )
    page = ServicePageFactory(organiser=provider, provider_responsible=idle, published=True)
    page.title = "Muutettu"
    page.save_revision(user=idle, log_action=True)
    for number in (165, 179, 193, 223):
        run(number)
    gone = User.objects.get(pk=idle.pk)
    assert (gone.email, gone.first_name, gone.last_name, gone.title) == (f"removed-{idle.pk}@invalid", "", "", "")
    assert (gone.home_organisation, gone.last_login, gone.last_active_at) == (None, None, None)
    assert not gone.has_usable_password()
    assert not gone.is_active
    assert str(gone) == "Removed person"
    assert not gone.memberships.exists()
    assert not Invitation.objects.pending().exists()
    assert not Email.objects.filter(to__contains="ida@example.org").exists()
    assert page.revisions.filter(user=gone).exists()
    found = fresh(page)
    assert found.live
    assert found.provider_responsible is None
    draft = found.get_latest_revision_as_object()
    assert (draft.title, draft.provider_responsible) == ("Muutettu", None)


def test_the_address_can_be_invited_anew(idle: User, provider_main_user: User, provider: Organisation) -> None:
    for number in (165, 179, 193, 223):
        User.objects.filter(pk=provider_main_user.pk).update(last_login=day(number))
        run(number)
    sent = invitations.invite(
        addresses=["ida@example.org"], organisation=provider, role=Membership.Role.EDITOR, language="fi", by=provider_main_user
    )
    assert [outcome.result for outcome in sent] == [invitations.Result.INVITED]


# ----------------------------------------------------------------------------------------------- what is lost is told


def recipients() -> set[str]:
    return {address for mail in Email.objects.filter(subject__startswith="Something to do") for address in mail.to}


def make_idle(user: User) -> None:
    User.objects.filter(pk=user.pk).update(date_joined=day(-400), last_login=NOW)


def block(user: User) -> None:
    """Take all steps for `user`, while everyone else is seen all the time."""
    make_idle(user)
    for number in (165, 179, 193):
        User.objects.exclude(pk=user.pk).update(last_login=day(number), preferred_language="en")
        run(number)


def test_the_last_main_user_of_a_provider_is_missed_by_the_municipality_and_the_administrators(
    provider_main_user: User, main_user: User, administrator: User, municipal_editor: User, outsider: User
) -> None:
    block(provider_main_user)
    assert recipients() == {main_user.email, administrator.email}
    text = Email.objects.get(to=main_user.email).message
    assert "It was the last main user of Valmennus ry" in text
    assert "Paula" not in text
    assert provider_main_user.email not in text


def test_nothing_is_told_where_nothing_is_lost(provider_main_user: User, provider: Organisation, main_user: User) -> None:
    MembershipFactory(organisation=provider, role=Membership.Role.MAIN_USER)
    block(provider_main_user)
    assert recipients() == set()


def test_a_responsible_person_is_missed_with_the_services_by_number_and_name(
    provider_editor: User, provider: Organisation, provider_main_user: User, main_user: User, administrator: User
) -> None:
    page = ServicePageFactory(organiser=provider, provider_responsible=provider_editor, published=True, instruction=True)
    block(provider_editor)
    assert recipients() == {provider_main_user.email, main_user.email, administrator.email}
    text = Email.objects.get(to=main_user.email).message
    assert f"- {page.service_id} {page.title}\n" in text
    assert "last main user" not in text
    assert fresh(page).live


def test_a_municipal_responsible_person_is_missed_by_her_own_main_users(
    municipal_editor: User, municipal_organisation: Organisation, provider: Organisation, main_user: User, outsider: User
) -> None:
    page = ServicePageFactory(
        organiser=provider, responsible_municipality=municipal_organisation, municipal_responsible=municipal_editor
    )
    block(municipal_editor)
    assert recipients() == {main_user.email}
    run(223)
    assert ServicePage.objects.get(pk=page.pk).municipal_responsible is None
    assert ServicePage.objects.get(pk=page.pk).responsible_municipality == municipal_organisation


# ----------------------------------------------------------------------------------------------------- never activated


def test_expired_invitations_are_withdrawn_and_their_addresses_forgotten(
    provider: Organisation, provider_main_user: User
) -> None:
    invitations.invite(
        addresses=["a@example.org"], organisation=provider, role=Membership.Role.EDITOR, language="fi", by=provider_main_user
    )
    User.objects.update(last_login=day(28))
    assert run(27) == {}
    assert dict(keep_accounts(now=day(29), dry_run=True)) == {Step.CLEARED: 1}
    assert Invitation.objects.pending().count() == 1
    assert run(29) == {Step.CLEARED: 1}
    cleared = Invitation.objects.get()
    assert cleared.withdrawn_at == day(29)
    assert cleared.address == f"removed-{cleared.pk}@invalid"
    assert run(60) == {}


def test_an_accepted_invitation_is_kept(provider: Organisation, provider_main_user: User) -> None:
    invitation = Invitation.objects.create(
        address="a@example.org", organisation=provider, role="editor", fingerprint="x", accepted_at=NOW, sent_at=NOW
    )
    assert Step.CLEARED not in run(100)
    assert Invitation.objects.get(pk=invitation.pk).address == "a@example.org"


def test_an_account_that_nobody_ever_activated_is_removed() -> None:
    made = UserFactory(password="!", date_joined=NOW)
    with_password, signed_in = UserFactory(date_joined=NOW), UserFactory(password="!", date_joined=NOW, last_login=NOW)
    assert run(13) == {}
    assert run(14) == {Step.REMOVED: 1}
    assert set(User.objects.all()) == {with_password, signed_in}
    assert not User.objects.filter(pk=made.pk).exists()


def test_an_account_with_a_history_or_a_waiting_invitation_is_not_removed(provider: Organisation) -> None:
    responsible = UserFactory(password="!", date_joined=NOW)
    MembershipFactory(user=responsible, organisation=provider)
    page = ServicePageFactory(organiser=provider)
    page.provider_responsible = responsible
    page.save_revision()
    inviting = UserFactory(password="!", date_joined=NOW)
    Invitation.objects.create(address=inviting.email, organisation=provider, role="editor", fingerprint="x", sent_at=day(14))
    assert run(14) == {}
    assert run(165) == {Step.CLEARED: 1, Step.REMINDED: 1, Step.REMOVED: 1}
    assert User.objects.filter(pk=responsible.pk).exists()
    assert not User.objects.filter(pk=inviting.pk).exists()


# ------------------------------------------------------------------------------------------------------ the mailed link


@pytest.fixture
def link(idle: User) -> str:
    site_tree()
    run(165)
    return link_in(Email.objects.get())


def test_the_link_shows_a_button_and_only_pressing_it_keeps_the_account(client: Client, idle: User, link: str) -> None:
    assert link.startswith("/en/keep-account/")
    for _time in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert "ida" not in page.content.decode().lower().replace(link.lower(), "")
    assert again(idle).last_active_at is None
    assert client.post(link).status_code == 200
    assert again(idle).last_active_at is not None
    assert again(idle).reminded_at is None


def test_a_link_works_once_and_until_the_next_step(client: Client, idle: User, link: str) -> None:
    run(179)
    second = link_in(Email.objects.latest("pk"))
    assert client.get(link).status_code == client.post(link).status_code == 404
    assert client.post(second).status_code == 200
    assert client.get(second).status_code == client.post(second).status_code == 404


def test_a_link_is_dead_once_the_account_is_blocked(client: Client, idle: User, link: str) -> None:
    run(179)
    second = link_in(Email.objects.latest("pk"))
    run(193)
    assert client.post(second).status_code == 404
    assert not again(idle).is_active


def test_a_changed_link_tells_nothing(client: Client, idle: User, link: str) -> None:
    known = client.get(link[:-3] + "xx/")
    unknown = client.get("/en/keep-account/nothing/")
    assert known.status_code == unknown.status_code == 404
    assert client.post(link[:-3] + "xx/").status_code == 404
    assert again(idle).last_active_at is None


def test_a_token_of_another_purpose_or_without_a_reminder_opens_nothing(idle: User) -> None:
    assert user_of_token(keep_token(idle)) is None
    run(165)
    reminded = again(idle)
    assert user_of_token(keep_token(reminded)) == reminded
    text = signing.loads(keep_token(reminded), salt=KEEP_SALT)
    assert user_of_token(signing.dumps(text, salt="another")) is None
    assert user_of_token(signing.dumps([1, 2, 3], salt=KEEP_SALT)) is None


# ------------------------------------------------------------------------------------------------------------ activity


def writes(ask: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask()
    return [query["sql"] for query in queries if query["sql"].startswith("UPDATE") and "last_active_at" in query["sql"]]


def test_a_visit_is_noted_once_a_day(client: Client, main_user: User) -> None:
    client.force_login(main_user)
    people = reverse("people:index")
    assert len(writes(lambda: client.get(people))) == 1
    assert writes(lambda: client.get(people)) == []
    User.objects.filter(pk=main_user.pk).update(last_active_at=timezone.now() - dt.timedelta(days=1), reminded_at=NOW)
    assert len(writes(lambda: client.get(people))) == 1
    assert again(main_user).reminded_at is None


def test_the_public_pays_nothing_for_it(client: Client, settings: Settings) -> None:
    site_tree()
    client.get("/en/")
    with CaptureQueriesContext(connection) as with_it:
        response = client.get("/en/")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Activity" not in name]
    plain = Client()
    plain.get("/en/")
    with CaptureQueriesContext(connection) as without:
        other = plain.get("/en/")
    assert response.get("Vary") == other.get("Vary")
    assert len(with_it) == len(without)
    assert not any("session" in query["sql"] for query in with_it)


def test_a_blocked_person_leaves_no_sign_of_life() -> None:
    blocked = UserFactory(is_active=False)
    assert record_activity(blocked) is False
    assert again(blocked).last_active_at is None


def test_accepting_an_invitation_is_a_sign_of_life(provider: Organisation, provider_main_user: User) -> None:
    user = UserFactory()
    invitations.invite(
        addresses=[user.email], organisation=provider, role=Membership.Role.EDITOR, language="fi", by=provider_main_user
    )
    invitations.accept(fingerprint=Invitation.objects.get().fingerprint, user=user)
    assert again(user).last_active_at is not None


# ------------------------------------------------------------------------------------------- the administrators' screens


@pytest.fixture
def asking(db: None) -> User:
    return UserFactory(email="pia@example.org", deletion_asked_at=NOW)


def test_administrators_remove_who_asked_and_unblock_who_came_back(
    client: Client, administrator: User, asking: User, idle: User
) -> None:
    block(idle)
    client.force_login(administrator)
    listed = client.get(reverse("people:deletions")).content.decode()
    assert asking.email in listed
    assert idle.email in listed
    assert client.post(reverse("people:unblock", args=[idle.pk])).status_code == 302
    assert again(idle).is_active
    assert client.post(reverse("people:remove_person", args=[asking.pk])).status_code == 302
    assert again(asking).anonymised_at is not None
    assert client.post(reverse("people:remove_person", args=[idle.pk])).status_code == 404
    assert again(idle).anonymised_at is None


def test_a_freshly_unblocked_account_begins_anew(idle: User, administrator: User) -> None:
    block(idle)
    life.unblock(user=idle, by=administrator, now=day(200))
    User.objects.filter(pk=administrator.pk).update(last_login=day(600))
    assert run(364) == {}
    assert run(365) == {Step.REMINDED: 1}


def test_nobody_else_removes_or_unblocks(
    client: Client, asking: User, main_user: User, provider_main_user: User, municipal_editor: User
) -> None:
    blocked = UserFactory(is_active=False, blocked_at=NOW)
    for user in (main_user, provider_main_user, municipal_editor):
        client.force_login(user)
        for url in (
            reverse("people:deletions"), reverse("people:deletion_results"),
            reverse("people:remove_person", args=[asking.pk]), reverse("people:unblock", args=[blocked.pk]),
        ):  # fmt: skip
            assert client.get(url).status_code == client.post(url).status_code == 403
        with pytest.raises(PermissionDenied):
            life.remove_person(user=asking, by=user, now=NOW)
        with pytest.raises(PermissionDenied):
            life.unblock(user=blocked, by=user, now=NOW)
    assert again(asking).anonymised_at is None


def test_who_has_not_asked_is_not_removed(administrator: User, idle: User, asking: User) -> None:
    with pytest.raises(ValidationError):
        life.remove_person(user=idle, by=administrator, now=NOW)
    User.objects.filter(pk=asking.pk).update(deletion_asked_at=None)
    with pytest.raises(ValidationError):
        life.remove_person(user=asking, by=administrator, now=NOW)
    with pytest.raises(PermissionDenied):
        life.unblock(user=UserFactory(is_active=False), by=administrator, now=NOW)


def test_the_list_asks_as_little_for_many_as_for_one(
    client: Client, administrator: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(administrator)
    url = reverse("people:deletions")
    client.get(url)
    counts = []
    for many in (1, 14):
        for _number in range(many):
            UserFactory(deletion_asked_at=NOW)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_person_who_asked_leaves_a_mail_where_she_is_missed(
    administrator: User, provider_main_user: User, main_user: User
) -> None:
    User.objects.filter(pk=provider_main_user.pk).update(deletion_asked_at=NOW)
    User.objects.update(preferred_language="en")
    life.remove_person(user=provider_main_user, by=administrator, now=NOW)
    assert recipients() == {main_user.email, administrator.email}


def test_an_organisation_that_is_closed_misses_nobody(provider_main_user: User, provider: Organisation) -> None:
    Organisation.objects.filter(pk=provider.pk).update(closed_at=NOW)
    block(provider_main_user)
    assert recipients() == set()
