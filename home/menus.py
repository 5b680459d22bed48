"""The site's menu and footer in memory, kept as the vocabularies are: until the stamp in the database changes.

Every page shows them and they change a few times a year. Whoever changes a page that may stand in them, or who may read
it, changes the stamp (home.signal_handlers).
"""

import uuid
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Q
from wagtail.models import PageViewRestriction

from accounts.languages import best_language, language_chain
from catalogue.terms import Terms
from home.addresses import Link, page_path
from home.models import ContentPage


@dataclass(frozen=True, slots=True)
class Menus:
    """Links of the menu and of the footer for readers of one language."""

    menu: tuple[Link, ...]
    footer: tuple[Link, ...]


@dataclass(frozen=True)
class _Copy:
    """The process's copy, made for one stamp; replaced whole."""

    stamp: uuid.UUID | None
    by_language: dict[str, Menus] = field(default_factory=dict)

    current: ClassVar["_Copy"]


_Copy.current = _Copy(stamp=None)


def menus(language: str, known: Terms) -> Menus:
    """The menus for readers of `language` as they stand at the stamp of `known`. Two queries after a change, else none."""
    if known.stamp is None or known.stamp != _Copy.current.stamp:
        _Copy.current = _Copy(stamp=known.stamp)
    copy = _Copy.current
    if language not in copy.by_language:
        copy.by_language[language] = _load(language)
    return copy.by_language[language]


def _load(language: str) -> Menus:
    """Public pages that are marked for a menu, each once, in the reader's language or the best other, in the tree's order."""
    columns = ("path", "translation_key", "locale__language_code", "title", "url_path", "show_in_menus", "in_footer")
    rows = (
        ContentPage.objects.live()
        .filter(Q(show_in_menus=True) | Q(in_footer=True), locale__language_code__in=language_chain(language))
        .order_by("path")
        .values_list(*columns)
    )
    closed = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
    pages: dict[Any, dict[str, Any]] = {}
    for path, key, tag, *rest in rows:
        if not path.startswith(closed):
            pages.setdefault(key, {})[tag] = rest
    menu, footer = [], []
    for by_language in pages.values():
        tag = best_language(by_language, language) or language
        title, url_path, in_menu, in_footer = by_language[tag]
        link = Link(title, page_path(language, url_path), tag)
        if in_menu:
            menu.append(link)
        if in_footer:
            footer.append(link)
    return Menus(tuple(menu), tuple(footer))
