import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from catalogue.models import LegalSnippet, LegalSnippetText
from tests.factories import LegalSnippetFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
BEFORE, AFTER = DAY - dt.timedelta(1), DAY + dt.timedelta(1)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "in_force"),
    [
        (None, None, True),
        (DAY, None, True),
        (None, DAY, True),
        (DAY, DAY, True),
        (BEFORE, AFTER, True),
        (AFTER, None, False),
        (None, BEFORE, False),
    ],
)
def test_a_snippet_is_in_force_from_its_first_day_to_its_last(
    valid_from: dt.date | None, valid_to: dt.date | None, in_force: bool
) -> None:
    snippet = LegalSnippetFactory(valid_from=valid_from, valid_to=valid_to)
    assert list(LegalSnippet.objects.in_force(DAY)) == ([snippet] if in_force else [])


def test_the_last_day_of_validity_is_not_before_the_first() -> None:
    with pytest.raises(ValidationError) as caught:
        LegalSnippetFactory.build(valid_from=DAY, valid_to=BEFORE).clean()
    assert list(caught.value.message_dict) == ["valid_to"]
    LegalSnippetFactory.build(valid_from=DAY, valid_to=DAY).clean()


def test_a_snippet_is_called_by_its_label_in_the_readers_language() -> None:
    snippet = LegalSnippetFactory(
        code="obligation.none", texts={"fi": ("Ei velvoittava", "…"), "sv": ("Inte förpliktande", "…")}
    )
    for language, label in (("fi", "Ei velvoittava"), ("sv", "Inte förpliktande"), ("en", "Ei velvoittava")):
        with translation.override(language):
            assert str(snippet) == label
    LegalSnippetText.objects.all().delete()
    assert str(LegalSnippet.objects.get()) == "obligation.none"


def test_a_snippet_has_one_text_in_each_language() -> None:
    snippet = LegalSnippetFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalSnippetText.objects.create(snippet=snippet, language="fi", label="x", text="x")
