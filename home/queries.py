"""What the front doors need from the rooms below."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from accounts.languages import best_language, direction, language_chain
from accounts.models import Organisation
from accounts.standing import standing_of
from catalogue.addresses import localised_path
from catalogue.models import OrganisationPage
from catalogue.permissions import may_write_guide
from catalogue.queries import FoundService
from catalogue.reach import reach_of
from catalogue.terms import Term, Terms, terms
from home.addresses import Link, page_path
from home.menus import Menus, menus
from home.models import HomePage, MunicipalityPage, NewsIndexPage, NewsPage
from home.noticeboard import notices, tools
from search.forms import Question
from search.queries import newest, newest_and_changed, newest_open_to, search

if TYPE_CHECKING:
    from search.queries import Card

MUNICIPALITY_COOKIE = "municipality"
NEWEST_ON_FRONT_PAGE = 6
NEWS_ON_FRONT_PAGE = 3
OWN_ON_EXPERT_PAGE = 4
LATEST_ON_EXPERT_PAGE = 6
NEWS_PER_PAGE = 10
# The needs of companies; all others are those of persons.
EMPLOYER_NEEDS = frozenset(
    {"recruiting", "employing-with-support", "developing-staff", "changes-in-company", "developing-business"}
)


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One language of the language switch; `exists` tells whether the page is written in it."""

    tag: str
    autonym: str
    path: str
    exists: bool
    current: bool


class Frame:
    """What stands around every page, each part worked out when a template first asks for it.

    One query for menu and footer, none where the view has asked for the vocabularies. A view tells the other languages of
    its page as `request.alternates`: language → path, of those that exist.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.language = reader_language(request)
        # Where the interface does not speak the page's language, its words are English.
        self.is_foreign_interface = self.language not in settings.INTERFACE_LANGUAGES
        self.interface_language = "en" if self.is_foreign_interface else self.language

    @property
    def direction(self) -> str:
        return direction(self.language)

    @cached_property
    def origin(self) -> str:
        """What stands before a path in a full address."""
        return f"{self._request.scheme}://{self._request.get_host()}"

    @cached_property
    def _menus(self) -> Menus:
        return menus(self.language, terms_of(self._request))

    @property
    def stamp(self) -> uuid.UUID | None:
        """Changes with every change of menu, footer or vocabularies."""
        return terms_of(self._request).stamp

    @property
    def menu(self) -> tuple[Link, ...]:
        return self._menus.menu

    @property
    def footer(self) -> tuple[Link, ...]:
        return self._menus.footer

    @cached_property
    def languages(self) -> tuple[LanguageLink, ...]:
        return tuple(_language_links(self._request, self.language))

    @property
    def home_path(self) -> str:
        return f"/{self.language}/"

    @cached_property
    def services_path(self) -> str:
        return localised_path(self.language, "services")

    @cached_property
    def organisations_path(self) -> str:
        return localised_path(self.language, "organisations")

    @property
    def organisation_path(self) -> str:
        """What stands before an organisation's code in the address of its page."""
        return localised_path(self.language, "organisation")


def terms_of(request: HttpRequest, stamp: uuid.UUID | None = None) -> Terms:
    """The vocabularies, asked for once for a whole request. One query the first time, none where their `stamp` is known."""
    known: Terms | None = getattr(request, "known_terms", None)
    if known is None:
        known = request.known_terms = terms(stamp)  # type: ignore[attr-defined]  # read here alone
    return known


def reader_language(request: HttpRequest) -> str:
    """The language that the reader asked for by the address."""
    return str(getattr(request, "language", None) or settings.LANGUAGE_CODE)


def own_municipality(request: HttpRequest, known: Terms) -> str:
    """The code of the municipality that the visitor has chosen; "" when none."""
    code = request.COOKIES.get(MUNICIPALITY_COOKIE, "")
    return code if known.get("municipality", code) else ""


