"""The pages of signing in: django-allauth's views, as pages of the site in all its languages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account_views
from allauth.account.internal.decorators import login_not_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as mfa_views
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.sign_in import limits, single_sign_on
from accounts.sign_in.adapters import leads_to_closed_admin
from accounts.sign_in.second_factor import is_missing

LANGUAGE_IN_SESSION = "sign_in_language"
# Which limit (ACCOUNT_RATE_LIMITS) an address has run into.
ACTIONS = {
    "account_login": "login",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_change_password": "change_password",
    "account_reauthenticate": "reauthenticate",
}

View = Callable[..., HttpResponseBase]


def page(view: View) -> View:
    """A page of the site: the same address in every language of the interface, and never kept by a cache."""

    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rest = request.path.partition("/")[2].partition("/")[2]
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        request.alternates = {tag: f"/{tag}/{rest}{query}" for tag in settings.INTERFACE_LANGUAGES}  # type: ignore[attr-defined]  # read by the page's frame
        return view(request, *args, **kwargs)

    return shown


class SignInView(account_views.LoginView):
    def get_authenticated_redirect_url(self) -> str:
        """Where somebody goes who is signed in already; not round in circles to an admin that is closed to her."""
        target = get_next_redirect_url(self.request)
        if target and leads_to_closed_admin(self.request, target):
            list(get_messages(self.request))  # Wagtail's own, of the same refusal
            raise PermissionDenied
        return str(super().get_authenticated_redirect_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "single_sign_on": single_sign_on.provider_name()}


class ChangePasswordView(account_views.PasswordChangeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever has no password yet asks for one by mail, which proves that the address is hers."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class SecondFactorView(mfa_views.IndexView):
    """All ways in which she signs in; the only page, with those that it leads to, for whom a factor is required and missing."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "second_factor_missing": is_missing(self.request.user)}


sign_in = SignInView.as_view()
sign_out = account_views.LogoutView.as_view()


@require_safe
def to_sign_in(request: HttpRequest) -> HttpResponse:
    """From an address without a language, and from Wagtail's own sign-in, to the page in the reader's language."""
    return redirect(_with_next(request, "account_login"))


def admin_sign_in(request: HttpRequest) -> HttpResponse:
    return redirect(_with_next(request, "account_login"))


def admin_sign_out(request: HttpRequest) -> HttpResponseBase:
    """The button of the Wagtail admin; its address alone asks first."""
    return sign_out(request) if request.method == "POST" else redirect("account_logout")


def admin_password_reset(request: HttpRequest, rest: str = "") -> HttpResponse:
    return redirect("account_reset_password")


def _with_next(request: HttpRequest, name: str) -> str:
    """The address of `name`, with `next` kept where it is of this site."""
    target = get_next_redirect_url(request)
    return reverse(name) + (f"?{urlencode({'next': target})}" if target else "")


# ------------------------------------------------------------------------------------------------------ single sign-on


@require_POST
def single_sign_on_begin(request: HttpRequest) -> HttpResponse:
    """On to the provider by a page that leads there: the content policy lets no form be sent on to another site."""
    name = single_sign_on.provider_name()
    if not name:
        raise Http404
    request.session[LANGUAGE_IN_SESSION] = getattr(request, "language", None) or translation.get_language()
    try:
        address = single_sign_on.begin(request, get_next_redirect_url(request))
    except (OSError, ValueError, KeyError):
        return single_sign_on.refuse(single_sign_on.Reason.FAILED)
    return render(request, "socialaccount/leaving.html", {"address": address, "provider": name})


@never_cache
@login_not_required
@require_safe
def single_sign_on_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the provider, in the language in which the visitor left. Its address has none: the provider knows only one."""
    if not single_sign_on.provider_name() or provider_id != single_sign_on.PROVIDER:
        raise Http404
    language = request.session.pop(LANGUAGE_IN_SESSION, None) or translation.get_language()
    request.language = language  # type: ignore[attr-defined]  # read by templates and adapters
    translation.activate(language if language in settings.INTERFACE_LANGUAGES else "en")
    try:
        view = single_sign_on.CallbackView.adapter_view(single_sign_on.CheckingAdapter(request, provider_id))
        response: HttpResponseBase = view(request)
    except (OSError, ValueError, KeyError):
        # The provider cannot be reached, or answers something that is no answer.
        return single_sign_on.refuse(single_sign_on.Reason.FAILED)
    return response


@require_safe
def single_sign_on_refused(request: HttpRequest) -> HttpResponse:
    """Why a sign-in by the provider ended; any word that is no reason counts as "failed"."""
    why = request.GET.get("why")
    reason = why if why in set(single_sign_on.Reason) else single_sign_on.Reason.FAILED
    return render(
        request, "socialaccount/refused.html", {"reason": reason, "provider": single_sign_on.provider_name()}, status=403
    )


# ------------------------------------------------------------------------------------------------------- too many times


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says when to try again. Two queries."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    action = ACTIONS.get(name or "", "login")
    key = request.POST.get("email", "").strip().lower() or None
    seconds = limits.wait_seconds(request, action, key=key) or 60
    response = render(request, "429.html", {"try_again": limits.try_again(seconds)}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response
