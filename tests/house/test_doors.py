"""Which room, and which layer of a room, may import which: the contracts in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOMS, ROOT


def test_every_import_goes_through_a_door() -> None:
    # A process of its own: import-linter reads its configuration once per process.
    answer = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=ROOT, env={"PYTHONPATH": "site", "PYTHONWARNINGS": "default"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if answer.returncode:
        pytest.fail(
            f"{answer.stdout}{answer.stderr}\nMove the line to the room or layer that it belongs to. "
            "A new module is given its layer in pyproject.toml."
        )


def test_every_room_stands_in_the_contracts() -> None:
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = [room for room in ROOMS if (ROOT / room / "__init__.py").exists()]
    assert [room for room in rooms if f'"{room}"' not in contracts] == []