def municipalities_of(request: HttpRequest, known: Terms) -> list[Term]:
    """The municipalities for which the person's organisations act, the one that she has chosen first. No query of its own."""
    language, chosen = reader_language(request), own_municipality(request, known)
    own = known.pick("municipality", standing_of(request.user).residents)
    return sorted(own, key=lambda term: (term.code != chosen, term.label(language).casefold()))


def guides_to_write(request: HttpRequest, found: FoundService, own: Iterable[Term]) -> list[Link]:
    """Where the person writes, or changes, her municipalities' guides to a published service. One query for an editor."""
    person, original = standing_of(request.user), found.original
    if not person.represents:
        return []
    service = replace(reach_of(request.user).belonging(original.path), published=found.is_in_force, open_to=original.open_to)
    language = reader_language(request)
    return [
        Link(term.label(language), reverse("municipal_guide", args=[original.service_id, term.code]), language)
        for term in own
        if may_write_guide(person, service, term.code)
    ]


def _language_links(request: HttpRequest, current: str) -> Iterable[LanguageLink]:
    """The interface's languages, further ones in which this page exists, and the reader's own."""
    alternates: Mapping[str, str] = getattr(request, "alternates", {})
    names = dict(settings.LANGUAGES)
    rest = request.path_info.partition("/")[2].partition("/")[2]
    for tag in dict.fromkeys([*settings.INTERFACE_LANGUAGES, *sorted(alternates), current]):
        path = alternates.get(tag) or f"/{tag}/{rest}"
        yield LanguageLink(tag, names.get(tag, tag), path, tag in alternates, tag == current)


def front_pages() -> dict[str, str]:
    """Where the language switch of a page without versions of its own leads: language → path. No query."""
    return {tag: f"/{tag}/" for tag in settings.INTERFACE_LANGUAGES}


def tree_alternates(page: Page) -> dict[str, str]:
    """Language → path of every live version of a page of the tree. One query, which also loads the page's own locale."""
    versions = Page.objects.filter(translation_key=page.translation_key, live=True)
    found = {}
    for version in versions.select_related("locale").only("url_path", "locale__language_code"):
        found[version.locale.language_code] = page_path(version.locale.language_code, version.url_path)
        if version.pk == page.pk:
            page.locale = version.locale
    return found


def front_page_context(request: HttpRequest, page: HomePage) -> dict[str, Any]:
    """Entries by need and situation, newest services, news, municipalities to choose from. Four queries."""
    known = terms_of(request)
    language = reader_language(request)
    needs = [term for term in known.of("service-need").values() if not term.retired]
    news = _latest_news(language)
    return {
        "person_needs": [term for term in needs if term.code not in EMPLOYER_NEEDS],
        "employer_needs": [term for term in needs if term.code in EMPLOYER_NEEDS],
        "situations": [term for term in known.of("client-situation").values() if not term.retired],
        "municipalities": list(known.of("municipality").values()),
        "own_municipality": known.get("municipality", own_municipality(request, known)),
        "newest": newest(language=language, known=known, count=NEWEST_ON_FRONT_PAGE),
        "news": news,
        "news_path": news[0].path.rstrip("/").rpartition("/")[0] + "/" if news else "",
    }


def expert_page_context(request: HttpRequest, page: HomePage) -> dict[str, Any]:
    """An expert's own front page: services of her municipality, newest and changed ones, notices, tools. Two queries.

    More after a change of the noticeboard. Her municipality is the one that she has chosen, or else the first of those for
    which her organisations act; whoever has none of these, an administrator for one, may choose any.
    """
    known, language, person = terms_of(request), reader_language(request), standing_of(request.user)
    hers = municipalities_of(request, known)
    municipalities = hers or list(known.of("municipality").values())
    own = hers[0] if hers else known.get("municipality", own_municipality(request, known))
    total, cards = newest_open_to(own.code, language=language, known=known, count=OWN_ON_EXPERT_PAGE) if own else (0, ())
    new, changed = newest_and_changed(language=language, known=known, count=LATEST_ON_EXPERT_PAGE)
    return {
        "municipalities": municipalities if len(municipalities) > 1 else [],
        "own_municipality": own,
        "own_total": total,
        "own_services": cards,
        "newest": new,
        "changed": changed,
        "notices": notices(language, timezone.localdate(), known),
        "tools": tools(language, person.organisations, known, everything=person.is_administrator),
    }


