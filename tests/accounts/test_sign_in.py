"""Signing in and out: one door, that tells strangers nothing."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.contrib.auth import hashers
from django.core.cache import caches
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import translation

from accounts.models import User
from tests.factories import PASSWORD, UserFactory, site_tree

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

WRONG = "The e-mail address or the password is wrong."


@pytest.fixture(autouse=True)
def _tree(db: None) -> None:
    site_tree()


def sign_in(client: Client, email: str, password: str = PASSWORD, *, then: str = "", language: str = "en") -> "Response":
    return client.post(f"/{language}/sign-in/", {"login": email, "password": password, **({"next": then} if then else {})})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ------------------------------------------------------------------------------------------------------------- one door


@pytest.mark.parametrize(("language", "title"), [("fi", "Kirjaudu"), ("sv", "Logga in"), ("en", "Sign in")])
def test_the_page_speaks_the_language_of_its_address(client: Client, language: str, title: str) -> None:
    response = client.get(f"/{language}/sign-in/", headers={"accept-language": "de"})
    html = response.content.decode()
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in html
    assert title in re.search(r"<h1[^>]*>(.*?)</h1>", html, re.S)[1]  # type: ignore[index]  # a page has one
    for other in ("fi", "sv", "en"):
        assert f'hreflang="{other}" href="http://testserver/{other}/sign-in/"' in html
    assert "not translated" not in html
    assert 'content="noindex"' in html
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("wanted", "language"), [("sv", "sv"), ("en", "en"), ("", "fi"), ("ar", "en")])
def test_an_address_without_a_language_leads_to_the_readers_own(client: Client, wanted: str, language: str) -> None:
    for path in ("/sign-in/", "/admin/login/"):
        response = client.get(f"{path}?next=/admin/pages/", headers={"accept-language": wanted})
        assert (response.status_code, response["Location"]) == (302, f"/{language}/sign-in/?next=%2Fadmin%2Fpages%2F")


def test_the_admin_and_its_own_pages_of_signing_in_lead_to_the_one_page(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/fi/sign-in/?next=/admin/"
    assert client.get(reverse("wagtailadmin_login"))["Location"] == "/fi/sign-in/"
    for path in ("/admin/password_reset/", "/admin/password_reset/done/", "/admin/password_reset/confirm/MQ/set-password/"):
        for response in (client.get(path), client.post(path, {"email": "a@example.org", "new_password1": "x"})):
            assert response["Location"] == "/fi/password/forgotten/"


def test_the_old_form_signs_in_nobody(client: Client, administrator: User) -> None:
    client.post("/admin/login/", {"username": administrator.email, "password": PASSWORD})
    assert not is_signed_in(client)


def test_the_admin_has_no_passwords_and_addresses_to_change(client: Client, municipal_editor: User) -> None:
    client.force_login(municipal_editor)
    html = client.get(reverse("wagtailadmin_account")).content.decode()
    assert "old_password" not in html
    assert 'type="email"' not in html
    data = {"name_email-email": "mine@example.org", "name_email-first_name": "M", "name_email-last_name": "E"}
    client.post(reverse("wagtailadmin_account"), data)
    municipal_editor.refresh_from_db()
    assert municipal_editor.email == "minna@example.org"


# -------------------------------------------------------------------------------------------------------- the way through


@pytest.mark.parametrize(
    ("person", "target"),
    [("administrator", "/admin/"), ("municipal_editor", "/admin/"), ("provider_editor", "/admin/"), ("expert", "/sv/")],
)
def test_an_editor_goes_to_the_admin_and_an_expert_to_the_front_page(
    client: Client, request: pytest.FixtureRequest, person: str, target: str
) -> None:
    response = sign_in(client, request.getfixturevalue(person).email, language="sv")
    assert (response.status_code, response["Location"]) == (302, target)
    assert is_signed_in(client)
    assert client.get(target).status_code == 200


def test_whoever_was_sent_to_sign_in_goes_on_to_where_she_was_going(client: Client, municipal_editor: User) -> None:
    assert sign_in(client, municipal_editor.email, then="/fi/palvelut/?q=ty%C3%B6")["Location"] == "/fi/palvelut/?q=ty%C3%B6"


def test_an_expert_is_not_led_round_in_circles_to_a_closed_admin(client: Client, expert: User) -> None:
    assert sign_in(client, expert.email, then="/admin/pages/", language="fi")["Location"] == "/fi/"
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/en/sign-in/?next=/admin/").status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "http:///evil.example",
        "https://testserver.evil.example/", " //evil.example", "//localhost/x",
    ],
)  # fmt: skip
def test_signing_in_and_out_leads_to_no_other_site(client: Client, administrator: User, target: str) -> None:
    assert sign_in(client, administrator.email, then=target)["Location"] == "/admin/"
    assert client.get(f"/en/sign-in/?next={quote(target)}")["Location"] == "/admin/"
    assert client.post("/en/sign-out/", {"next": target})["Location"] == "/en/"
    assert client.get(f"/sign-in/?next={quote(target)}", headers={"accept-language": "en"})["Location"] == "/en/sign-in/"


@pytest.mark.parametrize("typed", ["ASTA@EXAMPLE.ORG", " asta@example.org ", "Asta@Example.org"])
def test_an_address_may_be_typed_in_any_case(client: Client, expert: User, typed: str) -> None:
    sign_in(client, typed)
    assert is_signed_in(client)


def test_the_form_is_safe_from_other_sites(administrator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, administrator.email).status_code == 403
    assert client.post("/en/sign-out/").status_code == 403
    assert not is_signed_in(client)


def test_signing_out_is_a_button_and_not_an_address(client: Client, expert: User) -> None:
    client.force_login(expert)
    html = client.get("/en/").content.decode()
    assert re.search(r'<form method="post" action="/en/sign-out/">.*?Sign out', html, re.S)
    client.get("/en/sign-out/")
    assert client.get("/admin/logout/")["Location"] == "/fi/sign-out/"
    assert is_signed_in(client)
    client.post("/en/sign-out/")
    assert not is_signed_in(client)
    assert "/en/sign-in/" in client.get("/en/").content.decode()


def test_the_admins_own_button_signs_out(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert client.post("/admin/logout/")["Location"] == "/fi/"
    assert not is_signed_in(client)


def test_the_footer_shows_the_admin_to_those_who_may_enter_it(client: Client, expert: User, provider_editor: User) -> None:
    for person, sees in ((expert, False), (provider_editor, True)):
        client.force_login(person)
        assert ('href="/admin/"' in client.get("/en/").content.decode()) is sees


def test_an_error_stands_at_the_field_and_in_a_summary(client: Client) -> None:
    html = client.post("/en/sign-in/", {"login": "no address", "password": ""}).content.decode()
    assert "<title>Error: Sign in" in html
    assert 'href="#id_login"' in html
    assert 'id="id_login_error"' in html
    assert 'aria-describedby="id_password_error"' in html
    assert html.count("Fill in your password.") == 2
    assert html.count("aria-invalid") == 2


# ------------------------------------------------------------------------------------------------ nothing is told to anyone


def answer_to(client: Client, email: str, password: str) -> tuple[int, str]:
    response = sign_in(client, email, password)
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode()).replace(email, "address")
    return response.status_code, html


def test_a_wrong_password_an_unknown_address_and_a_blocked_person_are_answered_alike(expert: User) -> None:
    UserFactory(email="pois@example.org", is_active=False)
    invited = UserFactory(email="uusi@example.org")
    invited.set_unusable_password()
    invited.save()
    answers = {
        answer_to(Client(), email, password)
        for email, password in (
            (expert.email, "something else"),
            ("nobody@example.org", PASSWORD),
            ("pois@example.org", PASSWORD),
            ("pois@example.org", "something else"),
            ("uusi@example.org", PASSWORD),
        )
    }
    assert len(answers) == 1
    assert WRONG in answers.pop()[1]


@pytest.mark.parametrize("email", ["asta@example.org", "nobody@example.org", "pois@example.org", "uusi@example.org"])
def test_each_attempt_costs_one_hash(client: Client, expert: User, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    UserFactory(email="pois@example.org", is_active=False)
    invited = UserFactory(email="uusi@example.org")
    invited.set_unusable_password()
    invited.save()
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def count(self: hashers.MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", count)
    sign_in(client, email, "something else")
    assert len(hashed) == 1


def test_a_blocked_persons_open_session_ends_at_the_next_request(client: Client, municipal_editor: User) -> None:
    client.force_login(municipal_editor)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=municipal_editor.pk).update(is_active=False)
    assert client.get("/admin/")["Location"] == "/fi/sign-in/?next=/admin/"


# ----------------------------------------------------------------------------------------------------- too many attempts


def test_an_address_is_locked_after_five_attempts_and_told_for_how_long(client: Client, expert: User) -> None:
    for _ in range(5):
        assert WRONG in sign_in(client, expert.email, "something else").content.decode()
    html = sign_in(client, expert.email).content.decode()
    assert "There have been too many attempts. Try again in 15 minutes." in html
    assert not is_signed_in(client)
    other = UserFactory()
    assert sign_in(client, other.email).status_code == 302


def test_an_unknown_address_is_locked_alike(client: Client, expert: User) -> None:
    for email in (expert.email, "nobody@example.org"):
        for _ in range(5):
            sign_in(client, email, "something else")
    assert answer_to(Client(), expert.email, PASSWORD) == answer_to(Client(), "nobody@example.org", PASSWORD)


def test_a_lock_opens_by_itself(client: Client, expert: User, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    for _ in range(5):
        sign_in(client, expert.email, "something else")
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
    assert sign_in(client, expert.email).status_code == 302


def test_a_network_that_tries_many_addresses_is_locked_and_others_are_not(
    client: Client, expert: User, settings: "Settings"
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "8/900s/ip,5/900s/key"}
    for number in range(8):
        sign_in(client, f"nobody{number}@example.org")
    assert "Try again in 15 minutes" in sign_in(client, expert.email).content.decode()
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, expert.email).status_code == 302


def test_signing_in_well_is_no_attempt_that_counts(client: Client, expert: User) -> None:
    for _ in range(7):
        assert sign_in(client, expert.email).status_code == 302
        client.logout()


def test_the_limits_hold_over_several_processes(client: Client, expert: User) -> None:
    """Each process has a memory of its own; the count is in the database."""
    for _ in range(5):
        sign_in(client, expert.email, "something else")
        caches["default"].clear()
    assert "Try again in" in sign_in(client, expert.email).content.decode()


def test_a_flood_of_requests_is_stopped_with_a_page_that_says_when_to_come_back(client: Client, settings: "Settings") -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "2/120s/ip"}
    for _ in range(2):
        assert sign_in(client, "nobody@example.org").status_code == 200
    response = sign_in(client, "nobody@example.org")
    assert response.status_code == 429
    assert 110 < int(response["Retry-After"]) <= 120
    assert "Try again in 2 minutes." in response.content.decode()
    assert client.get("/en/sign-in/").status_code == 200


def test_a_forged_header_gives_no_new_network_address(client: Client, settings: "Settings") -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/120s/ip"}
    for number in range(2):
        data = {"login": "nobody@example.org", "password": "x"}
        response = client.post("/en/sign-in/", data, headers={"x-forwarded-for": f"192.0.2.{number}"})
    assert response.status_code == 429


# --------------------------------------------------------------------------------------------------- what does not exist


@pytest.mark.parametrize(
    "name",
    [
        "account_signup", "account_email", "account_inactive", "account_set_password", "account_confirm_email",
        "account_request_login_code", "socialaccount_connections", "socialaccount_signup", "socialaccount_login_error",
        "mfa_download_recovery_codes", "mfa_edit_webauthn", "mfa_signup_webauthn", "mfa_trust", "openid_connect_login",
    ],
)  # fmt: skip
def test_views_that_nobody_needs_have_no_address(name: str) -> None:
    for arguments in ((), ("key",), (1,)):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=arguments)


@pytest.mark.parametrize("path", ["signup/", "accounts/signup/", "accounts/login/", "sign-in/email/", "email/"])
def test_nobody_signs_up(client: Client, path: str) -> None:
    with translation.override("en"), pytest.raises(Resolver404):
        match = resolve(f"/en/{path}")
        if match.url_name == "wagtail_serve":  # the tree has no such page
            raise Resolver404
    assert client.post(f"/en/{path}", {"email": "new@example.org", "password1": PASSWORD}).status_code == 404


def test_the_pages_need_nothing_inline(client: Client) -> None:
    for path in ("/en/sign-in/", "/fi/password/forgotten/"):
        response = client.get(path)
        assert "unsafe" not in response["Content-Security-Policy"]
        html = response.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html)
        assert " style=" not in html


@pytest.mark.parametrize(
    "path", ["/en/second-factor/", "/en/password/", "/en/second-factor/app/", "/en/second-factor/passkeys/"]
)
def test_what_is_of_a_person_asks_for_a_sign_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/en/sign-in/?next=")
