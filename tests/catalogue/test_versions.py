import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import (
    OverridableSegment,
    RelatedObjectSegment,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)

from catalogue.building import publish
from catalogue.models import CatalogueIndexPage, OrganisationPage, Place, ServicePage, VersionedPage, WorkInstructionPage
from catalogue.overlay import Text
from catalogue.presentation import PresentedService, present
from catalogue.queries import find_service
from catalogue.versions import ensure_branch, free_slug, make_written, matches, write_version
from tests.catalogue.conftest import Keys
from tests.factories import (
    INSTRUCTION_TEXTS,
    TEXTS,
    PlaceFactory,
    ServicePageFactory,
    add_version,
    block_id,
    contact,
    delivery,
    fresh,
    marked,
    meeting,
    stream,
    text,
    text_key,
    texts,
)

pytestmark = pytest.mark.django_db
Kind = VersionedPage.Kind
LANGUAGES = ("fi", "sv", "en", "fi-simple")


def seen(number: int, language: str) -> PresentedService:
    """The service as a reader of `language` sees it."""
    found = find_service(number, language)
    assert found is not None
    return present(found.original, found.version, language=language)


def change(page: VersionedPage, **fields: Any) -> None:
    """Change the fields of the live page and publish it."""
    for name, value in fields.items():
        setattr(page, name, value)
    publish(page, by=None)


# ------------------------------------------------------------------------------------------------------ kinds of version


def test_a_version_with_the_same_paragraphs_is_a_translated_one(manifold: Keys) -> None:
    assert manifold.page.version_kind == Kind.ORIGINAL
    for language in ("sv", "en"):
        assert manifold.version(language).version_kind == Kind.TRANSLATED
        translation = Translation.objects.get(
            source__object__translation_key=manifold.page.translation_key, target_locale__language_code=language
        )
        assert translation.enabled


def test_every_segment_of_a_translated_version_is_translated_for_its_editor_to_go_on_from(manifold: Keys) -> None:
    source = TranslationSource.objects.get(object__translation_key=manifold.page.translation_key)
    segments = StringSegment.objects.filter(source=source).exclude(context__path="slug")
    kept = StringTranslation.objects.filter(locale__language_code="sv", context__object=source.object)
    by_path = {row.context.path: row.data for row in kept.select_related("context")}
    assert {segment.context.path for segment in segments.select_related("context")} == set(by_path)
    assert by_path["summary"] == "En coach hjälper dig att hitta ett arbete."
    assert by_path[f"contacts.{block_id('desk')}.note"] == "Vardagar 9–15"


def test_a_version_with_other_paragraphs_is_a_written_one(manifold: Keys) -> None:
    version = manifold.version("fi-simple")
    assert version.version_kind == Kind.WRITTEN
    assert not Translation.objects.filter(target_locale=version.locale, enabled=True).exists()
    assert version.title == "[fi-simple] Työhönvalmennus"


def original_in_memory() -> ServicePage:
    return ServicePage(
        title="Nimi", summary="Lyhyt", delivery=delivery(description="<p>yksi</p><p>kaksi</p><ul><li>kolme</li></ul>", times=[])
    )


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, True),
        ({"description": "<p>ett</p><p>två</p><ul><li>tre</li></ul>"}, True),
        ({"description": "<p>ett</p><h3>två</h3><p>tre</p>"}, True),
        ({"description": "<p>ett</p><p>två</p>"}, False),
        ({"description": "<p>ett</p><p>två</p><ul><li>tre</li><li>fyra</li></ul>"}, False),
        ({"description": ""}, False),
        ({"description": "<p></p>"}, False),
        ({"summary": ""}, False),
        ({"price_text": "Gratis"}, False),
        ({"price_text": "  "}, True),
    ],
)
def test_texts_match_when_every_one_has_the_same_number_of_paragraphs(given: dict[str, str], match: bool) -> None:
    description = f"delivery/{block_id('delivery')}/description"
    own = {"title": "Namn", "summary": "Kort", description: "<p>a</p><p>b</p><ul><li>c</li></ul>"}
    own |= {description if name == "description" else name: value for name, value in given.items()}
    assert matches(original_in_memory(), own) == match


