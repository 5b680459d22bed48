import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.blocks import Block

from catalogue.models import ServicePage, WorkInstructionPage
from catalogue.overlay import Text, lay_over, put_text, text_hash, walk_texts
from tests.factories import block, block_id, contact, meeting

CONTACTS = ServicePage._meta.get_field("contacts").stream_block
DELIVERY = ServicePage._meta.get_field("delivery").stream_block
LINKS = ServicePage._meta.get_field("links").stream_block
STREAMS = {
    (page, name): page._meta.get_field(name).stream_block
    for page in (ServicePage, WorkInstructionPage)
    for name in page.stream_fields
}
# The names of all texts in the blocks of services: written down here once more, so that a new fact cannot become a text unseen.
TEXT_NAMES = {"description", "note", "how", "benefits", "requirements", "consent_text", "name", "label"}


def lay(original: Any, version: Any, stream: Block = CONTACTS) -> Any:
    return lay_over(stream, original, version, "fi", "sv")


def leaves(raw: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every leaf of raw data by names and block ids, without asking the block definitions."""
    if isinstance(raw, dict):
        for name, value in raw.items():
            yield from leaves(value, (*path, name))
    elif isinstance(raw, list) and raw and all(isinstance(item, dict) and "value" in item for item in raw):
        for item in raw:
            yield from leaves(item["value"], (*path, item["id"]))
    else:
        yield path, raw


def languages(laid: Any) -> dict[str, str]:
    """Text → its language, of every text in the laid value."""
    return {str(value): value.language for _path, value in leaves(laid) if isinstance(value, Text)}


# ----------------------------------------------------------------------------------------------------------- the rules


def test_texts_come_from_the_version_and_facts_from_the_original() -> None:
    [laid] = lay([contact("fi", phone="+358931011111")], [contact("sv", phone="+358999999999", email="vanha@example.org")])
    assert laid["value"] == {
        "kind": "role", "name": "Rådgivning", "note": "Vardagar 9–15",
        "phone": "+358931011111", "email": "neuvonta@example.org", "url": "https://example.org/neuvonta",
    }  # fmt: skip
    assert (laid["type"], laid["id"]) == ("contact", block_id("desk"))
    assert languages([laid]) == {"Rådgivning": "sv", "Vardagar 9–15": "sv"}


@pytest.mark.parametrize("blank", ["", "   ", None])
def test_a_text_that_the_version_lacks_is_the_originals_and_keeps_its_language(blank: str | None) -> None:
    [laid] = lay([contact("fi")], [contact("sv", note=blank)])
    assert languages([laid]) == {"Rådgivning": "sv", "Arkisin 9–15": "fi"}


def test_a_text_that_only_the_version_has_is_shown() -> None:
    [laid] = lay([contact("fi", note="")], [contact("sv")])
    assert laid["value"]["note"] == "Vardagar 9–15"


def test_blocks_meet_by_their_id_whatever_their_order() -> None:
    original = [contact("fi", called="desk"), contact("fi", called="line", phone="+358400000000")]
    version = [contact("sv", called="line", note="Linje"), contact("sv", called="desk", note="Disk")]
    assert [(row["value"]["note"], row["value"]["phone"]) for row in lay(original, version)] == [
        ("Disk", "+358931011111"),
        ("Linje", "+358400000000"),
    ]


def test_a_block_that_the_original_no_longer_has_is_gone_in_every_language() -> None:
    laid = lay([contact("fi", called="desk")], [contact("sv", called="removed"), contact("sv", called="desk")])
    assert [row["id"] for row in laid] == [block_id("desk")]


def test_a_block_that_came_to_the_original_is_there_at_once_in_the_originals_words() -> None:
    laid = lay([contact("fi", called="desk"), contact("fi", called="new", note="Uusi")], [contact("sv", called="desk")])
    assert laid[1]["value"]["note"] == "Uusi"
    assert laid[1]["value"]["note"].language == "fi"


def test_notes_deep_inside_the_times_are_laid_over_and_the_hours_are_not() -> None:
    def raw(language: str, start: str, place: int) -> list[dict[str, Any]]:
        row = meeting(language)
        row["value"]["place"] = place
        row["value"]["hours"][0]["value"]["start"] = start
        return [block("delivery", {"modes": [], "description": "", "times": [row], "accessibility": []}, "delivery")]

    [laid] = lay(raw("fi", "08:00:00", 7), raw("sv", "23:00:00", 8), DELIVERY)
    [time] = laid["value"]["times"]
    assert time["value"]["note"] == "Dörren öppnas kvart över."
    assert time["value"]["place"] == 7
    assert time["value"]["hours"][0]["value"]["start"] == "08:00:00"


def test_an_original_laid_over_itself_is_itself_in_its_own_language() -> None:
    original = [contact("fi")]
    laid = lay_over(CONTACTS, original, original, "fi", "fi")
    assert laid == original
    assert set(languages(laid).values()) == {"fi"}


def test_the_same_name_in_blocks_of_another_kind_does_not_mix() -> None:
    laid = lay([block("link", {"url": "https://a.example", "label": "Lue"}, "a")], [contact("sv", called="b")], LINKS)
    assert laid[0]["value"]["label"] == "Lue"


# -------------------------------------------------------------------------------------------------- what is malformed


@pytest.mark.parametrize(
    "version",
    [
        None, [], "", "text", 5, {}, {"type": "contact"}, [None], ["text"], [5], [{}], [{"type": "contact", "value": {}}],
        [{"id": block_id("desk")}], [{"id": block_id("desk"), "value": None}], [{"id": block_id("desk"), "value": "text"}],
        [{"id": block_id("desk"), "value": {"note": 5, "name": ["x"]}}], [[{"id": block_id("desk")}]],
    ],
)  # fmt: skip
def test_a_version_that_is_broken_leaves_the_originals_texts(version: Any) -> None:
    [laid] = lay([contact("fi")], version)
    assert laid == contact("fi")
    assert set(languages([laid]).values()) == {"fi"}


@pytest.mark.parametrize(
    "original", [None, [], "", "text", 5, {}, [None], ["text"], [{}], [{"type": "contact"}], [{"type": "x", "value": 1}]]
)
def test_blocks_of_the_original_that_cannot_be_read_are_left_out(original: Any) -> None:
    assert lay(original, [contact("sv")]) == []


def test_a_broken_block_does_not_take_its_neighbours_with_it() -> None:
    laid = lay([None, {"type": "unknown", "value": {}, "id": "x"}, contact("fi")], [contact("sv")])
    assert [row["value"]["note"] for row in laid] == ["Vardagar 9–15"]


def test_a_block_whose_value_is_missing_reads_as_empty() -> None:
    [laid] = lay([{"type": "contact", "value": None, "id": block_id("desk")}], [contact("sv")])
    assert laid["value"]["phone"] is None
    assert laid["value"]["note"] == "Vardagar 9–15"


def test_blocks_without_an_id_never_meet() -> None:
    original, version = contact("fi"), contact("sv")
    del original["id"], version["id"]
    [laid] = lay([original], [version])
    assert laid["value"]["note"] == "Arkisin 9–15"


# ------------------------------------------------------------------------------------------------ for all data at once

IDS = st.sampled_from([block_id(name) for name in "abcdef"])
WORDS = st.text("aå ", max_size=4)
CLOCK = st.times().map(lambda time: time.replace(microsecond=0).isoformat())
DATES = st.dates().map(lambda date: date.isoformat())


def items(kind: str, value: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    item = st.fixed_dictionaries({"type": st.just(kind), "value": value, "id": IDS})
    return st.lists(item, max_size=3, unique_by=lambda row: row["id"])


WHERE: dict[str, st.SearchStrategy[Any]] = {"place": st.none() | st.integers(1, 9), "remote": st.booleans(), "note": WORDS}
HOURS = items(
    "item", st.fixed_dictionaries({"weekdays": st.lists(st.sampled_from("0123456"), unique=True), "start": CLOCK, "end": CLOCK})
)
TIMES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "agreed": {},
    "continuous": {"hours": HOURS},
    "period": {"start": DATES, "end": DATES, "hours": HOURS},
    "periods": {"periods": items("item", st.fixed_dictionaries({"start": DATES, "end": DATES}))},
    "days": {"days": items("item", st.fixed_dictionaries({"date": DATES, "start": CLOCK, "end": CLOCK}))},
}
KINDS_OF_ROWS: list[st.SearchStrategy[dict[str, Any]]] = [
    st.fixed_dictionaries({"type": st.just(kind), "value": st.fixed_dictionaries({**WHERE, **own}), "id": IDS})
    for kind, own in TIMES.items()
]
TIME_ROWS = st.lists(st.one_of(KINDS_OF_ROWS), max_size=4, unique_by=lambda row: row["id"])
DELIVERIES = items(
    "delivery",
    st.fixed_dictionaries(
        {
            "modes": st.lists(st.sampled_from(["remote", "group"]), unique=True),
            "description": WORDS,
            "times": TIME_ROWS,
            "accessibility": st.just([]),
        }
    ),
)


@settings(max_examples=50)
@given(DELIVERIES, DELIVERIES)
def test_facts_always_come_from_the_original_and_texts_from_the_version_where_it_has_them(
    original: list[dict[str, Any]], version: list[dict[str, Any]]
) -> None:
    untouched = copy.deepcopy((original, version))
    laid = lay(original, version, DELIVERY)
    assert (original, version) == untouched
    assert [row["id"] for row in laid] == [row["id"] for row in original]
    ours, theirs, seen = dict(leaves(original)), dict(leaves(version)), dict(leaves(laid))
    assert seen.keys() == ours.keys()
    for path, value in seen.items():
        if path and path[-1] in TEXT_NAMES:
            translated = theirs.get(path) if isinstance(theirs.get(path), str) and theirs[path].strip() else None
            assert (value, value.language) == ((translated, "sv") if translated else (ours[path], "fi"))
        else:
            assert value == ours[path]
            assert not isinstance(value, Text)


@settings(max_examples=50)
@given(DELIVERIES, WORDS)
def test_every_text_that_is_walked_to_can_be_put_and_nothing_else_changes(raw: list[dict[str, Any]], word: str) -> None:
    for path, _block, text in list(walk_texts(DELIVERY, raw)):
        before = dict(leaves(raw))
        assert before[path] == text
        assert put_text(DELIVERY, raw, path, word)
        assert dict(leaves(raw)) == {**before, path: word}


# ------------------------------------------------------------------------------------------------- walking and putting


@pytest.mark.parametrize("stream", STREAMS.values(), ids=[f"{page.__name__}-{name}" for page, name in STREAMS])
def test_the_texts_in_blocks_are_the_known_ones_and_everything_else_is_a_fact(stream: Block) -> None:
    def names(parent: Block, is_text: bool) -> Iterator[str]:
        for name, child in getattr(parent, "child_blocks", {}).items():
            if getattr(child, "is_text", False) == is_text and not hasattr(child, "child_blocks"):
                yield name
            yield from names(child, is_text)
        if hasattr(parent, "child_block"):
            yield from names(parent.child_block, is_text)

    assert set(names(stream, True)) <= TEXT_NAMES
    assert not set(names(stream, False)) & TEXT_NAMES


def test_walking_tells_the_path_of_every_text() -> None:
    assert {path: text for path, _block, text in walk_texts(CONTACTS, [contact("fi")])} == {
        (block_id("desk"), "name"): "Neuvonta",
        (block_id("desk"), "note"): "Arkisin 9–15",
    }


@pytest.mark.parametrize("raw", [None, "text", [None], [{}], [{"id": "x", "type": "unknown", "value": {"name": "y"}}]])
def test_walking_through_broken_data_finds_nothing(raw: Any) -> None:
    assert list(walk_texts(CONTACTS, raw)) == []


@pytest.mark.parametrize(
    "path",
    [
        ("desk", "name"),
        (block_id("desk"), "phone"),
        (block_id("desk"), "unknown"),
        (block_id("desk"), "phone", "deeper"),
        (block_id("desk"),),
    ],
)
def test_a_text_cannot_be_put_where_there_is_none(path: tuple[str, ...]) -> None:
    raw = [contact("fi")]
    assert not put_text(CONTACTS, raw, path, "x")
    assert raw == [contact("fi")]


def test_a_text_of_its_own_in_a_list_can_be_put() -> None:
    from wagtail import blocks

    from catalogue.leaf_blocks import Text as TextBlock

    lines = blocks.ListBlock(TextBlock())
    raw = [{"type": "item", "value": "yksi", "id": "a"}, {"type": "item", "value": "kaksi", "id": "b"}]
    assert put_text(lines, raw, ("b",), "två")
    assert [row["value"] for row in raw] == ["yksi", "två"]
    assert [str(row["value"]) for row in lay_over(lines, raw, [{"type": "item", "value": "ett", "id": "a"}], "fi", "sv")] == [
        "ett",
        "två",
    ]


def test_a_fingerprint_changes_with_the_text_and_not_with_white_space_around_it() -> None:
    assert text_hash("työ") == text_hash(" työ \n")
    assert text_hash("työ") != text_hash("työt")
    assert text_hash("a b") != text_hash("a  b")


def test_a_fingerprint_does_not_see_how_the_editor_stores_what_nobody_changed() -> None:
    assert text_hash('<p>Sano "hei"</p>') == text_hash('<p data-block-key="x1">Sano &quot;hei&quot;</p>')
    assert text_hash("") == text_hash('<p data-block-key="x1"></p>')
