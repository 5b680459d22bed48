"""Settings: what production refuses, what it passes, which headers go out, and that .env.example knows every variable."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.test import Client
from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "site" / "palvelumanuaali" / "settings"
KEY = "a-long-random-text-of-a-server-0123456789-0123456789-abcdefghij"
HOSTS = "palvelumanuaali.example,www.palvelumanuaali.example"
# An empty variable counts as missing, and wins over a developer's own .env.
UNSET = {"SECRET_KEY": "", "ALLOWED_HOSTS": "", "DATABASE_URL": "sqlite:///:memory:"}


def check_deploy(**environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` under production settings, as an operator runs it."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, **UNSET, "DJANGO_SETTINGS_MODULE": "palvelumanuaali.settings.production", **environment},
    )  # fmt: skip


def import_production(monkeypatch: pytest.MonkeyPatch, **environment: str) -> ModuleType:
    """The production settings as a module of their own, beside the running test settings."""
    for name, value in {**UNSET, "SECRET_KEY": KEY, "ALLOWED_HOSTS": HOSTS, **environment}.items():
        monkeypatch.setenv(name, value)
    for name in ("palvelumanuaali.settings.production", "palvelumanuaali.settings.base"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return importlib.import_module("palvelumanuaali.settings.production")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ALLOWED_HOSTS": HOSTS}, "SECRET_KEY is not set."),
        ({"ALLOWED_HOSTS": HOSTS, "SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS is not set."),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS may not be '*'"),
    ],
)
def test_production_refuses_to_start_without(environment: dict[str, str], message: str) -> None:
    answer = check_deploy(**environment)
    assert answer.returncode != 0
    last_line = answer.stderr.strip().splitlines()[-1]
    assert message in last_line
    assert "ImproperlyConfigured" in last_line
    assert "See .env.example." in last_line


def test_production_passes_the_deployment_check_without_a_warning() -> None:
    answer = check_deploy(SECRET_KEY=KEY, ALLOWED_HOSTS=HOSTS)
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout
    assert answer.stderr == ""


def test_production_says_https_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    production = import_production(monkeypatch)
    assert production.DEBUG is False
    assert production.ALLOWED_HOSTS == ["palvelumanuaali.example", "www.palvelumanuaali.example"]
    assert production.CSRF_TRUSTED_ORIGINS == ["https://palvelumanuaali.example", "https://www.palvelumanuaali.example"]
    assert production.WAGTAILADMIN_BASE_URL == "https://palvelumanuaali.example"
    assert production.SESSION_COOKIE_SECURE
    assert production.CSRF_COOKIE_SECURE
    assert production.SESSION_COOKIE_HTTPONLY
    assert "Manifest" in production.STORAGES["staticfiles"]["BACKEND"]


def test_the_database_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    production = import_production(monkeypatch, DATABASE_URL="postgres://someone:secret@db.example:5433/manual")
    database = production.DATABASES["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "manual")
    assert database["CONN_HEALTH_CHECKS"]


# A missing page goes through the same doors as any other, and needs no content.
@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/fi/", "/en/no-such-page/", "/admin/login/"])
def test_a_page_carries_the_security_headers(address: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    production = import_production(monkeypatch)
    for name in ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_SSL_REDIRECT"):
        setattr(settings, name, getattr(production, name))
    headers = Client().get(address, secure=True).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_public_page_may_run_nothing_inline() -> None:
    policy = Client().get("/en/no-such-page/").headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";") if part.strip())
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["object-src"] == directives["base-uri"] == "'none'"
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_only_the_admin_has_the_wider_policy() -> None:
    assert "'unsafe-inline'" in Client().get("/admin/login/").headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_plain_http_is_sent_to_https_in_production(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/fi/")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "https://testserver/fi/"


def test_the_example_explains_every_variable_that_the_settings_read() -> None:
    read = re.compile(r"""(?:env(?:\.\w+)?|_required|environ(?:\.\w+)?)\(\s*["']([A-Z_]+)["']""")
    sources = [*SETTINGS.glob("*.py"), SETTINGS.parent / "wsgi.py"]
    used = {name for path in sources for name in read.findall(path.read_text(encoding="utf-8"))}
    explained = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert explained == used
