"""The language of a request and the content policy of a response."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from catalogue.actions import change_lifecycle
from catalogue.models import Service
from tests.home.conftest import Site, page_of

pytestmark = pytest.mark.django_db


def policy(client: Client, path: str) -> dict[str, set[str]]:
    """Directive → sources of the policy that a path's response carries."""
    header = client.get(path).headers["Content-Security-Policy"]
    parts = (part.split() for part in header.split(";") if part.strip())
    return {name: set(sources) for name, *sources in parts}


# --------------------------------------------------------------------------------------------------------------- language


@pytest.mark.parametrize(
    ("wanted", "language"), [("", "fi"), ("sv", "sv"), ("en-GB,fi;q=0.3", "en"), ("ar", "ar"), ("xx", "fi")]
)
def test_the_bare_address_leads_to_the_readers_language(site: Site, client: Client, wanted: str, language: str) -> None:
    response = client.get("/", headers={"accept-language": wanted})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")


def test_an_address_without_a_language_leads_to_one(site: Site, client: Client) -> None:
    response = client.get("/organisaatiot/", headers={"accept-language": "sv"})
    assert (response.status_code, response["Location"]) == (302, "/sv/organisaatiot/")
    assert client.get(response["Location"], follow=True).status_code == 200


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/fi/", "fi"), ("/sv/", "sv"), ("/en/services/", "en"), ("/fi-simple/", "fi-simple"), ("/ar/", "ar"),
        ("/ar/services/", "ar"), ("/uk/ei-ole/", "uk"),
    ],
)  # fmt: skip
def test_a_response_names_its_language(site: Site, client: Client, path: str, language: str) -> None:
    response = client.get(path, headers={"accept-language": "de"})
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in response.content.decode()


def test_arabic_is_written_from_right_to_left_around_english_words(site: Site, client: Client) -> None:
    html = client.get("/ar/services/").content.decode()
    assert '<html lang="ar" dir="rtl">' in html
    assert 'lang="en" dir="ltr"' in html
    assert "Search" in html


def test_every_declared_language_gets_a_front_page_and_no_error(site: Site, client: Client) -> None:
    statuses = {tag: client.get(f"/{tag}/").status_code for tag, _name in settings.LANGUAGES}
    assert set(statuses.values()) == {200}


def test_a_language_that_nobody_declared_is_not_found(site: Site, client: Client) -> None:
    for path in ("/xx/", "/xx/palvelut/"):
        assert client.get(path, follow=True).status_code == 404


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/login/", "/admin/ei-ole/", "/documents/999999/ei-ole.pdf", "/media/x", "/static/x"]
)
def test_the_admin_and_files_are_never_sent_to_a_language(site: Site, client: Client, path: str) -> None:
    response = client.get(path, headers={"accept-language": "sv"})
    sign_in = {
        "/admin/": "/sv/sign-in/?next=/admin/",
        "/admin/login/": "/sv/sign-in/",
        "/admin/ei-ole/": "/sv/sign-in/?next=/admin/ei-ole/",
    }
    assert response.headers.get("Location", "") == sign_in.get(path, "")
    assert response.status_code in (200, 302, 404)


def test_one_readers_language_does_not_stay_for_the_next(site: Site, client: Client) -> None:
    client.get("/ar/services/")
    assert '<html lang="fi" dir="ltr">' in client.get("/fi/").content.decode()
    client.get("/sv/")
    assert client.get("/admin/login/", headers={"accept-language": "fi"})["Content-Language"] == "fi"


# ------------------------------------------------------------------------------------------------------------------ policy

STRICT = {
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "default-src": {"'none'"},
}


@pytest.mark.parametrize(
    "path",
    [
        "/fi/", "/sv/tjanster/", "/fi/organisaatiot/", "/fi/organisaatio/kurssila/", "/fi/ei-ole/", "/ar/", "/",
        "/fi/admin/", "/fi/palvelu/1-x/admin/", "/adminx/",
        "/documents/999999/x.pdf",
    ],
)  # fmt: skip
def test_public_pages_allow_nothing_but_the_sites_own_files(site: Site, client: Client, path: str) -> None:
    found = policy(client, path)
    assert {name: found[name] for name in STRICT} == STRICT
    assert "unsafe" not in str(found)


def test_services_gone_or_closed_are_as_strict(site: Site, client: Client, outsider: User) -> None:
    path = page_of(site.coaching).public_path
    assert "unsafe" not in str(policy(client, path))
    client.force_login(outsider)
    assert "unsafe" not in str(policy(client, f"{path}tyoohje/"))
    change_lifecycle(service=Service.objects.get(pk=site.coaching), lifecycle=Service.Lifecycle.OUTDATED)
    assert "unsafe" not in str(policy(client, path))


def test_the_admin_alone_may_use_inline_scripts_and_still_only_its_own_files(
    site: Site, client: Client, administrator: User
) -> None:
    client.force_login(administrator)
    for path in ("/admin/login/", "/admin/", "/admin/ei-ole/"):
        found = policy(client, path)
        assert "'unsafe-inline'" in found["script-src"]
        assert not [source for sources in found.values() for source in sources if "//" in source or source == "*"]
        assert found["object-src"] == {"'none'"}


def test_a_visit_to_the_admin_does_not_widen_the_next_public_page(site: Site, client: Client) -> None:
    client.get("/admin/login/")
    assert "unsafe" not in str(policy(client, "/fi/"))


def test_public_pages_have_no_inline_script_or_style(site: Site, client: Client) -> None:
    for path in (
        "/fi/",
        "/sv/tjanster/",
        "/ar/",
        page_of(site.coaching).public_path,
        "/fi/organisaatio/kurssila/",
        "/fi/ei-ole/",
    ):
        html = client.get(path).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "<script>" not in html
        assert " onclick=" not in html
