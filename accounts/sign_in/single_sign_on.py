"""Single sign-on by OpenID Connect: what the provider says is checked, and leads to a person who is there already.

Django-allauth speaks the protocol (state, PKCE, code for token). The ID token is checked here, more strictly than there:
its signature, its nonce, and that the user information is of the same subject (OpenID Connect Core 1.0, 3.1.3.7 and 5.3.2).
"""

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User

PROVIDER = "single-sign-on"
# Signatures that only the provider can make; never "none", never one made with a secret that is shared.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]


class Reason(StrEnum):
    """Why an identity was not let in, as far as its owner is told."""

    FAILED = "failed"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"


class Refused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def provider_name() -> str:
    """The name of the provider that the settings give; "" where single sign-on is off. No query."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return str(apps[0]["name"]) if apps else ""


def person_of(claims: Mapping[str, Any]) -> User:
    """The active person whose address the provider says it has verified. Raises Refused. One query.

    `claims`: "userinfo" and "id_token", as allauth keeps them. Whether nobody has the address, or a blocked person, is not
    told apart.
    """
    told = claims.get("userinfo") or claims["id_token"]
    email = str(told.get("email") or "").strip().lower()
    if not email or told.get("email_verified") is not True:
        raise Refused(Reason.UNVERIFIED)
    person = User.objects.filter(email=email, is_active=True).first()
    if person is None:
        raise Refused(Reason.UNKNOWN)
    return person


def refuse(reason: Reason) -> HttpResponse:
    return redirect(f"{reverse('single_sign_on_refused')}?why={reason}")


def begin(request: HttpRequest, next_url: str | None) -> str:
    """The provider's address to which the visitor goes next. Asks the provider for its configuration."""
    provider = get_adapter().get_provider(request, PROVIDER)
    nonce = secrets.token_urlsafe(32)
    response = provider.redirect(
        request, process="login", next_url=next_url, auth_params={**provider.get_auth_params(), "nonce": nonce}, nonce=nonce
    )
    return str(response["Location"])


class CheckingAdapter(OpenIDConnectOAuth2Adapter):
    """Allauth's, which trusts the connection, and here checks the token as well."""

    nonce = ""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Raises OAuth2Error for a token that is missing, forged, of another sign-in or of another subject."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no ID token")
        login = super().complete_login(request, app, token, **kwargs)
        told = login.account.extra_data
        if "userinfo" in told and told["userinfo"].get("sub") != told["id_token"]["sub"]:
            raise OAuth2Error("the user information is of somebody else")
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=self._key_of(id_token),
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
                leeway=30,
            )
        except (jwt.PyJWTError, KeyError) as reason:
            raise OAuth2Error("the ID token is not valid") from reason
        if not self.nonce or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), self.nonce.encode()):
            raise OAuth2Error("the ID token answers another sign-in")
        return claims

    def _key_of(self, id_token: str) -> Any:
        """The provider's key by which the token says it was signed; its only key where the token names none."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(response.json()).keys
        wanted = jwt.get_unverified_header(id_token).get("kid")
        found = [key for key in keys if key.key_id == wanted] if wanted else keys
        if len(found) != 1:
            raise OAuth2Error("the ID token names an unknown key")
        return found[0].key


class CallbackView(OAuth2CallbackView):
    """Where the provider sends the visitor back to."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, refusal = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state.get("nonce", "")
        return state, refusal