def test_a_version_carries_the_texts_that_it_was_given_and_no_others() -> None:
    original = ServicePageFactory(complete=True)
    version = write_version(original=original, language="sv", texts={**texts("sv"), text_key("contacts/desk/note"): ""})
    expected = texts("sv") | {text_key("contacts/desk/note"): ""}
    assert {key: value for key, value in version.texts().items() if value or key in expected} == expected


def test_a_written_version_stays_written_even_when_its_paragraphs_come_to_match(manifold: Keys) -> None:
    version = write_version(original=manifold.page, language="fi-simple", texts=marked_texts(manifold.page, "fi-simple"))
    assert version.version_kind == Kind.WRITTEN


def test_a_translated_version_whose_paragraphs_no_longer_match_becomes_a_written_one(manifold: Keys) -> None:
    own = texts("sv") | {text_key("participation/participation/how"): "<p>Ett.</p><p>Två.</p>"}
    version = write_version(original=manifold.page, language="sv", texts=own)
    assert version.version_kind == manifold.version("sv").version_kind == Kind.WRITTEN
    swedish = Translation.objects.get(
        target_locale__language_code="sv", source__object__translation_key=version.translation_key
    )
    assert not swedish.enabled


def marked_texts(page: VersionedPage, language: str) -> dict[str, str]:
    return {key: marked(value, language) for key, value in page.texts().items() if value}


def test_a_version_that_is_turned_into_a_written_one_keeps_its_texts(manifold: Keys) -> None:
    before = manifold.version("sv").texts()
    make_written(version=manifold.version("sv"))
    after = manifold.version("sv")
    assert after.version_kind == Kind.WRITTEN
    assert after.texts() == before
    assert seen(manifold.service, "sv").title == "Arbetsträning"
    assert Translation.objects.get(
        target_locale__language_code="en", source__object__translation_key=after.translation_key
    ).enabled


def test_a_changed_version_is_a_draft_until_it_is_published(manifold: Keys) -> None:
    changed = texts("sv") | {"title": "Ny rubrik"}
    write_version(original=manifold.page, language="sv", texts=changed)
    assert seen(manifold.service, "sv").title == "Arbetsträning"
    assert manifold.version("sv").get_latest_revision_as_object().title == "Ny rubrik"
    publish(manifold.version("sv").get_latest_revision_as_object(), by=None)
    assert seen(manifold.service, "sv").title == "Ny rubrik"


def test_writing_into_a_language_that_the_site_does_not_have_makes_nothing(manifold: Keys) -> None:
    before = Page.objects.count()
    with pytest.raises(Locale.DoesNotExist):
        write_version(original=manifold.page, language="xx", texts={"title": "x"})
    assert Page.objects.count() == before


# ------------------------------------------------------------------------------------------- a fact is in one place only


def test_a_changed_fact_is_seen_in_every_language_at_once(manifold: Keys) -> None:
    place = PlaceFactory(names={"fi": {"name": "Uusi talo"}, "sv": {"name": "Nya huset"}})
    change(
        manifold.page,
        contacts=stream(contact("fi", phone="+358401234567", url="https://example.org/uusi")),
        delivery=delivery("fi", modes=["remote"], times=[meeting("fi", place=place)]),
        price="99.00",
        needs=["language-skills"],
    )
    for language in LANGUAGES:
        service = seen(manifold.service, language)
        assert service.language == language
        assert [(row.phone, row.url) for row in service.contacts] == [("+358401234567", "https://example.org/uusi")]
        assert [str(row.place.name) for row in service.times if row.place] == ["Nya huset" if language == "sv" else "Uusi talo"]
        assert [term.code for term in service.modes] == ["remote"]
        assert [term.code for term in service.needs] == ["language-skills"]
        assert service.price is not None and float(service.price) == 99
        # …and each language keeps its own words.
        assert service.title == TEXTS["title"].get(language, "[fi-simple] Työhönvalmennus")
    assert [seen(manifold.service, language).contacts[0].note for language in LANGUAGES] == [
        "Arkisin 9–15", "Vardagar 9–15", "Weekdays 9–15", "Arkisin 9–15",
    ]  # fmt: skip


