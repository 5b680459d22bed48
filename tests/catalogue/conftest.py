"""The people of the tests, and a service with everything that lasts for a module."""

from dataclasses import dataclass

import pytest
from pytest_django import DjangoDbBlocker

from catalogue.models import ServicePage
from tests.database import module_database
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
