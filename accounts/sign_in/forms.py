"""The forms of signing in: django-allauth's, in the site's own words."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.sessions import limit_session

# What a field is called, and what is said while it is empty.
EMAIL = (_("E-mail address"), _("Fill in your e-mail address."))
PASSWORD = (_("Password"), _("Fill in your password."))
PRESENT_PASSWORD = (_("Present password"), _("Fill in your password."))
NEW_PASSWORD = (_("New password"), _("Fill in the new password."))
NEW_PASSWORD_AGAIN = (_("New password again"), _("Fill in the new password again."))
CODE = (_("Code"), _("Fill in the code."))


class OwnWords:
    """Gives fields the site's words, and none inside the boxes."""

    words: dict[str, Any] = {}
    fields: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, words in self.words.items():
            field = self.fields[name]
            field.label, field.error_messages["required"] = words
            field.widget.attrs.pop("placeholder", None)
            if words is EMAIL:
                field.error_messages["invalid"] = _("Write the e-mail address in the form name@example.org.")
            if words is PASSWORD or words is PRESENT_PASSWORD:
                field.help_text = ""


class SignInForm(OwnWords, account_forms.LoginForm):
    words = {"login": EMAIL, "password": PASSWORD}

    def login(self, request: HttpRequest, redirect_url: Any = None) -> HttpResponse:
        """Sign in, or go on to the second step. The session's length is that of the person's roles, not allauth's."""
        response: HttpResponse = super().login(request, redirect_url=redirect_url)
        if not isinstance(request.user, AnonymousUser) and request.user.is_authenticated:
            limit_session(request, request.user)
        return response


class ForgottenPasswordForm(OwnWords, account_forms.ResetPasswordForm):
    words = {"email": EMAIL}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Mail a link to the active person of the address; for nobody's, do as much work and mail nothing."""
        if not self.users:
            get_adapter().pretend_password_reset(self.cleaned_data["email"])
        return str(super().save(request, **kwargs))


class SamePasswords:
    """Says in the site's words that the two are not the same."""

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "password2" and not isinstance(error, ValidationError):
            error = _("The two passwords are not the same. Write the new password in the same way twice.")
        super().add_error(field, error)  # type: ignore[misc]  # a mixin of forms


class NewPasswordForm(OwnWords, SamePasswords, account_forms.ResetPasswordKeyForm):
    words = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD_AGAIN}

    def save(self) -> None:
        """Set the password, and forgive earlier attempts: whoever reads the mail of the address is its owner."""
        super().save()
        adapter = get_adapter()
        adapter.forgive_attempts(adapter.request, self.user.email)


class LinkForm(account_forms.UserTokenForm):
    """Is the link that somebody followed valid? Not for a blocked person."""

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.reset_user is not None and not self.reset_user.is_active:
            raise get_adapter().validation_error("invalid_password_reset")
        return cleaned


class ChangePasswordForm(OwnWords, SamePasswords, account_forms.ChangePasswordForm):
    words = {"oldpassword": PRESENT_PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD_AGAIN}


class ConfirmPasswordForm(OwnWords, account_forms.ReauthenticateForm):
    words = {"password": PASSWORD}


class CodeForm(OwnWords, code_forms.AuthenticateForm):
    words = {"code": CODE}


class ConfirmCodeForm(OwnWords, code_forms.ReauthenticateForm):
    words = {"code": CODE}


class AppForm(OwnWords, ActivateTOTPForm):
    words = {"code": CODE}


class PasskeyForm(OwnWords, AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["passwordless"].label = _("Sign in with this passkey alone, without the password")
        self.fields["name"].help_text = _("For example: my phone, work computer.")
        self.fields["passwordless"].help_text = _("The device then asks for your fingerprint, face or PIN code.")
        self.initial["name"] = ""