def test_a_versions_own_copies_of_facts_are_never_read(manifold: Keys) -> None:
    version = manifold.version("sv")
    raw = version.raw("contacts")
    raw[0]["value"] |= {"phone": "+358999999999", "email": "vanha@example.org"}
    facts = {"needs": ["language-skills"], "price": 1, "scope": "national", "for_employers": True, "contacts": json.dumps(raw)}
    change(version, **facts, delivery=delivery("sv", modes=["remote"], times=[]), languages="[]", categories=[])
    swedish, finnish = seen(manifold.service, "sv"), seen(manifold.service, "fi")
    for name in ("needs", "price", "scope", "for_employers", "modes", "languages", "categories", "keywords"):
        assert getattr(swedish, name) == getattr(finnish, name), name
    assert [row.pk for row in swedish.producers] == [row.pk for row in finnish.producers] != []
    assert [row.phone for row in swedish.contacts] == [row.phone for row in finnish.contacts] == ["+358931011111"]
    assert len(swedish.times) == 1
    assert swedish.delivery.language == "sv"


def test_a_changed_place_is_seen_by_every_service_without_publishing(manifold: Keys) -> None:
    for row in Place.objects.get(pk=manifold.place).names.all():
        row.street = f"Uusi {row.language}"
        row.save()
    places = [seen(manifold.service, language).times[0].place for language in ("fi", "sv", "en")]
    assert [place and place.street for place in places] == ["Uusi fi", "Uusi sv", "Uusi fi"]


def test_what_is_not_published_yet_is_seen_in_no_language(manifold: Keys) -> None:
    draft = manifold.page
    draft.contacts = stream(contact("fi", phone="+358401234567"))
    draft.save_revision()
    assert {seen(manifold.service, language).contacts[0].phone for language in LANGUAGES} == {"+358931011111"}


def test_a_new_block_is_seen_in_every_language_at_once_and_a_removed_one_is_gone(manifold: Keys) -> None:
    change(manifold.page, contacts=stream(contact("fi", called="new", name="Uusi", phone="+358401234567")))
    for language in LANGUAGES:
        [row] = seen(manifold.service, language).contacts
        assert (row.name, row.name.language, row.phone) == ("Uusi", "fi", "+358401234567")


# ---------------------------------------------------------------------------------------- any language can be the first


def test_a_service_written_first_in_swedish_works_like_any_other() -> None:
    original = ServicePageFactory(published=True, original="sv", languages=("fi", "en"))
    assert (original.version_kind, original.language, original.title) == (Kind.ORIGINAL, "sv", "Arbetsträning")
    kinds = dict(ServicePage.objects.filter(service=original.service_id).values_list("locale__language_code", "version_kind"))
    assert kinds == {"sv": Kind.ORIGINAL, "fi": Kind.TRANSLATED, "en": Kind.TRANSLATED}
    change(original, contacts=stream(contact("sv", phone="+358401234567")))
    for language, title, path in (
        ("fi", "Työhönvalmennus", f"/fi/palvelu/{original.service_id}-tyohonvalmennus/"),
        ("sv", "Arbetsträning", f"/sv/tjanst/{original.service_id}-arbetstraning/"),
        ("en", "Job coaching", f"/en/service/{original.service_id}-job-coaching/"),
    ):
        service = seen(original.service_id, language)
        assert (service.title, service.title.language) == (title, language)
        assert service.contacts[0].phone == "+358401234567"
        assert service.original_language == "sv"
        found = find_service(original.service_id, language)
        assert found is not None and found.version.public_path == path


