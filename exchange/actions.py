"""Brings other systems' records in as services: idempotent, record by record, never over a person's edits."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from wagtail.models import Locale

from accounts.models import Organisation, User
from catalogue.actions import change_vocabulary_stamp
from catalogue.building import draft_service
from catalogue.completeness import Stage, missing
from catalogue.models import Concept, ConceptLabel, ConceptMapping, OrganisationPage, ServicePage, Vocabulary
from catalogue.overlay import text_hash
from catalogue.terms import Terms, terms
from catalogue.versions import ensure_branch, put_texts, write_version
from exchange.models import ImportedRecord
from exchange.ptv import Description, Keyword

# Where the texts of a record stand on a service: name in the record → (StreamField, name in its block), or a plain field.
BLOCK_TEXTS = {
    "delivery": ("delivery", "description"),
    "how": ("participation", "how"),
    "requirements": ("participation", "requirements"),
}
# Keywords that imports bring stand after those that the project brings.
KEYWORD_ORDER = 10_000


@dataclass(slots=True)
class Outcome:
    """What became of one record: `status` created, updated or unchanged; `edited` names what was left as people here have
    made it ("language: key", "language: deleted", "deleted"); `lacks` the labels of what is still needed before the service
    can be sent for approval; `left_out` what the source has and a service has no use for."""

    title: str
    status: str
    edited: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    left_out: tuple[str, ...] = ()


@transaction.atomic
def import_description(
    *, description: Description, organiser: Organisation, responsible: User, by: User | None = None
) -> Outcome:
    """Make or renew the service of `description`. One savepoint: a failing record leaves nothing behind."""
    record = ImportedRecord.objects.filter(
        source=ImportedRecord.Source.PTV_DESCRIPTION, external_id=description.external_id
    ).first()
    if record is None:
        return _create(description, organiser, responsible, by)
    return _renew(record, description, by)


def _create(description: Description, organiser: Organisation, responsible: User, by: User | None) -> Outcome:
    language = description.original_language
    own = description.texts[language]
    add_keywords(description.keywords)
    _ensure_organisation_page(organiser, language)
    original = draft_service(
        organiser=organiser,
        language=language,
        by=by,
        title=own["title"],
        summary=own["summary"],
        price_text=own["price_text"],
        provider_responsible=responsible,
        ptv_id=description.external_id[:36],
        **facts_of(description, terms()),
        **{name: json.dumps(raw) for name, raw in streams_of(description).items()},
    )
    original.save_revision(user=by)
    record = ImportedRecord(
        source=ImportedRecord.Source.PTV_DESCRIPTION, external_id=description.external_id, service=original.service
    )
    record.written = {language: fingerprints(texts_of(original, description, language))}
    for other in description.languages:
        if other != language:
            _add_version(record, original, description, other, by)
    record.save()
    lacks = [str(item.label) for item in missing(original, Stage.SEND)]
    return Outcome(own["title"], "created", lacks=lacks, left_out=description.left_out)


def _ensure_organisation_page(organiser: Organisation, language: str) -> None:
    pages = OrganisationPage.objects.filter(organisation=organiser)
    if not pages.filter(locale__language_code=language).exists():
        ensure_branch(pages.order_by("path")[0], Locale.objects.get(language_code=language))


def _add_version(
    record: ImportedRecord, original: ServicePage, description: Description, language: str, by: User | None
) -> None:
    texts = texts_of(original, description, language)
    write_version(original=original, language=language, texts=texts, by=by)
    record.written[language] = fingerprints(texts)


def _renew(record: ImportedRecord, description: Description, by: User | None) -> Outcome:
    """Change the texts that changed in the source and that nobody has edited here since."""
    pages = {page.language: page for page in ServicePage.objects.filter(service=record.service_id).select_related("locale")}
    row = next((page for page in pages.values() if page.is_original), None)
    if row is None:
        return Outcome(description.texts[description.original_language]["title"], "unchanged", edited=["deleted"])
    # Drafts live in revisions: the row may be older than what people see and edit.
    original = row.get_latest_revision_as_object()
    outcome = Outcome(original.title, "unchanged")
    for language in description.languages:
        if language not in pages:
            if language in record.written:
                outcome.edited.append(f"{language}: deleted")
                continue
            _add_version(record, original, description, language, by)
            outcome.status = "updated"
            continue
        page = original if language == original.language else pages[language].get_latest_revision_as_object()
        present = page.texts()
        wanted = texts_of(original, description, language)
        changed = dict(_changes(record.written.get(language, {}), present, wanted, language, outcome))
        if changed:
            _put(page, original, {**present, **changed}, by)
            record.written[language] = {**record.written.get(language, {}), **fingerprints(changed)}
            outcome.status = "updated"
    if outcome.status == "updated":
        record.save()
    return outcome


def _put(page: ServicePage, original: ServicePage, texts: Mapping[str, str], by: User | None) -> None:
    """Save `texts` as the newest draft of `page`."""
    if page.version_kind == ServicePage.Kind.TRANSLATED:
        write_version(original=original, language=page.language, texts=texts, by=by)
        return
    put_texts(page, original, texts)
    if not page.live:
        # Never published: translations take their segments from the row, which is to have what the draft has.
        page.save()
    page.save_revision(user=by)


def _changes(
    written: Mapping[str, str], present: Mapping[str, str], wanted: Mapping[str, str], language: str, outcome: Outcome
) -> Iterator[tuple[str, str]]:
    """(key, new text) of what may be changed; what a person has edited is told in `outcome` and left."""
    for key, text in wanted.items():
        last, now, new = written.get(key, text_hash("")), text_hash(present.get(key, "")), text_hash(text)
        if now not in (last, new):
            outcome.edited.append(f"{language}: {key.split('/')[0]}")
        elif new != last and now != new:
            yield key, text


def fingerprints(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text_hash(text) for key, text in texts.items()}


def texts_of(original: ServicePage, description: Description, language: str) -> dict[str, str]:
    """The record's texts in `language` by the keys of the original's texts; only of what came from the record."""
    own = description.texts[language]
    by_place = {place: name for name, place in BLOCK_TEXTS.items()}
    laws = {law.url: law for law in description.laws}
    links = {item["id"]: laws.get(item["value"].get("url")) for item in original.raw("links") if item["type"] == "link"}
    texts = {}
    for key in original.texts():
        stream, *inner = key.split("/")
        if not inner:
            texts[key] = own.get(key, "")
        elif stream == "links":
            law = links.get(inner[0])
            if law is not None:
                texts[key] = law.label(language, or_any=language == original.language)
        elif (stream, inner[-1]) in by_place:
            texts[key] = own[by_place[stream, inner[-1]]]
    return texts


@transaction.atomic
def add_keywords(keywords: Iterable[Keyword]) -> None:
    """Add the keywords that the vocabulary lacks, with their Finnish labels. One query where it lacks none."""
    known = terms().of(Vocabulary.KEYWORD)
    new = {keyword.code: keyword for keyword in keywords if keyword.code not in known}
    if not new:
        return
    concepts = Concept.objects.bulk_create(
        Concept(vocabulary=Vocabulary.KEYWORD, code=code, sort_order=KEYWORD_ORDER) for code in new
    )
    ConceptLabel.objects.bulk_create(ConceptLabel(concept=row, language="fi", label=new[row.code].label) for row in concepts)
    ConceptMapping.objects.bulk_create(
        ConceptMapping(concept=row, scheme=ConceptMapping.Scheme.KOKO, value=new[row.code].uri)
        for row in concepts
        if row.code != new[row.code].uri
    )
    change_vocabulary_stamp()


def facts_of(description: Description, known: Terms) -> dict[str, Any]:
    """The record's facts as fields of a service page; codes that the vocabularies do not know are left out."""
    audience = description.terms.get("audience", ())
    return {
        "categories": [code for code in description.terms.get("service-category", ()) if known.get("service-category", code)],
        "needs": [code for code in description.terms.get("service-need", ()) if known.get("service-need", code)],
        "keywords": [keyword.code for keyword in description.keywords if known.get("keyword", keyword.code)],
        "for_persons": "persons" in audience or not audience,
        "for_employers": "employers" in audience,
    }


def streams_of(description: Description, **target: Any) -> dict[str, list[dict[str, Any]]]:
    """The StreamFields of the original as raw data, with ids that its versions will share.

    `target`: more of the target group.
    """
    language = description.original_language
    own = description.texts[language]

    def block(kind: str, **value: Any) -> dict[str, Any]:
        return {"type": kind, "id": str(uuid.uuid4()), "value": value}

    group = {"situations": list(description.terms.get("client-situation", ())), "all_ages": False, "any_municipality": False}
    return {
        "target_group": [block("target_group", **{**group, **target})],
        "delivery": [block("delivery", description=own["delivery"], times=[], modes=[], accessibility=[])],
        "participation": [block("participation", how=own["how"], requirements=own["requirements"])],
        "links": [block("link", url=law.url, label=law.label(language, or_any=True)) for law in description.laws],
    }
