"""Brings other systems' records in as services: idempotent, record by record, never over a person's edits."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from catalogue.building import draft_service
from catalogue.completeness import Stage, missing
from catalogue.models import ServicePage
from catalogue.overlay import text_hash
from catalogue.terms import Terms, terms
from catalogue.versions import put_texts, write_version
from exchange.models import ImportedRecord
from exchange.ptv import Description

# Where the texts of a record stand on a service: name in the record → (StreamField, name in its block), or a plain field.
BLOCK_TEXTS = {
    "delivery": ("delivery", "description"),
    "how": ("participation", "how"),
    "requirements": ("participation", "requirements"),
}


@dataclass(slots=True)
class Outcome:
    """What became of one record: `status` created, updated or unchanged; `edited` names texts left to their editor
    ("language: key"); `lacks` the labels of what is still needed before the service can be sent for approval."""

    title: str
    status: str
    edited: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)


@transaction.atomic
def import_description(*, description: Description, organiser: Organisation, responsible: User, by: User | None = None) -> Outcome:
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
    original = draft_service(
        organiser=organiser,
        language=language,
        by=by,
        title=own["title"],
        summary=own["summary"],
        price_text=own["price_text"],
        provider_responsible=responsible,
        ptv_id=description.external_id[:36],
        **_facts(description, terms()),
        **_streams(description),
    )
    original.save_revision(user=by)
    record = ImportedRecord(
        source=ImportedRecord.Source.PTV_DESCRIPTION, external_id=description.external_id, service=original.service
    )
    record.written = {language: _fingerprints(original.texts())}
    for other in description.languages:
        if other != language:
            _add_version(record, original, description, other, by)
    record.save()
    return Outcome(own["title"], "created", lacks=[str(item.label) for item in missing(original, Stage.SEND)])


def _add_version(record: ImportedRecord, original: ServicePage, description: Description, language: str, by: User | None) -> None:
    texts = _texts_by_key(original, description, language)
    write_version(original=original, language=language, texts=texts, by=by)
    record.written[language] = _fingerprints(texts)


def _renew(record: ImportedRecord, description: Description, by: User | None) -> Outcome:
    """Change the texts that changed in the source and that nobody has edited here since."""
    original = ServicePage.objects.get(service=record.service_id, version_kind=ServicePage.Kind.ORIGINAL)
    outcome = Outcome(original.title, "unchanged")
    for language in description.languages:
        page = ServicePage.objects.filter(service=record.service_id, locale__language_code=language).first()
        if page is None:
            _add_version(record, original, description, language, by)
            outcome.status = "updated"
            continue
        page = page.get_latest_revision_as_object()
        wanted = _texts_by_key(original, description, language)
        changed = dict(_changes(record.written.get(language, {}), page.texts(), wanted, language, outcome))
        if changed:
            merged = {**page.texts(), **changed}
            put_texts(page, original, merged)
            page.save_revision(user=by)
            record.written[language] = {**record.written.get(language, {}), **_fingerprints(changed)}
            outcome.status = "updated"
    if outcome.status == "updated":
        record.save()
    return outcome


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


def _fingerprints(texts: Mapping[str, str]) -> dict[str, str]:
    return {key: text_hash(text) for key, text in texts.items()}


def _texts_by_key(original: ServicePage, description: Description, language: str) -> dict[str, str]:
    """The record's texts in `language` by the keys of the original's texts."""
    own = description.texts[language]
    labels = iter([law.labels.get(language) or next(iter(law.labels.values()), "") for law in description.laws])
    by_place = {place: name for name, place in BLOCK_TEXTS.items()}
    texts = {}
    for key in original.texts():
        stream, *inner = key.split("/")
        if not inner:
            texts[key] = own.get(key, "")
        elif stream == "links":
            texts[key] = next(labels, "")
        elif (stream, inner[-1]) in by_place:
            texts[key] = own[by_place[stream, inner[-1]]]
    return texts


def _facts(description: Description, known: Terms) -> dict[str, Any]:
    audience = description.terms.get("audience", ())
    return {
        "categories": [code for code in description.terms.get("service-category", ()) if known.get("service-category", code)],
        "needs": [code for code in description.terms.get("service-need", ()) if known.get("service-need", code)],
        "keywords": [code for code in description.keywords if known.get("keyword", code)],
        "for_persons": "persons" in audience or not audience,
        "for_employers": "employers" in audience,
    }


def _streams(description: Description) -> dict[str, Any]:
    """The StreamFields of the original as raw data, with ids that its versions will share."""
    own = description.texts[description.original_language]

    def block(kind: str, value: dict[str, Any]) -> dict[str, Any]:
        return {"type": kind, "id": str(uuid.uuid4()), "value": value}

    situations = list(description.terms.get("client-situation", ()))
    return {
        "target_group": [block("target_group", {"situations": situations, "all_ages": False, "any_municipality": False})],
        "delivery": [block("delivery", {"description": own["delivery"], "times": [], "modes": [], "accessibility": []})],
        "participation": [block("participation", {"how": own["how"], "requirements": own["requirements"]})],
        "links": [
            block("link", {"url": law.url, "label": law.labels.get(description.original_language) or next(iter(law.labels.values()), law.url)})
            for law in description.laws
        ],
    }
