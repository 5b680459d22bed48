import pytest
from django.conf import settings
from django.utils import translation

from accounts.languages import best_language, best_text, direction, language_chain


@pytest.mark.parametrize(
    ("language", "chain"),
    [
        ("fi", ("fi", "sv", "en")),
        ("sv", ("sv", "fi", "en")),
        ("en", ("en", "fi", "sv")),
        ("fi-simple", ("fi-simple", "fi", "sv", "en")),
        ("sv-simple", ("sv-simple", "sv", "fi", "en")),
        ("ar", ("ar", "en", "fi", "sv")),
        ("xx", ("xx", "en", "fi", "sv")),
    ],
)
def test_the_languages_to_try_begin_with_the_readers_own(language: str, chain: tuple[str, ...]) -> None:
    assert language_chain(language) == chain


@pytest.mark.parametrize("language", [tag for tag, _name in settings.LANGUAGES])
def test_every_language_of_the_site_falls_back_to_finnish_at_some_point(language: str) -> None:
    chain = language_chain(language)
    assert chain[0] == language
    assert "fi" in chain
    assert len(chain) == len(set(chain))


@pytest.mark.parametrize(
    ("available", "language", "best"),
    [
        (["fi", "sv", "en"], "sv", "sv"),
        (["fi", "en"], "sv", "fi"),
        (["fi", "en"], "ar", "en"),
        (["fi", "sv"], "ar", "fi"),
        (["fi-simple", "fi"], "fi", "fi"),
        (["fi-simple", "fi"], "fi-simple", "fi-simple"),
        (["ru", "et"], "fi", "et"),
        ([], "fi", None),
    ],
)
def test_the_best_language_is_the_first_of_the_chain_that_is_there(
    available: list[str], language: str, best: str | None
) -> None:
    assert best_language(dict.fromkeys(available, "x"), language) == best


def test_without_a_language_the_active_one_counts() -> None:
    texts = {"fi": "työ", "sv": "arbete"}
    with translation.override("sv"):
        assert best_text(texts) == "arbete"
    with translation.override("fi"):
        assert best_text(texts) == "työ"


def test_where_no_language_is_active_the_sites_own_counts() -> None:
    with translation.override(None):
        assert best_text({"sv": "arbete", "fi": "työ"}) == "työ"


def test_an_empty_text_is_passed_over() -> None:
    assert best_text({"sv": "", "fi": "työ"}, "sv") == "työ"


@pytest.mark.parametrize("texts", [{}, {"fi": ""}])
def test_where_there_is_no_text_at_all_it_is_empty(texts: dict[str, str]) -> None:
    assert best_text(texts, "fi") == ""


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fi", "ltr"), ("ru", "ltr"), ("fi-simple", "ltr"), ("ar", "rtl"), ("fa", "rtl"), ("ckb", "rtl"), ("ar-simple", "rtl")],
)
def test_a_language_is_written_in_its_own_direction(language: str, expected: str) -> None:
    assert direction(language) == expected
