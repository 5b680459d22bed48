import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import Municipality, MunicipalityName
from catalogue.models import VOCABULARY_PROXIES, Concept, ConceptLabel, Vocabulary, VocabularyStamp
from catalogue.terms import Term, Terms, term_choices, terms
from tests.factories import ConceptFactory, MunicipalityFactory, UserFactory, make_terms

pytestmark = pytest.mark.django_db
NEED = "service-need"


@pytest.fixture(autouse=True)
def _terms(db: None) -> Iterator[None]:
    """Terms, and a reader of Finnish."""
    make_terms()
    with translation.override("fi"):
        yield


def stamp() -> uuid.UUID | None:
    return VocabularyStamp.objects.values_list("stamp", flat=True).first()


def in_another_process(code: str, label: str, *, tell: bool = True) -> None:
    """Change a Finnish label as another process would: this one's signals hear nothing, only the database knows."""
    ConceptLabel.objects.filter(concept__code=code, language="fi").update(label=label)
    if tell:
        VocabularyStamp.objects.update(stamp=uuid.uuid4())


# -------------------------------------------------------------------------------------------------- the copy in memory


def test_unchanged_terms_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = terms()
    with django_assert_num_queries(1):
        assert terms() is first


@pytest.mark.parametrize("count", [1, 30])
def test_changed_terms_cost_five_queries_however_many_there_are(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    terms()
    ConceptFactory.create_batch(count)
    with django_assert_num_queries(5):
        terms()
    with django_assert_num_queries(1):
        terms()


def test_a_label_that_another_process_changed_is_seen_at_once() -> None:
    assert str(terms().get(NEED, "finding-work")) == "Työn löytäminen"
    in_another_process("finding-work", "Töihin")
    assert str(terms().get(NEED, "finding-work")) == "Töihin"


def test_without_a_changed_stamp_the_copy_in_memory_is_used() -> None:
    terms()
    in_another_process("finding-work", "Töihin", tell=False)
    assert str(terms().get(NEED, "finding-work")) == "Työn löytäminen"


def test_a_change_that_is_taken_back_is_taken_back_in_memory_too() -> None:
    terms()
    with transaction.atomic():
        ConceptFactory(code="never")
        assert terms().get(NEED, "never") is not None
        transaction.set_rollback(True)
    assert terms().get(NEED, "never") is None


def test_before_the_first_stamp_terms_are_read_every_time() -> None:
    VocabularyStamp.objects.all().delete()
    in_another_process("finding-work", "Töihin", tell=False)
    assert str(terms().get(NEED, "finding-work")) == "Töihin"


def test_a_reader_keeps_the_terms_that_it_has_got_while_another_loads_new_ones() -> None:
    before = terms()
    in_another_process("finding-work", "Töihin")
    after = terms()
    assert before is not after
    assert str(before.get(NEED, "finding-work")) == "Työn löytäminen"


# ------------------------------------------------------------------------------------------------------------ the stamp


def saved(model: Any, **lookup: Any) -> Callable[[], Any]:
    return lambda: model.objects.get(**lookup).save()


def deleted(model: Any, **lookup: Any) -> Callable[[], Any]:
    return lambda: model.objects.get(**lookup).delete()


@pytest.mark.parametrize(
    "change",
    [
        lambda: ConceptFactory(),
        saved(Concept, code="finding-work"),
        deleted(Concept, code="finding-work"),
        saved(ConceptLabel, concept__code="finding-work", language="fi"),
        deleted(ConceptLabel, concept__code="finding-work", language="fi"),
        lambda: MunicipalityFactory(code="753"),
        saved(Municipality, code="091"),
        deleted(Municipality, code="710"),
        saved(MunicipalityName, municipality__code="091", language="fi"),
        deleted(MunicipalityName, municipality__code="091", language="fi"),
        saved(VOCABULARY_PROXIES[Vocabulary.SERVICE_NEED], code="finding-work"),
        deleted(VOCABULARY_PROXIES[Vocabulary.SERVICE_NEED], code="finding-work"),
    ],
)  # fmt: skip
def test_every_change_of_a_term_changes_the_stamp(change: Callable[[], Any]) -> None:
    before = stamp()
    change()
    assert stamp() not in {before, None}
    assert VocabularyStamp.objects.count() == 1


def test_what_is_no_term_leaves_the_stamp() -> None:
    before = stamp()
    UserFactory()
    assert stamp() == before


def test_a_label_changed_with_its_concept_as_the_admin_does_changes_the_stamp() -> None:
    before = stamp()
    concept = Concept.objects.get(code="finding-work")
    concept.labels = [ConceptLabel(language="fi", label="Töihin")]
    concept.save()
    assert stamp() != before
    assert terms().get(NEED, "finding-work").labels == {"fi": "Töihin"}  # type: ignore[union-attr]  # it is there


def test_every_vocabulary_has_a_list_of_its_own() -> None:
    assert set(VOCABULARY_PROXIES) == set(Vocabulary)
    needs = VOCABULARY_PROXIES[Vocabulary.SERVICE_NEED]
    assert {concept.code for concept in needs.objects.all()} == {"finding-work", "language-skills"}


# ------------------------------------------------------------------------------------------------------ reading terms


def test_a_label_is_in_the_readers_language_or_the_best_other_one() -> None:
    term = Term("v", "code", "", {"fi": "Työ", "sv": "Arbete", "ar": "عمل"}, {"fi": "Kuvaus"})
    assert (term.label("sv"), term.label("en"), term.label("fi-simple"), term.label("ar")) == ("Arbete", "Työ", "Työ", "عمل")
    assert term.description("sv") == "Kuvaus"
    with translation.override("sv"):
        assert str(term) == "Arbete"


def test_a_term_without_any_label_is_shown_by_its_code() -> None:
    assert Term("v", "code", "", {}, {}).label("fi") == "code"
    assert Term("v", "code", "", {"fi": ""}, {}).description("fi") == ""


def test_descriptions_and_retirement_are_loaded() -> None:
    concept = ConceptFactory(code="old", retired=True, labels={})
    ConceptLabel.objects.create(concept=concept, language="fi", label="Vanha", description="Ei enää")
    term = terms().get(NEED, "old")
    assert term is not None
    assert (term.retired, term.description("fi"), term.label("sv")) == (True, "Ei enää", "Vanha")


def test_picked_terms_come_in_the_order_of_the_vocabulary_and_unknown_codes_are_passed_over() -> None:
    picked = terms().pick("delivery-mode", ["remote", "unknown", "at-a-place"])
    assert [term.code for term in picked] == ["at-a-place", "remote"]
    assert terms().pick("unknown", ["remote"]) == []


def test_a_retired_term_is_still_picked_for_services_that_have_it() -> None:
    ConceptFactory(code="old", retired=True)
    assert [term.code for term in terms().pick(NEED, ["old"])] == ["old"]


def test_the_order_of_a_vocabulary_is_the_editors() -> None:
    Concept.objects.filter(code="language-skills").update(sort_order=0)
    Concept.objects.get(code="finding-work").save()
    assert list(terms().of(NEED)) == ["language-skills", "finding-work"]


def test_the_terms_below_a_term_are_its_children() -> None:
    below = terms().children
    assert [term.code for term in below["service-category", ""]] == ["job-search", "everyday-life"]
    assert [term.code for term in below["service-category", "job-search"]] == ["job-coaching", "job-placement"]
    assert ("service-category", "everyday-life") not in below
    assert terms().get("service-category", "job-coaching").parent == "job-search"  # type: ignore[union-attr]  # it is there


def test_the_same_code_means_different_things_in_different_vocabularies() -> None:
    ConceptFactory(vocabulary="sector", code="finding-work", labels={"fi": "Muu"})
    assert str(terms().get("sector", "finding-work")) == "Muu"
    assert str(terms().get(NEED, "finding-work")) == "Työn löytäminen"


def test_municipalities_are_terms_too_in_the_alphabet_of_finnish() -> None:
    assert [str(term) for term in terms().of("municipality").values()] == ["Espoo", "Helsinki", "Raasepori", "Vantaa"]
    assert terms().get("municipality", "710").label("sv") == "Raseborg"  # type: ignore[union-attr]  # it is there


def test_an_empty_set_of_terms_answers_politely() -> None:
    nothing = Terms(stamp=None)
    assert (nothing.of("x"), nothing.get("x", "y"), nothing.pick("x", ["y"]), nothing.children) == ({}, None, [], {})


# ------------------------------------------------------------------------------------------------------------- choices


def test_choices_are_grouped_by_the_first_level() -> None:
    with translation.override("fi"):
        assert term_choices("service-category") == [
            ("Työnhaku", [("job-coaching", "Työhönvalmennus"), ("job-placement", "Työnvälitys")]),
            ("everyday-life", "Arki"),
        ]


def test_choices_are_in_the_readers_language() -> None:
    with translation.override("sv"):
        assert ("finding-work", "Att hitta arbete") in term_choices(NEED)


def test_a_retired_term_is_a_choice_only_where_it_is_chosen_already() -> None:
    ConceptFactory(code="old", retired=True, labels={"fi": "Vanha"})
    assert "old" not in dict(term_choices(NEED))
    with translation.override("en"):
        assert ("old", "Vanha (retired)") in term_choices(NEED, keep=["old"])


def test_a_chosen_term_below_a_retired_one_is_still_a_choice() -> None:
    Concept.objects.filter(code="job-search").update(retired=True)
    Concept.objects.get(code="job-coaching").save()
    assert dict(term_choices("service-category")).keys() == {"everyday-life"}
    with translation.override("en"):
        kept = dict(term_choices("service-category", keep=["job-coaching"]))
    assert ("job-coaching", "Työhönvalmennus") not in term_choices("service-category")
    assert kept["Job search (retired)"] == [("job-coaching", "Job coaching"), ("job-placement", "Job placement")]


def test_choices_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    terms()
    with django_assert_num_queries(1):
        term_choices("service-category")
