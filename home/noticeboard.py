"""The experts' notices and tools in memory, kept as the menus are: until the stamp in the database changes.

They change a few times a month and stand on every expert's front page. Who sees a tool, and whether a notice is shown
today, is asked at each reading.
"""

import datetime as dt
import uuid
from collections.abc import Set
from dataclasses import dataclass
from typing import ClassVar

from accounts.languages import best_language
from catalogue.overlay import Text
from catalogue.terms import Terms
from home.models import Notice, ToolLink


@dataclass(frozen=True, slots=True)
class ShownNotice:
    title: Text
    text: Text
    is_important: bool
    shown_from: dt.date


@dataclass(frozen=True, slots=True)
class ShownTool:
    label: Text
    description: Text
    url: str


@dataclass(frozen=True)
class _Board:
    """The process's copy, made for one stamp; replaced whole. Texts are language → (title, text)."""

    stamp: uuid.UUID | None
    notices: tuple[tuple[dt.date, dt.date | None, bool, dict[str, tuple[str, str]]], ...] = ()
    tools: tuple[tuple[str, frozenset[int], dict[str, tuple[str, str]]], ...] = ()

    current: ClassVar["_Board"]


_Board.current = _Board(stamp=None)


def notices(language: str, today: dt.date, known: Terms) -> tuple[ShownNotice, ...]:
    """The notices to show on `today`, important ones first, then the newest. Five queries after a change, else none."""
    shown = []
    for shown_from, shown_to, is_important, texts in _board(known).notices:
        if shown_from <= today and (shown_to is None or today <= shown_to):
            title, text = _best(texts, language)
            shown.append(ShownNotice(title, text, is_important, shown_from))
    return tuple(sorted(shown, key=lambda notice: not notice.is_important))


def tools(language: str, organisations: Set[int], known: Terms, *, everything: bool = False) -> tuple[ShownTool, ...]:
    """The tools for members of `organisations` (primary keys), or `everything`, in their order. Queries as of `notices`."""
    return tuple(
        ShownTool(*_best(texts, language), url)
        for url, only_for, texts in _board(known).tools
        if everything or not only_for or only_for & organisations
    )


def _board(known: Terms) -> _Board:
    if known.stamp is None or known.stamp != _Board.current.stamp:
        _Board.current = _load(known.stamp)
    return _Board.current


def _load(stamp: uuid.UUID | None) -> _Board:
    return _Board(
        stamp,
        tuple(
            (
                notice.shown_from,
                notice.shown_to,
                notice.importance == Notice.Importance.IMPORTANT,
                {row.language: (row.title, row.text) for row in notice.texts.all()},
            )
            for notice in Notice.objects.prefetch_related("texts")
        ),
        tuple(
            (
                tool.url,
                frozenset(organisation.pk for organisation in tool.organisations.all()),
                {row.language: (row.label, row.description) for row in tool.labels.all()},
            )
            for tool in ToolLink.objects.prefetch_related("labels", "organisations")
        ),
    )


def _best(texts: dict[str, tuple[str, str]], language: str) -> tuple[Text, Text]:
    tag = best_language(texts, language) or language
    first, second = texts.get(tag, ("", ""))
    return Text(first, tag), Text(second, tag)
