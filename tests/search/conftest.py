"""A few published services that differ in what filters look at, and the site that shows them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from accounts.models import Organisation
from catalogue.building import publish
from tests.database import module_database
from tests.factories import (
    OrganisationFactory,
    ServicePageFactory,
    block,
    delivery,
    make_terms,
    site_tree,
    stream,
    target_group,
)

__all__ = ["module_database"]

CountQueries = Callable[..., int]


@pytest.fixture(scope="module")
def prepared(module_database: DjangoDbBlocker) -> None:
    with module_database.unblock():
        site_tree()
        make_terms()
        OrganisationFactory(code="valmennus", names={"fi": "Valmennus ry", "sv": "Träning rf"}, pages=True)


@pytest.fixture
def organiser(prepared: None, db: None) -> Organisation:
    found: Organisation = Organisation.objects.get(code="valmennus")
    return found


@pytest.fixture
def count_queries(client: Client) -> CountQueries:
    """How many queries a second, warm request for `path` takes; it must succeed."""

    def count(path: str, **cookies: Any) -> int:
        client.cookies.load(cookies)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        assert response.status_code == 200
        return len(captured)

    return count


@pytest.fixture(scope="module")
def numbers(prepared: None, module_database: DjangoDbBlocker) -> dict[str, int]:
    """Four services by a short name; published in this order."""
    with module_database.unblock():
        organiser = Organisation.objects.get(code="valmennus")
        coaching = ServicePageFactory(organiser=organiser, published=True, languages=("sv", "en"))
        course = ServicePageFactory(
            organiser=organiser, published=True, title="Kielikurssi", summary="Opi suomea.", is_charged=False, price=None,
            for_persons=False, for_employers=True, needs=["language-skills"], categories=["everyday-life"],
            target_group=target_group(municipalities=["049"], situations=["immigrant"], sectors=[]),
            delivery=delivery(modes=["remote"], accessibility=[]),
        )  # fmt: skip
        course.languages = stream(block("language", {"language": "ar", "level": ""}))
        publish(course, by=None)
        anywhere = ServicePageFactory(
            organiser=organiser, published=True, title="Neuvontapiste", needs=["finding-work", "language-skills"],
            target_group=target_group(any_municipality=True, municipalities=[]), for_employers=True,
        )  # fmt: skip
        swedish = ServicePageFactory(
            organiser=organiser, published=True, original="sv", title="Arbetsplatsbesök",
            target_group=target_group("sv", municipalities=["710"]),
        )  # fmt: skip
        pages = {"coaching": coaching, "course": course, "anywhere": anywhere, "swedish": swedish}
        return {name: page.service_id for name, page in pages.items()}


@pytest.fixture
def pages_of_three() -> Iterator[None]:
    with override_settings(SEARCH_PAGE_SIZE=3):
        yield
