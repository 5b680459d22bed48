"""A work instruction as an expert reads it: the live original's facts with a version's texts laid over, and the guides.

Typed and ready for a template, like catalogue.presentation. It asks for no right: whoever calls it has let the reader in.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from accounts.languages import best_language
from catalogue.models import LegalSnippet, MunicipalGuide, WorkInstructionPage
from catalogue.overlay import Text
from catalogue.presentation import NO_TEXT, PresentedContact, PresentedLink, present_contact, present_links, rich_html
from catalogue.terms import Terms

# Sections of text in the order of the page: anchor, field of the text, field of the snippet. A section is called as its
# first named field is in the editor.
SECTIONS = (
    ("referral", "referral", ""),
    ("requirements", "requirements", ""),
    ("obligation", "obligation_text", "obligation"),
    ("entries", "entries", ""),
    ("statement", "statement_text", "statement"),
    ("other-benefits", "", "other_benefits"),
    ("consent", "consent_practice", ""),
    ("measures", "measures", ""),
    ("exceptions", "exceptions", ""),
)
# Parts several rich texts that are expanded together; taken out of the texts themselves, should one have it.
SEPARATOR = "\x1e"


@dataclass(frozen=True, slots=True)
class PresentedSnippet:
    """A standard text that the law fixes, with the days from and to which it is valid."""

    label: Text
    text: Text
    valid_from: dt.date | None
    valid_to: dt.date | None
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One section of an instruction: standard texts first, then what is written for this service."""

    anchor: str
    heading: str
    text: Text
    snippets: tuple[PresentedSnippet, ...] = ()


@dataclass(frozen=True, slots=True)
class PresentedInstruction:
    """Everything a template needs of one instruction. Lists are empty and texts "" where there is nothing."""

    language: str
    original_language: str
    updated: dt.datetime | None
    original_updated: dt.datetime | None
    is_stale: bool
    sections: tuple[Section, ...]
    is_archived: bool
    archiving_link: str
    contacts: tuple[PresentedContact, ...]
    links: tuple[PresentedLink, ...]
    plan_text: Text


@dataclass(frozen=True, slots=True)
class PresentedGuide:
    """A municipality's own guide."""

    code: str
    municipality: str
    guide: Text
    exceptions: Text
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PresentedGuides:
    """The guides to a service: those of the reader's own municipalities, in her order, and the others in the alphabet."""

    own: tuple[PresentedGuide, ...] = ()
    others: tuple[PresentedGuide, ...] = ()


def present_instruction(original: WorkInstructionPage, version: WorkInstructionPage, *, language: str) -> PresentedInstruction:
    """`version` laid over `original`, legal snippets in the words for a reader of `language`.

    Four queries at most, whatever the number of anything: benefits, snippets, files, and files that texts link to; more
    only where texts link to pages.
    """
    laid = original.laid_over(version)
    fields = [text for _anchor, text, _snippet in SECTIONS if text]
    rich = dict(zip(fields, _expanded(laid[name] for name in fields), strict=True))
    snippets = _snippets(original, language)
    sections = tuple(
        Section(anchor, label_of(snippet or text), rich.get(text, NO_TEXT), snippets.get(snippet, ()))
        for anchor, text, snippet in SECTIONS
    )
    return PresentedInstruction(
        language=version.language,
        original_language=original.language,
        updated=max((page.last_published_at for page in (original, version) if page.last_published_at), default=None),
        original_updated=original.last_published_at,
        is_stale=bool(version.stale_texts(original)),
        sections=tuple(section for section in sections if section.text or section.snippets),
        is_archived=original.is_archived,
        archiving_link=original.archiving_link,
        contacts=tuple(present_contact(item["value"]) for item in laid["contacts"]),
        links=tuple(present_links(laid["links"])),
        plan_text=laid["plan_text"],
    )


