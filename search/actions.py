"""Keeps the search documents in step with what is published. Nobody else calls "now reindex": signals do."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from tqdm import tqdm

from accounts.models import Organisation, OrganisationName
from catalogue.completeness import block_value
from catalogue.models import ServicePage
from catalogue.terms import Terms, terms
from search.models import ServiceDocument, ServiceFacet
from search.queries import ANY_MUNICIPALITY
from search.words import fold, plain


@transaction.atomic
def index_services(numbers: Iterable[int], *, known: Terms | None = None, progress: bool = False) -> None:
    """Make, renew or remove the documents of these services so that they match what is published. About ten queries each."""
    known = known or terms()
    numbers = list(dict.fromkeys(numbers))
    for number in tqdm(numbers, desc="search documents", unit="service", disable=not progress):
        _index_service(number, known)


def rebuild(*, progress: bool = False) -> int:
    """Make every document anew; the number of documents that there are then."""
    numbers = set(ServicePage.objects.values_list("service_id", flat=True)) | set(
        ServiceDocument.objects.values_list("pk", flat=True)
    )
    index_services(sorted(numbers), progress=progress)
    return ServiceDocument.objects.count()


def _index_service(number: int, known: Terms) -> None:
    versions = list(ServicePage.objects.filter(service=number).published().select_related("locale", "service"))
    original = next((page for page in versions if page.is_original), None)
    organiser = Organisation.objects.filter(pages__path=original.path[: -original.steplen]).first() if original else None
    if original is None or organiser is None:
        ServiceDocument.objects.filter(pk=number).delete()
        return
    facets = {facet: sorted(set(codes)) for facet, codes in _facets(original, known)}
    titles, words = _words(versions, facets, known)
    document, _made = ServiceDocument.objects.update_or_create(
        pk=number,
        defaults={
            "page": original,
            "organiser": organiser,
            "organiser_names": _names(organiser),
            "texts": {
                page.language: {"title": page.title, "summary": page.summary or original.summary, "slug": page.slug}
                for page in versions
            },
            "facets": facets,
            "titles": titles,
            "words": words,
            "boost": original.boost,
            "ends_on": _ends_on(original),
            "updated_at": original.last_published_at,
        },
    )
    ServiceFacet.objects.filter(document=document).delete()
    ServiceFacet.objects.bulk_create(
        ServiceFacet(document=document, facet=facet, code=code) for facet, codes in facets.items() for code in codes
    )


def rename_organiser(organisation: Organisation) -> None:
    """Show the organisation's present names on all its services. Two queries."""
    ServiceDocument.objects.filter(organiser=organisation).update(organiser_names=_names(organisation))


def _names(organisation: Organisation) -> dict[str, str]:
    return {row.language: row.name for row in OrganisationName.objects.filter(organisation=organisation)}


def _ends_on(original: ServicePage) -> dt.date | None:
    """The day after which the service leaves the lists; None when at least one of its times does not end."""
    days = [time.last_day() for time in original.times()]
    known_days = [day for day in days if day is not None]
    return max(known_days) if days and len(known_days) == len(days) else None


def _facets(original: ServicePage, known: Terms) -> Iterator[tuple[str, list[str]]]:
    """The codes by which filters find a service; a second-level category is found by its parent too."""
    target, delivery = block_value(original, "target_group"), block_value(original, "delivery")
    parents = [term.parent for term in known.pick("service-category", original.categories) if term.parent]
    yield "category", [*original.categories, *parents]
    yield "need", list(original.needs)
    yield "situation", list(target.get("situations") or [])
    yield "sector", list(target.get("sectors") or [])
    yield "municipality", [ANY_MUNICIPALITY] if target.get("any_municipality") else list(target.get("municipalities") or [])
    yield "mode", list(delivery.get("modes") or [])
    yield "accessibility", list(delivery.get("accessibility") or [])
    yield (
        "language",
        [item["value"]["language"] for item in original.languages.get_prep_value() if item["value"].get("language")],
    )
    yield (
        "audience",
        [code for code, chosen in (("persons", original.for_persons), ("employers", original.for_employers)) if chosen],
    )
    yield "price", [] if original.is_charged else ["free"]
    yield "producer", [str(pk) for pk in original.producers.values_list("organisation_id", flat=True)]


def _words(versions: list[ServicePage], facets: dict[str, list[str]], known: Terms) -> tuple[str, str]:
    """(folded titles, folded words of everything public) of a service in all its languages."""
    titles = " | ".join(fold(page.title) for page in versions)
    texts: list[str] = [plain(text) for page in versions for text in page.texts().values()]
    labels: list[Any] = [
        label
        for facet, vocabulary in (("category", "service-category"), ("need", "service-need"), ("situation", "client-situation"))
        for term in known.pick(vocabulary, facets.get(facet, ()))
        for label in term.labels.values()
    ]
    keywords = [label for page in versions for term in known.pick("keyword", page.keywords) for label in term.labels.values()]
    return titles, fold(" ".join([*texts, *labels, *keywords]))