def test_a_reader_of_finnish_gets_the_swedish_original_where_there_is_nothing_else() -> None:
    original = ServicePageFactory(published=True, original="sv")
    service = seen(original.service_id, "fi")
    assert (service.title, service.language) == ("Arbetsträning", "sv")


# -------------------------------------------------------------------------------------------- what has become out of date


def test_a_version_knows_which_texts_of_its_original_changed_since_it_was_published(manifold: Keys) -> None:
    assert manifold.version("sv").stale_texts() == []
    raw = manifold.page.raw("contacts")
    raw[0]["value"]["note"] = "Arkisin 9–18"
    change(manifold.page, summary="Uusi lyhyt kuvaus.", contacts=json.dumps(raw))
    for language in ("sv", "en", "fi-simple"):
        version = manifold.version(language)
        assert version.stale_texts() == ["summary", text_key("contacts/desk/note")]
        assert version.stale_texts(manifold.page) == version.stale_texts()
        assert seen(manifold.service, language).is_stale
    assert not seen(manifold.service, "fi").is_stale

    publish(manifold.version("sv"), by=None)
    assert manifold.version("sv").stale_texts() == []
    assert manifold.version("en").stale_texts() != []


def test_a_text_that_came_to_the_original_is_out_of_date_too_and_one_that_went_is_not(manifold: Keys) -> None:
    change(manifold.page, contacts=stream(contact("fi", called="new", name="Uusi", note="")), price_text="")
    assert manifold.version("sv").stale_texts() == [f"contacts/{block_id('new')}/name"]


def test_a_changed_fact_and_an_unpublished_text_make_nothing_out_of_date(manifold: Keys) -> None:
    change(manifold.page, contacts=stream(contact("fi", phone="+358401234567")), summary=f" {manifold.page.summary}  ")
    draft = manifold.page
    draft.summary = "Vasta luonnos."
    draft.save_revision()
    assert manifold.version("sv").stale_texts() == []


def test_an_original_and_a_version_that_was_never_published_are_never_out_of_date(manifold: Keys) -> None:
    original = ServicePageFactory(published=True)
    version = add_version(original, "sv", published=False)
    change(original, summary="Uusi.")
    assert fresh(version).stale_texts() == []
    assert original.stale_texts() == []


# --------------------------------------------------------------------------------------------------------- the page tree


def test_the_trees_of_languages_have_no_alias_pages_and_no_faults(manifold: Keys) -> None:
    assert not Page.objects.exclude(alias_of=None).exists()
    assert [list(found) for found in Page.find_problems()] == [[], [], [], [], []]


def test_what_is_missing_above_a_version_is_made_as_pages_of_its_own_that_nobody_sees_yet(manifold: Keys) -> None:
    version = add_version(manifold.page, "ar")
    above = [page.specific for page in version.get_ancestors() if page.depth > 1]
    assert [type(page).__name__ for page in above] == ["HomePage", "CatalogueIndexPage", "OrganisationPage"]
    for page in above:
        assert page.locale.language_code == "ar"
        assert page.alias_of is None
        assert not page.live
    assert version.live
    assert seen(manifold.service, "ar").title == "[ar] Työhönvalmennus"
    assert [list(found) for found in Page.find_problems()] == [[], [], [], [], []]


def test_a_branch_that_is_there_is_used_again(manifold: Keys) -> None:
    organisation_page = manifold.page.get_parent().specific
    swedish = Locale.objects.get(language_code="sv")
    assert ensure_branch(organisation_page, swedish) == organisation_page.get_translation(swedish)
    arabic = Locale.objects.get(language_code="ar")
    assert ensure_branch(organisation_page, arabic) == ensure_branch(organisation_page, arabic)
    assert (
        CatalogueIndexPage.objects.filter(locale=arabic).count() == OrganisationPage.objects.filter(locale=arabic).count() == 1
    )


