"""Template tags for texts that know their language: one in another language than the page's is marked as such."""

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format, time_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.languages import best_text, direction

register = template.Library()

NAMES_OF_LANGUAGES = {row["bcp47"].lower(): row for row in settings.LANGUAGE_ROWS}
NO_ATTRIBUTES = mark_safe("")


def _attributes(language: str) -> SafeString:
    """` lang="…" dir="…"`, with the space before it."""
    return format_html(' lang="{}" dir="{}"', language, direction(language))


def _foreign(context: Context, language: str) -> SafeString:
    """The attributes of what is written in `language`; "" where that is the page's own, or not known."""
    request = context.get("request")
    own = getattr(request, "language", None) or get_language()
    return _attributes(language) if language and language != own else NO_ATTRIBUTES


@register.simple_tag(takes_context=True)
def localised(context: Context, value: Any) -> SafeString:
    """A short text, escaped; in a <span> with its language where that is not the page's."""
    attributes = _foreign(context, getattr(value, "language", ""))
    return format_html("<span{}>{}</span>", attributes, value) if attributes else conditional_escape(value)


@register.simple_tag(takes_context=True)
def prose(context: Context, value: Any) -> SafeString:
    """Rich text that editors wrote, as it is; "" where there is none."""
    if not value:
        return NO_ATTRIBUTES
    attributes = _foreign(context, getattr(value, "language", ""))
    # Rich text is cleaned by its editor's feature list (catalogue.blocks) before it is stored.
    return format_html('<div class="prose"{}>{}</div>', attributes, mark_safe(str(value)))


@register.simple_tag(takes_context=True)
def lang_attrs(context: Context, language: str) -> SafeString:
    """Attributes for an element whose whole content is written in `language`."""
    return _foreign(context, language)


@register.simple_tag(takes_context=True)
def interface_attributes(context: Context) -> SafeString:
    """Attributes for the words of the interface, on pages whose language the interface does not speak."""
    frame = context["frame"]
    if not frame.is_foreign_interface:
        return NO_ATTRIBUTES
    # `data-words` lets the layout of a right-to-left page carry words that run the other way (base.css).
    return format_html("{} data-words", _attributes(frame.interface_language))


@register.filter
def language_name(language: str) -> str:
    """The name of a language in the words of the active one: "ruotsi", "svenska", "Swedish"."""
    row = NAMES_OF_LANGUAGES.get(language.lower())
    return row.get((get_language() or "").split("-")[0]) or row["en"] if row else language


@register.filter(expects_localtime=True)
def written(value: dt.date | dt.time | None, form: str) -> str:
    """A date or a time of day in one of Django's formats, by name or by letters; "" for None.

    Does what Django's `date` and `time` do, and remembers it: a list or a page says the same few dates again and again.
    """
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)  # it is local by now; equal instants of two zones read differently
    return _written(value, form, get_language()) if value is not None else ""


@lru_cache(maxsize=5000)
def _written(value: dt.date | dt.time, form: str, language: str | None) -> SafeString:
    words = time_format(value, form) if isinstance(value, dt.time) else date_format(value, form)
    return conditional_escape(words)


@register.filter
def weekday_names(weekdays: Iterable[int] | None) -> str:
    """Weekdays (Monday is 0) as people say them: three or more in a row become "Monday–Wednesday"."""
    runs: list[list[int]] = []
    for day in sorted(weekdays or ()):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts: list[str] = []
    for run in runs:
        names = [str(WEEKDAYS[day]) for day in run]
        parts += [f"{names[0]}–{names[-1]}"] if len(names) > 2 else names
    return ", ".join(parts)


@register.filter
def in_own_words(rows: Iterable[Any], name: str) -> str:
    """Of rows with one language each, the text called `name` that suits the reader best."""
    return str(best_text({row.language: getattr(row, name) for row in rows}))
