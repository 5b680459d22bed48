import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from pytest_django import DjangoDbBlocker

from catalogue.models import Concept, ConceptLabel, ConceptMapping, LegalSnippet, LegalSnippetText, Vocabulary, VocabularyStamp
from catalogue.vocabulary_files import DATA, keyword_code, load_vocabularies

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
OWN_LISTS = {
    Vocabulary.SERVICE_CATEGORY: 48, Vocabulary.SERVICE_NEED: 17, Vocabulary.CLIENT_SITUATION: 29, Vocabulary.SECTOR: 14,
    Vocabulary.DELIVERY_MODE: 10, Vocabulary.SERVICE_ACCESSIBILITY: 10, Vocabulary.PLACE_ACCESSIBILITY: 10,
    Vocabulary.CEFR_LEVEL: 6,
}  # fmt: skip
PUBLIC_LISTS = {Vocabulary.LANGUAGE: 54, Vocabulary.LEGAL_TASK: 42, Vocabulary.KEYWORD: 108}
MAPPING = Path(settings.BASE_DIR) / "exchange" / "data" / "ptv_mapping.csv"
MODELS = ("Concept", "ConceptLabel", "ConceptMapping", "LegalSnippet", "LegalSnippetText", "VocabularyStamp")


@pytest.fixture(scope="module")
def loaded(module_database: DjangoDbBlocker) -> dict[str, int]:
    """All vocabularies, loaded once; what the loading said."""
    with module_database.unblock():
        return load_vocabularies()


def _everything() -> dict[str, list[Any]]:
    models = [apps.get_model("catalogue", name) for name in MODELS]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_loading_says_how_many_it_added(loaded: dict[str, int]) -> None:
    assert loaded == {"concepts": sum(OWN_LISTS.values()) + sum(PUBLIC_LISTS.values()), "legal snippets": 12}
    counted = Counter(Concept.objects.values_list("vocabulary", flat=True))
    assert counted == {**OWN_LISTS, **PUBLIC_LISTS}
    assert LegalSnippet.objects.count() == 12


def test_loading_again_changes_nothing_not_even_the_stamp() -> None:
    before = _everything()
    assert load_vocabularies() == {"concepts": 0, "legal snippets": 0}
    assert _everything() == before


def test_what_an_administrator_has_edited_stays() -> None:
    ConceptLabel.objects.filter(concept__code="finding-work", language="fi").update(label="Töihin", description="")
    ConceptLabel.objects.filter(concept__code="housing", language="en").delete()
    Concept.objects.filter(code="digital-skills").update(sort_order=999, retired=True)
    LegalSnippet.objects.filter(code="obligation.none").update(valid_to=dt.date(2026, 12, 31))
    LegalSnippetText.objects.filter(snippet__code="obligation.none", language="fi").update(text="Muutettu")
    before = _everything()
    load_vocabularies()
    assert _everything() == before


def test_what_is_missing_is_added_beside_what_is_there_and_the_stamp_changes() -> None:
    stamp = VocabularyStamp.objects.get().stamp
    Concept.objects.get(vocabulary="service-need", code="housing").delete()
    LegalSnippet.objects.get(code="benefit.travel-costs").delete()
    assert load_vocabularies() == {"concepts": 1, "legal snippets": 1}
    assert Concept.objects.get(vocabulary="service-need", code="housing").labels.count() >= 3
    assert VocabularyStamp.objects.get().stamp != stamp


@pytest.mark.parametrize("vocabulary", Vocabulary)
def test_every_concept_has_its_own_label_in_finnish_swedish_and_english(vocabulary: Vocabulary) -> None:
    # The public snapshot of KOKO has 79 terms in Finnish only, or in two languages: they are shown in the best other one.
    needed = {"fi"} if vocabulary == Vocabulary.KEYWORD else {"fi", "sv", "en"}
    concepts = Concept.objects.in_vocabulary(vocabulary).prefetch_related("labels")
    lacking = {
        concept.code: sorted(needed - present)
        for concept in concepts
        if needed - (present := {row.language for row in concept.labels.all() if row.label.strip()})
    }
    assert concepts and not lacking


@pytest.mark.parametrize("vocabulary", OWN_LISTS)
def test_our_own_lists_are_in_easy_finnish_too(vocabulary: Vocabulary) -> None:
    lacking = Concept.objects.in_vocabulary(vocabulary).exclude(labels__language="fi-simple").values_list("code", flat=True)
    assert list(lacking) == []


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("vocabulary", OWN_LISTS)
def test_no_two_concepts_of_a_level_have_the_same_label(vocabulary: Vocabulary, language: str) -> None:
    labels = ConceptLabel.objects.filter(concept__vocabulary=vocabulary, language=language)
    counted = Counter(labels.values_list("concept__parent", "label"))
    assert [label for label, count in counted.items() if count > 1] == []


def test_language_levels_are_explained_in_plain_words() -> None:
    for concept in Concept.objects.in_vocabulary("cefr-level").prefetch_related("labels"):
        assert {row.language for row in concept.labels.all() if row.description.strip()} >= {"fi", "sv", "en"}, concept.code


def test_categories_have_two_levels_and_every_concept_is_sound() -> None:
    for concept in Concept.objects.select_related("parent"):
        concept.full_clean()
    parents = Concept.objects.filter(children__isnull=False).distinct()
    assert set(parents.values_list("vocabulary", flat=True)) == {"service-category"}
    assert Concept.objects.filter(vocabulary="service-category", parent=None).count() == 8


def test_every_code_of_the_ptv_mapping_exists_on_both_sides() -> None:
    known = set(Concept.objects.values_list("vocabulary", "code")) | {("audience", "persons"), ("audience", "employers")}
    files = {"service_class": "ptv_service_classes", "life_event": "ptv_life_events", "target_group": "ptv_target_groups"}
    public = {scheme: {row["code"] for row in _rows(DATA / "public" / f"{name}.csv")} for scheme, name in files.items()}
    rows = list(_rows(MAPPING))
    assert len(rows) > 200
    assert [row for row in rows if (row["vocabulary"], row["code"]) not in known] == []
    assert [row for row in rows if row["ptv_code"] not in public[row["scheme"]]] == []


def test_keywords_keep_their_address_in_the_ontology() -> None:
    koko = ConceptMapping.objects.filter(scheme=ConceptMapping.Scheme.KOKO, concept__vocabulary="keyword")
    assert koko.count() == PUBLIC_LISTS[Vocabulary.KEYWORD]
    assert all(keyword_code(row.value) == row.concept.code for row in koko.select_related("concept"))


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("http://www.yso.fi/onto/koko/p34876", "koko-p34876"),
        ("http://www.yso.fi/onto/jupo/p9", "koko-p9"),
        ("http://example.org/other", "http://example.org/other"),
    ],
)
def test_a_keywords_code_is_its_identifier_and_else_its_address(uri: str, code: str) -> None:
    assert keyword_code(uri) == code


def test_legal_snippets_are_in_force_and_in_three_languages() -> None:
    in_force = LegalSnippet.objects.in_force(dt.date(2026, 1, 1)).prefetch_related("texts")
    assert Counter(snippet.kind for snippet in in_force) == {"obligation": 3, "statement": 2, "benefit": 7}
    for snippet in in_force:
        assert {row.language for row in snippet.texts.all() if row.label and row.text} == {"fi", "sv", "en"}, snippet.code
