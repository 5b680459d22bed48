"""Finding what a public address names."""

from dataclasses import dataclass

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


def find_service(number: int, language: str) -> FoundService | None:
    """The service with this number for a reader of `language` (BCP 47); None when there is nothing public. One query.

    An outdated service is found, so that its address can say so; an archived one, or one without a live original, is not.
    """
    pages = list(
        ServicePage.objects.filter(service=number, live=True)
        .exclude(service__lifecycle=Service.Lifecycle.ARCHIVED)
        .select_related("locale", "service__next_start")
        .order_by()
    )
    original = next((page for page in pages if page.is_original), None)
    if original is None:
        return None
    versions = {page.language: page for page in pages}
    version = versions[best_language(versions, language) or original.language]
    slugs = {tag: page.slug for tag, page in versions.items()}
    return FoundService(original, version, slugs, original.service.lifecycle)
