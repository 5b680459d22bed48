"""Styles that turn around by themselves for right-to-left scripts, and colours that have one place."""

import re
from pathlib import Path

import pytest

from tests.house.tree import expect_none, files, name_of

STYLES = list(files("site/static/css", pattern="*.css"))
TOKENS = "tokens.css"
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding)-(?:left|right)|border-(?:left|right)(?:-\w+)?|(?:left|right)(?=\s*:)"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right)"
)
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklch|oklab)a?\(", re.IGNORECASE)


def declarations(path: Path) -> list[tuple[int, str]]:
    """The lines of a style sheet without its comments, numbered."""
    text = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), path.read_text(encoding="utf-8"), flags=re.S)
    return list(enumerate(text.splitlines(), 1))


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_styles_know_no_left_and_right(path: Path) -> None:
    found = [f"line {number}: {line.strip()}" for number, line in declarations(path) if PHYSICAL.search(line)]
    expect_none(found, "use logical properties: margin-inline-start, text-align: start, inset-inline-end")


@pytest.mark.parametrize("path", [path for path in STYLES if path.name != TOKENS], ids=name_of)
def test_colours_come_from_the_tokens(path: Path) -> None:
    found = [f"line {number}: {line.strip()}" for number, line in declarations(path) if COLOUR.search(line)]
    expect_none(found, f"name the colour in {TOKENS} and use the name: another region re-themes in one file")
