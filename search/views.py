"""The list of services: glue between the address, the index and the template."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from catalogue.addresses import localised_path
from catalogue.terms import Term, Terms, terms
from search.forms import FACETS, FIXED_FACETS, Question, read_question
from search.queries import search

FACET_LABELS = {
    "municipality": gettext_lazy("Municipality"),
    "need": gettext_lazy("Service need"),
    "situation": gettext_lazy("Client's situation"),
    "category": gettext_lazy("Service category"),
    "audience": gettext_lazy("Audience"),
    "language": gettext_lazy("Language of service"),
    "mode": gettext_lazy("Delivery mode"),
    "price": gettext_lazy("Price"),
    "accessibility": gettext_lazy("Accessibility of the service"),
    "sector": gettext_lazy("Sector"),
}
OPTION_LABELS = {
    "persons": gettext_lazy("Personal clients"),
    "employers": gettext_lazy("Employers"),
    "free": gettext_lazy("Free of charge"),
}
# Filters that stand open; the others are folded until one of their options is chosen.
OPEN_FACETS = ("municipality", "need", "situation")
SERVICE_LANGUAGES = (
    "fi",
    "sv",
    "en",
    "ru",
    "uk",
    "ar",
    "et",
    "so",
    "fa",
    "ku",
    "ckb",
    "sq",
    "zh",
    "vi",
    "th",
    "tr",
    "es",
    "fr",
)


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str
    chosen: bool
    level: int = 1


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as the form shows it."""

    facet: str
    label: str
    options: tuple[Option, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class ChosenFilter:
    """A chosen option with the address of the list without it."""

    facet: str
    label: str
    address: str


@require_safe
def service_list(request: HttpRequest, word: str) -> HttpResponse:
    """Services that answer the question in the address. Ten queries at most."""
    language = str(getattr(request, "language", settings.LANGUAGE_CODE))
    canonical = localised_path(language, "services")
    if request.path != canonical:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{canonical}?{query}" if query else canonical, permanent=True)
    known = terms()
    question = read_question(request.GET, language=language, known=known, municipality=request.COOKIES.get("municipality", ""))
    results = search(question, known=known)
    address = _addresses(request.COOKIES.get("municipality", ""))
    query = address(results.question)
    request.alternates = {tag: f"{localised_path(tag, 'services')}{query}" for tag in settings.INTERFACE_LANGUAGES}  # type: ignore[attr-defined]  # read by home.queries.Frame
    context = {
        "results": results,
        "question": results.question,
        "filters": _filters(results.question, known),
        "chosen": _chosen(results.question, known, address),
        "all_address": "?municipality=",
        "pages": _page_links(results.question, results.pages, address),
    }
    return render(request, "search/service_list.html", context)


def _addresses(own_municipality: str) -> Callable[[Question], str]:
    """How questions become addresses for a visitor with this own municipality ("" for none).

    A question about all municipalities then says so outright, or the visitor's own would come back by itself.
    """

    def address(question: Question) -> str:
        query = question.address()
        if own_municipality and not question.chosen("municipality"):
            query += "&municipality=" if query else "?municipality="
        return query

    return address


def _terms_shown(facet: str, known: Terms) -> list[Term]:
    shown = [term for term in known.of(FACETS[facet]).values() if not term.retired]
    return [term for term in shown if term.code in SERVICE_LANGUAGES] if facet == "language" else shown


def _filters(question: Question, known: Terms) -> list[Filter]:
    filters = []
    for facet, label in FACET_LABELS.items():
        chosen = set(question.chosen(facet))
        if facet in FIXED_FACETS:
            options = tuple(Option(code, str(OPTION_LABELS[code]), code in chosen) for code in FIXED_FACETS[facet])
        else:
            options = tuple(
                Option(term.code, term.label(), term.code in chosen, 2 if term.parent else 1)
                for term in _terms_shown(facet, known)
            )
        filters.append(Filter(facet, str(label), options, facet in OPEN_FACETS or bool(chosen)))
    return filters


def _chosen(question: Question, known: Terms, address: Callable[[Question], str]) -> list[ChosenFilter]:
    chosen = []
    for facet, codes in question.filters.items():
        for code in codes:
            term = known.get(FACETS[facet], code) if facet in FACETS else None
            label = term.label() if term else str(OPTION_LABELS[code])
            chosen.append(ChosenFilter(facet, label, address(question.without(facet, code))))
    return chosen


def _page_links(question: Question, pages: int, address: Callable[[Question], str]) -> list[tuple[int, str]]:
    """(number, address) of the first, last and neighbouring pages; 0 stands for a gap."""
    near = sorted({1, pages, *range(max(question.page - 2, 1), min(question.page + 2, pages) + 1)})
    links: list[tuple[int, str]] = []
    for number in near:
        if links and number - links[-1][0] > 1:
            links.append((0, ""))
        links.append((number, address(question.on_page(number)) or "?"))
    return links
