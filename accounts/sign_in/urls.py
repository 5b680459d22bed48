"""Addresses of signing in. What is not here does not exist: no signing up, no list of addresses, no linked accounts.

The names are django-allauth's, by which its views find each other.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, path, re_path

from accounts.sign_in import views
from accounts.sign_in.views import page

# Below the language.
urlpatterns = [
    path("sign-in/", page(views.sign_in), name="account_login"),
    path("sign-in/password/", page(account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/code/", page(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/code/again/", page(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("sign-in/passkey/", page(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/passkey/again/", page(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("sign-in/provider/", page(views.single_sign_on_begin), name="single_sign_on"),
    path("sign-in/refused/", page(views.single_sign_on_refused), name="single_sign_on_refused"),
    path("sign-out/", page(views.sign_out), name="account_logout"),
    path("password/", page(views.ChangePasswordView.as_view()), name="account_change_password"),
    path("password/forgotten/", page(account.password_reset), name="account_reset_password"),
    path("password/forgotten/sent/", page(account.password_reset_done), name="account_reset_password_done"),
    path("password/new/done/", page(account.password_reset_from_key_done), name="account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/$",
        page(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("second-factor/", page(views.SecondFactorView.as_view()), name="mfa_index"),
    path("second-factor/app/", page(app.activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/remove/", page(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/codes/", page(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", page(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("second-factor/passkeys/", page(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("second-factor/passkeys/add/", page(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove/", page(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
]

# Outside any language, and before the Wagtail admin's own.
doors: list[URLPattern] = [
    path("admin/login/", views.admin_sign_in, name="admin_sign_in"),
    path("admin/logout/", views.admin_sign_out, name="admin_sign_out"),
    re_path(r"^admin/password_reset/(?P<rest>.*)$", views.admin_password_reset, name="admin_password_reset"),
    # Wagtail looks this name up whenever a closed page or file asks for a sign-in.
    path("sign-in/", views.to_sign_in, name="wagtailcore_login"),
    path("sign-in/<slug:provider_id>/callback/", views.single_sign_on_callback, name="openid_connect_callback"),
]
