"""Which language a reader gets: the chain of languages that are tried, and picking a text by it."""

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

T = TypeVar("T")

LANGUAGE_TAG_LENGTH = 12


@cache
def language_chain(language: str) -> tuple[str, ...]:
    """The languages to try for a reader of `language` (a BCP 47 tag, lower case), best first.

    The chains are settings (LANGUAGE_CHAINS, DEFAULT_LANGUAGE_CHAIN); the reader's own language always leads.
    """
    rest = settings.LANGUAGE_CHAINS.get(language, settings.DEFAULT_LANGUAGE_CHAIN)
    return tuple(dict.fromkeys([language, *rest]))


def best_language(available: Mapping[str, object], language: str | None = None) -> str | None:
    """The key of `available` that suits a reader of `language` (default: the active one) best; None when empty."""
    for candidate in language_chain(language or get_language() or settings.LANGUAGE_CODE):
        if candidate in available:
            return candidate
    return next(iter(sorted(available)), None)


def best_text(texts: Mapping[str, T], language: str | None = None) -> T | str:
    """The text of `texts` (language -> text) that suits a reader of `language` best; "" when there is none."""
    for candidate in language_chain(language or get_language() or settings.LANGUAGE_CODE):
        if text := texts.get(candidate):
            return text
    return next((texts[tag] for tag in sorted(texts) if texts[tag]), "")


@cache
def direction(language: str) -> str:
    """ "rtl" or "ltr": the direction in which `language` is written."""
    return "rtl" if language.split("-")[0] in settings.LANGUAGES_BIDI else "ltr"


class LanguageRow(models.Model):
    """One language's texts of a thing that exists once: the child tables of labels are made of this."""

    language = models.CharField(_("language"), max_length=LANGUAGE_TAG_LENGTH, choices=settings.LANGUAGES)

    class Meta:
        abstract = True
