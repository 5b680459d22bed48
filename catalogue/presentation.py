"""A service as a reader sees it: the live original's facts with a version's texts laid over, typed and ready for a template.

Built from raw field data, without StreamField values, so that a page costs few queries and little time. A text is a
`Text` that knows its language; the template marks it where that is not the page's.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.rich_text import expand_db_html

from accounts.languages import best_language, best_text
from accounts.models import Organisation
from accounts.prepared import PreparedQuery
from catalogue.models import NextStart, OrganisationPage, PlaceName, ServicePage, ServiceProducer
from catalogue.overlay import Text
from catalogue.terms import Term, Terms, terms
from catalogue.times import (
    Continuous,
    Day,
    ExactPeriod,
    Hours,
    Occurrence,
    Period,
    Periods,
    SingleDays,
    Time,
    from_raw,
    next_occurrence,
)


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name and, where it has a page, an address of its own."""

    code: str
    name: str
    pk: int = 0


@dataclass(frozen=True, slots=True)
class PresentedPlace:
    name: str
    street: str
    postal_code: str
    city: str
    directions: str
    accessibility: tuple[Term, ...]

    @property
    def address(self) -> str:
        """The address on one line."""
        return ", ".join(part for part in (self.street, f"{self.postal_code} {self.city}".strip()) if part)


@dataclass(frozen=True, slots=True)
class PresentedTime:
    """One row of "times and places"."""

    kind: str
    time: Time
    remote: bool
    place: PresentedPlace | None
    note: Text

    @property
    def hours(self) -> tuple[Hours, ...]:
        return self.time.hours if isinstance(self.time, Continuous | ExactPeriod) else ()

    @property
    def periods(self) -> tuple[Period, ...]:
        if isinstance(self.time, ExactPeriod):
            return (Period(self.time.start, self.time.end),)
        return self.time.periods if isinstance(self.time, Periods) else ()

    @property
    def days(self) -> tuple[Day, ...]:
        return self.time.days if isinstance(self.time, SingleDays) else ()


@dataclass(frozen=True, slots=True)
class PresentedContact:
    kind: str
    name: Text
    note: Text
    phone: str
    email: str
    url: str

    @property
    def phone_shown(self) -> str:
        """The number as Finns write it; in the international form when it is a foreign one."""
        return _as_finns_write(self.phone)

    @property
    def url_shown(self) -> str:
        """The address without its scheme, as people say it."""
        parts = urlsplit(self.url)
        return f"{parts.netloc}{parts.path}".rstrip("/")


# Numbers recur from page to page, and taking one apart costs as much as a small query.
@lru_cache(maxsize=2000)
def _as_finns_write(phone: str) -> str:
    try:
        number = phonenumbers.parse(phone, "FI")
    except phonenumbers.NumberParseException:
        return phone
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, style.NATIONAL if number.country_code == 358 else style.INTERNATIONAL))


@dataclass(frozen=True, slots=True)
class PresentedLink:
    """A link, or an attachment when `size` (bytes) is not None."""

    url: str
    label: Text
    size: int | None = None
    extension: str = ""


@dataclass(frozen=True, slots=True)
class LanguageOfService:
    language: Term
    level: Term | None


@dataclass(frozen=True, slots=True)
class PresentedService:
    """Everything a template needs of one service. Lists are empty and texts "" where there is nothing."""

    number: int
    slug: str
    language: str
    original_language: str
    title: Text
    summary: Text
    updated: dt.datetime | None
    original_updated: dt.datetime | None
    is_stale: bool
    organiser: Named | None
    producers: tuple[Named, ...]
    scope: str
    categories: tuple[Term, ...]
    needs: tuple[Term, ...]
    keywords: tuple[Term, ...]
    for_persons: bool
    for_employers: bool
    languages: tuple[LanguageOfService, ...]
    is_charged: bool
    price: Decimal | None
    price_text: Text
    situations: tuple[Term, ...]
    all_ages: bool
    age_from: int | None
    age_to: int | None
    any_municipality: bool
    municipalities: tuple[Term, ...]
    sectors: tuple[Term, ...]
    target_group: Text
    modes: tuple[Term, ...]
    delivery: Text
    times: tuple[PresentedTime, ...]
    accessibility: tuple[Term, ...]
    how: Text
    benefits: Text
    requirements: Text
    consent: bool
    consent_text: Text
    contacts: tuple[PresentedContact, ...]
    links: tuple[PresentedLink, ...]
    next_occurrence: Occurrence | None
    next_start: NextStart | None


