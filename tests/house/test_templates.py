"""Every template compiles, and none carries what the content security policy of public pages would stop."""

import re
from pathlib import Path

import pytest
from django.template import engines

from tests.house.tree import ROOT, expect_none, files, name_of

TEMPLATES = list(files("templates", pattern="*.*"))
INLINE = {
    "an inline style": re.compile(r"""<style\b|\sstyle\s*=\s*["'{]""", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:ld\+)?json)", re.IGNORECASE),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def public_templates() -> list[Path]:
    """Those of web pages: mails are styled inline because mail programs want it, and the admin has a policy of its own."""
    return [path for path in TEMPLATES if path.suffix == ".html" and not {"emails", "wagtailadmin"} & set(path.parts)]


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles(path: Path) -> None:
    engines["django"].get_template(path.relative_to(ROOT / "templates").as_posix())


@pytest.mark.parametrize("path", public_templates(), ids=name_of)
def test_a_public_template_has_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {what}"
        for what, pattern in INLINE.items()
        for match in pattern.finditer(text)
    ]
    expect_none(found, "put styles into site/static/css and scripts into site/static/js")
