"""Runs the test suite on SQLite and then on PostgreSQL, and closes with one line that counts both.

    python scripts/run_tests.py [--fast] [PYTEST ARGUMENT…]

PostgreSQL is the server that DATABASE_URL names, else a private one that is started and stopped here. Where there is none,
that is said loudly, and under CI=true it is a failure. --fast leaves out PostgreSQL, the tests in a browser and the walks.
"""

import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from private_postgres import NoPostgres, private_postgres

ROOT = Path(__file__).resolve().parents[1]
VAR = ROOT / "var"
WORKERS = "2"
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


@dataclass(frozen=True)
class Tally:
    """How many tests did what, and whether the runner itself was content."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    content: bool = True

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.content and other.content,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def say(text: str) -> None:
    """Print `text` so that it can't be missed between two test runs."""
    rule = "=" * max(map(len, text.splitlines()))
    print(f"\n{rule}\n{text}\n{rule}", flush=True)


def run_pytest(name: str, address: str, arguments: list[str]) -> Tally:
    """One run of the suite with DATABASE_URL=`address`. Its own output is shown, its report read."""
    report = VAR / f"tests-{name}.xml"
    report.unlink(missing_ok=True)
    command = [
        *(sys.executable, "-m", "pytest", "--numprocesses", WORKERS, "--reuse-db"),
        f"--junit-xml={report}",
        *arguments,
    ]
    say(f"Tests on {name}")
    # Compiled tests are worth keeping, whatever this machine thinks of compiled modules: three processes read them all.
    environment = {**os.environ, "DATABASE_URL": address, "PYTHONDONTWRITEBYTECODE": ""}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        status = process.wait()
    except (KeyboardInterrupt, SystemExit) as reason:
        # After a Ctrl-C pytest got the same one. Wait until its workers are closed, before their database is taken away.
        if isinstance(reason, SystemExit):
            process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(20)
        process.kill()
        raise
    return read_report(report, status)


def read_report(report: Path, status: int) -> Tally:
    """The tally of pytest's XML `report`; a run that broke, or tested nothing, is a failure even without a failed test."""
    if not report.exists():
        print(f"pytest ended without a report, with status {status}: counted as one failure.")
        return Tally(failed=1, content=False)
    # The file is pytest's own of a second ago, not a stranger's.
    suites = ET.parse(report).getroot().iter("testsuite")
    counted = Tally()
    cells: Counter[str] = Counter()
    for suite in suites:
        for told in suite.iter("property"):
            if (name := told.get("name", "")).startswith("cells"):
                cells[name] += int(told.get("value", "0"))
        count = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
        failed = count["failures"] + count["errors"]
        counted += Tally(max(count["tests"] - failed - count["skipped"], 0), failed, count["skipped"])
    if status and not counted.failed:
        counted += Tally(failed=1)
    if cells:
        print("Privacy matrix:", ", ".join(f"{count} {name}" for name, count in sorted(cells.items())))
    return counted + Tally(content=status == 0)


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server for the block. Raises NoPostgres where there is none."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres", "pgsql", "psql")):
        yield given
    else:
        with private_postgres() as address:
            yield address


def main(arguments: list[str]) -> int:
    fast = "--fast" in arguments
    arguments = [argument for argument in arguments if argument != "--fast"]
    if fast:
        arguments = ["-m", "not browser and not walk", *arguments]
    VAR.mkdir(exist_ok=True)

    tally = run_pytest("SQLite", f"sqlite:///{VAR / 'palvelumanuaali.sqlite3'}", arguments)
    if fast:
        say("Fast run: without PostgreSQL, a browser, and walks over every address. `make test` does all of it.")
    else:
        try:
            with postgres() as address:
                tally += run_pytest("PostgreSQL", address, arguments)
        except NoPostgres as reason:
            say(
                f"NOTHING WAS TESTED ON POSTGRESQL: {reason}.\n"
                "Install the server (Debian: apt-get install postgresql) or name one in DATABASE_URL."
            )
            if IN_CI:
                tally += Tally(failed=1, content=False)
    print(f"\n{tally}", flush=True)
    return 0 if tally.content and not tally.failed else 1


if __name__ == "__main__":
    # A polite end (`kill`, a CI that gives up) is to stop the private server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted.")
