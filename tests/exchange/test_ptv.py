"""Reading the source: what is sound becomes a Description, all else a Refusal with its reasons; nothing ever raises."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.ptv import BadFile, Description, Refusal, check, check_all, read_file
from tests.exchange.conftest import DESCRIPTIONS, record


def described(**changes: Any) -> Description:
    checked = check(1, record("fi", "sv", "en", **changes))
    assert isinstance(checked, Description), checked
    return checked


def reasons(**changes: Any) -> str:
    checked = check(1, record(**changes))
    assert isinstance(checked, Refusal)
    assert checked.place == 1
    return "; ".join(checked.reasons)


# ------------------------------------------------------------------------------------------------------------- the file


def test_all_real_descriptions_are_sound_and_41_of_them_concern_work() -> None:
    checked = list(check_all(read_file(DESCRIPTIONS)))
    assert len(checked) == 250
    assert [item for item in checked if isinstance(item, Refusal)] == []
    found = [item for item in checked if isinstance(item, Description)]
    assert sum(item.employment_related for item in found) == 41
    assert [item.left_out for item in found if item.left_out] == []
    assert all({"service-category", "service-need", "audience"} <= item.terms.keys() for item in found)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'[{"a": ' * 100_000, "not JSON"),
        (b"[" + b"1" * 10_000 + b"]", "not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        ('["ä"]'.encode("latin-1"), "not UTF-8"),
        (b"{}", "list"),
        (b"null", "list"),
        (b'"text"', "list"),
        (b"7", "list"),
    ],
)
def test_a_file_that_is_no_list_of_descriptions_is_refused_with_what_is_wrong(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=words):
        read_file(path)


def test_a_file_that_cannot_be_opened_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.json"):
        with pytest.raises(BadFile, match="cannot be read"):
            read_file(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps([record()]), encoding="utf-8-sig")
    assert len(read_file(path)) == 1


# ----------------------------------------------------------------------------------------------------------- good records


def test_a_sound_record_arrives_whole() -> None:
    found = described()
    assert found.languages == ("fi", "sv", "en")
    assert found.original_language == "fi"
    assert found.texts["sv"] == {
        "title": "Arbetsträning",
        "summary": "En coach hjälper.",
        "price_text": "Avgiftsfri.",
        "delivery": "<p>Du träffar.</p><p>Det varar.</p>",
        "how": "<p>Ring oss.</p>",
        "requirements": "<p>Du är arbetslös.</p>",
    }
    assert [(law.url, law.label("fi"), law.label("sv"), law.label("en")) for law in found.laws] == [
        ("https://finlex.example/fi/a", "Laki A", "Lag A", ""),
        ("https://finlex.example/fi/b", "Laki B", "Lag B", "Act B"),
    ]
    assert found.terms["audience"] == ("persons",)
    assert found.terms["service-category"]
    assert found.terms["client-situation"]


def test_a_number_is_a_concept_of_koko_only_in_an_address_of_koko() -> None:
    assert [keyword.code for keyword in described().keywords] == ["koko-p62202", "http://www.yso.fi/onto/yso/p15255"]


def test_a_record_in_swedish_alone_is_written_first_in_swedish() -> None:
    checked = check(1, record("sv"))
    assert isinstance(checked, Description)
    assert (checked.original_language, checked.languages) == ("sv", ("sv",))


def test_a_field_that_is_missing_null_or_empty_is_an_empty_text() -> None:
    for empty in (None, {}, {"fi": "  "}):
        assert described(summary=empty).texts["fi"]["summary"] == ""
    short = {"id": "a", "name": {"fi": "Nimi"}}
    checked = check(1, short)
    assert isinstance(checked, Description)
    assert checked.texts["fi"]["delivery"] == ""


def test_what_a_stranger_writes_is_text_and_never_mark_up() -> None:
    attacks = {"fi": '<p><script>alert("x")</script>', "sv": "<ul><li onclick=x>", "en": "a <b>c</b>\n\n<p>d"}
    found = described(description=attacks, user_instructions=attacks, restrictions=attacks)
    for tag in attacks:
        for name in ("delivery", "how", "requirements"):
            assert "&lt;" in found.texts[tag][name]
            assert not any(mark in found.texts[tag][name] for mark in ("<script", "<b>", "<li", "<ul"))


def test_a_long_note_on_charges_ends_the_text_on_taking_part() -> None:
    note = "Maksu määräytyy tulojen mukaan. " * 10
    texts = described(charge_info={"fi": note}).texts["fi"]
    assert texts["price_text"] == ""
    assert texts["how"].startswith("<p>Soita meille.</p><p>Maksu määräytyy")


def test_what_a_service_has_no_use_for_is_told() -> None:
    laws = [{"names": {"fi": "Laki C"}, "links": {}}, {"names": {"fi": "Laki D"}, "links": {"fi": "javascript:alert(1)"}}]
    found = described(laws=laws, summary={"fi": "Lyhyt.", "ru": "Кратко."})
    assert found.laws == ()
    told = " ".join(found.left_out)
    assert "Laki C" in told
    assert "Laki D" in told
    assert "ru" in told


def test_the_same_law_twice_is_one_link() -> None:
    law = {"names": {"fi": "Laki A"}, "links": {"fi": "https://finlex.example/fi/a"}}
    assert len(described(laws=[law, {**law, "names": {"fi": "Toinen nimi"}}]).laws) == 1


# ------------------------------------------------------------------------------------------------------------ bad records


@pytest.mark.parametrize("value", [None, 1, "text", [], [1], True, 1.5])
def test_a_record_that_is_no_object_is_refused(value: object) -> None:
    assert isinstance(check(3, value), Refusal)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": None}, "id"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"id": "a\x00b"}, "id"),
        ({"name": {}}, "no name"),
        ({"name": {"fi": " \n "}}, "no name"),
        ({"name": {"ru": "Имя"}}, "no name"),
        ({"name": "Nimi"}, "“name”"),
        ({"name": {"fi": ["Nimi"]}}, "“name”"),
        ({"name": {"fi": "x" * 121}}, "121 characters, at most 120"),
        ({"summary": {"fi": "x" * 251}}, "251 characters, at most 250"),
        ({"description": {"fi": "a\x00b"}}, "control character"),
        ({"description": {"fi": "a\x1b[31mb"}}, "control character"),
        ({"description": {"fi": "a\ud800b"}}, "control character"),
        ({"service_classes": [["v1", "Ei tällaista"]]}, "“Ei tällaista” (v1) is unknown"),
        ({"target_groups": [["v1", "Ei tällaista"]]}, "target group"),
        ({"life_events": [["v1", "Ei tällaista"]]}, "life event"),
        ({"life_events": {"v1": "x"}}, "“life_events”"),
        ({"life_events": [["v1"]]}, "“life_events”"),
        ({"life_events": [["v1", 7]]}, "“life_events”"),
        ({"keywords": "työ"}, "“keywords”"),
        ({"keywords": [["", "työ"]]}, "keyword"),
        ({"keywords": [["http://x.example/" + "x" * 200, "työ"]]}, "keyword"),
        ({"keywords": [["a\x00", "työ"]]}, "“keywords”"),
        ({"laws": {"a": 1}}, "“laws”"),
        ({"laws": ["Laki"]}, "“laws”"),
        ({"laws": [{"names": {"fi": "x"}}]}, "“laws”"),
        ({"laws": [{"names": {"fi": ["x"]}, "links": {}}]}, "“laws”"),
        ({"laws": [{"names": {"fi": "a\x00"}, "links": {}}]}, "“laws”"),
        ({"employment_related": "yes"}, "employment_related"),
    ],
)  # fmt: skip
def test_a_bad_record_is_refused_with_the_reason(changes: dict[str, Any], words: str) -> None:
    assert words in reasons(**changes)


def test_a_title_of_exactly_the_greatest_length_fits() -> None:
    assert len(described(name={"fi": "x" * 120}, summary={"fi": "y" * 250}).texts["fi"]["title"]) == 120


def test_every_reason_is_told_at_once() -> None:
    told = reasons(id=None, summary={"fi": "x" * 300}, life_events=[["v", "Outo"]], laws=7)
    assert all(word in told for word in ("id", "summary", "Outo", "laws"))


def test_the_second_record_of_an_identifier_is_refused_and_names_the_first() -> None:
    first, refused, other = check_all([record(), record(name={"fi": "Toinen"}), record(id="b")])
    assert isinstance(first, Description)
    assert isinstance(refused, Refusal)
    assert (refused.place, refused.name) == (2, "Toinen")
    assert "record 1" in refused.reasons[0]
    assert isinstance(other, Description)


def test_a_refused_record_does_not_take_its_identifier_away() -> None:
    refused, taken = check_all([record(name={}), record()])
    assert isinstance(refused, Refusal)
    assert isinstance(taken, Description)


# ----------------------------------------------------------------------------------------------------------------- chance

TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.sampled_from(["fi", "sv", "names"]), inner, max_size=3)
    ),
    max_leaves=12,
)
FIELDS = sorted(record())


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(FIELDS) | TEXT, ANYTHING, max_size=8))
def test_whatever_comes_is_a_description_or_a_refusal(changes: dict[str, Any]) -> None:
    checked = check(1, record("fi", "sv", "en", **changes))
    if isinstance(checked, Refusal):
        assert checked.reasons
        printed = "; ".join([checked.name, *checked.reasons])
    else:
        assert checked.languages
        assert all(len(texts["title"]) <= 120 and len(texts["summary"]) <= 250 for texts in checked.texts.values())
        printed = json.dumps([checked.texts, checked.left_out, [law.labels for law in checked.laws]], ensure_ascii=False)
    printed.encode()


@settings(max_examples=80)
@given(st.sampled_from([name for name in FIELDS if name != "id"]), ANYTHING)
def test_one_wrong_field_never_raises(name: str, value: object) -> None:
    assert isinstance(check(1, record(**{name: value})), Description | Refusal)


@settings(max_examples=60)
@given(st.lists(ANYTHING, max_size=6))
def test_a_list_of_anything_gives_one_answer_each(records: list[Any]) -> None:
    assert len(list(check_all(records))) == len(records)


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(["fi", "sv", "en"]), st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60))
)
def test_no_text_brings_a_tag_of_its_own(texts: dict[str, str]) -> None:
    checked = check(1, record("fi", "sv", "en", description=texts))
    assert isinstance(checked, Description)
    for own in checked.texts.values():
        bare = own["delivery"]
        for tag in ("p", "ul", "li"):
            bare = bare.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        assert "<" not in bare
