"""Reads a list's address once: words, filters, order and page as one validated question."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from catalogue.terms import Terms

WORDS_LENGTH = 200
LAST_PAGE = 100_000
SORTS = ("relevance", "updated")
DEFAULT_SORT = "relevance"
# Facet → the vocabulary that its codes come from; the names stand in public addresses and never change.
FACETS: dict[str, str] = {
    "need": "service-need",
    "situation": "client-situation",
    "category": "service-category",
    "municipality": "municipality",
    "language": "language",
    "mode": "delivery-mode",
    "accessibility": "service-accessibility",
    "sector": "sector",
}
# Facets with a handful of codes of their own.
FIXED_FACETS: dict[str, tuple[str, ...]] = {"audience": ("persons", "employers"), "price": ("free",)}


@dataclass(frozen=True, slots=True)
class Question:
    """What a visitor asks of the catalogue: everything in it is valid.

    `filters`: facet → chosen codes, each known to its vocabulary; `page` counts from 1.
    """

    language: str
    words: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = DEFAULT_SORT
    page: int = 1

    def chosen(self, facet: str) -> tuple[str, ...]:
        return self.filters.get(facet, ())

    def without(self, facet: str, code: str) -> "Question":
        """The same question without one chosen filter, from its first page."""
        rest = tuple(other for other in self.chosen(facet) if other != code)
        filters = {name: codes for name, codes in {**self.filters, facet: rest}.items() if codes}
        return replace(self, filters=filters, page=1)

    def on_page(self, page: int) -> "Question":
        return replace(self, page=page)

    def address(self) -> str:
        """The query part of the address of this question, readable and always in the same order; "" when it is empty."""
        pairs: list[tuple[str, Any]] = [("q", self.words)] if self.words else []
        pairs += [(facet, code) for facet in sorted(self.filters) for code in self.filters[facet]]
        if self.sort != DEFAULT_SORT:
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", self.page))
        return f"?{urlencode(pairs)}" if pairs else ""


def read_question(data: QueryDict, *, language: str, known: Terms, municipality: str = "") -> Question:
    """The question in the address `data`; whatever is unknown or malformed is passed over, never an error. No query.

    `municipality`: the code of the visitor's own municipality, used where the address names none and does not say "all".
    """
    filters: dict[str, tuple[str, ...]] = {}
    for facet, vocabulary in FACETS.items():
        codes = tuple(dict.fromkeys(code for code in data.getlist(facet)[:100] if code in known.of(vocabulary)))
        if codes:
            filters[facet] = codes
    for facet, allowed in FIXED_FACETS.items():
        codes = tuple(code for code in allowed if code in data.getlist(facet))
        if codes:
            filters[facet] = codes
    if "municipality" not in data and municipality in known.of("municipality"):
        filters["municipality"] = (municipality,)
    sort = data.get("sort", DEFAULT_SORT)
    return Question(
        language=language,
        words=" ".join(data.get("q", "").replace("\x00", " ").split())[:WORDS_LENGTH].rstrip(),
        filters=filters,
        sort=sort if sort in SORTS else DEFAULT_SORT,
        page=_page(data.get("page", "")),
    )


def _page(value: str) -> int:
    return min(max(int(value), 1), LAST_PAGE) if value.isascii() and value.isdigit() and len(value) < 10 else 1
