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
    """The service with this number for a reader of `language` (BCP 47); None when there is nothing public. Two queries.

    An outdated service is found, so that its address can say so; an archived one, or one without a live original, is not.
    """
    rows = list(
        ServicePage.objects.filter(service=number, live=True)
        .exclude(service__lifecycle=Service.Lifecycle.ARCHIVED)
        .values_list("pk", "locale__language_code", "slug", "version_kind", "service__lifecycle")
    )
    original_pk = next((pk for pk, _tag, _slug, kind, _life in rows if kind == ServicePage.Kind.ORIGINAL), None)
    if original_pk is None:
        return None
    pks = {tag.lower(): pk for pk, tag, _slug, _kind, _life in rows}
    version_pk = pks[best_language(pks, language) or next(iter(pks))]
    pages = {
        page.pk: page
        for page in ServicePage.objects.select_related("locale", "service__next_start").filter(pk__in={original_pk, version_pk})
    }
    slugs = {tag.lower(): slug for _pk, tag, slug, _kind, _life in rows}
    return FoundService(pages[original_pk], pages[version_pk], slugs, rows[0][4])
