"""Loads the demo's services: facts, versions, instructions, guides, and the state in which each is shown."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from tqdm import tqdm

from accounts.models import Membership, Municipality, Organisation, User
from catalogue.actions import change_lifecycle
from catalogue.building import add_instruction, confirm, draft_service, publish
from catalogue.completeness import Stage, missing, missing_in_instruction
from catalogue.models import (
    LegalSnippet,
    MunicipalGuide,
    MunicipalGuideText,
    NextStart,
    Place,
    RelatedService,
    Service,
    ServicePage,
    ServiceProducer,
    WorkInstructionPage,
)
from catalogue.texts import paragraphs
from catalogue.versions import write_version
from catalogue.vocabulary_files import keyword_code
from exchange.actions import import_description
from exchange.models import ImportedRecord
from exchange.ptv import MAPPING_FILE, Description, check_all, read_file
from home.demo import files

RICH_INSTRUCTION_TEXTS = {
    "referral": "referral", "requirements": "requirements", "obligation": "obligation_text", "entries": "entries",
    "statement": "statement_text", "consent": "consent_practice", "measures": "measures", "exceptions": "exceptions",
}  # fmt: skip
Row = Mapping[str, Any]


class IncompleteDemo(Exception):
    """A demo service lacks what its state needs: the demo's files must be mended."""


def load_services(*, progress: bool = True) -> int:
    """Add the services that are missing; how many were added. Half a second each."""
    rows = [row for name in files.SERVICE_FILES for row in files.read(f"services/{name}")]
    known = set(ImportedRecord.objects.filter(source=ImportedRecord.Source.DEMO).values_list("external_id", flat=True))
    missing_rows = [row for row in rows if row["code"] not in known]
    for row in tqdm(missing_rows, desc="demo services", unit="service", disable=not progress):
        _Loader(row).load()
    _relate(rows)
    return len(missing_rows)


def _descriptions() -> dict[str, Description]:
    if not _DESCRIPTIONS:
        records = read_file(MAPPING_FILE.parent / "ptv_general_descriptions.json")
        _DESCRIPTIONS.update({item.external_id: item for item in check_all(records) if isinstance(item, Description)})
    return _DESCRIPTIONS


_DESCRIPTIONS: dict[str, Description] = {}


def member(code: str, *roles: str) -> User | None:
    """A member of the organisation `code` in one of `roles`, the first role preferred."""
    found = {
        row.role: row.user for row in Membership.objects.filter(organisation__code=code).select_related("user").order_by("-pk")
    }
    return next((found[role] for role in roles if role in found), None)


def block(kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind, "id": str(uuid.uuid4()), "value": dict(value)}


def _item(value: Mapping[str, Any]) -> dict[str, Any]:
    return block("item", value)


