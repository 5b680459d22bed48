"""The address of a work instruction: it tells nothing to who may not read it, not even whether there is one."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from accounts.models import User
from catalogue.actions import change_lifecycle
from catalogue.models import MunicipalGuide, MunicipalGuideText, Service, WorkInstructionPage
from tests.factories import (
    PASSWORD,
    DocumentFactory,
    LegalSnippetFactory,
    MunicipalityFactory,
    ServicePageFactory,
    UserFactory,
    block,
    contact,
)
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
    assert response["Location"].startswith("/fi/sign-in/?next=/fi/palvelu/")
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
        "with": 200, "without": 200, "draft": 404, "unknown": 404, "huge": 404,
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
    answer = client.get(addresses(site)["with"])
    assert answer.status_code == 200
    assert answer.context["instruction"] is None
    assert SECRET not in answer.content.decode()


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
            assert response.status_code == 404 or response.redirect_chain[-1][0].partition("?")[0].endswith("/sign-in/")
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
    response = client.post(f"/fi/sign-in/?next={target}", {"login": user.email, "password": PASSWORD, "next": target})
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert response["Location"].startswith("/")


def test_signing_in_leads_back_to_the_instruction(client: Client, site: Site) -> None:
    user = UserFactory(administrator=True)
    path = addresses(site)["with"]
    sign_in = client.get(path)["Location"]
    response = client.post(sign_in, {"login": user.email, "password": PASSWORD, "next": path})
    assert response["Location"] == path


# ------------------------------------------------------------------------------------------------ what stands on the page


def add_guides(number: int, texts: dict[str, dict[str, str]]) -> None:
    """Guides of municipalities: code → language → text."""
    for code, by_language in texts.items():
        guide = MunicipalGuide(service_id=number, municipality=MunicipalityFactory(code=code))
        guide.texts.set([MunicipalGuideText(language=tag, guide=f"<p>{text}</p>") for tag, text in by_language.items()])
        guide.save()


def test_facts_are_the_originals_also_in_another_language(client: Client, site: Site, expert: User) -> None:
    """A version's own copy of a fact is never read."""
    for page in WorkInstructionPage.objects.exclude(version_kind="original"):
        page.contacts = json.dumps(
            [{**page.raw("contacts")[0], "value": {**page.raw("contacts")[0]["value"], "phone": "+358999"}}]
        )
        page.archiving_link = "https://example.org/vanha"
        page.obligation = LegalSnippetFactory(texts={"sv": ("Fel", "Fel text")})
        page.save_revision().publish(skip_permission_checks=True)
    original = WorkInstructionPage.objects.get(version_kind="original")
    original.is_archived, original.archiving_link = True, "https://example.org/arkisto"
    original.save_revision().publish(skip_permission_checks=True)
    client.force_login(expert)
    html = client.get(f"/sv/tjanst/{site.coaching}-x/arbetsinstruktion/").content.decode()
    for text in (
        "Anteckna start och slut.",
        "+358401234567",
        "https://example.org/arkisto",
        "Det är frivilligt.",
        "Bara för myndigheter",
    ):
        assert text in html
    for text in ("+358999", "https://example.org/vanha", "Fel text", "Kirjaa alku ja loppu."):
        assert text not in html


def test_a_text_that_the_version_lacks_is_the_originals_and_marked(client: Client, site: Site, expert: User) -> None:
    swedish = WorkInstructionPage.objects.get(locale__language_code="sv")
    swedish.entries = ""
    swedish.save_revision().publish(skip_permission_checks=True)
    client.force_login(expert)
    response = client.get(f"/sv/tjanst/{site.coaching}-x/arbetsinstruktion/")
    [entries] = [section for section in response.context["instruction"].sections if section.anchor == "entries"]
    assert (entries.text, entries.text.language) == ("<p>Kirjaa alku ja loppu.</p>", "fi")
    assert '<div class="prose" lang="fi" dir="ltr"><p>Kirjaa alku ja loppu.</p>' in response.content.decode()


def test_a_draft_of_a_version_is_not_laid_over(client: Client, site: Site, expert: User) -> None:
    WorkInstructionPage.objects.get(locale__language_code="sv").unpublish()
    client.force_login(expert)
    response = client.get(f"/sv/tjanst/{site.coaching}-x/arbetsinstruktion/")
    assert response.context["instruction"].language == "fi"
    assert SECRET in response.content.decode()


def test_a_snippets_text_comes_in_the_readers_language_with_its_validity(client: Client, site: Site, expert: User) -> None:
    snippet = LegalSnippetFactory(
        texts={"fi": ("Pakko", "Velvoittaa."), "sv": ("Tvång", "Förpliktar.")}, valid_from="2020-01-01", valid_to="2021-12-31"
    )
    WorkInstructionPage.objects.update(obligation=snippet)
    client.force_login(expert)
    html = client.get(f"/sv/tjanst/{site.coaching}-x/arbetsinstruktion/").content.decode()
    assert "Förpliktar." in html and "Velvoittaa." not in html
    assert 'datetime="2020-01-01"' in html and 'datetime="2021-12-31"' in html
    assert "Gäller inte i dag" in html or "Not in force today." in html


