import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import translation

from catalogue.models import Concept, ConceptLabel
from tests.factories import ConceptFactory

pytestmark = pytest.mark.django_db


def test_a_concept_is_called_by_its_label_in_the_readers_language() -> None:
    concept = ConceptFactory(code="work", labels={"fi": "Työ", "sv": "Arbete"})
    for language, label in (("fi", "Työ"), ("sv", "Arbete"), ("fi-simple", "Työ"), ("ar", "Työ")):
        with translation.override(language):
            assert str(concept) == label
    ConceptLabel.objects.all().delete()
    assert str(Concept.objects.get()) == "work"


def test_a_code_exists_once_in_a_vocabulary_and_again_in_others() -> None:
    ConceptFactory(vocabulary="sector", code="work")
    ConceptFactory(vocabulary="service-need", code="work")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConceptFactory(vocabulary="sector", code="work")


def test_a_parent_is_of_the_same_vocabulary_and_of_the_first_level() -> None:
    top, other = ConceptFactory(), ConceptFactory(vocabulary="sector")
    child = ConceptFactory(parent=top)
    child.clean()
    for parent in (other, child):
        with pytest.raises(ValidationError) as caught:
            ConceptFactory.build(parent=parent).clean()
        assert list(caught.value.message_dict) == ["parent"]
    top.parent = top
    with pytest.raises(ValidationError):
        top.clean()


def test_a_parent_cannot_be_deleted_from_above_its_children() -> None:
    child = ConceptFactory(parent=ConceptFactory())
    with pytest.raises(ProtectedError):
        child.parent.delete()


def test_retired_concepts_are_not_current() -> None:
    current, _retired = ConceptFactory(), ConceptFactory(retired=True)
    assert list(Concept.objects.current()) == [current]
    assert Concept.objects.in_vocabulary("service-need").count() == 2
