import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import translation
from wagtail.blocks import Block, ListBlock, StreamBlock, StructBlock
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from catalogue.blocks import AttachmentBlock, ContactBlock, InternalContactBlock, LanguagesBlock, LinkBlock, TargetGroupBlock
from catalogue.leaf_blocks import PhoneNumber, Term, TermList
from catalogue.models import Concept, ServicePage, WorkInstructionPage
from catalogue.time_blocks import PROBLEM_TEXTS, UNFINISHED, TimesBlock
from catalogue.times import KINDS, ProblemCode
from tests.factories import ConceptFactory, DocumentFactory, PlaceFactory, block, contact, make_terms

# ------------------------------------------------------------------------------------------------------ phone numbers


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("09 310 1691", "+35893101691"),
        ("(09) 310 1691", "+35893101691"),
        ("09-310 1691", "+35893101691"),
        ("040 123 4567", "+358401234567"),
        ("0401234567", "+358401234567"),
        (" +358 40 123 4567 ", "+358401234567"),
        ("00358 40 123 4567", "+358401234567"),
        ("0295 025 500", "+358295025500"),
        ("010 123 4567", "+358101234567"),
        ("+46 8 508 290 00", "+46850829000"),
        ("+372 645 6000", "+3726456000"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_phone_number_is_kept_in_one_international_form(typed: str, kept: str) -> None:
    assert PhoneNumber(required=False).clean(typed) == kept


@pytest.mark.parametrize("typed", ["puhelin", "12", "0401", "+358 1", "040 123 4567 8901 234", "+", "+999 123456", "klo 9–15"])
def test_what_is_no_phone_number_is_refused_with_an_example(typed: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=r"phone number"):
        PhoneNumber(required=False).clean(typed)


@pytest.mark.parametrize("kept", ["+35893101691", "+46850829000"])
def test_a_number_in_its_kept_form_stays_as_it_is(kept: str) -> None:
    assert PhoneNumber(required=False).clean(kept) == kept


# ------------------------------------------------------------------------------------- target group, contacts, languages


def struct_errors(struct: StructBlock, value: dict[str, Any]) -> list[str]:
    """The names of the children that refuse `value`; [] when it is accepted."""
    try:
        struct.clean(struct.to_python(value))
    except StructBlockValidationError as error:
        return sorted(error.block_errors)
    return []


def ages(age_from: int | None, age_to: int | None) -> dict[str, Any]:
    return {"situations": [], "municipalities": [], "sectors": [], "description": "", "age_from": age_from, "age_to": age_to}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age_from", "age_to", "wrong"),
    [
        (18, 29, []), (30, 30, []), (None, None, []), (18, None, []), (None, 64, []), (7, 100, []),
        (30, 29, ["age_to"]), (6, 29, ["age_from"]), (18, 101, ["age_to"]), (-1, 200, ["age_from", "age_to"]),
    ],
)  # fmt: skip
def test_ages_lie_within_a_human_life_and_in_order(age_from: int | None, age_to: int | None, wrong: list[str]) -> None:
    assert struct_errors(TargetGroupBlock(), ages(age_from, age_to)) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"phone": "", "email": "", "url": "", "name": "", "note": ""}, []),
        ({"phone": "12", "email": "x", "url": "y"}, ["email", "phone", "url"]),
        ({"name": "x" * 121}, ["name"]),
        ({"note": "x" * 251}, ["note"]),
        ({"kind": "person"}, ["kind"]),
    ],
)
def test_every_part_of_a_contact_is_checked(changes: dict[str, str], wrong: list[str]) -> None:
    assert struct_errors(ContactBlock(), contact(**changes)["value"]) == wrong


def test_a_private_person_is_a_contact_in_a_work_instruction_only() -> None:
    assert struct_errors(InternalContactBlock(), contact(kind="person")["value"]) == []
    assert "person" not in dict(ContactBlock().child_blocks["kind"].field.choices)
    assert ContactBlock().child_blocks["kind"].get_default() == "role"


def test_a_link_needs_address_and_text() -> None:
    assert struct_errors(LinkBlock(), {"url": "", "label": ""}) == ["label", "url"]
    assert struct_errors(LinkBlock(), {"url": "https://example.org", "label": "Lue"}) == []


def languages(*rows: tuple[str, str]) -> Any:
    stream = LanguagesBlock()
    return stream.clean(stream.to_python([block("language", {"language": tag, "level": level}) for tag, level in rows]))


@pytest.mark.django_db
def test_a_language_of_service_stands_once() -> None:
    make_terms()
    assert len(languages(("fi", "b1"), ("sv", ""))) == 2
    with translation.override("fi"), pytest.raises(StreamBlockValidationError) as caught:
        languages(("fi", "b1"), ("sv", ""), ("fi", "a2"))
    assert list(caught.value.block_errors) == [2]
    with translation.override("fi"):
        assert "suomi" in str(caught.value.block_errors[2].block_errors["language"])


