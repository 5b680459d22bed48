"""Single sign-on by OpenID Connect, against a provider on this machine."""

import html as html_module
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from accounts.models import Membership, User
from tests.accounts.openid_provider import CLIENT, SECRET, Provider, running
from tests.factories import PASSWORD, UserFactory, site_tree

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def served() -> Iterator[Provider]:
    with running(Provider()) as provider:
        yield provider


@pytest.fixture
def provider(served: Provider, settings: Any, db: None) -> Provider:
    """An honest provider with the expert's address, and settings that switch it on."""
    site_tree()
    served.identity = {"sub": "s-1", "email": "Asta@Example.org", "email_verified": True, "name": "Asta"}
    served.token, served.userinfo = {}, {}
    served.signing_key, served.algorithm = None, "RS256"
    served.requests.clear()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "single-sign-on", "name": "Kaupungin tunnus", "client_id": CLIENT, "secret": SECRET,
                    "settings": {"server_url": served.url},
                }
            ],
        }
    }  # fmt: skip
    return served


@pytest.fixture
def leave(client: Client, provider: Provider) -> Callable[..., str]:
    """Press the button; the address to which the page leads."""

    def leave(language: str = "sv", then: str = "") -> str:
        page = client.post(f"/{language}/sign-in/provider/", {"next": then} if then else {}).content.decode()
        found = re.search(r'class="button" href="([^"]+)"', page)
        assert found, page
        return html_module.unescape(found[1])

    return leave


@pytest.fixture
def sign_in(client: Client, leave: Callable[..., str]) -> Callable[..., Any]:
    """Press the button, sign in at the provider, and come back."""

    def sign_in(language: str = "sv", then: str = "") -> Any:
        back = requests.get(leave(language, then), allow_redirects=False, timeout=5).headers["Location"]
        return client.get(back.removeprefix("http://testserver"), headers={"accept-language": "fi"})

    return sign_in


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_known_person_signs_in_and_comes_back_in_her_language(
    client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User
) -> None:
    response = sign_in("sv")
    assert response["Location"] == "/sv/"
    assert client.session["_auth_user_id"] == str(expert.pk)
    assert client.session.get_expiry_age() > 6 * 24 * 60 * 60
    assert {"/.well-known/openid-configuration", "/authorize", "/token", "/jwks", "/userinfo"} <= set(provider.requests)


def test_she_goes_on_to_where_she_was_going_and_nowhere_else(
    client: Client, sign_in: Callable[..., Any], municipal_editor: User, provider: Provider
) -> None:
    provider.identity["email"] = municipal_editor.email
    assert sign_in("fi", "/fi/palvelut/")["Location"] == "/fi/palvelut/"
    client.logout()
    assert sign_in("fi", "https://evil.example/")["Location"] == "/admin/"


def test_nothing_of_the_person_is_changed_and_nothing_is_kept(
    client: Client, sign_in: Callable[..., Any], expert: User
) -> None:
    before: dict[str, Any] = dict(User.objects.filter(pk=expert.pk).values().get())
    sign_in()
    after: dict[str, Any] = dict(User.objects.filter(pk=expert.pk).values().get())
    assert {name for name in before if before[name] != after[name]} == {"last_login", "last_active_at"}
    assert not SocialAccount.objects.exists()
    assert not EmailAddress.objects.exists()
    client.logout()
    assert client.post("/en/sign-in/", {"login": expert.email, "password": PASSWORD}).status_code == 302


def test_a_claim_gives_no_right(sign_in: Callable[..., Any], provider: Provider, expert: User) -> None:
    provider.identity.update({"is_superuser": True, "roles": ["administrator"], "groups": ["admin"], "is_staff": True})
    sign_in()
    expert.refresh_from_db()
    assert (expert.is_superuser, expert.is_staff) == (False, False)
    assert Membership.objects.count() == 1


def test_her_second_factor_is_asked_here_too(client: Client, sign_in: Callable[..., Any], expert: User) -> None:
    TOTP.activate(expert, generate_totp_secret())
    assert sign_in()["Location"] == "/sv/sign-in/code/"
    assert not is_signed_in(client)


# --------------------------------------------------------------------------------------------------------------- refusals


def refusal(response: Any, client: Client) -> tuple[str, str]:
    """Where a refusal leads, and the page there."""
    assert not is_signed_in(client)
    assert response.status_code == 302, response.content.decode()
    page = client.get(response["Location"])
    assert page.status_code == 403
    return response["Location"], page.content.decode()


def test_an_unknown_address_makes_nobody(client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User) -> None:
    provider.identity["email"] = "nobody@example.org"
    people = User.objects.count()
    address, page = refusal(sign_in("en"), client)
    assert address == "/en/sign-in/refused/?why=unknown"
    assert "Ask the main user of your organisation for an invitation" in page
    assert User.objects.count() == people


def test_a_blocked_person_is_told_what_a_stranger_is(
    client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User
) -> None:
    User.objects.filter(pk=expert.pk).update(is_active=False)
    assert refusal(sign_in("en"), client)[0] == "/en/sign-in/refused/?why=unknown"


