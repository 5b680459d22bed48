"""The editors of language versions: only texts in a written one, only texts to translate in a translated one."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail.test.utils.form_data import rich_text
from wagtail_localize.models import (
    OverridableSegment,
    RelatedObjectSegment,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)

from accounts.models import User
from catalogue.building import publish
from catalogue.leaf_blocks import RICH_TEXT_FEATURES
from catalogue.models import ServicePage, WorkInstructionPage
from catalogue.presentation import present
from tests.catalogue.editing import editor_form, errors_of, form_data, save
from tests.factories import (
    TEXTS,
    PlaceFactory,
    ServicePageFactory,
    WorkInstructionPageFactory,
    add_version,
    block_id,
    delivery,
    fresh,
    marked,
    meeting,
    texts,
)

pytestmark = pytest.mark.django_db

HOW = f"text-participation-{block_id('participation')}-how"
DESK = f"text-contacts-{block_id('desk')}-name"
FACTS = ("categories", "scope", "price", "producers", "provider_responsible", "phone", "email", "url", "place", "times-count")


@pytest.fixture
def editor(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def written(language: str = "fi-simple", **kwargs: Any) -> tuple[ServicePage, ServicePage]:
    """A published original and its written version in `language`, which has title and summary only."""
    original = ServicePageFactory(published=True, written=(language,), **kwargs)
    return original, ServicePage.objects.get(translation_key=original.translation_key, version_kind="written")


def edit_page(client: Client, page: Page) -> str:
    return str(client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode())


def change(original: Any, **fields: Any) -> None:
    """Publish `original` with other fields."""
    for name, value in fields.items():
        setattr(original, name, value)
    publish(original, by=None)


# -------------------------------------------------------------------------------------------------- written versions


def test_the_form_of_a_written_version_has_its_texts_and_no_facts(administrator: User) -> None:
    _original, version = written()

    names = set(editor_form(version, administrator).fields)

    assert {"title", "summary", "price_text", HOW, DESK} <= names
    assert not {name for name in names if name.split("-")[-1] in FACTS}
    assert not editor_form(version, administrator).formsets.keys() & {"producers", "related_services"}


def test_each_text_stands_once_beside_the_originals_in_its_own_language(editor: Client) -> None:
    _original, version = written("sv")

    html = edit_page(editor, version)

    assert html.count(f'name="{HOW}"') == 1
    assert '<div class="pm-version__text" lang="fi" dir="ltr"><p>Ilmoittaudu puhelimella.</p></div>' in html
    assert 'lang="sv" dir="ltr"' in html
    assert "Original (suomi)" in html
    assert "pm-version__stale" not in html


def test_a_version_that_is_written_from_right_to_left_is_edited_so(editor: Client) -> None:
    _original, version = written("ar")

    assert 'lang="ar" dir="rtl"' in edit_page(editor, version)


def test_saving_writes_the_texts_into_the_originals_blocks(editor: Client, administrator: User) -> None:
    original, version = written()
    data = form_data(editor_form(version, administrator)) | {
        HOW: rich_text("<p>Soita meille.</p>", features=RICH_TEXT_FEATURES),
        DESK: "Neuvo",
        "categories": ["everyday-life"],
    }

    assert save(editor, version, data).status_code == 302

    saved = fresh(version).get_latest_revision_as_object()
    assert "Soita meille." in saved.texts()[f"participation/{block_id('participation')}/how"]
    assert saved.texts()[f"contacts/{block_id('desk')}/name"] == "Neuvo"
    assert saved.texts().keys() == original.texts().keys()
    assert saved.categories == version.categories


def test_what_a_reader_sees_of_a_saved_version_is_the_originals_facts_with_its_texts(
    editor: Client, administrator: User
) -> None:
    original, version = written()
    every = {name: "Selko" for name in editor_form(version, administrator).version_fields if name != "title"}
    rich = {
        name: rich_text("<p>Selko</p>", features=RICH_TEXT_FEATURES) for name in every if _is_rich(version, name, administrator)
    }
    data = form_data(editor_form(version, administrator)) | every | rich

    answer = save(editor, version, data, "action-publish")
    assert answer.status_code == 302, errors_of(answer.context["form"])

    seen = present(fresh(original), fresh(version), language="fi-simple")
    assert (seen.contacts[0].name, seen.contacts[0].name.language) == ("Selko", "fi-simple")
    assert seen.contacts[0].phone == "+358931011111"
    assert "Selko" in seen.how
    assert fresh(version).state == "published"


def _is_rich(version: ServicePage, name: str, user: User) -> bool:
    return any(text.is_rich and text.field.name == name for text in editor_form(version, user).version_texts())


def test_publishing_a_version_names_every_missing_text(editor: Client, administrator: User) -> None:
    _original, version = written()
    data = form_data(editor_form(version, administrator)) | {"summary": ""}

    found = errors_of(save(editor, version, data, "action-publish").context["form"])

    assert found.keys() == {
        "summary",
        HOW,
        f"text-participation-{block_id('participation')}-requirements",
        f"text-delivery-{block_id('delivery')}-description",
        f"text-target_group-{block_id('target')}-description",
    }


def test_a_text_whose_original_has_changed_is_marked(editor: Client) -> None:
    original, version = written()
    change(original, summary="Uusi kuvaus.")

    html = edit_page(editor, version)

    assert html.count("The original has changed since this text was approved.") == 1
    assert html.count("pm-version--stale") == 1
    assert "Uusi kuvaus." in html


def test_a_changed_name_is_marked_at_the_name(editor: Client) -> None:
    original, version = written()
    change(original, title="Uusi nimi")

    html = edit_page(editor, version)

    assert html.count("The original has changed since this text was approved.") == 1
    assert "pm-version--stale" not in html


def test_the_form_of_an_instructions_version_has_its_texts_only(editor: Client, administrator: User) -> None:
    service = ServicePageFactory(complete=True, written=("sv",))
    original = WorkInstructionPageFactory(service_page=service)
    version = add_version(original, "sv", published=False, texts={"title": "Arbetsinstruktion", "referral": "<p>Ring.</p>"})
    assert version.version_kind == "written"

    names = set(editor_form(version, administrator).fields)
    assert {"referral", "plan_text", f"text-contacts-{block_id('line')}-name"} <= names
    assert not names & {"obligation", "statement", "other_benefits", "is_archived"}
    assert edit_page(editor, version).count('name="referral"') == 1

    data = form_data(editor_form(version, administrator)) | {"plan_text": "Du deltar."}
    assert save(editor, version, data).status_code == 302
    assert WorkInstructionPage.objects.get(pk=version.pk).get_latest_revision_as_object().plan_text == "Du deltar."


# ----------------------------------------------------------------------------------------------- translated versions


def submit(client: Client, page: Page, language: str) -> Translation:
    """Submit `page` for translation as an editor does, and return the translation."""
    address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    answer = client.post(address, {"locales": [Locale.objects.get(language_code=language).pk]})
    assert answer.status_code == 302
    return Translation.objects.get(source__object_id=page.translation_key, target_locale__language_code=language)


def translate_all(translation: Translation) -> None:
    """Give every string of the translation, the slug apart, one that is marked with its language."""
    language = translation.target_locale.language_code
    segments = StringSegment.objects.filter(source=translation.source).exclude(context__path="slug")
    for segment in segments.select_related("string"):
        StringTranslation.objects.create(
            translation_of=segment.string, locale=translation.target_locale, context=segment.context,
            data=marked(segment.string.data, language),
        )  # fmt: skip


@pytest.fixture
def submitted(editor: Client) -> tuple[ServicePage, Translation]:
    place = PlaceFactory()
    original = ServicePageFactory(published=True, delivery=delivery(times=[meeting(place=place)]))
    return original, submit(editor, original, "sv")


def test_submitting_a_translation_makes_a_translated_version_without_aliases(
    submitted: tuple[ServicePage, Translation],
) -> None:
    original, _translation = submitted

    version = ServicePage.objects.get(translation_key=original.translation_key, locale__language_code="sv")
    assert (version.version_kind, version.service_id, version.live) == ("translated", original.service_id, False)
    assert not Page.objects.exclude(alias_of=None).exists()
    assert version.get_parent().locale.language_code == "sv"
    assert not any(Page.find_problems())


def test_the_strings_to_translate_are_the_texts_and_no_facts(submitted: tuple[ServicePage, Translation]) -> None:
    original, translation = submitted
    source = translation.source

    paths = {segment.context.path for segment in StringSegment.objects.filter(source=source).select_related("context")}
    assert paths == {key.replace("/", ".") for key in texts("fi")} | {"slug"}
    strings = set(StringSegment.objects.filter(source=source).values_list("string__data", flat=True))
    assert "Neuvonta" in strings
    assert "Lue lisää" in strings
    facts = ("+358931011111", "neuvonta@example.org", "https://example.org/neuvonta", "https://example.org/lue", "job-coaching")
    assert not {string for string in strings for fact in facts if fact in string}
    assert not OverridableSegment.objects.filter(source=source).exists()
    assert not RelatedObjectSegment.objects.filter(source=source).exists()
    assert original.texts().keys() == texts("fi").keys()


def test_a_published_translation_is_what_readers_see_over_the_originals_facts(
    editor: Client, submitted: tuple[ServicePage, Translation], django_capture_on_commit_callbacks: Any
) -> None:
    original, translation = submitted
    translate_all(translation)
    version = ServicePage.objects.get(translation_key=original.translation_key, locale__language_code="sv")

    html = edit_page(editor, version)
    assert "wagtail_localize" in html or "wagtail-localize" in html
    with django_capture_on_commit_callbacks(execute=True):
        answer = editor.post(reverse("wagtailadmin_pages:edit", args=[version.pk]), {"action": "publish"})
    assert answer.status_code == 302

    version = fresh(version)
    assert version.live
    assert version.state == "published"
    seen = present(fresh(original), version, language="sv")
    assert seen.title == marked(TEXTS["title"]["fi"], "sv")
    assert (seen.contacts[0].name, seen.contacts[0].name.language) == ("[sv] Neuvonta", "sv")
    assert "[sv] Ilmoittaudu puhelimella." in seen.how
    assert seen.links[0].label == "[sv] Lue lisää"
    assert seen.contacts[0].phone == "+358931011111"
    assert seen.times[0].place is not None
    assert seen.times[0].place.street == "Exempelgatan 1"
    assert [term.code for term in seen.categories] == ["job-coaching"]


def test_a_fact_that_changes_later_is_seen_in_the_translation_at_once(
    submitted: tuple[ServicePage, Translation], django_capture_on_commit_callbacks: Any
) -> None:
    original, translation = submitted
    translate_all(translation)
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)
    version = ServicePage.objects.get(translation_key=original.translation_key, locale__language_code="sv")
    contacts = original.raw("contacts")
    contacts[0]["value"]["phone"] = "+358401112222"
    change(original, contacts=original._meta.get_field("contacts").stream_block.to_python(contacts))

    seen = present(fresh(original), fresh(version), language="sv")

    assert seen.contacts[0].phone == "+358401112222"
    assert not seen.is_stale


def test_a_translation_that_was_stopped_is_edited_as_texts(editor: Client, submitted: tuple[ServicePage, Translation]) -> None:
    original, translation = submitted
    Translation.objects.filter(pk=translation.pk).update(enabled=False)
    version = ServicePage.objects.get(translation_key=original.translation_key, locale__language_code="sv")

    html = edit_page(editor, version)

    assert "pm-version" in html
    assert 'name="categories"' not in html


def test_an_instruction_is_translated_too(editor: Client, submitted: tuple[ServicePage, Translation]) -> None:
    original, _translation = submitted
    instruction = WorkInstructionPageFactory(service_page=original)

    translation = submit(editor, instruction, "sv")
    translate_all(translation)
    translation.save_target(publish=True)

    version = WorkInstructionPage.objects.get(translation_key=instruction.translation_key, locale__language_code="sv")
    assert version.version_kind == "translated"
    assert "[sv] Soita valmentajalle." in version.referral
    strings = set(StringSegment.objects.filter(source=translation.source).values_list("string__data", flat=True))
    assert "+358401234567" not in strings
    assert TranslationSource.objects.filter(object_id=instruction.translation_key).count() == 1


def test_every_language_of_the_site_can_be_a_version() -> None:
    assert {"fi", "sv", "en", "fi-simple"} <= set(dict(settings.WAGTAIL_CONTENT_LANGUAGES))
