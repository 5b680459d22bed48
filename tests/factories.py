"""Things for tests: people, organisations, areas, terms, places, pages and services, as small or as complete as a test asks.

A factory saves what it makes and, where it makes pages, returns them fresh from the database. Texts of services exist in
Finnish, Swedish and English; in any other language each paragraph is the Finnish one marked, "[ar] …", so that a test sees
where a text came from. Block ids are derived from names: `block_id("desk")` is the first contact of every complete service.
"""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import factory
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from wagtail.documents import get_document_model
from wagtail.models import Locale, Page, Site

from accounts.models import (
    Membership,
    Municipality,
    MunicipalityName,
    Organisation,
    OrganisationName,
    ProviderLink,
    User,
)
from catalogue.actions import change_vocabulary_stamp
from catalogue.building import add_instruction, draft_service, publish
from catalogue.models import (
    CatalogueIndexPage,
    Concept,
    ConceptLabel,
    LegalSnippet,
    LegalSnippetText,
    OrganisationPage,
    Place,
    PlaceName,
    ServicePage,
    ServiceProducer,
    VersionedPage,
    WorkInstructionPage,
)
from catalogue.versions import write_version
from home.models import HomePage

PASSWORD = "kesäinen-sana-27"
PAGE_LANGUAGES = ("fi", "sv", "en")
Names = Mapping[str, str]
PageType = TypeVar("PageType", bound=VersionedPage)


@cache
def _hashed_password() -> str:
    return make_password(PASSWORD)


def site_tree() -> HomePage:
    """The bare site as `home.site_tree.ensure_site` makes it, in a fifth of the time. Idempotent.

    Locales, and a front page and a catalogue in each language of the interface.
    """
    home = HomePage.objects.filter(locale__language_code="fi").first()
    if home is not None:
        return home
    known = set(Locale.objects.values_list("language_code", flat=True))
    Locale.objects.bulk_create(Locale(language_code=tag) for tag in settings.INITIAL_LANGUAGES if tag not in known)
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    root = Page.get_first_root_node()
    welcome = root.get_children().first()
    home_key, index_key = uuid.uuid4(), uuid.uuid4()
    for tag in settings.INTERFACE_LANGUAGES:
        own = HomePage(title="Palvelumanuaali", slug=tag, locale=locales[tag], translation_key=home_key)
        root.add_child(instance=own)
        own.add_child(
            instance=CatalogueIndexPage(title="Palvelut", slug="palvelut", locale=locales[tag], translation_key=index_key)
        )
        if home is None:
            home = own
    Site.objects.update_or_create(
        is_default_site=True, defaults={"root_page": home, "hostname": "localhost", "site_name": "Palvelumanuaali"}
    )
    if welcome is not None:
        welcome.delete()
    return HomePage.objects.get(locale__language_code="fi")


# ------------------------------------------------------------------------------------------- people and organisations


class _Factory(DjangoModelFactory):
    class Meta:
        abstract = True
        skip_postgeneration_save = True


class UserFactory(_Factory):
    """A person without rights, whose password is PASSWORD; `administrator=True` may do everything."""

    class Meta:
        model = User

    class Params:
        administrator = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    first_name = factory.Sequence(lambda n: f"Person{n}")
    last_name = "Esimerkki"
    password = factory.LazyFunction(_hashed_password)


class MunicipalityFactory(_Factory):
    """A municipality; `names={"fi": …}`. Asking for a code that is there gives that municipality."""

    class Meta:
        model = Municipality
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{900 + n % 100}")

    @factory.post_generation
    def names(self: Any, create: bool, extracted: Names | None, **_: Any) -> None:
        if create and not self.names.exists():
            names = extracted or MUNICIPALITIES.get(self.code) or {"fi": f"Kunta {self.code}", "sv": f"Kommun {self.code}"}
            for language, name in names.items():
                MunicipalityName.objects.create(municipality=self, language=language, name=name)