class _Loader:
    """One service of the demo, from its row to its public pages."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.texts: dict[str, Row] = row["texts"]
        self.language: str = row.get("original", "fi")
        self.organiser = Organisation.objects.get(code=row["organiser"])
        self.provider_responsible = member(row["organiser"], "editor", "main_user")
        self.municipal_responsible = member(row["responsible_municipality"], "editor", "main_user")

    @transaction.atomic
    def load(self) -> None:
        page = self._original()
        ImportedRecord.objects.create(source=ImportedRecord.Source.DEMO, external_id=self.row["code"], service=page.service)
        state = self.row.get("state", "published")
        instruction = self._instruction(page)
        if state == "draft":
            page.save_revision(user=self.provider_responsible)
        else:
            self._check(page, instruction)
            publish(page, by=self.municipal_responsible)
            if instruction:
                publish(instruction, by=self.municipal_responsible)
            confirm(page.service, by=self.provider_responsible)
        self._versions(ServicePage.objects.get(pk=page.pk), instruction, state)
        self._guides(page)
        self._next_start(page)
        if state in ("outdated", "archived"):
            change_lifecycle(service=page.service, lifecycle=Service.Lifecycle(state))

    def _original(self) -> ServicePage:
        """The original as a draft: imported first where the row names a PTV record, then completed."""
        if "ptv" not in self.row:
            page = draft_service(
                organiser=self.organiser,
                language=self.language,
                by=self.provider_responsible,
                title=self.texts[self.language]["title"],
            )
        else:
            description = _descriptions()[self.row["ptv"]]
            import_description(
                description=description,
                organiser=self.organiser,
                responsible=self.provider_responsible or User.objects.all()[0],
            )
            record = ImportedRecord.objects.get(source=ImportedRecord.Source.PTV_DESCRIPTION, external_id=self.row["ptv"])
            page = ServicePage.objects.get(service=record.service, version_kind="original").get_latest_revision_as_object()
            self.texts = {tag: _from_ptv(description, tag, self.texts.get(tag, {})) for tag in description.languages}
        for name, value in {**self._facts(), **self._streams(page)}.items():
            setattr(page, name, value)
        own = self.texts[self.language]
        page.title, page.summary, page.price_text = own["title"], own.get("summary", ""), own.get("price", "")
        page.joint_organisations.set(Organisation.objects.filter(code__in=self.row.get("joint_organisations") or []))
        page.producers.set(
            [ServiceProducer(organisation=Organisation.objects.get(code=code)) for code in self.row.get("producers") or []]
        )
        return page

    def _facts(self) -> dict[str, Any]:
        row, price = self.row, self.row.get("price") or {}
        return {
            "categories": row.get("categories") or [],
            "needs": row.get("needs") or [],
            "for_persons": "persons" in (row.get("audience") or ["persons"]),
            "for_employers": "employers" in (row.get("audience") or []),
            "scope": row.get("scope") or "",
            "is_charged": bool(price.get("charged")),
            "price": price.get("euros"),
            "languages": [
                block("language", {"language": item["language"], "level": item.get("level") or ""})
                for item in row.get("languages") or []
            ],
            "provider_responsible": self.provider_responsible,
            "responsible_municipality": Organisation.objects.get(code=row["responsible_municipality"]),
            "municipal_responsible": self.municipal_responsible,
            "legal_task": row.get("legal_task") or "",
            "keywords": [keyword_code(uri) for uri in row.get("keywords") or []],
            "boost": row.get("boost") or 0,
            "review_interval": row.get("review_interval") or 120,
        }

    def _streams(self, page: ServicePage) -> dict[str, Any]:
        own, target = self.texts[self.language], self.row.get("target_group") or {}
        delivery = self.row.get("delivery") or {}
        age, municipalities = target.get("age"), target.get("municipalities")
        return {
            "target_group": json.dumps([block("target_group", {
                "situations": target.get("situations") or [],
                "all_ages": age == "all",
                "age_from": age[0] if isinstance(age, list) else None,
                "age_to": age[1] if isinstance(age, list) else None,
                "any_municipality": municipalities == "any",
                "municipalities": municipalities if isinstance(municipalities, list) else [],
                "sectors": target.get("sectors") or [],
                "description": paragraphs(own.get("target_group") or ""),
            })]),
            "delivery": json.dumps([block("delivery", {
                "modes": delivery.get("modes") or [],
                "description": paragraphs(own.get("delivery") or ""),
                "times": [_time(item, note) for item, note in _zip(delivery.get("times"), own.get("times"))],
                "accessibility": delivery.get("accessibility") or [],
            })]),
            "participation": json.dumps([block("participation", {
                "how": paragraphs(own.get("participation") or ""),
                "benefits": paragraphs(own.get("benefits") or ""),
                "requirements": paragraphs(own.get("requirements") or ""),
                "consent": bool(self.row.get("consent")),
                "consent_text": paragraphs(own.get("consent") or ""),
            })]),
            "contacts": json.dumps(_contacts(self.row.get("contacts"), own.get("contacts"))),
            "links": json.dumps(_links(self.row.get("links"), own.get("links"))),
        }  # fmt: skip

    def _instruction(self, page: ServicePage) -> WorkInstructionPage | None:
        row = self.row.get("instruction")
        if not row:
            return None
        language = self.language if self.language in row["texts"] else next(iter(row["texts"]))
        own = row["texts"][language]
        instruction = add_instruction(
            service_page=page,
            title=_instruction_title(language),
            by=self.municipal_responsible,
            obligation=LegalSnippet.objects.get(code=row["obligation"]),
            statement=LegalSnippet.objects.get(code=row["statement"]),
            is_archived=bool(row.get("archiving")),
            contacts=json.dumps(_contacts(row.get("contacts"), own.get("contacts"))),
            links=json.dumps(_links(row.get("links"), own.get("links"))),
            plan_text=own.get("plan_text") or "",
            **{field: paragraphs(own.get(key) or "") for key, field in RICH_INSTRUCTION_TEXTS.items()},
        )
        instruction.other_benefits.set(LegalSnippet.objects.filter(code__in=row.get("other_benefits") or []))
        return instruction

    def _check(self, page: ServicePage, instruction: WorkInstructionPage | None) -> None:
        lacks = [*missing(page, Stage.PUBLISH), *missing_in_instruction(instruction, Stage.PUBLISH)]
        if lacks:
            raise IncompleteDemo(f"{self.row['code']} lacks: {', '.join('.'.join(item.path) for item in lacks)}")

    def _versions(self, original: ServicePage, instruction: WorkInstructionPage | None, state: str) -> None:
        for language, own in self.texts.items():
            if language == self.language:
                continue
            version = write_version(
                original=original, language=language, texts=_keyed(original, own), by=self.provider_responsible
            )
            if state != "draft":
                publish(version, by=self.municipal_responsible)
        if instruction is None:
            return
        instruction = WorkInstructionPage.objects.get(pk=instruction.pk)
        for language, own in self.row["instruction"]["texts"].items():
            if language not in (instruction.language, self.language) and language in self.texts:
                texts = {
                    **_keyed(instruction, own, RICH_INSTRUCTION_TEXTS),
                    "title": _instruction_title(language),
                    "plan_text": own.get("plan_text") or "",
                }
                version = write_version(original=instruction, language=language, texts=texts, by=self.municipal_responsible)
                if state != "draft":
                    publish(version, by=self.municipal_responsible)

    def _guides(self, page: ServicePage) -> None:
        for row in self.row.get("guides") or []:
            guide = MunicipalGuide(service=page.service, municipality=Municipality.objects.get(code=row["municipality"]))
            guide.texts.set(
                [
                    MunicipalGuideText(
                        language=tag, guide=paragraphs(own["guide"]), exceptions=paragraphs(own.get("exceptions") or "")
                    )
                    for tag, own in row["texts"].items()
                ]
            )
            guide.save()
            guide.save_revision(user=self.municipal_responsible)

    def _next_start(self, page: ServicePage) -> None:
        row = self.row.get("next_start")
        if row:
            NextStart.objects.create(
                service=page.service,
                starts_on=files.day(row["date"]),
                free_places=row.get("free_places"),
                queue=bool(row.get("queue")),
                changed_by=self.provider_responsible,
            )


def _relate(rows: list[Row]) -> None:
    """Link related services, once all are there; on the live pages and their latest revisions."""
    records = ImportedRecord.objects.filter(source=ImportedRecord.Source.DEMO).values_list("external_id", "service")
    originals = {page.service_id: page for page in ServicePage.objects.filter(version_kind="original")}
    pages = {code: originals[service] for code, service in records if service in originals}
    for row in rows:
        page = pages.get(row["code"])
        related = [pages[code] for code in row.get("related") or [] if code in pages]
        if page is None or not related or page.related_services.exists():
            continue
        latest = page.get_latest_revision_as_object()
        latest.related_services.set([RelatedService(related=other) for other in related])
        if page.live:
            publish(latest, by=page.municipal_responsible)
        else:
            latest.save_revision()


def _instruction_title(language: str) -> str:
    return {"sv": "Arbetsinstruktion", "en": "Work instruction"}.get(language, "Asiantuntijan työohje")


def _zip(facts: list[Row] | None, texts: list[Any] | None) -> list[tuple[Row, Any]]:
    """Rows of facts with the texts that belong to them, in order; "" or {} where there is no text."""
    own = list(texts or [])
    return [(fact, own[place] if place < len(own) else "") for place, fact in enumerate(facts or [])]


def _time(row: Row, note: str) -> dict[str, Any]:
    place = row.get("place")
    value: dict[str, Any] = {
        "place": Place.objects.get(code=place).pk if place and place != "remote" else None,
        "remote": place == "remote" or bool(row.get("remote")),
        "note": note or "",
    }
    if "hours" in row or row["kind"] in ("continuous", "period"):
        value["hours"] = [_item(item) for item in files.hours(row.get("hours"))]
    if row["kind"] == "period":
        value |= {"start": files.day(row["start"]), "end": files.day(row["end"])}
    elif row["kind"] == "periods":
        value["periods"] = [
            _item({"start": files.day(item["start"]), "end": files.day(item["end"])}) for item in row["periods"]
        ]
    elif row["kind"] == "days":
        value["days"] = [
            _item({"date": files.day(item["date"]), "start": item.get("start"), "end": item.get("end")}) for item in row["days"]
        ]
    return block(row["kind"], value)


def _contacts(facts: list[Row] | None, texts: list[Any] | None) -> list[dict[str, Any]]:
    rows = []
    for fact, own in _zip(facts, texts):
        own = own or {}
        phone = (fact.get("phone") or "").replace(" ", "")
        rows.append(block("contact", {
            "kind": fact.get("kind") or "role", "name": own.get("name") or "", "note": own.get("note") or "",
            "phone": phone, "email": fact.get("email") or "", "url": fact.get("url") or "",
        }))  # fmt: skip
    return rows


def _links(facts: list[Row] | None, texts: list[Any] | None) -> list[dict[str, Any]]:
    return [block("link", {"url": fact["url"], "label": label or fact["url"]}) for fact, label in _zip(facts, texts)]


def _from_ptv(description: Description, tag: str, own: Row) -> dict[str, Any]:
    """The imported texts of one language, completed by the demo's own."""
    source = description.texts[tag]
    imported = {"title": source["title"], "summary": source["summary"], "price": source["price_text"]}
    rich = {"delivery": source["delivery"], "participation": source["how"], "requirements": source["requirements"]}
    return {
        **{key: text for key, text in {**imported, **rich}.items() if text},
        **{key: text for key, text in own.items() if text},
    }


