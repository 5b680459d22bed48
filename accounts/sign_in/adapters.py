"""Where django-allauth asks the site: who may come in and where to, what is said and mailed, and what stays secret."""

import base64
import hashlib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in import limits, single_sign_on

RESET_MAIL = "emails/password_reset"
CHANGE_MAIL = "emails/sign_in_changed"
PASSWORD_CHANGED = _("Your password has been changed.")
# What is told on the next page, and by mail to the person whose account it is; of all else nothing is said.
CHANGES = {
    "account/messages/password_changed.txt": PASSWORD_CHANGED,
    "account/email/password_changed": PASSWORD_CHANGED,
    "account/email/password_reset": PASSWORD_CHANGED,
    "mfa/messages/totp_activated.txt": _("The authenticator app is in use."),
    "mfa/email/totp_activated": _("An authenticator app was taken into use as the second step of signing in."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is no longer in use."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed from signing in."),
    "mfa/messages/webauthn_added.txt": _("The passkey has been added."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/messages/webauthn_removed.txt": _("The passkey has been removed."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes. Keep them in a safe place."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account. The old ones no longer work."),
}
WRONG_CODE = _("The code is wrong or has already been used. Check it and try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Signing in and out, passwords, and mails about them."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is wrong. Check both and try again."),
        "incorrect_password": _("The password is wrong. Check it and try again."),
        "enter_current_password": _("The password is wrong. Check it and try again."),
        "incorrect_code": WRONG_CODE,
        "invalid_password_reset": _("The link is no longer valid."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come by invitation only (the door is accounts.actions)."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of this very host lead on from signing in."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever may enter the admin goes there, all others to the front page in the reader's language."""
        if request.user.has_perm("wagtailadmin.access_admin"):
            return reverse("wagtailadmin_home")
        return front_page(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return front_page(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def post_login(self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any) -> HttpResponse:
        """As allauth does, but nobody is sent to the admin who could not enter it."""
        redirect_url = redirect_url or get_next_redirect_url(request)
        if redirect_url and leads_to_closed_admin(request, redirect_url):
            redirect_url = self.get_login_redirect_url(request)
        response: HttpResponse = super().post_login(request, user, redirect_url=redirect_url, **kwargs)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A blocked person with the right passkey is told what anyone with a wrong one is."""
        self.add_message(request, messages.ERROR, message=str(WRONG_PASSKEY))
        return redirect("account_login")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt. Raises ValidationError, with the time to wait, for an address or a network that is locked."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as refusal:
            key = self._get_login_attempts_cache_key(request, **credentials)
            seconds = limits.wait_seconds(request, "login_failed", key=key)
            raise ValidationError(limits.try_again(seconds), code=refusal.code) from refusal

    def forgive_attempts(self, request: HttpRequest, email: str) -> None:
        """Open the door again to `email`, whose owner has just proved to be the owner."""
        self._delete_login_attempts_cached_email(request, email=email)

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in ("too_many_login_attempts", "rate_limited"):
            return ValidationError(limits.try_again(limits.longest_wait("login_failed")), code=code)
        error: ValidationError = super().validation_error(code, *args)
        return error

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, message: str | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """Say what CHANGES knows, in its words; allauth's "signed in as …" and the like are not said."""
        text = message or CHANGES.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail once the transaction is done, in the active language."""
        transaction.on_commit(self._mail(template_prefix, email, context).send)

    def _mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> Any:
        return self.render_mail(template_prefix, email, {"request": self.request, "site": self.request.get_host(), **context})

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        self.send_mail(RESET_MAIL, email, {**context, "hours": _hours(settings.PASSWORD_RESET_TIMEOUT)})

    def pretend_password_reset(self, email: str) -> None:
        """The work of a mail to `email`, which belongs to nobody, without the mail: the answer takes as long as any other."""
        nobody = User(pk=0, email=email)
        nobody.set_unusable_password()
        url = self.get_reset_password_from_key_url(f"0-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(nobody)}")
        self._mail(RESET_MAIL, email, {"password_reset_url": url, "hours": _hours(settings.PASSWORD_RESET_TIMEOUT)})

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell a person by mail what was changed in her ways to sign in."""
        if template_prefix in CHANGES:
            self.send_mail(CHANGE_MAIL, email or user.email, {"change": CHANGES[template_prefix]})


WRONG_PASSKEY = _("The passkey could not be used. Try again, or sign in with your password.")


def _hours(seconds: int) -> int:
    """Full hours, one at least."""
    return max(1, seconds // 3600)


def front_page(request: HttpRequest) -> str:
    """The front page in the language of the request."""
    return f"/{getattr(request, 'language', None) or get_language()}/"


def leads_to_closed_admin(request: HttpRequest, url: str) -> bool:
    """Does `url` lead to the Wagtail admin, which this person may not enter? Cost: the standing."""
    admin = reverse("wagtailadmin_home")
    return urlsplit(url).path.startswith(admin) and not request.user.has_perm("wagtailadmin.access_admin")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, recovery codes and passkeys; their secrets are in the database encrypted."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def _get_site_name(self) -> str:
        return settings.WAGTAIL_SITE_NAME

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """Encrypts by SECRET_KEY, and still reads what one of SECRET_KEY_FALLBACKS has encrypted."""
    keys = map(str, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    digests = [hashlib.sha256(f"second factor:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """An identity from outside signs in a person who is there already; it makes nobody and gives no right."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        """Allauth's own way, which would also wipe the person's password, is not ours: see `pre_social_login`."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the person of the verified address, or end here. One query."""
        try:
            sociallogin.user = single_sign_on.person_of(sociallogin.account.extra_data)
        except single_sign_on.Refused as refusal:
            raise ImmediateHttpResponse(single_sign_on.refuse(refusal.reason)) from refusal

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(single_sign_on.refuse(single_sign_on.Reason.FAILED))
