"""A forgotten password, a new one, and what the mails and answers tell."""

import re
import time
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, UserFactory, site_tree

pytestmark = pytest.mark.django_db

NEW = "uusi-pitkä-sana-81"


@pytest.fixture(autouse=True)
def _tree(db: None) -> None:
    site_tree()


@pytest.fixture
def ask(client: Client, django_capture_on_commit_callbacks: Any) -> Any:
    """Ask for a new password, and let the mail go."""

    def ask(email: str, language: str = "en") -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(f"/{language}/password/forgotten/", {"email": email})

    return ask


def link() -> str:
    """The address in the latest mail, without the host."""
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def choose(path: str, password: str = NEW, again: str = "") -> Any:
    """Follow a link as somebody who is not signed in does, and choose a password."""
    client = Client()
    form = client.get(path)
    if form.status_code != 302:
        return form
    return client.post(form["Location"], {"password1": password, "password2": again or password})


@pytest.mark.parametrize(("language", "word"), [("en", "The link works once, for 2 hours."), ("fi", ""), ("sv", "")])
def test_a_forgotten_password_is_made_anew_by_mail(ask: Any, expert: User, language: str, word: str) -> None:
    response = ask("ASTA@example.org", language)
    assert response["Location"] == f"/{language}/password/forgotten/sent/"
    assert [message.to for message in mail.outbox] == [["asta@example.org"]]
    assert mail.outbox[0].subject.startswith("Palvelumanuaali: ")
    assert word in str(mail.outbox[0].body)
    assert "<" not in str(mail.outbox[0].body)
    assert link().startswith(f"/{language}/password/new/")
    assert choose(link())["Location"] == f"/{language}/password/new/done/"
    expert.refresh_from_db()
    assert expert.check_password(NEW)


def test_the_link_works_once(ask: Any, expert: User) -> None:
    ask(expert.email)
    path = link()
    choose(path)
    assert "The link is no longer valid" in choose(path, PASSWORD).content.decode()
    expert.refresh_from_db()
    assert expert.check_password(NEW)


def test_the_link_works_for_two_hours(ask: Any, expert: User, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime as dt

    ask(expert.email)
    later = dt.datetime.now() + dt.timedelta(hours=2, seconds=5)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: later)
    assert "The link is no longer valid" in choose(link()).content.decode()


def test_the_link_dies_with_the_address_and_with_a_sign_in(ask: Any, client: Client, expert: User) -> None:
    ask(expert.email)
    first = link()
    User.objects.filter(pk=expert.pk).update(email="toinen@example.org")
    assert "The link is no longer valid" in choose(first).content.decode()
    ask("toinen@example.org")
    second = link()
    client.post("/en/sign-in/", {"login": "toinen@example.org", "password": PASSWORD})
    assert "The link is no longer valid" in choose(second).content.decode()


def test_the_key_of_the_link_does_not_stay_in_the_address(client: Client, ask: Any, expert: User) -> None:
    ask(expert.email)
    assert client.get(link())["Location"].endswith("-set-password/")


@pytest.mark.parametrize(
    "path", ["/en/password/new/1-abc-def/", "/en/password/new/zzzzzzzzzzzzzzzz-abc/", "/en/password/new/0-x/"]
)
def test_an_invented_link_is_not_valid(client: Client, path: str) -> None:
    assert "The link is no longer valid" in client.get(path).content.decode()


def test_a_new_password_is_checked(ask: Any, expert: User) -> None:
    ask(expert.email)
    for password, again in (("short", ""), ("password1234", ""), ("asta@example.org", ""), (NEW, "something-else-99")):
        response = choose(link(), password, again)
        assert response.status_code == 200
        assert response.context["form"].errors
    expert.refresh_from_db()
    assert expert.check_password(PASSWORD)


def test_a_new_password_ends_open_sessions_and_locks(ask: Any, expert: User) -> None:
    elsewhere, thief = Client(), Client()
    elsewhere.force_login(expert)
    for _ in range(6):
        thief.post("/en/sign-in/", {"login": expert.email, "password": "x"})
    ask(expert.email)
    choose(link())
    assert elsewhere.get(reverse("mfa_index")).status_code == 302
    assert Client().post("/en/sign-in/", {"login": expert.email, "password": NEW}).status_code == 302


# ------------------------------------------------------------------------------------------------ nothing is told to anyone


def test_nobody_learns_whether_an_address_has_an_account(ask: Any, client: Client, expert: User) -> None:
    UserFactory(email="pois@example.org", is_active=False)
    pages = set()
    for email in (expert.email, "nobody@example.org", "pois@example.org"):
        response = ask(email)
        html = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", client.get(response["Location"]).content.decode())
        pages.add((response.status_code, response["Location"], html))
    assert len(pages) == 1
    assert [message.to for message in mail.outbox] == [[expert.email]], "no mail to strangers and to blocked people"


def test_an_unknown_address_costs_the_same_work(ask: Any, expert: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token is made and a mail is written for either; nothing is sent to the one that nobody has."""
    from accounts.sign_in.adapters import AccountAdapter

    written: list[str] = []
    render = AccountAdapter.render_mail

    def note(self: AccountAdapter, template_prefix: str, email: Any, *args: Any, **kwargs: Any) -> Any:
        written.append(email)
        return render(self, template_prefix, email, *args, **kwargs)

    monkeypatch.setattr(AccountAdapter, "render_mail", note)
    ask(expert.email)
    ask("nobody@example.org")
    assert written == [expert.email, "nobody@example.org"]


def test_an_unknown_address_is_as_often_let_ask(ask: Any, expert: User) -> None:
    answers = [[ask(email).status_code for _ in range(6)] for email in (expert.email, "nobody@example.org")]
    assert answers[0] == answers[1] == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_the_page_says_when_to_ask_again(ask: Any, expert: User) -> None:
    for _ in range(5):
        ask(expert.email)
    response = ask(expert.email)
    assert "Try again in 60 minutes." in response.content.decode()
    assert int(response["Retry-After"]) > 3500


def test_a_blocked_person_gets_no_password_by_an_older_link(ask: Any, expert: User) -> None:
    ask(expert.email)
    User.objects.filter(pk=expert.pk).update(is_active=False)
    assert "The link is no longer valid" in choose(link()).content.decode()


# ------------------------------------------------------------------------------------------------------- a change of one


def test_a_password_is_changed_by_whoever_knows_the_present_one(
    client: Client, expert: User, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(expert)
    wrong = client.post("/en/password/", {"oldpassword": "no", "password1": NEW, "password2": NEW})
    assert "The password is wrong." in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        right = client.post("/en/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert right["Location"] == "/en/second-factor/"
    assert "Your password has been changed." in client.get(right["Location"]).content.decode()
    assert [message.to for message in mail.outbox] == [[expert.email]]
    assert "Your password has been changed." in str(mail.outbox[0].body)
    expert.refresh_from_db()
    assert expert.check_password(NEW)


def test_whoever_has_no_password_yet_asks_for_one_by_mail(client: Client) -> None:
    person = UserFactory(email="uusi@example.org")
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    assert client.get("/en/password/")["Location"] == "/en/password/forgotten/"


def test_the_clock_of_the_limits_is_that_of_the_machine() -> None:
    """Guards the tests of locks, which put this very clock forward."""
    from allauth.core.internal import ratelimit

    assert ratelimit.time is time
