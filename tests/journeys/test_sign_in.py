"""Signing in in a real browser: accessible on a small screen, without JavaScript, and with a passkey."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from accounts.models import User
from tests.factories import PASSWORD, UserFactory, site_tree

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def person(transactional_db: None) -> User:
    site_tree()
    user: User = UserFactory(email="asta@example.org")
    return user


def sign_in(page: "Page", language: str = "en", password: str = PASSWORD) -> None:
    page.goto(f"/{language}/sign-in/")
    page.locator("#id_login").fill("asta@example.org")
    page.locator("#id_password").fill(password)
    page.locator("main form").first.get_by_role("button").click()


@pytest.mark.parametrize("viewport", [(320, 700), (1280, 900)], ids=["320", "1280"])
def test_every_page_of_signing_in_is_accessible_and_fits_the_screen(
    page: "Page", viewport: tuple[int, int], person: User, axe: Callable[["Page"], list[str]]
) -> None:
    problems: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found = axe(page)
        if page.locator("h1").count() != 1:
            found.append(f"{page.locator('h1').count()} headings of the first level")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport[0]:
            found.append(f"{width} px wide")
        if found:
            problems[name] = found

    for path in (
        "fi/sign-in/",
        "ar/sign-in/",
        "sv/password/forgotten/",
        "en/password/forgotten/sent/",
        "en/password/new/1-x-y/",
    ):
        page.goto(f"/{path}")
        look(path)
    page.goto("/en/sign-in/refused/?why=unverified")
    look("refused")
    sign_in(page, password="wrong")
    look("wrong password")
    sign_in(page)
    for path in ("second-factor/", "password/", "sign-out/"):
        page.goto(f"/en/{path}")
        look(path)
    page.goto("/en/second-factor/app/")
    look("confirm")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("img.qr-code")).to_be_visible()
    assert page.locator("img.qr-code").evaluate("image => image.naturalWidth > 0")
    look("app")
    page.goto("/en/second-factor/passkeys/add/")
    look("passkey")
    assert problems == {}


def test_signing_in_works_without_javascript(browser: "Browser", live_server: "LiveServer", person: User) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/en/sign-in/?next=/en/services/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.locator("#id_login").fill("asta@example.org")
    page.locator("#id_password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".error-summary")).to_contain_text("The e-mail address or the password is wrong.")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.url.endswith("/en/services/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("contentinfo").get_by_role("link", name="Sign in")).to_be_visible()
    context.close()


def test_a_passkey_is_added_and_signs_in_without_a_password(page: "Page", person: User, settings: Any) -> None:
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test's own server speaks plain HTTP
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    sign_in(page)
    page.goto("/en/second-factor/passkeys/add/")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    assert Authenticator.objects.get(user=person, type="webauthn").wrap().name == "My phone"

    page.get_by_role("button", name="Sign out").click()
    page.goto("/en/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile(r"/en/$"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    User.objects.filter(pk=person.pk).update(is_active=False)
    page.goto("/en/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey could not be used.").first).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