@pytest.mark.django_db
@pytest.mark.parametrize("row", [("xx", ""), ("", "b1"), ("fi", "b9")])
def test_a_language_and_its_level_come_from_the_vocabularies(row: tuple[str, str]) -> None:
    make_terms()
    with pytest.raises(ValidationError):
        languages(row)


@pytest.mark.django_db
def test_an_attachment_is_at_most_as_large_as_the_setting_says() -> None:
    document = DocumentFactory()
    value = {"document": document.pk, "label": "Esite"}
    assert struct_errors(AttachmentBlock(), value) == []
    with override_settings(ATTACHMENT_MAX_BYTES=document.get_file_size() - 1):
        assert struct_errors(AttachmentBlock(), value) == ["document"]
    with override_settings(ATTACHMENT_MAX_BYTES=document.get_file_size()):
        assert struct_errors(AttachmentBlock(), value) == []


def test_attachments_are_at_most_50_megabytes() -> None:
    from django.conf import settings

    assert settings.ATTACHMENT_MAX_BYTES == 50 * 1024 * 1024


# --------------------------------------------------------------------------------------------------- five kinds of time

HOURS = {"weekdays": ["0", "2"], "start": "09:00", "end": "12:00"}
LATER = {"weekdays": ["1"], "start": "09:00", "end": "12:00"}
PERIOD = {"start": "2027-01-11", "end": "2027-03-31"}
DAY = {"date": "2027-01-12", "start": "09:00", "end": "12:00"}


