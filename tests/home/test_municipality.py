"""The visitor's own municipality: a cookie that is set and removed by a form, and leads back to where the visitor was."""

import pytest
from django.test import Client

from tests.home.conftest import Site

pytestmark = pytest.mark.django_db
FORM = "/fi/own-municipality/"


def test_it_is_remembered_for_long_and_kept_from_scripts(site: Site, client: Client) -> None:
    response = client.post(FORM, {"municipality": "091", "next": "/fi/palvelut/?q=a"})
    assert (response.status_code, response["Location"]) == (302, "/fi/palvelut/?q=a")
    cookie = response.cookies["municipality"]
    assert cookie.value == "091"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) > 300 * 24 * 60 * 60
    assert client.get("/fi/").context["own_municipality"].code == "091"


@pytest.mark.parametrize("code", ["", "999", "any", "091\x00", "x" * 5000])
def test_none_or_an_unknown_one_removes_it(site: Site, client: Client, code: str) -> None:
    client.post(FORM, {"municipality": "091"})
    response = client.post(FORM, {"municipality": code})
    assert response.cookies["municipality"].value == ""
    assert client.get("/fi/").context["own_municipality"] is None


@pytest.mark.parametrize(
    "target",
    [
        "", "https://evil.example/", "//evil.example/", "///evil.example", "http:evil.example", "/\\evil.example",
        "\\\\evil.example", "javascript:alert(1)", "https:///evil.example", "\x00//evil.example", " //evil.example", "ftp://testserver/",
    ],
)  # fmt: skip
def test_the_way_back_never_leads_elsewhere(site: Site, client: Client, target: str) -> None:
    response = client.post("/sv/own-municipality/", {"municipality": "091", "next": target})
    assert (response.status_code, response["Location"]) == (302, "/sv/")


def test_the_way_back_may_be_any_page_of_the_site(site: Site, client: Client) -> None:
    for target in ("/fi/", "/ar/services/?q=%D8%A7&page=2", "http://testserver/fi/"):
        assert client.post(FORM, {"municipality": "091", "next": target})["Location"] == target


def test_it_is_changed_by_its_form_alone(site: Site, client: Client) -> None:
    for method in (client.get, client.head, client.put):
        response = method(FORM)
        assert response.status_code == 405
        assert "municipality" not in response.cookies
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(FORM, {"municipality": "091"}).status_code == 403


def test_a_forged_cookie_is_no_municipality(site: Site, client: Client) -> None:
    for forged in ("<script>alert(1)</script>", "999", "x" * 3000):
        client.cookies["municipality"] = forged
        for path in ("/fi/", "/fi/palvelut/"):
            response = client.get(path)
            assert response.status_code == 200
            assert "<script>alert" not in response.content.decode()
