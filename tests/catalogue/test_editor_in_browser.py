"""The editor of a service in a real browser: counters, filters, choosers, and messages under the very field."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, OrganisationFactory, ServicePageFactory, UserFactory, make_terms

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from catalogue.models import ServicePage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(page: "Page") -> Iterator["ServicePage"]:
    """A service with a title only, whose editor an administrator has before her."""
    # The editor says goodbye when it is closed, which would be after the database.
    page.add_init_script("navigator.sendBeacon = () => true")
    administrator: User = UserFactory(administrator=True)
    make_terms()
    service = ServicePageFactory(title="Uusi palvelu")
    page.goto("/en/sign-in/")
    page.locator("#id_login").fill(administrator.email)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/admin/$"))
    page.goto(reverse("wagtailadmin_pages:edit", args=[service.pk]))
    yield service
    page.wait_for_load_state("networkidle")
    page.goto("about:blank")


def field_at(page: "Page", *path: str) -> "Locator":
    """The field at `path` of names inside the editor."""
    return page.locator(" ".join(f'[data-contentpath="{name}"]' for name in path))


def test_characters_are_counted_while_typing_and_said_when_the_typing_pauses(page: "Page", draft: "ServicePage") -> None:
    title = page.locator("#id_title")
    counter = page.locator("#id_title ~ .pm-counter")
    spoken = page.locator("#id_title ~ [aria-live=polite]")

    title.fill("a" * 118)
    assert re.search(r"\b2\b", counter.inner_text())
    assert spoken.inner_text() == ""
    title.fill("a" * 125)
    assert re.search(r"\b5\b", counter.inner_text())
    assert "pm-counter--over" in str(counter.get_attribute("class"))
    assert title.input_value() == "a" * 125
    page.wait_for_function("document.querySelector('#id_title ~ [aria-live=polite]').textContent.includes('5')")


def test_a_long_vocabulary_is_filtered(page: "Page", draft: "ServicePage") -> None:
    keywords = page.locator("#id_keywords")
    page.locator("section[data-panel]", has=keywords).locator("> .w-panel__header [data-panel-toggle]").first.click()
    field = page.locator("#id_keywords_filter")

    field.fill("eilöydy")
    assert keywords.locator(".pm-choices__choice:visible").count() == 0
    field.fill("TYÖNHAKU")
    assert keywords.locator(".pm-choices__choice:visible").count() == 1


def test_a_provider_is_chosen_from_a_searched_list(page: "Page", draft: "ServicePage") -> None:
    OrganisationFactory(names={"fi": "Valmennus Veturi"})
    OrganisationFactory(names={"fi": "Muu ry"})
    page.locator("#id_producers-OPEN_MODAL").click()
    chooser = page.locator(".modal-content")
    chooser.get_by_text("Muu ry").wait_for()
    chooser.locator("#id_q").fill("veturi")
    chooser.get_by_text("Muu ry").wait_for(state="detached")
    chooser.locator("input[type=checkbox]").check()
    chooser.locator("[type=submit]:visible").click()

    page.locator("#id_producers-FORMS").get_by_text("Valmennus Veturi").wait_for()


def test_what_is_missing_is_told_under_the_very_field(page: "Page", draft: "ServicePage") -> None:
    page.locator("[name=action-publish]").evaluate("button => button.click()")
    page.locator(".messages .error").wait_for()

    for path in (
        ("summary",),
        ("categories",),
        ("languages",),
        ("target_group", "situations"),
        ("target_group", "description"),
        ("delivery", "modes"),
        ("participation", "how"),
        ("municipal_responsible",),
    ):
        field_at(page, *path).locator(".error-message, .help-critical").first.wait_for()
    assert not field_at(page, "target_group", "sectors").locator(".error-message").count()
