"""Model fields that hold terms of a vocabulary by their stable codes.

Facts of a service are read on every public page and kept whole in revisions; codes in the row itself cost no query and
no join table, and are what filters, exports and other systems use anyway (docs/decisions/0004-facts-as-codes.md).
"""

from functools import partial
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalogue.terms import term_choices, terms


def check_codes(vocabulary: str, codes: list[str]) -> None:
    """Raise ValidationError that names every code in `codes` that `vocabulary` lacks. One query."""
    known = terms().of(vocabulary)
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise ValidationError(
            _("Not in the vocabulary: %(codes)s. Choose from the list."),
            code="unknown_term",
            params={"codes": ", ".join(unknown)},
        )


class _TermsOfVocabulary:
    """What form widgets of terms share: the choices at hand, and those retired terms that the page already has.

    The form field sets `vocabulary`.
    """

    vocabulary = ""
    first_choices: tuple[tuple[str, str], ...] = ()
    choices: Any

    def optgroups(self, name: str, value: list[str], attrs: Any = None) -> Any:
        self.choices = [*self.first_choices, *term_choices(self.vocabulary, keep=value)]
        return super().optgroups(name, value, attrs)  # type: ignore[misc]  # of the widget


class GroupedCheckboxes(_TermsOfVocabulary, forms.CheckboxSelectMultiple):
    """Check boxes in columns, in named groups where the vocabulary has two levels."""

    template_name = "catalogue/admin/checkboxes.html"
    is_filtered = False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Django's, with neighbours that are in no group as one list, which `groups` names ""."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        groups = [
            (label, [option for _label, options, _index in found for option in options])
            for label, found in groupby(context["widget"]["optgroups"], key=lambda group: group[0] or "")
        ]
        context["widget"] |= {"groups": groups, "is_filtered": self.is_filtered}
        return context

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> SafeString:
        """By the site's own templates: Django's renderer of forms knows only those of its own."""
        return mark_safe(render_to_string(template_name, context))


class FilteredCheckboxes(GroupedCheckboxes):
    """The same for a long vocabulary: in a box that scrolls, with a field that filters."""

    is_filtered = True


class TermSelect(_TermsOfVocabulary, forms.Select):
    """A drop-down list of terms, with none at the top."""

    first_choices = (("", "—"),)


class TermsField(forms.MultipleChoiceField):
    """Terms by their codes; what the vocabulary knows is valid, because a page keeps terms that have been retired."""

    def __init__(self, *, vocabulary: str, **kwargs: Any) -> None:
        super().__init__(choices=partial(term_choices, vocabulary), **kwargs)
        self.vocabulary = self.widget.vocabulary = vocabulary

    def valid_value(self, value: Any) -> bool:
        return terms().get(self.vocabulary, str(value)) is not None


class TermField(forms.ChoiceField):
    """One term by its code, or none."""

    def __init__(self, *, vocabulary: str, **kwargs: Any) -> None:
        super().__init__(choices=partial(term_choices, vocabulary), **kwargs)
        self.vocabulary = self.widget.vocabulary = vocabulary

    def valid_value(self, value: Any) -> bool:
        return terms().get(self.vocabulary, str(value)) is not None


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
        return TermsField(
            vocabulary=self.vocabulary,
            required=not self.blank,
            label=capfirst(self.verbose_name),
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
        return TermField(
            vocabulary=self.vocabulary,
            required=not self.blank,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
            widget=kwargs.get("widget") or TermSelect,
            initial=kwargs.get("initial"),
        )
