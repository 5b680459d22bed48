"""Loads the demo's front pages, content pages, news and municipality pages."""

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.models import Locale, Page

from accounts.models import Municipality
from catalogue.texts import paragraphs
from home.demo import files
from home.models import ContentPage, HomePage, MunicipalityPage, NewsIndexPage, NewsPage

FOOTER = ("about", "accessibility-statement", "privacy-notice", "easy-language")
MENU = ("guide-client", "faq")
NEWS_INDEX = {"fi": ("Uutiset", "uutiset"), "sv": ("Nyheter", "nyheter"), "en": ("News", "news")}


def load_pages() -> None:
    """Everything that is missing; what is there stays as it is."""
    _load_home()
    index = _load_news_index()
    for row in files.read("pages"):
        _load_page(row, index)
    for code, texts in files.read("home")["municipalities"].items():
        _load_municipality(code, texts)


def _home(tag: str) -> HomePage:
    return HomePage.objects.get(locale__language_code=tag)


def _load_home() -> None:
    for tag, own in files.read("home")["texts"].items():
        home = _home(tag)
        if not home.lead:
            home.title, home.lead = own["title"], own["lead"]
            home.save_revision().publish(skip_permission_checks=True)


def _in_all_languages(first: Page | None, parent: Page, page: Page, tag: str) -> Page:
    """Put `page` below `parent`, as the translation of `first` where there is one, and publish it."""
    page.locale = Locale.objects.get(language_code=tag)
    if first is not None:
        page.translation_key = first.translation_key
    parent.add_child(instance=page)
    page.save_revision().publish(skip_permission_checks=True)
    return page


def _load_news_index() -> dict[str, Page]:
    pages: dict[str, Page] = {page.locale.language_code: page for page in NewsIndexPage.objects.select_related("locale")}
    first = pages.get("fi")
    for tag, (title, slug) in NEWS_INDEX.items():
        if tag not in pages:
            pages[tag] = _in_all_languages(first, _home(tag), NewsIndexPage(title=title, slug=slug, show_in_menus=False), tag)
            first = first or pages[tag]
    return pages


def _load_page(row: Mapping[str, Any], news: Mapping[str, Page]) -> None:
    is_news = row["kind"] == "news"
    model = NewsPage if is_news else ContentPage
    if model.objects.filter(slug=row["slug"]["fi"], locale__language_code="fi").exists():
        return
    first: Page | None = None
    for tag, own in row["texts"].items():
        if is_news and tag not in news:
            continue
        common: dict[str, Any] = {
            "title": own["title"],
            "slug": row["slug"].get(tag) or row["slug"]["fi"],
            "intro": own["intro"],
            "body": json.dumps(_body(own["body"])),
        }
        if is_news:
            date = timezone.localdate() + dt.timedelta(days=row["updated"])
            page = _in_all_languages(first, news[tag], NewsPage(date=date, **common), tag)
        else:
            content = ContentPage(in_footer=row["code"] in FOOTER, show_in_menus=row["code"] in MENU, **common)
            page = _in_all_languages(first, _home(tag), content, tag)
        first = first or page


def _body(parts: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    raw: list[dict[str, Any]] = []
    for part in parts:
        kind: str
        value: Any
        if "question" in part:
            kind, value = "question", {"question": part["question"], "answer": paragraphs(part["answer"])}
        elif "heading" in part:
            kind, value = "heading", part["heading"]
        else:
            kind, value = "paragraph", paragraphs(part["paragraph"])
        raw.append({"type": kind, "value": value, "id": str(uuid.uuid4())})
    return raw


def _load_municipality(code: str, texts: Mapping[str, Any]) -> None:
    municipality = Municipality.objects.get(code=code)
    if municipality.pages.exists():
        return
    names = {row.language: row.name for row in municipality.names.all()}
    first: Page | None = None
    for tag, own in texts.items():
        slug = names[tag].lower().translate(str.maketrans("äöå ", "aoa-"))
        page = MunicipalityPage(
            title=names[tag], slug=slug, municipality=municipality, intro=json.dumps(_body([{"paragraph": own["intro"]}]))
        )
        page = _in_all_languages(first, _home(tag), page, tag)
        first = first or page
