"""Settings of signing in: one door, by e-mail address, for the site and the editors' admin (docs/decisions/0012-sign-in.md)."""

import environ

# Reads what settings.base has taken from the file .env.
env = environ.Env()

AUTHENTICATION_BACKENDS = ["catalogue.backends.RulesBackend"]
LOGIN_URL = "account_login"
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_FRONTEND_LOGIN_URL = LOGIN_URL
# Passwords and addresses are changed at one place, which is not the Wagtail admin.
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Seconds for which a link for a new password is valid.
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_RESET_SECONDS", default=2 * 60 * 60)

ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# An invitation, which came by mail, has proved the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
# Django's own: a link dies with the password, the address and the last sign-in that it was made for.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # a class, not a secret
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.forms.SignInForm",
    "reset_password": "accounts.sign_in.forms.ForgottenPasswordForm",
    "reset_password_from_key": "accounts.sign_in.forms.NewPasswordForm",
    "user_token": "accounts.sign_in.forms.LinkForm",
    "change_password": "accounts.sign_in.forms.ChangePasswordForm",
    "reauthenticate": "accounts.sign_in.forms.ConfirmPasswordForm",
}
# How often: amount/seconds/whose. A whole office may share one network address, hence the wider limits per "ip".
SIGN_IN_FAILURES = env.int("SIGN_IN_FAILURES", default=5)
SIGN_IN_FAILURES_PER_NETWORK = env.int("SIGN_IN_FAILURES_PER_NETWORK", default=60)
SIGN_IN_LOCK_SECONDS = env.int("SIGN_IN_LOCK_SECONDS", default=15 * 60)
ACCOUNT_RATE_LIMITS = {
    "login": "120/60s/ip",
    "login_failed": (
        f"{SIGN_IN_FAILURES_PER_NETWORK}/{SIGN_IN_LOCK_SECONDS}s/ip,{SIGN_IN_FAILURES}/{SIGN_IN_LOCK_SECONDS}s/key"
    ),
    "reset_password": "60/3600s/ip,5/3600s/key",
    "reset_password_from_key": "60/3600s/ip",
}
# How many proxies of ours stand before the web process: the visitor's address is that many from the end of X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# Second factor: by choice, or required of roles (accounts.sign_in.roles names them).
SECOND_FACTOR_REQUIRED_FOR = env.list("SECOND_FACTOR_REQUIRED_FOR", default=[])
MFA_ADAPTER = "accounts.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Palvelumanuaali"
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute wrong
MFA_RATE_LIMITS = {"webauthn_login": "120/60s/ip"}
MFA_FORMS = {
    "authenticate": "accounts.sign_in.forms.CodeForm",
    "reauthenticate": "accounts.sign_in.forms.ConfirmCodeForm",
    "activate_totp": "accounts.sign_in.forms.AppForm",
    "add_webauthn": "accounts.sign_in.forms.PasskeyForm",
}

# Seconds after which a person signs in anew, counted from signing in; of several roles the shortest wins.
SESSION_SECONDS = {
    "administrator": env.int("SESSION_SECONDS_ADMINISTRATOR", default=8 * 60 * 60),
    "editor": env.int("SESSION_SECONDS_EDITOR", default=12 * 60 * 60),
    "expert": env.int("SESSION_SECONDS_EXPERT", default=7 * 24 * 60 * 60),
}
SESSION_COOKIE_AGE = SESSION_SECONDS["editor"]

# Single sign-on by OpenID Connect: on as soon as the provider's address is given.
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
SOCIALACCOUNT_ADAPTER = "accounts.sign_in.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "single-sign-on",
                "name": env.str("OIDC_NAME", default="OpenID Connect"),
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}