class OrganisationFactory(_Factory):
    """An organisation, by default an association. `municipal=True` or `company=True` for other kinds.

    `names={"fi": …, "sv": …}`; `acts_for=[municipality, …]`; `linked_to=[municipal organisation, …]`; `pages=True` gives it
    a live page in Finnish, Swedish and English, and `pages=("sv",)` in those languages.
    """

    class Meta:
        model = Organisation

    class Params:
        municipal = factory.Trait(kind=Organisation.Kind.MUNICIPAL, gives_employment_services=True)
        company = factory.Trait(kind=Organisation.Kind.COMPANY)

    code = factory.Sequence(lambda n: f"organisation-{n}")
    kind = Organisation.Kind.ASSOCIATION

    @factory.post_generation
    def names(self: Any, create: bool, extracted: Names | None, **_: Any) -> None:
        if not create:
            return
        names = {"fi": f"{self.code} ry", "sv": f"{self.code} rf", "en": f"{self.code} association"}
        OrganisationName.objects.bulk_create(
            OrganisationName(organisation=self, language=language, name=name)
            for language, name in (names if extracted is None else extracted).items()
        )

    @factory.post_generation
    def acts_for(self: Any, create: bool, extracted: Iterable[Municipality] | None, **_: Any) -> None:
        if not create:
            return
        if extracted:
            self.acts_for.set(extracted)
            self.save()

    @factory.post_generation
    def linked_to(self: Any, create: bool, extracted: Iterable[Organisation] | None, **_: Any) -> None:
        if not create:
            return
        for municipal in extracted or ():
            ProviderLinkFactory(provider=self, municipal_organisation=municipal)

    @factory.post_generation
    def pages(self: Any, create: bool, extracted: bool | Iterable[str] | None, **_: Any) -> None:
        if not create:
            return
        if extracted:
            add_pages(self, PAGE_LANGUAGES if extracted is True else extracted)


def add_pages(organisation: Organisation, languages: Iterable[str] = PAGE_LANGUAGES) -> list[OrganisationPage]:
    """Live pages of `organisation` in the trees of `languages`, versions of each other."""
    site_tree()
    names = {row.language: row.name for row in OrganisationName.objects.filter(organisation=organisation)}
    key, pages = uuid.uuid4(), []
    for language in languages:
        index = CatalogueIndexPage.objects.select_related("locale").get(locale__language_code=language)
        page = OrganisationPage(
            organisation=organisation,
            title=names.get(language) or organisation.code,
            slug=organisation.code,
            locale=index.locale,
            translation_key=key,
        )
        index.add_child(instance=page)
        pages.append(page)
    return pages


class ProviderLinkFactory(_Factory):
    class Meta:
        model = ProviderLink

    provider = factory.SubFactory(OrganisationFactory)
    municipal_organisation = factory.SubFactory(OrganisationFactory, municipal=True)


