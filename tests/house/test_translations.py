"""Finnish and Swedish are complete: every text of the interface, with the placeholders of its English message id."""

import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django.core.management import call_command

from tests.house.tree import ROOMS, ROOT, expect_none, name_of

COMPLETE = ("fi", "sv")
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sdif]|(?<!\{)\{\w*\}(?!\})")
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


class Message(NamedTuple):
    """What gettext knows a text by."""

    context: str
    text: str
    plural: str

    def __str__(self) -> str:
        return f"[{self.context}] {self.text}" if self.context else self.text


def message_of(entry: polib.POEntry) -> Message:
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def translations_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def catalogue(language: str) -> dict[Message, polib.POEntry]:
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    assert path.exists(), f"{name_of(path)} is missing: run make messages"
    return {message_of(entry): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> set[Message]:
    """Every text that the code and the templates have translated, collected as `make messages` does, into a folder aside."""
    if not shutil.which("xgettext"):
        reason = "NO GETTEXT: nobody checks that the translations are complete (Debian: apt-get install gettext)"
        pytest.fail(reason) if IN_CI else pytest.skip(reason)
    aside = tmp_path_factory.mktemp("messages")
    for folder in (*ROOMS, "site/palvelumanuaali", "templates"):
        if (ROOT / folder).exists():
            shutil.copytree(ROOT / folder, aside / folder, ignore=_all_but_sources)
    (aside / "locale").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(aside)
        patch.setattr("django.conf.settings.LOCALE_PATHS", [str(aside / "locale")])
        call_command("makemessages", locale=["en"], keep_pot=True, verbosity=0)
    return {message_of(entry) for entry in polib.pofile(str(aside / "locale" / "django.pot"))}


def _all_but_sources(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_file() and Path(name).suffix not in (".py", ".html", ".txt")]


def test_there_are_messages(messages: set[Message]) -> None:
    assert messages


@pytest.mark.parametrize("language", COMPLETE)
def test_every_text_is_translated(messages: set[Message], language: str) -> None:
    known = catalogue(language)
    missing = sorted(
        str(message)
        for message in messages
        if message not in known or known[message].fuzzy or not all(map(str.strip, translations_of(known[message])))
    )
    expect_none(missing, f"no translation in {language}: run make messages and translate")


@pytest.mark.parametrize("language", COMPLETE)
def test_no_translation_is_left_over(messages: set[Message], language: str) -> None:
    expect_none(sorted(map(str, set(catalogue(language)) - messages)), "nobody uses it any more: run make messages")


@pytest.mark.parametrize("path", CATALOGUES, ids=name_of)
def test_translations_keep_the_placeholders(path: Path) -> None:
    wrong = []
    for entry in polib.pofile(str(path)):
        if entry.obsolete or entry.fuzzy:
            continue
        # A form for one may leave out the number ("one service"), none may invent a placeholder.
        allowed = placeholders(entry.msgid) | placeholders(entry.msgid_plural or "")
        for index, text in enumerate(translations_of(entry)):
            used = placeholders(text)
            complete = used == allowed or (bool(entry.msgid_plural) and index == 0 and used <= allowed)
            if text and not complete:
                wrong.append(f"{entry.msgid!r} → {text!r}")
    expect_none(wrong, "use the placeholders of the message id, unchanged")


@pytest.mark.parametrize("path", CATALOGUES, ids=name_of)
def test_a_catalogue_has_neither_doubtful_nor_obsolete_entries(path: Path) -> None:
    doubtful = [entry.msgid for entry in polib.pofile(str(path)) if entry.fuzzy or entry.obsolete]
    expect_none(doubtful, "check the translation and take the mark away, or run make messages")
