"""Reading an address: whatever it holds becomes a valid question, and a question becomes the address it came from."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.terms import Term, Terms
from search.forms import FACETS, FIXED_FACETS, LAST_PAGE, SORTS, WORDS_LENGTH, Question, read_question


def known_terms(**codes: tuple[str, ...]) -> Terms:
    return Terms(
        stamp=None,
        vocabularies={
            vocabulary: {code: Term(vocabulary, code, "", {"fi": code}, {}) for code in codes.get(facet, ("one", "two"))}
            for facet, vocabulary in FACETS.items()
        },
    )


KNOWN = known_terms(municipality=("091", "049"))


def read(address: str, municipality: str = "") -> Question:
    return read_question(QueryDict(address), language="fi", known=KNOWN, municipality=municipality)


def test_an_empty_address_asks_for_everything() -> None:
    assert read("") == Question("fi")
    assert read("q=&need=&page=&sort=") == Question("fi")


def test_words_filters_order_and_page_are_read() -> None:
    question = read("q=++ty%C3%B6n++haku+&need=two&need=one&municipality=091&audience=employers&price=free&sort=updated&page=3")
    assert question.words == "työn haku"
    assert question.filters == {
        "need": ("two", "one"),
        "municipality": ("091",),
        "audience": ("employers",),
        "price": ("free",),
    }
    assert (question.sort, question.page) == ("updated", 3)


def test_the_same_code_twice_is_one_filter() -> None:
    assert read("need=one&need=one&audience=persons&audience=persons").filters == {"need": ("one",), "audience": ("persons",)}


@pytest.mark.parametrize(
    "address",
    [
        "unknown=one",
        "need=three",
        "need=ONE",
        "need=one%00",
        "audience=everyone",
        "price=0",
        "sort=random",
        "sort=relevance%27--",
        "q=%00",
        "q=%20%09%0a",
        "%00=%00",
        "=&&=&?",
        "need%5B%5D=one",
        "producer=1",
        "language=xx",
    ],
)
def test_what_is_unknown_or_malformed_is_passed_over(address: str) -> None:
    assert read(address) == Question("fi")


@pytest.mark.parametrize(
    ("value", "page"),
    [
        ("1", 1),
        ("7", 7),
        ("0", 1),
        ("-1", 1),
        ("1.5", 1),
        ("1e3", 1),
        ("", 1),
        ("x", 1),
        ("٣", 1),
        ("²", 1),
        (" 2", 1),
        ("+2", 1),
        ("999999999", LAST_PAGE),
        ("1000000000", 1),
        ("9" * 5000, 1),
    ],
)
def test_a_page_is_a_positive_number_or_the_first(value: str, page: int) -> None:
    assert read(urlencode({"page": value})).page == page


def test_the_last_of_several_values_counts_where_only_one_can() -> None:
    assert (read("page=2&page=3").page, read("q=a&q=b").words) == (3, "b")


def test_ten_thousand_characters_are_cut_to_what_the_field_takes() -> None:
    assert len(read(urlencode({"q": "x" * 10_000})).words) == WORDS_LENGTH
    assert not read(urlencode({"q": f"{'x' * (WORDS_LENGTH - 1)} y"})).words.endswith(" ")


def test_a_null_character_parts_words_and_emoji_stay() -> None:
    assert read("q=a%00b").words == "a b"
    assert read(urlencode({"q": "👷‍♀️ työ"})).words == "👷‍♀️ työ"


def test_a_thousand_codes_of_a_filter_cost_a_hundred() -> None:
    assert read("&".join(["need=three"] * 500 + ["need=one"])).filters == {}


def test_ones_own_municipality_counts_where_the_address_says_nothing_of_any() -> None:
    assert read("q=a", municipality="091").chosen("municipality") == ("091",)
    assert read("municipality=049", municipality="091").chosen("municipality") == ("049",)
    assert read("municipality=", municipality="091").chosen("municipality") == ()
    assert read("municipality=999", municipality="091").chosen("municipality") == ()


@pytest.mark.parametrize("cookie", ["999", "", "091;049", "\x00", "any", "x" * 5000])
def test_a_cookie_that_names_no_municipality_is_passed_over(cookie: str) -> None:
    assert read("", municipality=cookie) == Question("fi")


def test_removing_a_filter_leaves_the_others_and_starts_from_the_first_page() -> None:
    question = read("q=a&need=one&need=two&municipality=091&page=4&sort=updated")
    without = question.without("need", "one")
    assert (without.filters, without.page, without.sort, without.words) == (
        {"need": ("two",), "municipality": ("091",)},
        1,
        "updated",
        "a",
    )
    assert "need" not in without.without("need", "two").filters
    assert question.without("need", "three") == replace(question, page=1)
    assert question.chosen("need") == ("one", "two")


def test_the_address_is_readable_and_always_in_the_same_order() -> None:
    assert read("").address() == ""
    assert read("page=2&sort=updated&need=one&q=ty%C3%B6+%26&audience=persons").address() == (
        "?q=ty%C3%B6+%26&audience=persons&need=one&sort=updated&page=2"
    )
    assert read("need=one&q=a").address() == read("q=a&need=one").address()


def test_an_address_leads_back_to_its_question() -> None:
    question = read("q=a+%3D%26%23+b&need=two&need=one&municipality=091&price=free&language=one&sort=updated&page=12")
    assert read(question.address()[1:]) == question


# ----------------------------------------------------------------------------------------------------------------- chance

NAMES = st.sampled_from([*FACETS, *FIXED_FACETS, "q", "page", "sort"]) | st.text(max_size=5)
VALUES = st.sampled_from(["one", "two", "091", "any", "free", "persons", "updated", "-1", "10"]) | st.text(max_size=300)


def is_valid(question: Question) -> bool:
    return (
        len(question.words) <= WORDS_LENGTH
        and "\x00" not in question.words
        and 1 <= question.page <= LAST_PAGE
        and question.sort in SORTS
        and all(
            codes and set(codes) <= set(FIXED_FACETS.get(facet) or KNOWN.of(FACETS[facet]))
            for facet, codes in question.filters.items()
        )
    )


@settings(max_examples=120)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), VALUES)
def test_any_address_becomes_a_valid_question_that_finds_its_way_back(pairs: list[tuple[str, str]], cookie: str) -> None:
    question = read(urlencode(pairs), municipality=cookie)
    assert is_valid(question)
    assert read(question.address()[1:]) == question


@settings(max_examples=80)
@given(st.text(max_size=200) | st.text("%&=q0123456789abcdef+;", max_size=80))
def test_any_text_after_the_question_mark_is_read(raw: str) -> None:
    assert is_valid(read(raw))
