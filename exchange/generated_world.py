"""The world of generated services: municipalities, organisations with pages, places, terms, and sentences to combine."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import yaml
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.text import slugify
from wagtail.models import Locale

from accounts.models import EmploymentArea, Municipality, Organisation, OrganisationName, User
from catalogue.models import (
    CatalogueIndexPage,
    OrganisationPage,
    Place,
    PlaceName,
)
from catalogue.terms import Terms, terms
from catalogue.texts import paragraphs
from exchange.ptv import MAPPING_FILE, Description, check_all, read_file

DATA = Path(__file__).parent / "data"
LANGUAGES = ("fi", "sv", "en")
# Who answers for every generated service: how they are told from all others.
RESPONSIBLE = "generator@generated.example"
PROVIDERS = (
    "Aallokko",
    "Haapalahti",
    "Honkapolku",
    "Ilmarinne",
    "Kaislaranta",
    "Karhusaari",
    "Kuutamo",
    "Lehtokumpu",
    "Merituuli",
    "Naavametsä",
    "Otavansilta",
    "Pihlajapiha",
    "Rantakivi",
    "Sinivuokko",
    "Suvanto",
    "Tuomikoski",
    "Vaahtera",
    "Virranniemi",
)


class Said(dict[str, str]):
    """One text in every language of the generator."""


class Organiser(NamedTuple):
    """An organisation with its pages by language, and the municipalities whose residents it serves."""

    organisation: Organisation
    pages: Mapping[str, OrganisationPage]
    municipalities: tuple[str, ...]
    municipal: Organisation


@dataclass
class World:
    """What services are made of, read once."""

    responsible: User
    organisers: list[Organiser]
    places: Mapping[str, list[int]]
    texts: Mapping[str, list[Said]]
    descriptions: list[Description]
    locales: Mapping[str, Locale]
    known: Terms = field(default_factory=terms)

    @cached_property
    def employment_related(self) -> list[Description]:
        return [item for item in self.descriptions if item.employment_related]

    def codes(self, vocabulary: str) -> list[str]:
        """The codes that a service may have: of a vocabulary with two levels, those of the second."""
        known = list(self.known.of(vocabulary).values())
        has_levels = any(term.parent for term in known)
        return [term.code for term in known if not term.retired and (term.parent or not has_levels)]


def _read_texts() -> dict[str, list[Said]]:
    rows = yaml.safe_load((DATA / "generated_texts.yaml").read_text(encoding="utf-8"))
    return {name: [Said(row) for row in bank] for name, bank in rows.items()}


def _descriptions() -> Iterator[Description]:
    """Those that have all languages."""
    for item in check_all(read_file(MAPPING_FILE.parent / "ptv_general_descriptions.json")):
        if isinstance(item, Description) and set(LANGUAGES) <= set(item.texts):
            yield item


# ------------------------------------------------------------------------------------- organisations, pages, places


@transaction.atomic
def prepare_world() -> World:
    """Organisations with pages, and places, where they are missing: one per employment area, and the providers."""
    texts = _read_texts()
    responsible, _made = User.objects.get_or_create(
        email=RESPONSIBLE, defaults={"first_name": "Generaattori", "last_name": "Mittaaja", "is_active": False}
    )
    organisers: list[Organiser] = []
    for area in EmploymentArea.objects.prefetch_related("names", "municipalities"):
        names = {row.language: row.name for row in area.names.all()}
        name = texts["municipal_names"][0]
        organisation = _organisation(f"generated-{area.code}", Organisation.Kind.MUNICIPAL, name, names)
        codes = tuple(row.code for row in area.municipalities.all())
        organisers.append(Organiser(organisation, _pages_of(organisation, texts), codes, organisation))
    areas = list(organisers)
    for place, word in enumerate(PROVIDERS):
        name = texts["provider_names"][place % len(texts["provider_names"])]
        kind = (Organisation.Kind.ASSOCIATION, Organisation.Kind.COMPANY, Organisation.Kind.SCHOOL)[place % 3]
        organisation = _organisation(f"generated-{slugify(word)}", kind, name, dict.fromkeys(LANGUAGES, word))
        area_of = areas[place % len(areas)]
        organisers.append(Organiser(organisation, _pages_of(organisation, texts), area_of.municipalities, area_of.municipal))
    locales = {row.language_code: row for row in Locale.objects.all()}
    return World(responsible, organisers, _places(texts), texts, list(_descriptions()), locales)


def _organisation(code: str, kind: str, name: Said, names: Mapping[str, str]) -> Organisation:
    organisation, made = Organisation.objects.get_or_create(
        code=code, defaults={"kind": kind, "web": f"https://{code}.example"}
    )
    if made:
        OrganisationName.objects.bulk_create(
            OrganisationName(organisation=organisation, language=tag, name=name[tag].format(name=names.get(tag, names["fi"])))
            for tag in LANGUAGES
        )
    return organisation


def _pages_of(organisation: Organisation, texts: Mapping[str, list[Said]]) -> dict[str, OrganisationPage]:
    pages = {page.locale.language_code: page for page in organisation.pages.select_related("locale")}
    if not pages:
        key = uuid.uuid4()
        for tag in LANGUAGES:
            index = CatalogueIndexPage.objects.select_related("locale").get(locale__language_code=tag)
            page = OrganisationPage(
                organisation=organisation,
                title=organisation.names.get(language=tag).name,
                slug=organisation.code,
                locale=index.locale,
                translation_key=key,
                description=paragraphs(texts["organisation"][0][tag]),
                phone="+358955550000",
                email=f"neuvonta@{organisation.code}.example",
            )
            pages[tag] = index.add_child(instance=page)
    return pages


def _places(texts: Mapping[str, list[Said]]) -> dict[str, list[int]]:
    """Municipality's code → its places (primary keys), two in each."""
    for municipality in Municipality.objects.prefetch_related("names"):
        names = {row.language: row.name for row in municipality.names.all()}
        for number, name in enumerate(texts["place_names"]):
            code = f"generated-{municipality.code}-{number}"
            place, made = Place.objects.get_or_create(
                code=code,
                defaults={
                    "municipality": municipality,
                    "postal_code": f"0{municipality.code}0",
                    "accessibility": ["lift", "step-free-entrance"],
                },
            )
            if made:
                PlaceName.objects.bulk_create(
                    PlaceName(
                        place=place,
                        language=tag,
                        name=name[tag].format(name=names[tag]),
                        street=f"Mallikatu {number + 7}",
                        city=names[tag],
                        directions=texts["directions"][number][tag],
                    )
                    for tag in LANGUAGES
                )
    places: dict[str, list[int]] = {}
    for code, pk in Place.objects.filter(code__startswith="generated-").values_list("municipality__code", "pk"):
        places.setdefault(code, []).append(pk)
    return places


# ---------------------------------------------------------------------------------------------------- one service
