"""Generated services for measurements: as many as one likes, the same for the same seed, in a database of their own.

Titles and descriptions are those of Suomi.fi (exchange/data), combined with sentences of ours and facts by chance. Rows are
written in bulk: they have search documents, but no revisions and no entries in Wagtail's own index.
"""

import datetime as dt
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from tqdm import tqdm
from wagtail.models import Page

from accounts.models import Organisation
from catalogue.models import (
    NextStart,
    OrganisationPage,
    RelatedService,
    Service,
    ServicePage,
    ServiceProducer,
    VersionState,
)
from catalogue.signals import service_changed
from catalogue.texts import paragraphs
from exchange.generated_world import LANGUAGES, RESPONSIBLE, Organiser, Said, World, prepare_world
from exchange.ptv import Description

CHUNK = 50
HALF_HOURS = ("08:30", "09:00", "12:30", "13:00", "16:30", "17:00")


class OtherServices(Exception):
    """The database holds services that were not generated: measurements want one of their own."""


@dataclass(slots=True)
class Draft:
    """One service before it is written: the original first among its pages."""

    service: Service
    pages: list[ServicePage]
    organiser: Organiser
    partners: list[Organisation]
    next_start: NextStart | None


def generate(*, count: int, seed: int = 0, progress: bool = False) -> int:
    """Bring the number of generated services up to `count`; how many were added. Some hundredths of a second each.

    The site must have been prepared (languages, catalogue, areas, vocabularies). Raises OtherServices.
    """
    if ServicePage.objects.originals().exclude(provider_responsible__email=RESPONSIBLE).exists():
        raise OtherServices
    world = prepare_world()
    present = Service.objects.count()
    bar = tqdm(total=max(count - present, 0), desc="generated services", unit="service", disable=not progress)
    for first in range(present, count, CHUNK):
        numbers = range(first, min(first + CHUNK, count))
        _write([_draft(world, random.Random(f"{seed}:{number}"), number) for number in numbers])  # noqa: S311  # chance, not secrecy
        bar.update(len(numbers))
    bar.close()
    return max(count - present, 0)


def _draft(world: World, chance: random.Random, number: int) -> Draft:
    """Facts and texts of one service, by chance alone."""
    organiser = chance.choice(world.organisers)
    description = chance.choice(world.employment_related if chance.random() < 0.8 else world.descriptions)
    published = timezone.now() - dt.timedelta(days=chance.randrange(1, 300), minutes=chance.randrange(1440))
    service = Service(confirmed_at=published, confirmed_by=world.responsible)
    languages = [tag for tag in LANGUAGES if tag == "fi" or chance.random() < 0.85]
    if "sv" in languages and chance.random() < 0.1:
        languages.sort(key=lambda tag: tag != "sv")
    facts = _facts(world, chance, organiser, description)
    spoken = _texts(world, chance, description) | _streams(world, chance, organiser, description)
    pages: list[ServicePage] = []
    key = uuid.UUID(int=chance.getrandbits(128), version=4)
    for tag in languages:
        own = {name: _in_language(value, tag) for name, value in spoken.items()}
        parent = organiser.pages[tag]
        own |= {name: json.dumps(value) for name, value in own.items() if isinstance(value, list)}
        slug = f"{slugify(own['title'].translate(str.maketrans('äöåÄÖÅ', 'aoaAOA')))[:60]}-{number}"
        pages.append(
            ServicePage(
                locale=world.locales[tag],
                translation_key=key,
                live=True,
                slug=slug,
                url_path=f"{parent.url_path}{slug}/",
                draft_title=own["title"],
                first_published_at=published,
                last_published_at=published,
                state=VersionState.PUBLISHED,
                version_kind="written" if pages else "original",
                **facts,
                **own,
            )
        )
    partners = [
        organiser.organisation,
        *chance.sample([row.organisation for row in world.organisers], chance.choice((0, 0, 1))),
    ]
    day = timezone.localdate() + dt.timedelta(days=chance.randrange(1, 60))
    next_start = NextStart(starts_on=day, free_places=chance.randrange(1, 12)) if chance.random() < 0.4 else None
    return Draft(service, pages, organiser, list(dict.fromkeys(partners)), next_start)