def item(value: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return block("item", {**value, **changes})


VALID: list[tuple[str, dict[str, Any]]] = [
    ("agreed", {}),
    ("continuous", {"hours": [item(HOURS), item(LATER)]}),
    ("period", {**PERIOD, "hours": [item(HOURS)]}),
    ("period", {**PERIOD, "hours": []}),
    ("periods", {"periods": [item(PERIOD), item(PERIOD, start="2027-04-01", end="2027-04-30")]}),
    ("days", {"days": [item(DAY), item(DAY, date="2027-01-13"), item(DAY, start="13:00", end="15:00")]}),
]
UNFINISHED_TIMES: list[tuple[str, dict[str, Any]]] = [
    ("continuous", {"hours": []}),
    ("continuous", {"hours": [item(HOURS, weekdays=[])]}),
    ("continuous", {"hours": [item(HOURS, end=None)]}),
    ("period", {"start": None, "end": "2027-03-31", "hours": []}),
    ("periods", {"periods": []}),
    ("periods", {"periods": [item(PERIOD, end=None)]}),
    ("days", {"days": []}),
    ("days", {"days": [item(DAY, date=None)]}),
    ("days", {"days": [item(DAY, end=None)]}),
]
CONTRADICTORY: list[tuple[str, dict[str, Any], str]] = [
    ("continuous", {"hours": [item(HOURS, end="09:00")]}, "hours"),
    ("continuous", {"hours": [item(HOURS, start="12:00", end="09:00")]}, "hours"),
    ("continuous", {"hours": [item(HOURS), item(HOURS, start="11:00", end="13:00")]}, "hours"),
    ("period", {"start": "2027-03-31", "end": "2027-01-11", "hours": []}, "end"),
    ("period", {"start": "2027-01-11", "end": "2047-01-11", "hours": []}, "end"),
    ("period", {"start": "2027-01-11", "end": "2027-01-11", "hours": [item(HOURS)]}, "hours"),
    ("periods", {"periods": [item(PERIOD), item(PERIOD)]}, "periods"),
    ("periods", {"periods": [item(PERIOD, end="2026-01-01")]}, "periods"),
    ("days", {"days": [item(DAY), item(DAY)]}, "days"),
    ("days", {"days": [item(DAY, start="12:00", end="09:00")]}, "days"),
]


def clean_time(kind: str, value: dict[str, Any]) -> Any:
    stream = TimesBlock()
    raw = [block(kind, {"place": None, "remote": True, "note": "", **value})]
    return stream.clean(stream.to_python(raw))


def test_there_are_five_kinds_of_time_and_the_editor_offers_them_all() -> None:
    assert set(TimesBlock().child_blocks) == set(KINDS) == {"agreed", "continuous", "period", "periods", "days"}
    assert {child.kind for child in TimesBlock().child_blocks.values()} == set(KINDS)


@pytest.mark.parametrize(("kind", "value"), VALID)
def test_a_time_that_makes_sense_is_accepted(kind: str, value: dict[str, Any]) -> None:
    assert clean_time(kind, value)[0].block_type == kind


@pytest.mark.parametrize(("kind", "value"), UNFINISHED_TIMES)
def test_an_unfinished_time_may_be_saved_in_a_draft(kind: str, value: dict[str, Any]) -> None:
    assert clean_time(kind, value)


@pytest.mark.parametrize(("kind", "value", "where"), CONTRADICTORY)
def test_a_contradictory_time_is_refused_where_it_contradicts_itself(kind: str, value: dict[str, Any], where: str) -> None:
    with pytest.raises(StreamBlockValidationError) as caught:
        clean_time(kind, value)
    errors = caught.value.block_errors[0].block_errors
    assert list(errors) == [where]
    assert str(errors[where].messages[0])


def test_every_problem_of_a_time_has_words_for_it() -> None:
    assert set(PROBLEM_TEXTS) == set(ProblemCode)
    assert set(ProblemCode) > UNFINISHED


@pytest.mark.django_db
def test_a_time_keeps_its_place_and_its_typed_hours() -> None:
    place = PlaceFactory()
    cleaned = clean_time("continuous", {"place": place.pk, "hours": [item(HOURS)]})
    assert cleaned[0].value["place"] == place
    assert cleaned[0].value["hours"][0]["start"] == dt.time(9)


# ---------------------------------------------------------------------------------------------------------------- terms


def codes(choices: Any) -> set[str]:
    """The codes of choices, those in named groups included."""
    found: set[str] = set()
    for code, label in choices:
        found |= codes(label) if isinstance(label, list | tuple) else {str(code)}
    return found - {""}


@pytest.mark.django_db
@pytest.mark.parametrize("make", [TermList, Term])
def test_terms_to_choose_come_from_the_vocabulary_as_it_is_now(make: Any) -> None:
    make_terms()
    terms_block = make("service-need", required=False)
    assert codes(terms_block.field.choices) == {"finding-work", "language-skills"}
    ConceptFactory(code="housing")
    Concept.objects.get(code="language-skills").delete()
    assert codes(terms_block.field.choices) == {"finding-work", "housing"}


@pytest.mark.django_db
def test_a_code_that_is_in_no_vocabulary_is_refused() -> None:
    make_terms()
    situations = TermList("client-situation", required=False)
    assert situations.clean(["unemployed", "immigrant"]) == ["unemployed", "immigrant"]
    with pytest.raises(ValidationError):
        situations.clean(["unemployed", "unknown"])


@pytest.mark.django_db
def test_municipalities_are_chosen_by_their_code_in_the_alphabet() -> None:
    make_terms()
    with translation.override("fi"):
        labels = [label for _code, label in TermList("municipality").field.choices]
    assert labels == ["Espoo", "Helsinki", "Raasepori", "Vantaa"]


@pytest.mark.django_db
@pytest.mark.parametrize("make", [TermList, Term])
def test_a_service_keeps_a_term_that_has_been_retired_and_the_editor_sees_that_it_is(make: Any) -> None:
    make_terms()
    ConceptFactory(vocabulary="client-situation", code="old", retired=True, labels={"fi": "Vanha"})
    terms_block = make("client-situation", required=False)
    value = ["old"] if make is TermList else "old"
    assert terms_block.clean(value) == value
    with translation.override("en"):
        assert dict(terms_block.field.choices)["old"] == "Vanha (retired)"


def test_a_migration_holds_the_vocabulary_and_not_its_terms() -> None:
    for terms_block in (TermList("sector", required=False), Term("sector", required=False)):
        _path, arguments, keywords = terms_block.deconstruct()
        assert arguments == ["sector"]
        assert "choices" not in keywords


# -------------------------------------------------------------------------------------------- facts are not translated


def children(parent: Block) -> list[Block]:
    if isinstance(parent, ListBlock):
        return [parent.child_block]
    return list(parent.child_blocks.values()) if isinstance(parent, StructBlock | StreamBlock) else []


def fact_leaves(parent: Block) -> list[Block]:
    found = []
    for child in children(parent):
        if children(child):
            found += fact_leaves(child)
        elif not getattr(child, "is_text", False):
            found.append(child)
    return found


@pytest.mark.parametrize("page", [ServicePage, WorkInstructionPage])
def test_whatever_wagtail_localize_would_translate_of_facts_says_that_there_is_nothing(page: Any) -> None:
    from wagtail import blocks
    from wagtail.blocks import field_block

    translated = (
        field_block.CharBlock,
        field_block.URLBlock,
        field_block.EmailBlock,
        field_block.ChooserBlock,
        blocks.RichTextBlock,
    )
    for name in page.stream_fields:
        for leaf in fact_leaves(page._meta.get_field(name).stream_block):
            if isinstance(leaf, translated):
                assert leaf.get_translatable_segments("x") == [], leaf.name
                assert leaf.restore_translated_segments("x", ["y"]) == "x"
