"""A visitor's walk in a real browser: finding a service by filter and reading it, in each language and without JavaScript."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.factories import TEXTS
from tests.journeys.conftest import LivingSite

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

WALK = {
    "fi": ("Palvelutarve", "Työn löytäminen"),
    "sv": ("Servicebehov", "Att hitta arbete"),
    "en": ("Service need", "Finding work"),
}


def test_a_visitor_finds_a_service_by_filter_and_reads_it_in_three_languages(page: "Page", living_site: LivingSite) -> None:
    page.goto("/fi/palvelut/?need=finding-work")
    expect(page.get_by_role("checkbox", name=WALK["fi"][1])).to_be_checked()
    expect(page.get_by_role("heading", name="Kielikahvila")).to_have_count(0)
    page.get_by_role("link", name=TEXTS["title"]["fi"]).first.click()
    for language, autonym in (("fi", ""), ("sv", "svenska"), ("en", "English")):
        if autonym:
            page.get_by_role("link", name=re.compile(autonym)).first.click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_have_text(TEXTS["title"][language])
        expect(page.locator("a[href^='tel:']").first).to_be_visible()


def test_filters_work_without_javascript_and_can_be_taken_away(
    browser: "Browser", live_server: "LiveServer", living_site: LivingSite
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/fi/palvelut/")
    page.get_by_role("checkbox", name="Kielitaito").check()
    page.locator("#filters button[type=submit]").click()
    assert "need=language-skills" in page.url
    expect(page.get_by_role("link", name="Kielikahvila").first).to_be_visible()
    expect(page.get_by_role("link", name=TEXTS["title"]["fi"])).to_have_count(0)
    page.get_by_role("link", name=re.compile("Kielitaito")).first.click()
    assert "need=" not in page.url
    expect(page.get_by_role("link", name=TEXTS["title"]["fi"]).first).to_be_visible()
    context.close()


def test_the_own_municipality_is_chosen_once_and_remembered(page: "Page", living_site: LivingSite) -> None:
    page.goto("/fi/")
    chooser = page.locator("main form[action*=own-municipality], form[action*=own-municipality]").last
    chooser.locator("select").select_option("092")
    chooser.get_by_role("button").click()
    page.goto("/fi/palvelut/")
    expect(page.get_by_role("checkbox", name="Vantaa")).to_be_checked()


def test_the_first_tab_stop_leads_past_the_header(page: "Page", living_site: LivingSite) -> None:
    page.goto("/fi/")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert (focused.get_attribute("href") or "").startswith("#")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_visible()


def test_a_missing_language_version_shows_the_other_one_marked(page: "Page", living_site: LivingSite) -> None:
    page.goto(living_site.pages["service in another language than asked"])
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("h1 [lang=fi], h1[lang=fi]").first).to_have_text("Kielikahvila")
    canonical = page.locator("link[rel=canonical]").get_attribute("href") or ""
    assert canonical.endswith(living_site.finnish_only.public_path)


def test_an_arabic_page_runs_from_right_to_left(page: "Page", living_site: LivingSite) -> None:
    page.goto(living_site.pages["service from right to left"])
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")


@pytest.mark.parametrize("viewport", [(320, 700), (1280, 900)], ids=["320", "1280"])
def test_every_type_of_page_is_accessible_and_fits_the_screen(
    page: "Page", viewport: tuple[int, int], living_site: LivingSite, axe: Callable[["Page"], list[str]]
) -> None:
    problems: dict[str, list[str]] = {}
    for name, address in living_site.pages.items():
        response = page.goto(address)
        assert response is not None
        assert response.status == (404 if name == "not found" else 200), (name, response.status)
        found = axe(page)
        if page.locator("h1").count() != 1:
            found.append(f"{page.locator('h1').count()} headings of the first level")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport[0]:
            found.append(f"{width} px wide")
        if found:
            problems[name] = found
    assert problems == {}
