"""Which files are ours: what the tests of the house look at."""

from collections.abc import Iterator
from pathlib import Path

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
