"""Starts a PostgreSQL server of one's own for as long as a command runs, and leaves nothing behind.

    python scripts/private_postgres.py COMMAND [ARGUMENT…]    the command finds the server in DATABASE_URL

The server lives in a temporary folder, listens on a socket there and nowhere else, trusts everybody and never waits for
the disk: fit for tests and measurements, for nothing else.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

ROLE = "tester"
DATABASE = "palvelumanuaali"
# Only a part of the socket's name; said everywhere, because PGPORT may say something else.
PORT = "5432"
START_SECONDS = 60
STOP_SECONDS = 30
# Tests throw everything away: no waiting for the disk, and none of its space for a log of changes.
OPTIONS = {
    "listen_addresses": "",
    "port": PORT,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "on",
    "shared_buffers": "128MB",
}


class NoPostgres(Exception):
    """There are no PostgreSQL server programs on this machine."""


class Person(TypedDict, total=False):
    """Whom a child process runs as: keywords of subprocess."""

    user: int
    group: int
    extra_groups: list[int]


def find_binaries() -> Path:
    """The folder with `initdb` and `postgres`, the newest where there are several. Raises NoPostgres."""
    for folder in _candidate_folders():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoPostgres("no PostgreSQL server programs found (pg_config, /usr/lib/postgresql/*/bin, PATH)")


def _candidate_folders() -> Iterator[Path]:
    # Debian's pg_config belongs to the client library and may name a version whose server is not installed.
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    installed = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    yield from sorted(installed, key=lambda folder: int(folder.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent


def _unprivileged() -> Person:
    """The account for the server: `postgres` or `nobody` when we are root (which initdb refuses), else our own."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise NoPostgres("PostgreSQL refuses to run as root, and there is neither an account `postgres` nor `nobody`")


@contextmanager
def private_postgres() -> Iterator[str]:
    """Run a server inside the block and give its address for DATABASE_URL. Raises NoPostgres where that cannot be."""
    binaries, person = find_binaries(), _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="palvelumanuaali-postgres-"))
    try:
        if person:
            os.chown(folder, person["user"], person["group"])
        server = _start(binaries, folder, person)
        try:
            _wait_until_ready(binaries, folder, person, server)
            yield f"postgres://{ROLE}@/{DATABASE}?host={quote(str(folder), safe='/')}&port={PORT}"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(binaries: Path, folder: Path, person: Person) -> subprocess.Popen[bytes]:
    """Make a cluster in `folder` and start its server, in a session of its own: a Ctrl-C is for the tests."""
    subprocess.run(
        [
            *(str(binaries / "initdb"), "--pgdata", str(folder / "data"), "--username", ROLE),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
        ],
        check=True, stdout=subprocess.DEVNULL, cwd=folder, env=_environment(folder), start_new_session=True, **person,
    )  # fmt: skip
    settings = [f"--{name}={value}" for name, value in OPTIONS.items()]
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            cwd=folder, env=_environment(folder), start_new_session=True, **person,
        )  # fmt: skip


def _environment(folder: Path) -> dict[str, str]:
    """Our own environment without what would lead PostgreSQL elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "HOME": str(folder)}


def _wait_until_ready(binaries: Path, folder: Path, person: Person, server: subprocess.Popen[bytes]) -> None:
    """Wait for the server and make the database. Raises RuntimeError, with the server's own words, when it fails."""
    createdb = [str(binaries / "createdb"), "--host", str(folder), "--port", PORT, "--username", ROLE, DATABASE]
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        made = subprocess.run(
            createdb, capture_output=True, text=True, cwd=folder, env=_environment(folder), check=False, **person
        )
        if made.returncode == 0:
            return
        time.sleep(0.1)
    said = (folder / "server.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"the private PostgreSQL server did not start:\n{said}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop this one server: at once, though politely; harder when it does not listen."""
    for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is not None:
            return
        server.send_signal(request)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def main(command: list[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with private_postgres() as address:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode
    except NoPostgres as reason:
        print(f"No private PostgreSQL: {reason}.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    # A polite end (`kill`, a CI that gives up) is to leave nothing behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main(sys.argv[1:]))