def _facts(world: World, chance: random.Random, organiser: Organiser, description: Description) -> dict[str, Any]:
    is_charged = chance.random() < 0.2
    for_employers = chance.random() < 0.2

    def own_or_any(vocabulary: str) -> list[str]:
        return [*description.terms.get(vocabulary, ())][:2] or chance.sample(world.codes(vocabulary), 2)

    return {
        "categories": own_or_any("service-category"),
        "needs": list(dict.fromkeys([*own_or_any("service-need"), chance.choice(world.codes("service-need"))])),
        "keywords": chance.sample(world.codes("keyword"), 4),
        "for_persons": not for_employers or chance.random() < 0.5,
        "for_employers": for_employers,
        "scope": "own" if organiser.organisation == organiser.municipal else "external",
        "is_charged": is_charged,
        "price": chance.randrange(5, 90) if is_charged else None,
        "legal_task": chance.choice(["", *world.codes("legal-task")]),
        "boost": chance.choice((0, 0, 0, 0, 2, 5)),
        "languages": json.dumps(
            [
                _block(chance, "language", language=tag, level=chance.choice(("", "a2", "b1")))
                for tag in ("fi", *chance.sample(("sv", "en", "ru", "ar", "uk", "so"), chance.randrange(0, 3)))
            ]
        ),
        "provider_responsible": world.responsible,
        "municipal_responsible": world.responsible,
        "responsible_municipality": organiser.municipal,
    }


def _texts(world: World, chance: random.Random, description: Description) -> dict[str, Said]:
    variant, summary = chance.choice(world.texts["variants"]), chance.choice(world.texts["summaries"])
    price = chance.choice(world.texts["prices"])
    own = description.texts
    return {
        "title": Said({tag: f"{own[tag]['title'][:90]}: {variant[tag]}" for tag in LANGUAGES}),
        "summary": Said({tag: f"{own[tag]['summary'][:160]} {summary[tag]}".strip() for tag in LANGUAGES}),
        "price_text": Said({tag: own[tag]["price_text"] or price[tag] for tag in LANGUAGES}),
    }


def _streams(world: World, chance: random.Random, organiser: Organiser, description: Description) -> dict[str, list[Any]]:
    """The StreamFields as raw data with texts in every language."""
    everywhere = chance.random() < 0.3
    all_ages = chance.random() < 0.6
    own = description.texts
    site = f"https://{organiser.organisation.code}.example"

    def rich(bank: str, sentences: int, name: str = "") -> Said:
        more = _sentences(world.texts[bank], chance, sentences)
        return Said({tag: (own[tag][name] if name else "") + paragraphs(more[tag]) for tag in LANGUAGES})

    return {
        "target_group": [
            _block(
                chance,
                "target_group",
                situations=chance.sample(world.codes("client-situation"), chance.randrange(2, 6)),
                all_ages=all_ages,
                age_from=None if all_ages else chance.choice((16, 18)),
                age_to=None if all_ages else chance.choice((29, 64)),
                any_municipality=everywhere,
                municipalities=[] if everywhere else list(organiser.municipalities),
                sectors=chance.sample(world.codes("sector"), chance.choice((0, 0, 1, 3))),
                description=rich("target_group", 4),
            )
        ],
        "delivery": [
            _block(
                chance,
                "delivery",
                modes=chance.sample(world.codes("delivery-mode"), chance.randrange(1, 4)),
                description=rich("delivery", 2, "delivery"),
                times=list(_times(world, chance, organiser)),
                accessibility=chance.sample(world.codes("service-accessibility"), chance.randrange(1, 4)),
            )
        ],
        "participation": [
            _block(
                chance,
                "participation",
                how=rich("how", 3, "how"),
                benefits=rich("benefits", 3),
                requirements=rich("requirements", 2, "requirements"),
                consent=True,
                consent_text=rich("consent", 1),
            )
        ],
        "contacts": [
            _block(
                chance,
                "contact",
                kind="role",
                name=chance.choice(world.texts["contacts"]),
                note=_sentences(world.texts["contact_notes"], chance, 1),
                phone=f"+35895555{chance.randrange(10_000):04}",
                email=f"palvelu{chance.randrange(90)}@{organiser.organisation.code}.example",
                url=site,
            )
            for _ in range(chance.randrange(1, 4))
        ],
        "links": [
            _block(chance, "link", url=f"{site}/{place}", label=label) for place, label in enumerate(world.texts["links"])
        ],
    }


def _sentences(bank: list[Said], chance: random.Random, count: int) -> Said:
    """Some of the sentences of `bank`, two to a paragraph, with their slots filled alike in every language."""
    chosen = chance.sample(bank, count)
    slots = {
        "weeks": chance.randrange(2, 30),
        "size": chance.randrange(6, 20),
        "days": chance.randrange(1, 5),
        "hour": chance.randrange(8, 13),
    }
    pairs = [chosen[place : place + 2] for place in range(0, count, 2)]
    return Said({tag: "\n\n".join(" ".join(row[tag] for row in pair) for pair in pairs).format(**slots) for tag in LANGUAGES})


