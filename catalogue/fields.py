"""Model fields that hold terms of a vocabulary by their stable codes.

Facts of a service are read on every public page and kept whole in revisions; codes in the row itself cost no query and
no join table, and are what filters, exports and other systems use anyway (docs/decisions/0004-facts-as-codes.md).
"""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.terms import term_choices, terms


def check_codes(vocabulary: str, codes: list[str]) -> None:
    """Raise ValidationError that names every code in `codes` that `vocabulary` lacks. One query."""
    unknown = [code for code in codes if terms().get(vocabulary, code) is None]
    if unknown:
        raise ValidationError(
            _("Not in the vocabulary: %(codes)s. Choose from the list."), code="unknown_term", params={"codes": ", ".join(unknown)}
        )


class GroupedCheckboxes(forms.CheckboxSelectMultiple):
    """Check boxes in named groups; the groups come from the vocabulary's first level."""


class CodesField(models.JSONField):
    """Several terms of one vocabulary: a list of codes without repetition."""

    def __init__(self, *args: Any, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "vocabulary": self.vocabulary}

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
            raise ValidationError(_("Give a list of codes."), code="invalid")
        value = list(dict.fromkeys(value))
        check_codes(self.vocabulary, value)
        return super().clean(value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return forms.MultipleChoiceField(
            choices=partial(term_choices, self.vocabulary),
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
            widget=kwargs.get("widget") or GroupedCheckboxes,
            initial=kwargs.get("initial"),
        )

    def value_from_object(self, obj: models.Model) -> Any:
        return list(super().value_from_object(obj) or [])


class CodeField(models.CharField):
    """At most one term of one vocabulary, by its code; "" is none."""

    def __init__(self, *args: Any, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "vocabulary": self.vocabulary}

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        value = super().clean(value, model_instance)
        if value:
            check_codes(self.vocabulary, [value])
        return value

    def formfield(self, **kwargs: Any) -> Any:
        return forms.ChoiceField(
            choices=lambda: [("", "—"), *term_choices(self.vocabulary)],
            required=not self.blank,
            label=self.verbose_name,
            help_text=self.help_text,
            initial=kwargs.get("initial"),
        )
