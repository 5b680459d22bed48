"""Which files are ours: what the tests of the house look at."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "catalogue", "search", "workflows", "exchange", "insights", "paths", "home")
PYTHON_ROOTS = (*ROOMS, "site", "scripts", "tests")


def files(*roots: str, pattern: str) -> Iterator[Path]:
    """Our files below `roots` (folders of the project) whose name matches `pattern`, in order."""
    for root in roots:
        yield from sorted(path for path in (ROOT / root).rglob(pattern) if "__pycache__" not in path.parts)


def python_files(*, with_migrations: bool = False) -> Iterator[Path]:
    for path in files(*PYTHON_ROOTS, pattern="*.py"):
        if with_migrations or "migrations" not in path.parts:
            yield path


def name_of(path: Path) -> str:
    """`path` as a reader of a failure wants it: from the project's folder on."""
    return path.relative_to(ROOT).as_posix()


def expect_none(found: Iterable[object], hint: str) -> None:
    """Fail with every one of `found` on a line of its own, and with how to mend it."""
    lines = [str(line) for line in found]
    if lines:
        pytest.fail("\n".join([f"{hint} ({len(lines)}):", *(f"  {line}" for line in lines)]), pytrace=False)