NO_TEXT = Text("", "")


def rich_html(text: Text) -> Text:
    """The stored rich text as HTML for a page, in the same language; costs queries only where it links to pages or files."""
    if "linktype=" in text or "<embed" in text:
        return Text(expand_db_html(text), text.language)
    return text


def present(original: ServicePage, version: ServicePage, *, language: str, known: Terms | None = None) -> PresentedService:
    """`version` laid over `original` for a reader of `language` (for labels of terms, places and organisations).

    Four queries at most: terms, organisations, places, files; the last two only where the service has such things.
    `original.service` and its next start should be loaded with it.
    """
    known = known or terms()
    laid = original.laid_over(version)
    target, delivery, participation = (_single(laid[name]) for name in ("target_group", "delivery", "participation"))
    times = tuple(_times(delivery.get("times") or [], language, known))
    organiser, producers = _organisations(original, language)
    now = timezone.localtime()
    next_start: NextStart | None = getattr(original.service, "next_start", None)

    def term_list(vocabulary: str, codes: Iterable[str] | None) -> tuple[Term, ...]:
        return tuple(known.pick(vocabulary, codes or ()))

    return PresentedService(
        number=original.service_id,
        slug=version.slug,
        language=version.language,
        original_language=original.language,
        title=laid["title"],
        summary=laid["summary"],
        updated=version.last_published_at,
        original_updated=original.last_published_at,
        is_stale=bool(version.stale_texts(original)),
        organiser=organiser,
        producers=producers,
        scope=original.get_scope_display() if original.scope else "",
        categories=term_list("service-category", original.categories),
        needs=term_list("service-need", original.needs),
        keywords=term_list("keyword", original.keywords),
        for_persons=original.for_persons,
        for_employers=original.for_employers,
        languages=tuple(_languages(original, known)),
        is_charged=original.is_charged,
        price=original.price,
        price_text=laid["price_text"],
        situations=term_list("client-situation", target.get("situations")),
        all_ages=bool(target.get("all_ages")),
        age_from=target.get("age_from"),
        age_to=target.get("age_to"),
        any_municipality=bool(target.get("any_municipality")),
        municipalities=term_list("municipality", target.get("municipalities")),
        sectors=term_list("sector", target.get("sectors")),
        target_group=rich_html(target.get("description", NO_TEXT)),
        modes=term_list("delivery-mode", delivery.get("modes")),
        delivery=rich_html(delivery.get("description", NO_TEXT)),
        times=times,
        accessibility=term_list("service-accessibility", delivery.get("accessibility")),
        how=rich_html(participation.get("how", NO_TEXT)),
        benefits=rich_html(participation.get("benefits", NO_TEXT)),
        requirements=rich_html(participation.get("requirements", NO_TEXT)),
        consent=bool(participation.get("consent")),
        consent_text=rich_html(participation.get("consent_text", NO_TEXT)),
        contacts=tuple(present_contact(item["value"]) for item in laid["contacts"]),
        links=tuple(present_links(laid["links"])),
        next_occurrence=next_occurrence((row.time for row in times), now.replace(tzinfo=None)),
        next_start=next_start if next_start and next_start.is_current(now.date()) else None,
    )


def _single(raw: list[dict[str, Any]]) -> Mapping[str, Any]:
    return raw[0]["value"] if raw else {}


def _organisations(original: ServicePage, language: str) -> tuple[Named | None, tuple[Named, ...]]:
    """The organiser, whose page stands above the service, and the producers in their order. One query.

    Two for a page that is only being edited (a preview): its producers are in memory, their names in the database.
    """
    rows = sorted(_organisation_rows(original.pk or 0, original.path[: -original.steplen]), key=itemgetter(0))
    organiser = _named((row[1:] for row in rows if row[0] == _ORGANISER), language)
    producers: Any = original.producers.all()
    if isinstance(producers, QuerySet):
        return next(iter(organiser), None), _named((row[1:] for row in rows if row[0] != _ORGANISER), language)
    ids = [row.organisation_id for row in producers]
    edited = Organisation.objects.filter(pk__in=ids).order_by().values_list("pk", "code", "names__language", "names__name")
    return next(iter(organiser), None), tuple(sorted(_named(edited, language), key=lambda named: ids.index(named.pk)))


