"""The only door to the index: a question in, ordered results out.

This first engine asks the database for folded fragments; what it is replaced by keeps this door.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When, Window
from django.utils import timezone

from accounts.languages import best_language, best_text
from accounts.prepared import PreparedQuery
from catalogue.addresses import service_path
from catalogue.models import NextStart
from catalogue.overlay import Text
from catalogue.terms import Term, Terms
from search.forms import FACETS, Question
from search.models import ServiceDocument, ServiceFacet
from search.words import fold

ANY_MUNICIPALITY = "any"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Card:
    """A service in a list. `title` and `summary` know their language; `path` is its address for the reader."""

    number: int
    path: str
    title: Text
    summary: Text
    organiser: str
    modes: tuple[Term, ...]
    categories: tuple[Term, ...]
    municipalities: tuple[Term, ...]
    any_municipality: bool
    is_free: bool
    next_start: NextStart | None
    updated: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Results:
    """One page of the answer to `question`; `total` counts all pages."""

    question: Question
    total: int
    pages: int
    cards: tuple[Card, ...]

    @property
    def first(self) -> int:
        """The place of the first card among all results, from 1; 0 when there is none."""
        return (self.question.page - 1) * settings.SEARCH_PAGE_SIZE + 1 if self.cards else 0

    @property
    def last(self) -> int:
        return self.first + len(self.cards) - 1 if self.cards else 0


def search(question: Question, *, known: Terms) -> Results:
    """Answer `question`. Two queries: the count, and the documents with their next start.

    A page beyond the last one answers with the last.
    """
    found = _matching(question)
    total = found.count()
    size = settings.SEARCH_PAGE_SIZE
    pages = max(math.ceil(total / size), 1)
    question = question.on_page(min(question.page, pages))
    offset = (question.page - 1) * size
    rows = _ordered(found, question).values_list(*_COLUMNS)[offset : offset + size] if total else _rows().none()
    return Results(question, total, pages, _cards(rows, question.language, known))


def newest(*, language: str, known: Terms, count: int) -> tuple[Card, ...]:
    """The `count` services that were published last. One query."""
    return _cards(_in_force(_rows()).order_by("-updated_at", "-pk")[:count], language, known)


def newest_and_changed(*, language: str, known: Terms, count: int) -> tuple[tuple[Card, ...], tuple[Card, ...]]:
    """The `count` newest services, by their numbers, and of all others those that were changed last. One query."""
    in_force = _in_force(ServiceDocument.objects.all())
    new = in_force.order_by("-pk").values("pk")[:count]
    changed = in_force.order_by("-updated_at", "-pk").values("pk")[: 2 * count]
    rows = _rows().filter(Q(pk__in=new) | Q(pk__in=changed)).order_by("-updated_at", "-pk")
    cards = _cards(rows, language, known)
    numbers = sorted((card.number for card in cards), reverse=True)[:count]
    newest_cards = sorted((card for card in cards if card.number in numbers), key=lambda card: card.number, reverse=True)
    return tuple(newest_cards), tuple(card for card in cards if card.number not in numbers)[:count]


def newest_open_to(municipality: str, *, language: str, known: Terms, count: int) -> tuple[int, tuple[Card, ...]]:
    """How many services the residents of `municipality` (its code) may use, and the `count` newest. One query."""
    open_to = _matching(Question(language=language, filters={"municipality": (municipality,)}))
    rows: Any = open_to.order_by("-pk").annotate(total=Window(Count("*"))).values_list("total", *_COLUMNS)[:count]
    found = list(rows)
    today = timezone.localdate()
    cards = tuple(_card(_Row(*row), language, known, today) for _total, *row in found)
    return (found[0][0] if found else 0), cards


def of_organisation(organisation: int, *, language: str, known: Terms) -> tuple[Card, ...]:
    """The services that an organisation arranges or produces, by pk of the organisation. One query."""
    produced = ServiceFacet.objects.filter(facet="producer", code=str(organisation)).values("document")
    rows = _in_force(_rows()).filter(Q(organiser=organisation) | Q(pk__in=produced)).order_by("titles")
    return _cards(rows[:200], language, known)


def related_to(original: int, *, language: str, known: Terms) -> tuple[Card, ...]:
    """The published services that the original page `original` (primary key) names as related, in its order. One query."""
    return _cards(_related_rows(original, timezone.localdate()), language, known)


@PreparedQuery
def _related_rows(original: int, today: dt.date) -> "QuerySet[ServiceDocument, Any]":
    in_order = ("page__related_from__sort_order", "page__related_from__pk")
    return _in_force(_rows(), today).filter(page__related_from__page=original).order_by(*in_order)


def total_of(question: Question) -> int:
    """How many services answer `question`. One query."""
    return _matching(question).count()


def _in_force(documents: "QuerySet[ServiceDocument, T]", today: dt.date | None = None) -> "QuerySet[ServiceDocument, T]":
    """Of `documents`, or rows of them, those of services that have not ended by `today`."""
    return documents.filter(Q(ends_on=None) | Q(ends_on__gte=today or timezone.localdate()))


def _matching(question: Question) -> "QuerySet[ServiceDocument]":
    """Every word somewhere in the texts; any code inside a filter, all filters together."""
    found = _in_force(ServiceDocument.objects.all())
    for word in fold(question.words).split():
        found = found.filter(words__contains=word)
    for facet, codes in question.filters.items():
        wanted = (*codes, ANY_MUNICIPALITY) if facet == "municipality" else codes
        found = found.filter(pk__in=ServiceFacet.objects.filter(facet=facet, code__in=wanted).values("document"))
    return found


def _ordered(found: "QuerySet[ServiceDocument]", question: Question) -> "QuerySet[ServiceDocument]":
    newest_first = ("-updated_at", "-pk")
    if question.sort == "updated":
        return found.order_by(*newest_first)
    words = fold(question.words).split()
    if not words:
        return found.order_by("-boost", *newest_first)
    in_title = Q()
    for word in words:
        in_title &= Q(titles__contains=word)
    rank = Case(When(in_title, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(rank, "-boost", *newest_first)


class _Row(NamedTuple):
    """What a card needs of a document; its words, by far the largest part, stay in the database."""

    number: int
    texts: dict[str, dict[str, str]]
    facets: dict[str, list[str]]
    organiser_names: dict[str, str]
    updated: dt.datetime | None
    starts_on: dt.date | None
    free_places: int | None
    queue: bool | None


_COLUMNS = (
    *("pk", "texts", "facets", "organiser_names", "updated_at"),
    *(f"service__next_start__{column}" for column in ("starts_on", "free_places", "queue")),
)


@cache
def _rows() -> "QuerySet[ServiceDocument, Any]":
    """Every document as a row for `_cards`. Built once: that takes Django about as long as to ask."""
    return ServiceDocument.objects.values_list(*_COLUMNS)


def _cards(rows: Iterable[tuple[Any, ...]], language: str, known: Terms) -> tuple[Card, ...]:
    """Cards of rows of documents, each in the reader's language or the best other one. One query."""
    today = timezone.localdate()
    return tuple(_card(_Row(*row), language, known, today) for row in rows)


def _card(row: _Row, language: str, known: Terms, today: dt.date) -> Card:
    shown = best_language(row.texts, language) or language
    text = row.texts.get(shown, {})

    def pick(facet: str) -> tuple[Term, ...]:
        return tuple(known.pick(FACETS[facet], row.facets.get(facet, ())))

    return Card(
        number=row.number,
        path=service_path(language, row.number, text.get("slug", "")),
        title=Text(text.get("title", ""), shown),
        summary=Text(text.get("summary", ""), shown),
        organiser=str(best_text(row.organiser_names, language)),
        modes=pick("mode"),
        categories=tuple(term for term in pick("category") if term.parent),
        municipalities=pick("municipality"),
        any_municipality=ANY_MUNICIPALITY in row.facets.get("municipality", ()),
        is_free="free" in row.facets.get("price", ()),
        next_start=_next_start(row, today),
        updated=row.updated,
    )


def _next_start(row: _Row, today: dt.date) -> NextStart | None:
    if row.starts_on is None:
        return None
    start = NextStart(service_id=row.number, starts_on=row.starts_on, free_places=row.free_places, queue=bool(row.queue))
    return start if start.is_current(today) else None
