"""The shape of the house: file lengths, file names, and names of the standard library unharmed."""

import re
import subprocess
import sys
from pathlib import Path

from tests.house.tree import PYTHON_ROOTS, ROOT, expect_none, files, name_of, python_files

LONGEST_PYTHON_FILE = 400
LONGEST_TEST_FILE = 900
LONGEST_TEMPLATE = 160
NAMELESS = {"utils", "util", "helpers", "helper", "common", "core", "base", "misc", "services"}
NAMES_WITH_A_REASON = {
    "site/palvelumanuaali/settings/base.py",  # Django's custom: the settings that the others build on
    "catalogue/models/services.py",  # services are what the catalogue is about
    "home/demo/services.py",  # the demo's services
}


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_python_file_is_too_long() -> None:
    def most(path: Path) -> int:
        return LONGEST_TEST_FILE if "tests" in path.parts else LONGEST_PYTHON_FILE

    long = [f"{name_of(path)}: {length(path)} lines" for path in python_files() if length(path) > most(path)]
    expect_none(long, f"split by noun; {LONGEST_PYTHON_FILE} lines are the most, {LONGEST_TEST_FILE} in tests")


def test_no_template_is_too_long() -> None:
    templates = files("templates", pattern="*.html")
    long = [f"{name_of(path)}: {length(path)} lines" for path in templates if length(path) > LONGEST_TEMPLATE]
    expect_none(long, f"move parts into templates/components/; {LONGEST_TEMPLATE} lines are the most")


def test_every_file_is_named_by_its_subject() -> None:
    packages = [path.parent for path in python_files(with_migrations=True) if path.name == "__init__.py"]
    named = [*python_files(), *packages]
    nameless = [name_of(path) for path in named if path.stem in NAMELESS and name_of(path) not in NAMES_WITH_A_REASON]
    expect_none(nameless, "name the module by what it is about")


def test_folders_that_share_a_name_with_a_module_are_no_packages() -> None:
    assert not (ROOT / "site" / "__init__.py").exists(), "site/ would hide the standard library's module"
    assert not (ROOT / "locale" / "__init__.py").exists(), "locale/ would hide the standard library's module"


def test_the_standard_library_keeps_its_names() -> None:
    program = "import site, locale; print(site.__file__ or site.__spec__.origin); print(locale.__file__)"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert [path for path in answer if Path(path).is_relative_to(ROOT) and ".venv" not in path] == []


def test_no_room_hides_a_module_of_the_standard_library() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert rooms & sys.stdlib_module_names == set()


def test_every_folder_of_tests_is_a_package() -> None:
    """Else two files of the same name in two folders can't be told apart."""
    folders = {path.parent for path in files("tests", pattern="*.py")}
    bare = sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").exists())
    expect_none(bare, "add an __init__.py")


def test_a_mute_carries_its_code_and_a_reason() -> None:
    mute = re.compile(r"#\s*(type:\s*ignore|noqa)\b")
    complete = re.compile(r"#\s*(?:type:\s*ignore\[[\w, -]+\]|noqa:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)\s+#?\s*\S+")
    bare = [
        f"{name_of(path)}:{number}"
        for path in python_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mute.search(line) and not complete.search(line) and path != Path(__file__)
    ]
    expect_none(bare, "write: # type: ignore[code]  # why")


def test_every_package_is_pinned_and_has_a_reason() -> None:
    wrong = []
    for name in ("requirements.txt", "requirements-dev.txt"):
        before = ""
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                pinned = re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", line)
                if not pinned or not (before.startswith("#") or "django-stubs" in line):
                    wrong.append(f"{name}: {line}")
            before = line
    expect_none(wrong, "name==version, with a reason in the line above")


def test_the_roots_that_are_looked_at_are_all_there_are() -> None:
    """A new folder with Python in it must not escape the tests of the house."""
    there = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.glob("*/**/*.py")
        if not path.relative_to(ROOT).parts[0].startswith(".")
    }
    expect_none(there - {*PYTHON_ROOTS, "docs", "var"}, "add the folder to tests/house/tree.py")