def _latest_news(language: str) -> list[Link]:
    rows = (
        NewsPage.objects.live()
        .filter(locale__language_code__in=language_chain(language))
        .order_by("-date", "path")
        .values_list("translation_key", "locale__language_code", "title", "url_path")[: NEWS_ON_FRONT_PAGE * 4]
    )
    return _links(rows, language)[:NEWS_ON_FRONT_PAGE]


def municipality_pages(language: str) -> list[Link]:
    """The municipalities' own pages, in the alphabet. One query."""
    rows = (
        MunicipalityPage.objects.live()
        .filter(locale__language_code__in=language_chain(language))
        .values_list("translation_key", "locale__language_code", "title", "url_path")
    )
    return sorted(_links(rows, language), key=lambda link: link.title.casefold())


def _links(rows: Iterable[tuple[Any, str, str, str]], language: str) -> list[Link]:
    """Each page once, in the reader's language or the best other, of (translation key, language, title, URL path)."""
    pages: dict[Any, dict[str, tuple[str, str]]] = {}
    for key, tag, title, url_path in rows:
        pages.setdefault(key, {})[tag] = (title, url_path)
    links = []
    for by_language in pages.values():
        tag = best_language(by_language, language) or language
        title, url_path = by_language[tag]
        links.append(Link(title, page_path(language, url_path), tag))
    return links


def news_page(index: NewsIndexPage, number: str | None) -> "PaginatorPage[NewsPage]":
    """One page of the news below `index`, newest first. Two queries."""
    news = NewsPage.objects.live().child_of(index).order_by("-date", "-path")
    return Paginator(news, NEWS_PER_PAGE).get_page(number)


def municipality_context(request: HttpRequest, page: MunicipalityPage) -> dict[str, Any]:
    """The services open to the residents of a municipality and those who arrange them. Seven queries."""
    known = terms_of(request)
    language = reader_language(request)
    code = page.municipality.code
    question = Question(language=language, filters={"municipality": (code,)})
    return {
        "municipality": known.get("municipality", code),
        "question": question,
        "results": search(question, known=known),
        "organisations": list(Organisation.objects.open().acting_for(page.municipality).prefetch_related("names")),
    }


@dataclass(frozen=True, slots=True)
class PresentedOrganisation:
    """An organisation for its public page."""

    organisation: Organisation
    page: OrganisationPage
    language: str
    services: "tuple[Card, ...]"
    alternates: dict[str, str]


def find_organisation_page(code: str, language: str) -> tuple[OrganisationPage | None, dict[str, str]]:
    """The live page of the open organisation `code` that suits the reader best, and all languages' paths. Two queries."""
    pages = OrganisationPage.objects.live().filter(organisation__code=code, organisation__closed_at=None)
    rows = dict(pages.values_list("locale__language_code", "pk"))
    tag = best_language(rows, language)
    if tag is None:
        return None, {}
    page = OrganisationPage.objects.select_related("organisation", "locale").get(pk=rows[tag])
    return page, {other: localised_path(other, "organisation", f"{code}/") for other in rows}


def organisations(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Organisations with a live page: (kind's label, [(name, path)]), names in the alphabet. Two queries."""
    found = Organisation.objects.open().filter(pages__live=True).distinct().prefetch_related("names")
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for organisation in found:
        path = localised_path(language, "organisation", f"{organisation.code}/")
        by_kind.setdefault(organisation.kind, []).append((organisation.name, path))
    return [
        (str(kind.label), sorted(by_kind[kind.value], key=lambda pair: pair[0].casefold()))
        for kind in Organisation.Kind
        if kind.value in by_kind
    ]


def home_of(language: str) -> HomePage | None:
    """The live front page of `language`. One query."""
    return HomePage.objects.live().filter(locale__language_code=language).select_related("locale").first()