def test_a_version_stands_below_its_organisations_page_in_its_own_language(manifold: Keys) -> None:
    for language in LANGUAGES:
        parent = manifold.version(language).get_parent().specific
        assert parent.locale.language_code == language
        assert parent.organisation == manifold.page.organiser


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Työhönvalmennus", "tyohonvalmennus-2"),
        ("Åäö ÅÄÖ", "aao-aao"),
        ("Työ & toimi: 2. vaihe!", "tyo-toimi-2-vaihe"),
        ("خدمة", "service"),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_slug_is_free_and_readable(manifold: Keys, title: str, slug: str) -> None:
    assert free_slug(manifold.page.get_parent(), title) == slug


def test_a_pages_own_slug_is_free_for_itself(manifold: Keys) -> None:
    assert free_slug(manifold.page.get_parent(), "Työhönvalmennus", own=manifold.original) == "tyohonvalmennus"


# ----------------------------------------------------------------------------------------------------- wagtail-localize


def test_facts_are_not_among_what_wagtail_localize_translates(manifold: Keys) -> None:
    source, _made = TranslationSource.get_or_create_from_instance(manifold.page)
    source.update_from_db()
    segments = StringSegment.objects.filter(source=source).select_related("context", "string")
    names = {segment.context.path.rpartition(".")[2] for segment in segments}
    assert names == {
        "title", "slug", "summary", "price_text", "description", "note", "how", "benefits", "requirements", "consent_text",
        "name", "label",
    }  # fmt: skip
    strings = " ".join(segment.string.data for segment in segments)
    for fact in ("358931011111", "neuvonta@example.org", "https://example.org", "Kallion talo", "12.50", "09:00"):
        assert fact not in strings
    assert not OverridableSegment.objects.filter(source=source).exists()
    assert not RelatedObjectSegment.objects.filter(source=source).exists()


def test_the_facts_of_a_work_instruction_are_not_translated_either(manifold: Keys) -> None:
    instruction = WorkInstructionPage.objects.get(pk=manifold.instruction)
    source, _made = TranslationSource.get_or_create_from_instance(instruction)
    source.update_from_db()
    strings = " ".join(StringSegment.objects.filter(source=source).values_list("string__data", flat=True))
    assert "Soita valmentajalle." in strings
    assert "358401234567" not in strings
    assert not OverridableSegment.objects.filter(source=source).exists()


# ------------------------------------------------------------------------------------------------- the work instruction


def test_an_instruction_is_translated_below_the_service_of_its_language(manifold: Keys) -> None:
    original = WorkInstructionPage.objects.get(pk=manifold.instruction)
    swedish = original.get_translation(Locale.objects.get(language_code="sv"))
    assert (original.version_kind, swedish.version_kind) == (Kind.ORIGINAL, Kind.TRANSLATED)
    assert swedish.original == original
    assert swedish.get_parent().specific == manifold.version("sv")
    assert swedish.live


def test_an_instructions_facts_come_from_its_original_too(manifold: Keys) -> None:
    original = WorkInstructionPage.objects.get(pk=manifold.instruction)
    swedish = original.get_translation(Locale.objects.get(language_code="sv"))
    raw = original.raw("contacts")
    raw[0]["value"]["phone"] = "+358409999999"
    change(original, contacts=json.dumps(raw))
    laid = fresh(original).laid_over(fresh(swedish))
    assert laid["contacts"][0]["value"]["phone"] == "+358409999999"
    assert laid["contacts"][0]["value"]["note"] == "Bara för myndigheter"
    assert laid["referral"] == text("referral", "sv", INSTRUCTION_TEXTS)
    assert laid["statement_text"] == Text("", "fi")


# ------------------------------------------------------------------------------------------------- there is one original


def test_a_service_has_one_original(manifold: Keys) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ServicePage.objects.filter(pk=manifold.version("sv").pk).update(version_kind=Kind.ORIGINAL)


def test_every_version_knows_its_original(manifold: Keys) -> None:
    assert {manifold.version(language).original.pk for language in LANGUAGES} == {manifold.original}
