"""The people of the tests, and a service with everything that lasts for a module."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from catalogue.models import ServicePage
from tests.factories import (
    DocumentFactory,
    PlaceFactory,
    ServicePageFactory,
    WorkInstructionPageFactory,
    block,
    delivery,
    meeting,
    stream,
    text,
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
    "manifold",
    "module_database",
    "municipal_editor",
    "municipal_organisation",
    "outsider",
    "provider",
    "provider_editor",
]


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    """For fixtures that are made once for a module: work inside `with module_database.unblock():`.

    All is taken back after the module; what a test changes is taken back after the test. Such fixtures give keys rather
    than objects, because objects would carry changes from test to test.
    """
    around = transaction.atomic()
    with django_db_blocker.unblock():
        assert not connection.in_atomic_block, "name the module's fixture in the test's arguments, so that it comes first"
        around.__enter__()
    yield django_db_blocker
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@dataclass(frozen=True)
class Keys:
    """The keys of what `manifold` made."""

    original: int
    service: int
    instruction: int
    place: int
    document: int

    @property
    def page(self) -> ServicePage:
        """The original, fresh from the database."""
        return ServicePage.objects.select_related("locale").get(pk=self.original)

    def version(self, language: str) -> ServicePage:
        """A language version, fresh from the database."""
        return ServicePage.objects.select_related("locale").get(service=self.service, locale__language_code=language)


@pytest.fixture(scope="module")
def manifold(module_database: DjangoDbBlocker) -> Keys:
    """A published service in Finnish first, translated into Swedish and English, written in easy Finnish (title and summary).

    It has a place, an attachment, and a work instruction in Finnish and Swedish.
    """
    with module_database.unblock():
        place, document = PlaceFactory(), DocumentFactory()
        link = block("link", {"url": "https://example.org/lue", "label": text("links/more/label", "fi")}, "more")
        file = block("attachment", {"document": document.pk, "label": "Esite"}, "file")
        page = ServicePageFactory(
            published=True,
            languages=("sv", "en"),
            written=("fi-simple",),
            delivery=delivery(times=[meeting(place=place)]),
            links=stream(link, file),
        )
        instruction = WorkInstructionPageFactory(service_page=page, published=True, languages=("sv",))
        return Keys(page.pk, page.service_id, instruction.pk, place.pk, document.pk)