# Rows for `_named`, and of places.
_NAMES = ("organisation_id", "organisation__code", "organisation__names__language", "organisation__names__name")
_PLACE = ("place", "language", "name", "street", "place__postal_code", "city", "directions", "place__accessibility")


# Where a producer's row has its place in the order, the organiser's has this.
_ORGANISER = -1


@PreparedQuery
def _organisation_rows(page: int, above: str) -> "QuerySet[Any, Any]":
    organiser = OrganisationPage.objects.filter(path=above).order_by().values_list(Value(_ORGANISER), *_NAMES)
    producers = ServiceProducer.objects.filter(page=page).order_by()
    return producers.values_list(Coalesce("sort_order", 0), *_NAMES).union(organiser, all=True)


_place_rows = PreparedQuery(lambda places: PlaceName.objects.filter(place__in=places).order_by().values_list(*_PLACE))


def _named(rows: Iterable[tuple[Any, ...]], language: str) -> tuple[Named, ...]:
    """Of rows (organisation, its code, a language, its name in that language), each organisation once, in the rows' order."""
    texts: dict[int, dict[str, str]] = {}
    codes: dict[int, str] = {}
    for pk, code, tag, name in rows:
        texts.setdefault(pk, {})[tag or ""] = name or ""
        codes[pk] = code
    return tuple(Named(codes[pk], str(best_text(by_tag, language)) or codes[pk], pk) for pk, by_tag in texts.items())


def _languages(original: ServicePage, known: Terms) -> Iterable[LanguageOfService]:
    for item in original.languages.get_prep_value():
        language = known.get("language", item["value"].get("language") or "")
        if language is not None:
            yield LanguageOfService(language, known.get("cefr-level", item["value"].get("level") or ""))


def _times(raw: list[dict[str, Any]], language: str, known: Terms) -> Iterable[PresentedTime]:
    places = _places([item["value"].get("place") for item in raw if item["value"].get("place")], language, known)
    for item in raw:
        value = item["value"]
        yield PresentedTime(
            kind=item["type"],
            time=from_raw(item["type"], value),
            remote=bool(value.get("remote")),
            place=places.get(value.get("place")),
            note=value.get("note") or NO_TEXT,
        )


def _places(ids: list[int], language: str, known: Terms) -> dict[int, PresentedPlace]:
    """Places by id, in the words that suit a reader of `language`. One query, none without places."""
    if not ids:
        return {}
    rows: dict[int, dict[str, tuple[Any, ...]]] = {}
    for pk, tag, *row in _place_rows(tuple(sorted(set(ids)))):
        rows.setdefault(pk, {})[tag] = tuple(row)
    found = {}
    for pk, by_language in rows.items():
        name, street, postal_code, city, directions, codes = by_language[best_language(by_language, language) or ""]
        accessibility = tuple(known.pick("place-accessibility", codes))
        found[pk] = PresentedPlace(name, street, postal_code, city, directions, accessibility)
    return found


def present_contact(value: Mapping[str, Any]) -> PresentedContact:
    """A contact of a laid-over StreamField. No query."""
    return PresentedContact(
        kind=value.get("kind") or "",
        name=value.get("name") or NO_TEXT,
        note=value.get("note") or NO_TEXT,
        phone=value.get("phone") or "",
        email=value.get("email") or "",
        url=value.get("url") or "",
    )


def present_links(raw: list[dict[str, Any]]) -> Iterable[PresentedLink]:
    """Links and attachments in their order. One query where there are attachments."""
    ids = [item["value"].get("document") for item in raw if item["type"] == "attachment"]
    documents = get_document_model().objects.in_bulk([pk for pk in ids if pk]) if ids else {}
    for item in raw:
        value = item["value"]
        if item["type"] == "link":
            yield PresentedLink(value.get("url") or "", value.get("label") or NO_TEXT)
        elif (document := documents.get(value.get("document"))) is not None:
            yield PresentedLink(document.url, value.get("label") or NO_TEXT, document.file_size or 0, document.file_extension)