class MembershipFactory(_Factory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Membership.Role.EDITOR


# ------------------------------------------------------------------------------------------------- terms and places

MUNICIPALITIES: dict[str, Names] = {
    "049": {"fi": "Espoo", "sv": "Esbo", "en": "Espoo"},
    "091": {"fi": "Helsinki", "sv": "Helsingfors", "en": "Helsinki"},
    "092": {"fi": "Vantaa", "sv": "Vanda", "en": "Vantaa"},
    "710": {"fi": "Raasepori", "sv": "Raseborg", "en": "Raseborg"},
}
# (vocabulary, parent, code, fi, sv, en): the terms that complete services use, and one more of most kinds.
TERMS = (
    ("service-category", "", "job-search", "Työnhaku", "Jobbsökning", "Job search"),
    ("service-category", "job-search", "job-coaching", "Työhönvalmennus", "Arbetsträning", "Job coaching"),
    ("service-category", "job-search", "job-placement", "Työnvälitys", "Arbetsförmedling", "Job placement"),
    ("service-category", "", "everyday-life", "Arki", "Vardag", "Everyday life"),
    ("service-need", "", "finding-work", "Työn löytäminen", "Att hitta arbete", "Finding work"),
    ("service-need", "", "language-skills", "Kielitaito", "Språkkunskaper", "Language skills"),
    ("client-situation", "", "unemployed", "Työtön", "Arbetslös", "Unemployed"),
    ("client-situation", "", "immigrant", "Maahanmuuttaja", "Invandrare", "Immigrant"),
    ("sector", "", "construction", "Rakentaminen", "Byggande", "Construction"),
    ("delivery-mode", "", "at-a-place", "Paikan päällä", "På plats", "At a place"),
    ("delivery-mode", "", "remote", "Etänä", "På distans", "Remote"),
    ("service-accessibility", "", "interpreter", "Tulkkaus", "Tolkning", "Interpreting"),
    ("place-accessibility", "", "lift", "Hissi", "Hiss", "Lift"),
    ("language", "", "fi", "suomi", "finska", "Finnish"),
    ("language", "", "sv", "ruotsi", "svenska", "Swedish"),
    ("language", "", "ar", "arabia", "arabiska", "Arabic"),
    ("cefr-level", "", "a2", "A2 alkeet", "A2 grunder", "A2 basics"),
    ("cefr-level", "", "b1", "B1 arki", "B1 vardag", "B1 everyday"),
    ("legal-task", "", "tyonvalitys", "Työnvälitys", "Arbetsförmedling", "Job placement"),
    ("keyword", "", "koko-p1", "työnhaku", "jobbsökning", "job seeking"),
)


def make_terms() -> None:
    """The few concepts and municipalities that complete services use. Idempotent, eight queries."""
    if Concept.objects.filter(vocabulary="service-need").exists():
        return
    made: dict[tuple[str, str], Concept] = {}
    for parents in (True, False):
        rows = [
            Concept(vocabulary=vocabulary, code=code, sort_order=order, parent=made.get((vocabulary, parent)))
            for order, (vocabulary, parent, code, *_labels) in enumerate(TERMS)
            if bool(parent) is not parents
        ]
        made |= {(row.vocabulary, row.code): row for row in Concept.objects.bulk_create(rows)}
    ConceptLabel.objects.bulk_create(
        ConceptLabel(concept=made[vocabulary, code], language=language, label=label)
        for vocabulary, _parent, code, *labels in TERMS
        for language, label in zip(PAGE_LANGUAGES, labels, strict=True)
    )
    there = set(Municipality.objects.filter(code__in=MUNICIPALITIES).values_list("code", flat=True))
    municipalities = Municipality.objects.bulk_create(Municipality(code=code) for code in MUNICIPALITIES if code not in there)
    MunicipalityName.objects.bulk_create(
        MunicipalityName(municipality=row, language=language, name=name)
        for row in municipalities
        for language, name in MUNICIPALITIES[row.code].items()
    )
    change_vocabulary_stamp()


class ConceptFactory(_Factory):
    """A service need, or a concept of any `vocabulary`; `labels={"fi": …}`."""

    class Meta:
        model = Concept

    vocabulary = "service-need"
    code = factory.Sequence(lambda n: f"term-{n}")
    sort_order = factory.Sequence(lambda n: 1000 + n)

    @factory.post_generation
    def labels(self: Any, create: bool, extracted: Names | None, **_: Any) -> None:
        if not create:
            return
        labels = {"fi": f"Termi {self.code}"} if extracted is None else extracted
        ConceptLabel.objects.bulk_create(
            ConceptLabel(concept=self, language=language, label=label) for language, label in labels.items()
        )


class PlaceFactory(_Factory):
    """An address in Helsinki; `names={"fi": {"name": …, "street": …, "city": …, "directions": …}}`."""

    class Meta:
        model = Place

    code = factory.Sequence(lambda n: f"place-{n}")
    municipality = factory.SubFactory(MunicipalityFactory, code="091")
    postal_code = "00530"

    @factory.post_generation
    def names(self: Any, create: bool, extracted: Mapping[str, Names] | None, **_: Any) -> None:
        if not create:
            return
        names: Mapping[str, Names] = {
            "fi": {"name": "Kallion talo", "street": "Esimerkkikatu 1", "city": "Helsinki", "directions": "Sisään pihalta"},
            "sv": {
                "name": "Berghälls hus",
                "street": "Exempelgatan 1",
                "city": "Helsingfors",
                "directions": "Ingång från gården",
            },
        }
        PlaceName.objects.bulk_create(
            PlaceName(place=self, language=language, **texts) for language, texts in (extracted or names).items()
        )


class LegalSnippetFactory(_Factory):
    """A legal snippet, by default about an obligation; `texts={"fi": ("label", "text")}`."""

    class Meta:
        model = LegalSnippet

    code = factory.Sequence(lambda n: f"snippet.{n}")
    kind = LegalSnippet.Kind.OBLIGATION

    @factory.post_generation
    def texts(self: Any, create: bool, extracted: Mapping[str, tuple[str, str]] | None, **_: Any) -> None:
        if not create:
            return
        texts = extracted or {
            "fi": ("Vapaaehtoinen", "Osallistuminen on vapaaehtoista."),
            "sv": ("Frivillig", "Det är frivilligt."),
        }
        LegalSnippetText.objects.bulk_create(
            LegalSnippetText(snippet=self, language=language, label=label, text=text)
            for language, (label, text) in texts.items()
        )


class DocumentFactory(_Factory):
    """A file of the document library; `size` in bytes is what the library believes, whatever the file holds."""

    class Meta:
        model = get_document_model()

    title = factory.Sequence(lambda n: f"Liite {n}")
    file = factory.Sequence(lambda n: ContentFile(b"%PDF-1.4 esimerkki", name=f"liite-{n}.pdf"))
    file_size = 18


# ------------------------------------------------------------------------------------------------- texts and blocks

# The texts of a complete service by the path of names and of the names of block ids.
TEXTS: dict[str, dict[str, str]] = {
    "title": {"fi": "Työhönvalmennus", "sv": "Arbetsträning", "en": "Job coaching"},
    "summary": {
        "fi": "Valmentaja auttaa sinua löytämään työtä.",
        "sv": "En coach hjälper dig att hitta ett arbete.",
        "en": "A coach helps you find work.",
    },
    "price_text": {
        "fi": "Hinta sisältää kahvin.",
        "sv": "I priset ingår kaffe.",
        "en": "The price includes coffee.",
    },
    "target_group/target/description": {
        "fi": "<p>Palvelu on sinulle, jos etsit työtä.</p><ul><li>työtön</li><li>lomautettu</li></ul>",
        "sv": "<p>Tjänsten är för dig som söker arbete.</p><ul><li>arbetslös</li><li>permitterad</li></ul>",
        "en": "<p>This is for you if you are looking for work.</p><ul><li>unemployed</li><li>laid off</li></ul>",
    },
    "delivery/delivery/description": {
        "fi": "<p>Tapaat valmentajan viikoittain.</p><p>Valmennus kestää kuusi kuukautta.</p>",
        "sv": "<p>Du träffar coachen varje vecka.</p><p>Träningen varar ett halvt år.</p>",
        "en": "<p>You meet the coach every week.</p><p>The coaching lasts six months.</p>",
    },
    "delivery/delivery/times/meeting/note": {
        "fi": "Ovi aukeaa vartin yli.",
        "sv": "Dörren öppnas kvart över.",
        "en": "The door opens at a quarter past.",
    },
    "participation/participation/how": {
        "fi": "<p>Ilmoittaudu puhelimella.</p>",
        "sv": "<p>Anmäl dig per telefon.</p>",
        "en": "<p>Enrol by phone.</p>",
    },
    "participation/participation/benefits": {
        "fi": "<p>Saat tukea työnhakuun.</p>",
        "sv": "<p>Du får stöd i jobbsökningen.</p>",
        "en": "<p>You get support in your search.</p>",
    },
    "participation/participation/requirements": {
        "fi": "<p>Et tarvitse mitään ennalta.</p>",
        "sv": "<p>Du behöver inget på förhand.</p>",
        "en": "<p>You need nothing beforehand.</p>",
    },
    "participation/participation/consent_text": {
        "fi": "<p>Tietosi annetaan valmentajalle.</p>",
        "sv": "<p>Dina uppgifter ges till coachen.</p>",
        "en": "<p>Your details are given to the coach.</p>",
    },
    "contacts/desk/name": {"fi": "Neuvonta", "sv": "Rådgivning", "en": "Advice desk"},
    "contacts/desk/note": {"fi": "Arkisin 9–15", "sv": "Vardagar 9–15", "en": "Weekdays 9–15"},
    "links/more/label": {"fi": "Lue lisää", "sv": "Läs mera", "en": "Read more"},
}
INSTRUCTION_TEXTS: dict[str, dict[str, str]] = {
    "title": {"fi": "Asiantuntijan työohje", "sv": "Arbetsinstruktion", "en": "Work instruction"},
    "referral": {"fi": "<p>Soita valmentajalle.</p>", "sv": "<p>Ring coachen.</p>", "en": "<p>Call the coach.</p>"},
    "requirements": {
        "fi": "<p>Asiakas on työnhakija.</p>",
        "sv": "<p>Klienten är arbetssökande.</p>",
        "en": "<p>The client is a jobseeker.</p>",
    },
    "entries": {
        "fi": "<p>Kirjaa alku ja loppu.</p>",
        "sv": "<p>Anteckna start och slut.</p>",
        "en": "<p>Enter start and end.</p>",
    },
    "plan_text": {"fi": "Osallistut valmennukseen.", "sv": "Du deltar i träningen.", "en": "You take part in coaching."},
    "contacts/line/name": {"fi": "Maija Malli", "sv": "Maija Malli", "en": "Maija Malli"},
    "contacts/line/note": {"fi": "Vain viranomaisille", "sv": "Bara för myndigheter", "en": "Authorities only"},
}


def block_id(name: str) -> str:
    """The id that factories give to the block called `name`."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://example.org/{name}"))


def text_key(path: str) -> str:
    """The key of a text (as of `VersionedPage.texts`) from a path of TEXTS: names of blocks become their ids."""
    first, *rest = path.split("/")
    blocks = {"target", "delivery", "participation", "meeting", "desk", "more", "line"}
    return "/".join([first, *(block_id(part) if part in blocks else part for part in rest)])


def block(kind: str, value: Any, name: str | None = None) -> dict[str, Any]:
    """Raw data of one child of a StreamBlock, or with the kind "item" of a ListBlock."""
    return {"type": kind, "value": value, "id": block_id(name) if name else str(uuid.uuid4())}


def stream(*blocks: dict[str, Any]) -> str:
    """Raw blocks as a StreamField takes them from outside."""
    return json.dumps(blocks)


def text(path: str, language: str, source: Mapping[str, Mapping[str, str]] = TEXTS) -> str:
    """The text at `path` of TEXTS in `language`; in languages that are not there, the Finnish one marked."""
    return source[path].get(language) or marked(source[path]["fi"], language)


def marked(text: str, language: str) -> str:
    """`text` with every paragraph and item marked "[language] ", its structure kept."""
    if not text.startswith("<"):
        return f"[{language}] {text}" if text else ""
    return re.sub(r"<(p|li|h3)>", rf"<\1>[{language}] ", text)


def texts(language: str, source: Mapping[str, Mapping[str, str]] = TEXTS) -> dict[str, str]:
    """Every text of a complete service (with INSTRUCTION_TEXTS, of an instruction) by its key; same paragraphs in all."""
    return {text_key(path): text(path, language, source) for path in source}


def target_group(language: str = "fi", **changes: Any) -> str:
    value = {
        "situations": ["unemployed"], "all_ages": False, "age_from": 18, "age_to": 64, "any_municipality": False,
        "municipalities": ["091"], "sectors": ["construction"],
        "description": text("target_group/target/description", language),
    }  # fmt: skip
    return stream(block("target_group", {**value, **changes}, "target"))


def delivery(language: str = "fi", **changes: Any) -> str:
    value = {
        "modes": ["at-a-place"], "description": text("delivery/delivery/description", language),
        "times": [meeting(language)], "accessibility": ["interpreter"],
    }  # fmt: skip
    return stream(block("delivery", {**value, **changes}, "delivery"))


def meeting(language: str = "fi", *, place: Place | None = None, called: str = "meeting") -> dict[str, Any]:
    """Every weekday's morning, at `place` if one is given."""
    hours = {"weekdays": ["0", "1", "2", "3", "4"], "start": "09:00:00", "end": "12:00:00"}
    note = text("delivery/delivery/times/meeting/note", language)
    value = {
        "place": place.pk if place else None,
        "remote": place is None,
        "note": note,
        "hours": [block("item", hours, f"{called}-hours")],
    }
    return block("continuous", value, called)


def participation(language: str = "fi", **changes: Any) -> str:
    names = ("how", "benefits", "requirements", "consent_text")
    value = {name: text(f"participation/participation/{name}", language) for name in names}
    return stream(block("participation", {**value, "consent": True, **changes}, "participation"))


def contact(language: str = "fi", *, called: str = "desk", **changes: Any) -> dict[str, Any]:
    value = {
        "kind": "role", "name": text("contacts/desk/name", language), "note": text("contacts/desk/note", language),
        "phone": "+358931011111", "email": "neuvonta@example.org", "url": "https://example.org/neuvonta",
    }  # fmt: skip
    return block("contact", {**value, **changes}, called)


# --------------------------------------------------------------------------------------------- services, instructions


def fresh(page: PageType) -> PageType:
    """`page` as the database has it now."""
    return type(page).objects.select_related("locale").get(pk=page.pk)


def complete_fields(language: str, organisation: Organisation) -> dict[str, Any]:
    """Everything that publishing a service of `organisation` needs, and something in every other text; in `language`."""
    make_terms()
    municipal = (
        organisation
        if organisation.is_municipal
        else Organisation.objects.filter(provider_links__provider=organisation).first() or OrganisationFactory(municipal=True)
    )
    return {
        **{name: text(name, language) for name in ("title", "summary", "price_text")},
        "target_group": target_group(language),
        "delivery": delivery(language),
        "participation": participation(language),
        "contacts": stream(contact(language)),
        "links": stream(block("link", {"url": "https://example.org/lue", "label": text("links/more/label", language)}, "more")),
        "categories": ["job-coaching"],
        "needs": ["finding-work"],
        "scope": ServicePage.Scope.OWN,
        "languages": stream(block("language", {"language": "fi", "level": "b1"}, "finnish")),
        "is_charged": True,
        "price": "12.50",
        "keywords": ["koko-p1"],
        "legal_task": "tyonvalitys",
        "producers": [organisation],
        "provider_responsible": UserFactory(),
        "responsible_municipality": municipal,
        "municipal_responsible": UserFactory(),
    }


class ServicePageFactory(factory.Factory):
    """A service: a draft with a title only, unless told otherwise. Returns the original, fresh from the database.

    `organiser`     the organisation above it (made, with pages, where none is given; its pages are added where missing)
    `original`      the language in which it is written first ("fi")
    `complete`      all that publishing needs, and every text
    `published`     published through catalogue.building (complete as well, unless complete=False is said)
    `languages`     further language versions, translated ones, published with it
    `written`       further written versions: title and summary only
    `instruction`   with a work instruction, published with it
    `producers`     organisations that produce it
    Any other keyword is a field of ServicePage; StreamFields as made by `stream()`, `delivery()` and so on.
    """

    class Meta:
        model = ServicePage

    @classmethod
    def _create(cls, model_class: type[ServicePage], *args: Any, **kwargs: Any) -> ServicePage:
        organiser = kwargs.pop("organiser", None) or OrganisationFactory(pages=True)
        original, published = kwargs.pop("original", "fi"), kwargs.pop("published", False)
        languages, written = kwargs.pop("languages", ()), kwargs.pop("written", ())
        complete, instruction = kwargs.pop("complete", published), kwargs.pop("instruction", False)
        if not organiser.pages.filter(locale__language_code=original).exists():
            add_pages(organiser, [original] if organiser.pages.exists() else PAGE_LANGUAGES)
        fields = complete_fields(original, organiser) if complete else {"title": text("title", original)}
        fields |= kwargs
        producers = fields.pop("producers", ())
        page = draft_service(organiser=organiser, language=original, by=None, **fields)
        page.producers.set([ServiceProducer(organisation=producer) for producer in producers])
        if published:
            publish(page, by=None)
        else:
            page.save()
        if instruction:
            WorkInstructionPageFactory(service_page=page, published=published)
        page = fresh(page)
        for language in languages:
            add_version(page, language, published=published)
        for language in written:
            own = {name: marked(getattr(page, name), language) for name in ("title", "summary")}
            add_version(page, language, published=published, texts=own)
        return page


def add_version(
    original: VersionedPage, language: str, *, published: bool = True, texts: Mapping[str, str] | None = None
) -> Any:
    """The version of `original` in `language`, with `texts` by key; fresh from the database, or as its draft.

    Without `texts` it is a translated one: those of TEXTS where the original has them, else the original's own, marked.
    """
    if texts is None:
        source = INSTRUCTION_TEXTS if isinstance(original, WorkInstructionPage) else TEXTS
        known = {own: by_language for by_language in source.values() for own in by_language.values()}
        texts = {
            key: known.get(own, {}).get(language) or marked(own, language)
            for key, own in original.texts().items()
            if own.strip()
        }
    version = write_version(original=original, language=language, texts=texts)
    if not published:
        return version
    publish(version, by=None)
    return fresh(version)


class WorkInstructionPageFactory(factory.Factory):
    """A complete work instruction below `service_page` (made where none is given); `published`, `languages` as for services.

    `language` is the one in which it is written first: the service's own. Any other keyword is a field.
    """

    class Meta:
        model = WorkInstructionPage

    @classmethod
    def _create(cls, model_class: type[WorkInstructionPage], *args: Any, **kwargs: Any) -> WorkInstructionPage:
        service_page = kwargs.pop("service_page", None) or ServicePageFactory()
        published, languages = kwargs.pop("published", False), kwargs.pop("languages", ())
        language = Locale.objects.get(pk=service_page.locale_id).language_code
        names = ("title", "referral", "requirements", "entries", "plan_text")
        line = {
            "kind": "person", "name": text("contacts/line/name", language, INSTRUCTION_TEXTS),
            "note": text("contacts/line/note", language, INSTRUCTION_TEXTS), "phone": "+358401234567", "email": "", "url": "",
        }  # fmt: skip
        fields: dict[str, Any] = {
            **{name: text(name, language, INSTRUCTION_TEXTS) for name in names},
            "contacts": stream(block("contact", line, "line")),
            "obligation": kwargs.pop("obligation", None) or LegalSnippetFactory(),
            "statement": kwargs.pop("statement", None) or LegalSnippetFactory(kind=LegalSnippet.Kind.STATEMENT),
            **kwargs,
        }
        instruction = add_instruction(service_page=service_page, by=None, **fields)
        if published:
            publish(instruction, by=None)
        instruction = fresh(instruction)
        for other in languages:
            add_version(instruction, other, published=published)
        return instruction
