import pytest

from catalogue.addresses import all_words, instruction_path, is_known_language, localised_path, service_path, word
from catalogue.models import ServicePage, WorkInstructionPage
from catalogue.texts import paragraphs


@pytest.mark.parametrize(
    ("plain", "rich"),
    [
        ("", ""),
        ("Yksi.", "<p>Yksi.</p>"),
        ("Yksi.\n\nKaksi.", "<p>Yksi.</p><p>Kaksi.</p>"),
        ("Yksi\njatkuu.", "<p>Yksi jatkuu.</p>"),
        ("Yksi.\r\n\r\nKaksi.\n\n\n", "<p>Yksi.</p><p>Kaksi.</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("Lista:\n• a\n* b\nLoppu.", "<p>Lista:</p><ul><li>a</li><li>b</li></ul><p>Loppu.</p>"),
        ("A & B <script>", "<p>A &amp; B &lt;script&gt;</p>"),
        ("- a & b", "<ul><li>a &amp; b</li></ul>"),
    ],
)
def test_plain_text_becomes_the_rich_text_that_the_editor_would_make(plain: str, rich: str) -> None:
    assert paragraphs(plain) == rich
    assert paragraphs(rich) == rich


def test_what_wagtail_localize_translates_are_the_texts_and_blocks_of_a_page() -> None:
    for page in (ServicePage, WorkInstructionPage):
        fields = {field.field_name: type(field).__name__ for field in page.translatable_fields}
        translated = {name for name, kind in fields.items() if kind == "TranslatableField"}
        assert translated - {"slug", "seo_title", "search_description"} == {*page.text_fields, *page.stream_fields}
        facts = [field for field in page.translatable_fields if field.field_name not in translated]
        assert facts
        assert not any(field.is_overridable(page) for field in facts)


@pytest.mark.parametrize(
    ("language", "path"),
    [
        ("fi", "/fi/palvelu/7-kurssi/"),
        ("sv", "/sv/tjanst/7-kurssi/"),
        ("en", "/en/service/7-kurssi/"),
        ("fi-simple", "/fi-simple/palvelu/7-kurssi/"),
        ("ar", "/ar/service/7-kurssi/"),
    ],
)
def test_a_service_has_an_address_in_the_words_of_its_language(language: str, path: str) -> None:
    assert service_path(language, 7, "kurssi") == path
    assert instruction_path(language, 7, "kurssi").startswith(path)
    assert instruction_path(language, 7, "kurssi").endswith(f"/{word('instruction', language)}/")


def test_every_word_of_an_address_is_known_in_every_language() -> None:
    assert all_words("service") == ("palvelu", "tjanst", "service")
    assert localised_path("sv", "services") == "/sv/tjanster/"
    assert localised_path("fi", "organisation", "osuva/") == "/fi/organisaatio/osuva/"
    assert is_known_language("fi-Simple")
    assert not is_known_language("xx")
