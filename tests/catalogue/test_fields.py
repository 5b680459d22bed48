from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import DjangoAssertNumQueries

from catalogue.fields import CodeField, CodesField, check_codes
from catalogue.models import Concept, Place, ServicePage
from catalogue.terms import terms
from tests.factories import ConceptFactory, PlaceFactory, ServicePageFactory, make_terms

pytestmark = pytest.mark.django_db
NEEDS: CodesField = ServicePage._meta.get_field("needs")
LEGAL_TASK: CodeField = ServicePage._meta.get_field("legal_task")


@pytest.fixture(autouse=True)
def _terms(db: None) -> None:
    make_terms()


def test_codes_of_the_vocabulary_are_accepted_in_their_order() -> None:
    assert NEEDS.clean(["language-skills", "finding-work"], None) == ["language-skills", "finding-work"]


def test_a_code_that_stands_twice_is_kept_once() -> None:
    assert NEEDS.clean(["finding-work", "language-skills", "finding-work"], None) == ["finding-work", "language-skills"]


@pytest.mark.parametrize("value", [None, "finding-work", {"finding-work": 1}, 5, [1], [None], [["finding-work"]]])
def test_what_is_no_list_of_codes_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        NEEDS.clean(value, None)
    assert caught.value.code == "invalid"


def test_every_unknown_code_is_named() -> None:
    with pytest.raises(ValidationError) as caught:
        NEEDS.clean(["first", "finding-work", "second"], None)
    assert caught.value.code == "unknown_term"
    assert "first, second" in caught.value.messages[0]
    assert "finding-work" not in caught.value.messages[0]


def test_a_code_of_another_vocabulary_is_unknown() -> None:
    with pytest.raises(ValidationError):
        NEEDS.clean(["unemployed"], None)


def test_one_code_or_none_is_accepted_where_there_is_one() -> None:
    assert LEGAL_TASK.clean("tyonvalitys", None) == "tyonvalitys"
    assert LEGAL_TASK.clean("", None) == ""
    with pytest.raises(ValidationError, match="unknown"):
        LEGAL_TASK.clean("unknown", None)


def test_a_retired_term_stays_valid_and_is_no_longer_offered() -> None:
    ConceptFactory(code="old", retired=True)
    assert NEEDS.clean(["old"], None) == ["old"]
    field = NEEDS.formfield()
    assert field.clean(["old"]) == ["old"]
    assert "old" not in dict(field.choices)
    # …but where the page has it, the editor shows it, marked and chosen.
    assert "old" not in field.widget.render("needs", [])
    shown = field.widget.render("needs", ["old"])
    assert 'value="old"' in shown and "checked" in shown


def test_the_form_takes_nothing_that_the_vocabulary_does_not_know() -> None:
    with pytest.raises(ValidationError):
        NEEDS.formfield().clean(["unknown"])
    with pytest.raises(ValidationError):
        LEGAL_TASK.formfield().clean("unknown")
    assert NEEDS.formfield().clean([]) == []
    assert LEGAL_TASK.formfield().clean("") == ""


def test_the_forms_choices_follow_the_vocabulary() -> None:
    field = NEEDS.formfield()
    ConceptFactory(code="new", labels={"fi": "Uusi"})
    assert ("new", "Uusi") in list(field.choices)


def test_codes_survive_the_database_and_a_revision() -> None:
    page = ServicePageFactory(needs=["finding-work", "language-skills"], legal_task="tyonvalitys")
    assert page.needs == ["finding-work", "language-skills"]
    page.save_revision()
    assert page.get_latest_revision_as_object().needs == ["finding-work", "language-skills"]
    assert page.get_latest_revision_as_object().legal_task == "tyonvalitys"


def test_a_new_page_has_no_codes_of_an_older_one() -> None:
    first, second = ServicePage(), ServicePage()
    first.needs.append("finding-work")
    assert second.needs == []


def test_a_published_page_and_a_place_are_checked_as_a_whole() -> None:
    page = ServicePageFactory(published=True)
    page.needs, page.legal_task = ["unknown"], "unknown too"
    with pytest.raises(ValidationError) as caught:
        page.full_clean()
    assert {"needs", "legal_task"} <= set(caught.value.message_dict)
    place = Place.objects.prefetch_related("names").get(pk=PlaceFactory(accessibility=["lift"]).pk)
    place.full_clean()
    place.accessibility = ["unknown"]
    with pytest.raises(ValidationError, match="unknown"):
        place.full_clean()


def test_checking_costs_one_query_however_many_codes(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    codes = [concept.code for concept in ConceptFactory.create_batch(5)]
    terms()
    with django_assert_num_queries(1):
        check_codes("service-need", codes)


def test_a_migration_names_the_vocabulary() -> None:
    assert NEEDS.deconstruct()[3]["vocabulary"] == "service-need"
    assert LEGAL_TASK.deconstruct()[3]["vocabulary"] == "legal-task"


@pytest.mark.parametrize("field", [field for field in ServicePage._meta.fields if isinstance(field, CodeField | CodesField)])
def test_every_field_of_codes_has_a_vocabulary_that_exists(field: Any) -> None:
    assert field.vocabulary in dict(Concept._meta.get_field("vocabulary").choices)
