"""Finding what a public address names."""

from dataclasses import dataclass
from functools import cache

from django.db.models import QuerySet

from accounts.languages import best_language
from catalogue.models import Service, ServicePage


@dataclass(frozen=True, slots=True)
class FoundService:
    """A service's number resolved for a reader: the live original and the version that suits the reader best.

    `slugs`: language → slug of every version that the reader could have; `lifecycle` tells an outdated one apart.
    """

    original: ServicePage
    version: ServicePage
    slugs: dict[str, str]
    lifecycle: str

    @property
    def is_in_force(self) -> bool:
        return self.lifecycle == Service.Lifecycle.ACTIVE


_PUBLIC = (Service.Lifecycle.ACTIVE, Service.Lifecycle.OUTDATED)
# What readers are shown of a service. A page has twice as many columns, and each costs Django its share of the query.
_SHOWN = (
    *("path", "depth", "title", "slug", "last_published_at", "version_kind", "source_hashes"),
    *("summary", "price_text", "target_group", "delivery", "participation", "contacts", "links"),
    *("categories", "needs", "keywords", "for_persons", "for_employers", "scope", "languages", "is_charged", "price"),
    *("locale__language_code", "service__lifecycle"),
    *(f"service__next_start__{column}" for column in ("starts_on", "free_places", "queue")),
)


@cache
def _public_pages() -> "QuerySet[ServicePage]":
    """Live pages of services that have a public address. Made once: Django takes about as long to build it as to run it."""
    return (
        ServicePage.objects.filter(live=True, service__lifecycle__in=_PUBLIC)
        .select_related("locale", "service__next_start")
        .only(*_SHOWN)
        .order_by()
    )


def find_service(number: int, language: str) -> FoundService | None:
    """The service with this number for a reader of `language` (BCP 47); None when there is nothing public. One query.

    Its pages have what readers are shown; anything else of them costs a query more.
    An outdated service is found, so that its address can say so; an archived one, or one without a live original, is not.
    """
    pages = list(_public_pages().filter(service=number))
    original = next((page for page in pages if page.is_original), None)
    if original is None:
        return None
    versions = {page.language: page for page in pages}
    version = versions[best_language(versions, language) or original.language]
    slugs = {tag: page.slug for tag, page in versions.items()}
    return FoundService(original, version, slugs, original.service.lifecycle)
