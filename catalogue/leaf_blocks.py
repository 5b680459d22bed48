"""The leaves of StreamField blocks: texts, which differ by language, and facts, which do not.

A leaf that is a text is made of `Text` or `RichText`; the overlay (catalogue.overlay) takes those, and only those, from a
language version. Facts that wagtail-localize would take for strings or overridable choices answer "nothing to translate".
"""

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock

from catalogue.place_chooser import PlaceChooserBlock
from catalogue.terms import block_choices

RICH_TEXT_FEATURES = ["h3", "bold", "italic", "ul", "ol", "link", "document-link"]


class Text(blocks.CharBlock):
    """A short text that each language version has of its own."""

    is_text = True


class RichText(blocks.RichTextBlock):
    """A long text that each language version has of its own."""

    is_text = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", RICH_TEXT_FEATURES)
        super().__init__(**kwargs)


class _Fact:
    """What the same in every language: tells wagtail-localize that there is nothing to translate or override."""

    def get_translatable_segments(self, value: object) -> list[Any]:
        return []

    def restore_translated_segments(self, value: object, segments: list[Any]) -> object:
        return value


class FactURL(_Fact, blocks.URLBlock):
    """A web address."""


class FactEmail(_Fact, blocks.EmailBlock):
    """An e-mail address."""


class FactDocument(_Fact, DocumentChooserBlock):
    """A file of the document library."""


class FactPlace(_Fact, PlaceChooserBlock):  # type: ignore[misc,valid-type]  # a class that the viewset makes
    """A reusable place."""


class PhoneNumber(_Fact, blocks.CharBlock):
    """A phone number, kept in the international form E.164; Finnish numbers may be typed without the country code."""

    def clean(self, value: str) -> str:
        value = str(super().clean(value) or "").strip()
        if not value:
            return ""
        try:
            number = phonenumbers.parse(value, "FI")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_("Enter a phone number, for example 09 310 1691 or +358 40 123 4567."))
        if number.country_code == 358 and not phonenumbers.is_valid_number(number):
            raise ValidationError(_("This is not a Finnish phone number: check the digits."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class Term(blocks.ChoiceBlock):
    """One term of a vocabulary, by its code. Reading a page does not look the code up: codes are texts already."""

    def __init__(self, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(choices=lambda: block_choices(vocabulary), **kwargs)

    def deconstruct(self) -> Any:
        kwargs = {key: value for key, value in self._constructor_kwargs.items() if key != "choices"}
        return "catalogue.leaf_blocks.Term", [self.vocabulary], kwargs

    def normalize_choice(self, value: Any) -> Any:
        return value


class TermList(blocks.MultipleChoiceBlock):
    """Several terms of a vocabulary, by their codes."""

    def __init__(self, vocabulary: str, **kwargs: Any) -> None:
        from django.forms import CheckboxSelectMultiple

        self.vocabulary = vocabulary
        kwargs.setdefault("widget", CheckboxSelectMultiple())
        super().__init__(choices=lambda: block_choices(vocabulary), **kwargs)

    def deconstruct(self) -> Any:
        kwargs = {key: value for key, value in self._constructor_kwargs.items() if key != "choices"}
        return "catalogue.leaf_blocks.TermList", [self.vocabulary], kwargs

    def normalize_choice(self, value: Any) -> Any:
        return value
