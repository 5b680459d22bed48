"""Settings that every environment shares; values that differ come from the environment (see .env.example)."""

import csv
import datetime as dt
from email.utils import parseaddr
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO

SITE_DIR = Path(__file__).resolve().parents[2]
BASE_DIR = SITE_DIR.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")

INSTALLED_APPS = [
    "home",
    "search",
    "exchange",
    "workflows",
    "catalogue",
    "accounts",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail_modeladmin",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "post_office",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "home.middleware.SiteLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.ActivityMiddleware",
    "home.middleware.PrivateAnswers",
    "home.admin_doors.AdminDoorsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sign_in.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "palvelumanuaali.urls"
WSGI_APPLICATION = "palvelumanuaali.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context_processors.site_frame",
            ],
        },
    },
]

# Database: an embedded SQLite file unless DATABASE_URL names a PostgreSQL server.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'palvelumanuaali.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # Writers wait for each other instead of failing (autosave in the editor writes often).
        {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"}
    )
else:
    # The server binds the values and, from the third time on, keeps the plan: half its work on a page of small queries.
    DATABASES["default"].setdefault("OPTIONS", {}).update({"server_side_binding": True, "prepare_threshold": 3})
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Seconds for which a connection is kept; opening one anew costs a quarter of a page on SQLite too.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "accounts.User"
from .sign_in import *  # noqa: E402  # it reads the environment that was filled above

# Languages: every one that may become live is declared here; a Locale row makes it live.
with (Path(__file__).parent / "languages.csv").open(encoding="utf-8", newline="") as _file:
    LANGUAGE_ROWS = list(csv.DictReader(_file))
LANGUAGE_CODE = "fi"
LANGUAGES = [(row["bcp47"].lower(), row["autonym"]) for row in LANGUAGE_ROWS]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LANGUAGES_BIDI = [row["bcp47"].lower() for row in LANGUAGE_ROWS if row["dir"] == "rtl"]
# Django knows neither easy languages nor some of the smaller ones: tell it what it asks of a language.
for _row in LANGUAGE_ROWS:
    LANG_INFO.setdefault(
        _row["bcp47"].lower(),
        {
            "bidi": _row["dir"] == "rtl",
            "code": _row["bcp47"].lower(),
            "name": _row["en"],
            "name_local": _row["autonym"],
        },
    )
# The languages that the site starts with, and those in which its own interface speaks.
INITIAL_LANGUAGES = ["fi", "sv", "en", "fi-simple", "ru", "uk", "ar", "et", "so"]
INTERFACE_LANGUAGES = ["fi", "sv", "en", "fi-simple"]
# Where a text is missing in the reader's language, the first of these that has it is shown (and marked).
LANGUAGE_CHAINS = {
    "fi": ["fi", "sv", "en"],
    "sv": ["sv", "fi", "en"],
    "en": ["en", "fi", "sv"],
    "fi-simple": ["fi-simple", "fi", "sv", "en"],
    "sv-simple": ["sv-simple", "sv", "fi", "en"],
}
DEFAULT_LANGUAGE_CHAIN = ["en", "fi", "sv"]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "palvelumanuaali.formats"
TIME_ZONE = "Europe/Helsinki"
USE_TZ = True
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fi", "suomi"), ("sv", "svenska"), ("en", "English")]

# Static and uploaded files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [SITE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
WHITENOISE_MAX_AGE = 60 * 60

# Wagtail
WAGTAIL_SITE_NAME = "Palvelumanuaali"
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default="http://localhost:8000")
# Wagtail comes with a workflow of its own, which asks a group that has nobody; ours is to come in the room workflows.
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["docx", "xlsx", "pptx", "pdf", "png", "jpg", "mp4"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
# The rules of a service's attachments (service-model: 50 MB at most).
ATTACHMENT_MAX_BYTES = 50 * 1024 * 1024
WAGTAILIMAGES_MAX_UPLOAD_SIZE = ATTACHMENT_MAX_BYTES

# Search: services on one page of results.
SEARCH_PAGE_SIZE = 15

# Mail: every mail, whoever sends it, goes into a queue in the database; `manage.py send_queued_mail` takes it from there to
# EMAIL_URL, and tries again every quarter of an hour for two days. One that failed for good stays in the administrators' list.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_BACKEND = "post_office.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Palvelumanuaali <noreply@palvelumanuaali.example>")
POST_OFFICE = {
    "BACKENDS": {"default": EMAIL_CONFIG["EMAIL_BACKEND"]},
    # Given when a mail is queued, so that one sent twice is the same mail to whoever receives it.
    "MESSAGE_ID_ENABLED": True,
    "MESSAGE_ID_FQDN": parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost",
    "MAX_RETRIES": env.int("MAIL_RETRIES", default=192),
    "RETRY_INTERVAL": dt.timedelta(minutes=15),
    "LOG_LEVEL": 1,  # a row for each failure; the mail itself tells that it was sent
}

# Invitations: how many days a link works, and how many people are invited at a time.
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)
INVITATIONS_AT_ONCE = 100

# The life of an account, in days, each counted from the step before that was really taken (`manage.py keep_accounts`, daily):
# without a sign of life until the first mail, then until the second, until the account is blocked, until the person's data is
# removed. And how long an invitation that expired, or was withdrawn, keeps its address.
ACCOUNT_REMINDER_DAYS = env.int("ACCOUNT_REMINDER_DAYS", default=165)
ACCOUNT_SECOND_REMINDER_DAYS = env.int("ACCOUNT_SECOND_REMINDER_DAYS", default=14)
ACCOUNT_BLOCK_DAYS = env.int("ACCOUNT_BLOCK_DAYS", default=14)
ACCOUNT_ANONYMISE_DAYS = env.int("ACCOUNT_ANONYMISE_DAYS", default=30)
EXPIRED_INVITATION_DAYS = env.int("EXPIRED_INVITATION_DAYS", default=14)

# Security headers: nothing but the site's own files runs on a public page. The Wagtail admin needs inline
# scripts and styles of its own; home.middleware widens the policy there, and only there.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "usb",
    )
}  # fmt: skip
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"  # Wagtail lets its own previews through
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# What several web processes must agree on, the limits of signing in, is kept in the database; all else in each one's memory.
CACHES = {
    "default": {"BACKEND": "palvelumanuaali.caches.CacheWithSharedLimits", "OPTIONS": {"MAX_ENTRIES": 2000}},
    "shared": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},  # so many that a flood of attempts cannot push out what locks somebody
    },
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # One line for each page saved, indexed or referenced is noise; what goes wrong there still shows.
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("wagtail", "django_tasks", "modelsearch")},
        # It brings a handler of its own unless it has one.
        "post_office": {"level": "WARNING", "handlers": ["console"], "propagate": False},
    },
}