BLOCK_KEYS = {
    ("target_group", "description"): "target_group",
    ("delivery", "description"): "delivery",
    ("participation", "how"): "participation",
    ("participation", "benefits"): "benefits",
    ("participation", "requirements"): "requirements",
    ("participation", "consent_text"): "consent",
}


def _keyed(original: ServicePage | WorkInstructionPage, own: Row, plain: Mapping[str, str] | None = None) -> dict[str, str]:
    """The texts of a row by the keys of the original's texts: rows of contacts, links and times meet by their order."""
    fields = {field: key for key, field in (plain or {}).items()}
    lists = {name: iter(own.get(name) or []) for name in ("contacts", "links", "times")}
    contact: Row = {}
    texts: dict[str, str] = {}
    for key in original.texts():
        stream, *inner = key.split("/")
        if not inner:
            texts[key] = (
                paragraphs(own.get(fields[key]) or "")
                if key in fields
                else own.get({"price_text": "price"}.get(key, key)) or ""
            )
        elif (stream, inner[-1]) in BLOCK_KEYS:
            texts[key] = paragraphs(own.get(BLOCK_KEYS[stream, inner[-1]]) or "")
        elif stream == "contacts":
            contact = next(lists["contacts"], {}) if inner[-1] == "name" else contact
            texts[key] = contact.get(inner[-1]) or ""
        elif stream == "links":
            texts[key] = next(lists["links"], "")
        elif "times" in inner:
            texts[key] = next(lists["times"], "") or ""
    return texts