def _times(world: World, chance: random.Random, organiser: Organiser) -> Iterator[dict[str, Any]]:
    """One to four rows of the five kinds of time, none of them over."""
    today = timezone.localdate()

    def day(first: int, last: int) -> str:
        return (today + dt.timedelta(days=chance.randrange(first, last))).isoformat()

    for _ in range(chance.randrange(1, 5)):
        start, end = sorted(chance.sample(HALF_HOURS, 2))
        remote = chance.random() < 0.2
        place = None if remote else chance.choice(world.places[chance.choice(organiser.municipalities)])
        value: dict[str, Any] = {"place": place, "remote": remote, "note": chance.choice(world.texts["time_notes"])}
        hours = [_block(chance, "item", weekdays=sorted(chance.sample("01234", chance.randrange(1, 5))), start=start, end=end)]
        kind = chance.choice(("agreed", "continuous", "continuous", "period", "periods", "days"))
        slots: dict[str, dict[str, Any]] = {
            "agreed": {},
            "continuous": {"hours": hours},
            "period": {"start": day(-20, 20), "end": day(60, 200), "hours": hours},
            "periods": {
                "periods": [
                    _block(chance, "item", start=day(5, 20), end=day(30, 50)),
                    _block(chance, "item", start=day(60, 70), end=day(90, 120)),
                ]
            },
            "days": {
                "days": [
                    _block(chance, "item", date=day(10 * count, 10 * count + 9), start=start, end=end) for count in range(1, 4)
                ]
            },
        }
        value |= slots[kind]
        yield _block(chance, kind, **value)


def _block(chance: random.Random, kind: str, /, **value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid.UUID(int=chance.getrandbits(128), version=4))}


def _in_language(raw: Any, language: str) -> Any:
    """Raw data with every text in one language."""
    if isinstance(raw, Said):
        return raw[language]
    if isinstance(raw, dict):
        return {name: _in_language(value, language) for name, value in raw.items()}
    return [_in_language(item, language) for item in raw] if isinstance(raw, list) else raw


# ------------------------------------------------------------------------------------------------------- the rows


@transaction.atomic
def _write(drafts: list[Draft]) -> None:
    """Write a chunk of services with their pages, and let the signal make their search documents."""
    Service.objects.bulk_create(draft.service for draft in drafts)
    pages = [page for draft in drafts for page in draft.pages]
    for draft in drafts:
        for page in draft.pages:
            page.service = draft.service
            _find_place(page, draft.organiser.pages[page.locale.language_code])
            if not page.is_original:
                page.remember_source(draft.pages[0])
    _write_pages(pages)
    for parent in {parent.pk: parent for draft in drafts for parent in draft.organiser.pages.values()}.values():
        Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild)
    originals = [draft.pages[0] for draft in drafts]
    ServiceProducer.objects.bulk_create(
        ServiceProducer(page=draft.pages[0], organisation=partner, sort_order=place)
        for draft in drafts
        for place, partner in enumerate(draft.partners)
    )
    RelatedService.objects.bulk_create(
        RelatedService(page=page, related=originals[(place + step) % len(originals)], sort_order=step)
        for place, page in enumerate(originals)
        for step in range(1, min(4, len(originals)))
    )
    for draft in drafts:
        if draft.next_start:
            draft.next_start.service = draft.service
    NextStart.objects.bulk_create(draft.next_start for draft in drafts if draft.next_start)
    for draft in drafts:
        service_changed.send(sender=Service, service=draft.service)


def _find_place(page: ServicePage, parent: OrganisationPage) -> None:
    """The last place below `parent`."""
    parent.numchild += 1
    page.depth = parent.depth + 1
    page.path = OrganisationPage._get_path(parent.path, page.depth, parent.numchild)


def _write_pages(pages: list[ServicePage]) -> None:
    """Django has no bulk_create for a page of two tables: the first in bulk, the second row by row."""
    shared = [item.attname for item in Page._meta.concrete_fields if not item.primary_key]
    rows = Page.objects.bulk_create(Page(**{name: getattr(page, name) for name in shared}) for page in pages)
    for page, row in zip(pages, rows, strict=True):
        page.pk = page.id = row.pk
        page.save_base(raw=True, force_insert=True)