def present_guides(service: int, *, language: str, known: Terms, own: Sequence[str]) -> PresentedGuides:
    """The municipalities' guides to the service of this number. Two queries at most: guides, and files they link to.

    `own`: the codes of the reader's own municipalities, in the order in which she wants them. Each text comes in the
    language that suits her best; a guide without a text is left out.
    """
    columns = ("municipality__code", "changed_at", "texts__language", "texts__guide", "texts__exceptions")
    changed: dict[str, dt.datetime] = {}
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for code, changed_at, tag, guide, exceptions in MunicipalGuide.objects.filter(service=service).values_list(*columns):
        changed[code] = changed_at
        by_field = texts.setdefault(code, {"guide": {}, "exceptions": {}})
        by_field["guide"][tag or ""] = guide or ""
        by_field["exceptions"][tag or ""] = exceptions or ""
    chosen = [_best(by_tag, language) for by_field in texts.values() for by_tag in by_field.values()]
    expanded = iter(_expanded(chosen))
    found = []
    for code in texts:
        term = known.get("municipality", code)
        guide = PresentedGuide(code, term.label(language) if term else code, next(expanded), next(expanded), changed[code])
        if guide.guide or guide.exceptions:
            found.append(guide)
    return PresentedGuides(
        own=tuple(sorted((guide for guide in found if guide.code in own), key=lambda guide: own.index(guide.code))),
        others=tuple(
            sorted((guide for guide in found if guide.code not in own), key=lambda guide: guide.municipality.casefold())
        ),
    )


def contents(instruction: PresentedInstruction | None, guides: PresentedGuides) -> tuple[tuple[str, str], ...]:
    """The list of contents of the page: (anchor, heading) of the sections that are there, in their order."""
    found: list[tuple[str, str]] = []
    if guides.own:
        found.append(("own-guide", gettext("Guide of your municipality")))
    if instruction:
        found += [(section.anchor, section.heading) for section in instruction.sections]
        found.append(("archiving", gettext("Archiving")))
        if instruction.contacts:
            found.append(("internal-contacts", gettext("Internal contacts")))
        if instruction.links:
            found.append(("internal-links", gettext("Internal links and attachments")))
        if instruction.plan_text:
            found.append(("plan-text", gettext("Plan text")))
    if guides.others:
        found.append(
            ("guides", gettext("Guides of other municipalities") if guides.own else gettext("Guides of the municipalities"))
        )
    return tuple(found)


def label_of(field: str) -> str:
    """What a field of the instruction is called in the editor, in the active language."""
    return capfirst(str(WorkInstructionPage._meta.get_field(field).verbose_name))


def _best(by_tag: dict[str, str], language: str) -> Text:
    """Of texts by language, the one that suits a reader of `language` best."""
    there = {tag: text for tag, text in by_tag.items() if text}
    tag = best_language(there, language) or ""
    return Text(there.get(tag, ""), tag)


def _expanded(texts: Iterable[Text]) -> list[Text]:
    """Rich texts as HTML, all at once: one query for all links to files, however many texts there are."""
    stored = list(texts)
    whole = rich_html(Text(SEPARATOR.join(text.replace(SEPARATOR, "") for text in stored), ""))
    return [Text(html, text.language) for html, text in zip(whole.split(SEPARATOR), stored, strict=True)] if stored else []


def _snippets(original: WorkInstructionPage, language: str) -> dict[str, tuple[PresentedSnippet, ...]]:
    """Field → its legal snippets in their order, as they stand now. Two queries."""
    chosen: dict[str, list[Any]] = {
        "obligation": [original.obligation_id] if original.obligation_id else [],
        "statement": [original.statement_id] if original.statement_id else [],
        "other_benefits": [snippet.pk for snippet in original.other_benefits.all()],
    }
    columns = ("pk", "code", "valid_from", "valid_to", "texts__language", "texts__label", "texts__text")
    rows = LegalSnippet.objects.filter(pk__in={pk for pks in chosen.values() for pk in pks}).order_by().values_list(*columns)
    validity: dict[int, tuple[str, dt.date | None, dt.date | None]] = {}
    labels: dict[int, dict[str, str]] = {}
    texts: dict[int, dict[str, str]] = {}
    for pk, code, valid_from, valid_to, tag, label, text in rows:
        validity[pk] = (code, valid_from, valid_to)
        labels.setdefault(pk, {})[tag or ""] = label or ""
        texts.setdefault(pk, {})[tag or ""] = text or ""
    today = timezone.localdate()
    found: dict[int, PresentedSnippet] = {}
    for pk, (code, valid_from, valid_to) in validity.items():
        label, text = _best(labels[pk], language), _best(texts[pk], language)
        is_in_force = (valid_from is None or valid_from <= today) and (valid_to is None or valid_to >= today)
        found[pk] = PresentedSnippet(label or Text(code, ""), text, valid_from, valid_to, is_in_force)
    return {field: tuple(found[pk] for pk in pks if pk in found) for field, pks in chosen.items()}
