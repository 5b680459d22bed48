"""The public pages of this room: accepting an invitation, keeping an account, and in development the mails that were sent."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe
from post_office.models import Email

from accounts import invitations
from accounts.activity import record_activity, user_of_token
from accounts.forms import NewAccountForm
from accounts.models import Invitation, User, fingerprint_of
from accounts.private_pages import alternates, private
from accounts.queries import valid_invitation

SESSION_KEY = "invitation"
MAILS_SHOWN = 50


@never_cache
@require_safe
@sensitive_variables("secret")
def invitation_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of the mail: keeps the secret's fingerprint in the session and goes on to an address without it.

    So the secret stays out of the history of the pages that follow, of what they load, and of the log of their errors.
    Nothing is accepted yet: mail programs open links on their own.
    """
    request.session[SESSION_KEY] = fingerprint_of(secret)
    return private(redirect("invitation"), referrer="no-referrer")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Accept an invitation: with a new account, or as the person of the invited address, who signs in first."""
    request.alternates = alternates("invitation")  # type: ignore[attr-defined]  # read by home.queries.frame
    found = valid_invitation(str(request.session.get(SESSION_KEY, "")))
    if found is None:
        return _gone(request)
    try:
        answer = _answer(request, found)
    except invitations.InvitationGone:
        answer = _gone(request)
    return private(answer)


def _answer(request: HttpRequest, found: Invitation) -> HttpResponse:
    if not User.objects.filter(email=found.address).exists():
        return _with_new_account(request, found)
    context = {"invitation": found, "sign_in": f"{resolve_url(settings.LOGIN_URL)}?next={reverse('invitation')}"}
    if not request.user.is_authenticated:
        return render(request, "accounts/invitation_sign_in.html", context)
    if request.user.email != found.address:
        return render(request, "accounts/invitation_other_account.html", context, status=403)
    if request.method != "POST":
        return render(request, "accounts/invitation_accept.html", context)
    try:
        accepted = invitations.accept(fingerprint=found.fingerprint, user=request.user)
    except PermissionDenied:
        return render(request, "accounts/invitation_other_account.html", context, status=403)
    return _done(request, accepted)


def _with_new_account(request: HttpRequest, found: Invitation) -> HttpResponse:
    if request.user.is_authenticated:
        return render(request, "accounts/invitation_other_account.html", {"invitation": found}, status=403)
    form = NewAccountForm(request.POST if request.method == "POST" else None, invitation=found)
    if request.method == "POST" and form.is_valid():
        try:
            _user, accepted = invitations.accept_with_new_account(
                fingerprint=found.fingerprint,
                password=form.cleaned_data["password1"],
                first_name=form.cleaned_data["first_name"],
                last_name=form.cleaned_data["last_name"],
                language=_mail_language(),
            )
        except invitations.AccountExists:
            return redirect("invitation")
        return _done(request, accepted)
    return render(request, "accounts/invitation_new_account.html", {"invitation": found, "form": form})


def _mail_language() -> str:
    """The reader's language, if mails are written in it."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return language if language in dict(settings.WAGTAILADMIN_PERMITTED_LANGUAGES) else settings.LANGUAGE_CODE


def _done(request: HttpRequest, accepted: Invitation) -> HttpResponse:
    request.session.pop(SESSION_KEY, None)
    context = {"invitation": accepted, "sign_in": resolve_url(settings.LOGIN_URL)}
    return render(request, "accounts/invitation_done.html", context)


def _gone(request: HttpRequest) -> HttpResponse:
    """The one answer to a link that is used, expired, withdrawn or changed."""
    request.session.pop(SESSION_KEY, None)
    return private(render(request, "accounts/invitation_gone.html", status=404))


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def keep_account(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a reminder: a button, because mail programs open links on their own, and no word of whose account it is."""
    request.alternates = alternates("keep_account", token)  # type: ignore[attr-defined]  # read by home.queries.frame
    user = user_of_token(token)
    if user is None or (request.method == "POST" and not record_activity(user)):
        context = {"sign_in": resolve_url(settings.LOGIN_URL)}
        return private(render(request, "accounts/keep_account_gone.html", context, status=404))
    if request.method == "POST":
        return private(render(request, "accounts/keep_account_done.html"))
    return private(render(request, "accounts/keep_account.html"))


@never_cache
@require_safe
def sent_mails(request: HttpRequest) -> HttpResponse:
    """On a developer's machine only: the newest mails with their texts. One query."""
    if not settings.DEBUG:
        raise Http404
    mails: Any = Email.objects.order_by("-pk")[:MAILS_SHOWN]
    return render(request, "accounts/sent_mails.html", {"mails": mails})
