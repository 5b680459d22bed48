"""A small site: one service in three languages with a work instruction, and the people who may and may not read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker
from wagtail.models import Locale, Page

from accounts.models import Organisation
from catalogue.models import ServicePage
from home.models import ContentPage, HomePage
from tests.database import module_database
from tests.factories import (
    OrganisationFactory,
    ServicePageFactory,
    WorkInstructionPageFactory,
    make_terms,
    site_tree,
)
from tests.people import (
    administrator,
    expert,
    municipal_editor,
    municipal_organisation,
    outsider,
    provider,
    provider_editor,
)

__all__ = [
    "administrator",
    "expert",
    "module_database",
    "municipal_editor",
    "municipal_organisation",
    "outsider",
    "provider",
    "provider_editor",
]

SECRET = "Salainen ohje vain asiantuntijoille"
CountQueries = Callable[[str], int]


@dataclass(frozen=True)
class Site:
    """Numbers, so that no test changes another's objects. `coaching` is in fi, sv and en; `course` in Finnish only;
    `visit` in Swedish only."""

    coaching: int
    course: int
    visit: int


@pytest.fixture(scope="module")
def made(module_database: DjangoDbBlocker) -> Site:
    with module_database.unblock():
        site_tree()
        make_terms()
        organiser = OrganisationFactory(code="kurssila", names={"fi": "Kurssila ry", "sv": "Kurssila rf"}, pages=True)
        coaching = ServicePageFactory(organiser=organiser, published=True, languages=("sv", "en"))
        WorkInstructionPageFactory(service_page=coaching, published=True, referral=f"<p>{SECRET}</p>", languages=("sv",))
        course = ServicePageFactory(organiser=organiser, published=True, title="Kielikurssi")
        visit = ServicePageFactory(organiser=organiser, published=True, original="sv", title="Arbetsplatsbesök")
        return Site(coaching.service_id, course.service_id, visit.service_id)


@pytest.fixture
def site(made: Site, db: None) -> Site:
    return made


@pytest.fixture
def organiser(site: Site) -> Organisation:
    found: Organisation = Organisation.objects.get(code="kurssila")
    return found


def page_of(number: int, language: str | None = None) -> ServicePage:
    """The original of a service, or its version in `language`."""
    versions = ServicePage.objects.filter(service=number).select_related("locale")
    own = versions.filter(locale__language_code=language) if language else versions.filter(version_kind="original")
    found: ServicePage = own.get()
    return found


def add_content_page(
    title: str,
    *,
    language: str = "fi",
    version_of: Page | None = None,
    parent: Page | None = None,
    live: bool = True,
    **fields: Any,
) -> ContentPage:
    """A content page below `parent`, or else below the front page of `language`."""
    locale = Locale.objects.get(language_code=language)
    page = ContentPage(title=title, slug=title.lower(), locale=locale, live=live, **fields)
    if version_of is not None:
        page.translation_key = version_of.translation_key
    (parent or HomePage.objects.get(locale=locale)).add_child(instance=page)
    found: ContentPage = ContentPage.objects.get(pk=page.pk)
    return found


@pytest.fixture
def count_queries(client: Client) -> CountQueries:
    """How many queries a second, warm request for a path takes; it must succeed."""

    def count(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        assert response.status_code == 200
        return len(captured)

    return count