def test_the_contents_lead_to_every_section_that_is_there(client: Client, site: Site, expert: User) -> None:
    add_guides(site.coaching, {"049": {"fi": "Espoossa näin"}})
    client.force_login(expert)
    html = client.get(addresses(site)["with"]).content.decode()
    anchors = re.findall(r'<li><a href="#([\w-]+)">', html)
    assert anchors == [
        "referral", "requirements", "obligation", "entries", "statement", "archiving", "internal-contacts",
        "plan-text", "guides",
    ]  # fmt: skip
    assert [anchor for anchor in anchors if html.count(f'id="{anchor}"') != 1] == []


def test_the_own_municipalitys_guide_comes_first_and_open_and_the_others_folded(
    client: Client, site: Site, expert: User
) -> None:
    add_guides(site.coaching, {"049": {"fi": "Espoossa näin"}, "091": {"fi": "Helsingissä näin"}, "092": {"sv": "I Vanda"}})
    client.force_login(expert)
    response = client.get(addresses(site)["with"])
    html = response.content.decode()
    guides = response.context["guides"]
    assert [guide.municipality for guide in guides.own] == ["Helsinki"]
    assert [guide.municipality for guide in guides.others] == ["Espoo", "Vantaa"]
    assert html.count('<details class="question" open>') == 1
    assert html.index("Helsingissä näin") < html.index(SECRET) < html.index("Espoossa näin")
    assert '<div class="prose" lang="sv" dir="ltr"><p>I Vanda</p>' in html


def test_whoever_has_several_municipalities_chooses_which_is_first(client: Client, site: Site, expert: User) -> None:
    organisation = expert.memberships.get().organisation
    organisation.acts_for.set([MunicipalityFactory(code="049"), MunicipalityFactory(code="091")])
    organisation.save()
    add_guides(site.coaching, {"049": {"fi": "Espoossa"}, "091": {"fi": "Helsingissä"}, "092": {"fi": "Vantaalla"}})
    client.force_login(expert)
    for chosen, order in (("091", ["091", "049"]), ("049", ["049", "091"]), ("092", ["049", "091"]), ("", ["049", "091"])):
        client.cookies["municipality"] = chosen
        assert [guide.code for guide in client.get(addresses(site)["with"]).context["guides"].own] == order


@pytest.mark.parametrize("path", ["/fi/palvelu/{}-x/tyoohje/", "/sv/tjanst/{}-x/arbetsinstruktion/"])
def test_the_page_takes_the_same_queries_with_one_of_everything_or_fifteen(
    client: Client, site: Site, municipal_editor: User, path: str
) -> None:
    client.force_login(municipal_editor)
    counts = []
    for count in (1, 15):
        files = [DocumentFactory() for _ in range(count)]
        original = WorkInstructionPage.objects.get(version_kind="original")
        original.referral = "".join(f'<p><a linktype="document" id="{file.pk}">Liite</a></p>' for file in files)
        original.links = json.dumps([block("attachment", {"document": file.pk, "label": "Liite"}) for file in files])
        original.contacts = json.dumps([contact(called=f"line-{place}") for place in range(count)])
        original.other_benefits.set([LegalSnippetFactory(kind="benefit") for _ in range(count)])
        original.save_revision().publish(skip_permission_checks=True)
        MunicipalGuide.objects.all().delete()
        add_guides(
            site.coaching, {f"{place:03}": {"fi": f'<a linktype="document" id="{files[0].pk}">x</a>'} for place in range(count)}
        )
        client.get(path.format(site.coaching))
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path.format(site.coaching))
        assert len(response.context["instruction"].links) == count == len(response.context["guides"].others)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 16


# --------------------------------------------------------------------------------------------------- tabs and headers


def test_the_tab_is_shown_alike_with_and_without_an_instruction_to_those_with_the_right(
    client: Client, site: Site, expert: User, outsider: User
) -> None:
    for person, shown in ((None, False), (outsider, False), (expert, True)):
        if person:
            client.force_login(person)
        for number in (site.coaching, site.course):
            html = client.get(f"/fi/palvelu/{number}/", follow=True).content.decode()
            assert ("/tyoohje/" in html) is shown
            assert ('class="tabs"' in html) is shown


def test_the_tabs_say_where_the_reader_is(client: Client, site: Site, expert: User) -> None:
    client.force_login(expert)
    instruction = client.get(addresses(site)["without"]).content.decode()
    assert f'href="/fi/palvelu/{site.course}-kielikurssi/tyoohje/" aria-current="page"' in instruction
    service = client.get(f"/fi/palvelu/{site.course}-kielikurssi/").content.decode()
    assert f'href="/fi/palvelu/{site.course}-kielikurssi/" aria-current="page"' in service


@pytest.mark.parametrize("person", [None, "outsider", "expert"])
def test_nothing_keeps_an_instruction_whoever_asks(
    client: Client, site: Site, person: str | None, request: pytest.FixtureRequest
) -> None:
    if person:
        client.force_login(request.getfixturevalue(person))
    for address in addresses(site).values():
        answer = client.get(address)
        assert answer["Cache-Control"] == "private, no-store"
        assert "noindex" in answer["X-Robots-Tag"]


def test_nothing_keeps_what_a_signed_in_person_sees_and_the_publics_pages_are_as_before(
    client: Client, site: Site, outsider: User
) -> None:
    paths = ["/fi/", f"/fi/palvelu/{site.course}-kielikurssi/", "/fi/palvelut/", "/fi/ei-ole/"]
    for path in paths:
        answer = client.get(path)
        assert "Cache-Control" not in answer and "X-Robots-Tag" not in answer
    client.force_login(outsider)
    assert [client.get(path).get("Cache-Control") for path in paths] == ["private, no-store"] * 4
