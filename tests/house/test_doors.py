"""Which room may import which: the contracts in pyproject.toml."""

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.house.tree import ROOMS, ROOT


def test_every_import_goes_through_a_door(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    if status != EXIT_STATUS_SUCCESS:
        pytest.fail(
            capfd.readouterr().out + "\nMove the line to the room (or layer) it belongs to: see “Doors” in docs. "
            "A new module is given its layer in pyproject.toml."
        )


def test_every_room_stands_in_the_contract() -> None:
    contracts = Path(ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = [room for room in ROOMS if (ROOT / room / "__init__.py").exists()]
    assert [room for room in rooms if f'"{room}"' not in contracts] == []
