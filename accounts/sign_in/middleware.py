"""Whoever needs a second factor and has none sets one up before anything else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.sign_in.second_factor import is_missing

# The pages by which a factor is set up, what they ask on the way, and the way out.
OPEN = frozenset(
    {
        "account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn",
        "mfa_view_recovery_codes", "admin_sign_out",
    }
)  # fmt: skip


class SecondFactorMiddleware:
    """Files of the site itself are answered before it; no query for the public, nor while no role requires a factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if (match and match.url_name in OPEN) or not is_missing(request.user):
            return None
        return redirect("mfa_index")
