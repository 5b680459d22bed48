"""The address of a work instruction: it tells nothing to who may not read it, not even whether there is one."""

import pytest
from django.test import Client
from wagtail.models import PageViewRestriction

from accounts.models import User
from catalogue.actions import change_lifecycle
from catalogue.models import Service, WorkInstructionPage
from tests.factories import PASSWORD, ServicePageFactory, UserFactory
from tests.home.conftest import SECRET, Site, page_of

pytestmark = pytest.mark.django_db
ALL = ["with", "without", "draft", "unknown", "huge"]


def addresses(site: Site) -> dict[str, str]:
    """Addresses with and without an instruction, of a draft, of nothing, and of a number that cannot be."""
    draft = ServicePageFactory(instruction=True).service_id
    numbers = {"with": site.coaching, "without": site.course, "draft": draft, "unknown": 10**9, "huge": 10**30}
    return {name: f"/fi/palvelu/{number}-nimi/tyoohje/" for name, number in numbers.items()}


@pytest.fixture(params=ALL)
def address(request: pytest.FixtureRequest, site: Site) -> str:
    return addresses(site)[request.param]


def test_whoever_is_not_signed_in_is_asked_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/?next=%2Ffi%2Fpalvelu%2F")
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("person", ["provider_editor", "outsider"])
def test_whoever_has_no_right_is_refused_alike(client: Client, site: Site, request: pytest.FixtureRequest, person: str) -> None:
    client.force_login(request.getfixturevalue(person))
    answers = {name: client.get(address) for name, address in addresses(site).items()}
    assert {name: response.status_code for name, response in answers.items()} == dict.fromkeys(ALL, 403)
    assert SECRET not in "".join(response.content.decode() for response in answers.values())


@pytest.mark.parametrize("person", ["administrator", "expert", "municipal_editor"])
def test_whoever_has_the_right_reads_it(client: Client, site: Site, request: pytest.FixtureRequest, person: str) -> None:
    client.force_login(request.getfixturevalue(person))
    answers = {name: client.get(address) for name, address in addresses(site).items()}
    assert {name: response.status_code for name, response in answers.items()} == {
        "with": 200, "without": 404, "draft": 404, "unknown": 404, "huge": 404,
    }  # fmt: skip
    assert SECRET in answers["with"].content.decode()


def test_an_instruction_that_is_not_published_is_read_by_nobody(client: Client, site: Site, expert: User) -> None:
    for page in WorkInstructionPage.objects.all():
        page.referral = "<p>Uusi luonnos</p>"
        page.save_revision()
    client.force_login(expert)
    assert "Uusi luonnos" not in client.get(addresses(site)["with"]).content.decode()
    for page in WorkInstructionPage.objects.all():
        page.unpublish()
    assert client.get(addresses(site)["with"]).status_code == 404


def test_that_of_an_outdated_service_is_closed_to_experts(client: Client, site: Site, expert: User) -> None:
    change_lifecycle(service=Service.objects.get(pk=site.coaching), lifecycle=Service.Lifecycle.OUTDATED)
    client.force_login(expert)
    assert client.get(addresses(site)["with"]).status_code == 403


def test_an_administrator_who_is_no_longer_active_is_a_stranger(client: Client, site: Site, administrator: User) -> None:
    client.force_login(administrator)
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    assert client.get(addresses(site)["with"]).status_code == 302


def test_any_languages_words_lead_to_it(client: Client, site: Site, administrator: User) -> None:
    client.force_login(administrator)
    for path in (
        "/sv/tjanst/{}-x/arbetsinstruktion/",
        "/en/service/{}-x/work-instruction/",
        "/ar/service/{}-x/work-instruction/",
    ):
        assert client.get(path.format(site.coaching)).status_code == 200


def test_the_instruction_answers_reading_only(client: Client, site: Site, administrator: User) -> None:
    client.force_login(administrator)
    assert client.post(addresses(site)["with"]).status_code == 405


@pytest.mark.parametrize("language", ["fi", "sv", "en", "fi-simple", "ar"])
def test_its_place_in_the_tree_shows_it_to_nobody(client: Client, site: Site, outsider: User, language: str) -> None:
    """Also not through another language's tree, and not when its restriction row has been taken away."""
    tree_paths = [
        f"/{language}/" + "/".join(page.url_path.strip("/").split("/")[1:]) + "/" for page in WorkInstructionPage.objects.all()
    ]
    assert len(tree_paths) == 2
    for _ in range(2):
        for path in tree_paths:
            client.logout()
            response = client.get(path, follow=True)
            assert response.status_code == 404 or response.redirect_chain[-1][0].partition("?")[0].endswith("/admin/login/")
            assert SECRET not in response.content.decode()
            client.force_login(outsider)
            response = client.get(path, follow=True)
            assert response.status_code in (403, 404)
            assert SECRET not in response.content.decode()
        PageViewRestriction.objects.all().delete()


def test_the_button_is_there_for_administrators_alone(client: Client, site: Site, outsider: User, administrator: User) -> None:
    path = page_of(site.coaching).public_path
    for user, sees in ((outsider, False), (administrator, True)):
        client.force_login(user)
        response = client.get(path)
        assert response.context["can_read_instruction"] is sees
        assert ("/tyoohje/" in response.content.decode()) is sees


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(client: Client, site: Site, target: str) -> None:
    user = UserFactory(administrator=True)
    response = client.post(f"/admin/login/?next={target}", {"username": user.email, "password": PASSWORD, "next": target})
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert response["Location"].startswith("/")


def test_signing_in_leads_back_to_the_instruction(client: Client, site: Site) -> None:
    user = UserFactory(administrator=True)
    path = addresses(site)["with"]
    sign_in = client.get(path)["Location"]
    response = client.post(sign_in, {"username": user.email, "password": PASSWORD, "next": path})
    assert response["Location"] == path