@pytest.mark.parametrize("verified", [False, None, "false", "true", 1])
def test_an_address_that_is_not_verified_is_refused(
    client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User, verified: object
) -> None:
    provider.identity["email_verified"] = verified
    address, page = refusal(sign_in("en"), client)
    assert address == "/en/sign-in/refused/?why=unverified"
    assert "Kaupungin tunnus has not checked that your e-mail address is yours." in page


def test_whether_the_address_is_known_is_not_told_before_it_is_verified(
    client: Client, sign_in: Callable[..., Any], provider: Provider
) -> None:
    provider.identity.update({"email": "nobody@example.org", "email_verified": False})
    assert refusal(sign_in("en"), client)[0] == "/en/sign-in/refused/?why=unverified"


@pytest.mark.parametrize(
    "token",
    [
        {"nonce": "of-another-sign-in"}, {"nonce": None}, {"aud": "another-client"}, {"iss": "http://127.0.0.1:1"},
        {"exp": 1}, {"exp": None}, {"sub": "s-2"},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_this_very_sign_in_is_refused(
    client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User, token: dict[str, Any]
) -> None:
    provider.token = token
    assert refusal(sign_in("en"), client)[0] == "/en/sign-in/refused/?why=failed"


def test_a_forged_signature_is_refused(client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User) -> None:
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refusal(sign_in("en"), client)[0] == "/en/sign-in/refused/?why=failed"


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "x" * 64)])
def test_a_token_without_the_providers_signature_is_refused(
    client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User, algorithm: str, key: Any
) -> None:
    provider.algorithm, provider.signing_key = algorithm, key
    assert refusal(sign_in("en"), client)[0] == "/en/sign-in/refused/?why=failed"


def test_user_information_of_somebody_else_is_refused(
    client: Client, sign_in: Callable[..., Any], provider: Provider, expert: User
) -> None:
    provider.userinfo = {"sub": "s-2"}
    assert refusal(sign_in("en"), client)[0] == "/en/sign-in/refused/?why=failed"


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, leave: Callable[..., str], expert: User) -> None:
    """Another browser's answer, an invented one, and one that comes twice."""
    back = requests.get(leave(), allow_redirects=False, timeout=5).headers["Location"].removeprefix("http://testserver")
    assert "why=failed" in refusal(Client().get(back), Client())[0]
    assert "why=failed" in refusal(client.get("/sign-in/single-sign-on/callback/?code=x&state=y"), client)[0]
    client.get(back)
    assert is_signed_in(client)
    client.logout()
    assert "why=failed" in refusal(client.get(back), client)[0]


def test_whoever_gives_up_at_the_provider_is_told_so(client: Client, leave: Callable[..., str]) -> None:
    state = parse_qs(urlsplit(leave("sv")).query)["state"][0]
    response = client.get(f"/sign-in/single-sign-on/callback/?error=access_denied&state={state}")
    assert refusal(response, client)[0] == "/sv/sign-in/refused/?why=failed"


def test_a_provider_that_does_not_answer_is_no_error_of_ours(client: Client, provider: Provider, settings: Any) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": "http://127.0.0.1:9"}
    assert refusal(client.post("/en/sign-in/provider/"), client)[0] == "/en/sign-in/refused/?why=failed"
    app["settings"] = {"server_url": f"{provider.url}/nothing-here"}
    assert refusal(client.post("/en/sign-in/provider/"), client)[0] == "/en/sign-in/refused/?why=failed"


# ---------------------------------------------------------------------------------------------------------- on and off


def test_the_button_is_there_when_it_is_switched_on(client: Client, provider: Provider) -> None:
    page = client.get("/en/sign-in/?next=/en/services/").content.decode()
    assert "Sign in with Kaupungin tunnus" in page
    assert page.count('name="next" value="/en/services/"') >= 2


def test_without_settings_there_is_neither_a_button_nor_an_address(client: Client, db: None) -> None:
    site_tree()
    assert "/en/sign-in/provider/" not in client.get("/en/sign-in/").content.decode()
    assert client.post("/en/sign-in/provider/").status_code == 404
    assert client.get("/sign-in/single-sign-on/callback/?code=x&state=y", follow=True).status_code == 404


def test_only_a_press_of_the_button_leads_to_the_provider(client: Client, provider: Provider) -> None:
    assert client.get("/en/sign-in/provider/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/en/sign-in/provider/").status_code == 403
    assert client.get("/sign-in/another/callback/", follow=True).status_code == 404
    assert provider.requests == []


def test_every_attempt_has_a_nonce_and_a_state_of_its_own(leave: Callable[..., str]) -> None:
    asked = [parse_qs(urlsplit(leave()).query) for _ in range(2)]
    for name in ("nonce", "state", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["redirect_uri"] == ["http://testserver/sign-in/single-sign-on/callback/"]
    assert set(asked[0]["scope"][0].split()) == {"openid", "profile", "email"}


def test_a_person_with_another_session_is_replaced_and_not_joined(
    client: Client, sign_in: Callable[..., Any], expert: User
) -> None:
    client.force_login(UserFactory(administrator=True))
    sign_in()
    assert client.session["_auth_user_id"] == str(expert.pk)
