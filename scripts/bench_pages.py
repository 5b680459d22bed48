"""Measures the CPU that an anonymous request of each public page costs, beside a bare Django view in the same run.

    python scripts/bench_pages.py [--services 450] [--rounds 5] [--requests 120]

On SQLite and on a private PostgreSQL in turn: a database of generated services, gunicorn with two workers and the production
settings over plain HTTP on loopback, and beside it the same gunicorn with one view that answers "Hello". Counted is the CPU
time of all processes of each server (/proc/<pid>/stat), never the clock. Method and figures: docs/benchmarks.md.
"""

import argparse
import http.client
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import psycopg
from private_postgres import OPTIONS, NoPostgres, private_postgres

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2
WARM_UP = 40
# A bare request is so short that it takes many of them to tell it from the 10 ms in which the system counts CPU.
BARE_REQUESTS = 1500
SECONDS_PER_DATABASE = 150
START_SECONDS = 60
AIMS = {"service page": 25, "list": 40}
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
SITE_SETTINGS = """
from palvelumanuaali.settings.production import *
STATIC_ROOT = {static!r}
MEDIA_ROOT = {media!r}
"""
BARE_SITE = """
from django.http import HttpResponse
from django.urls import path
SECRET_KEY = "bare"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = __name__
MIDDLEWARE = []
def hello(request):
    return HttpResponse("Hello")
urlpatterns = [path("", hello)]
"""


class Void(Exception):
    """The measurement says nothing: a page failed, or a process came or went meanwhile."""


@dataclass(frozen=True)
class Server:
    """A running gunicorn: its first process and its port on loopback."""

    pid: int
    port: int

    def get(self, address: str, connection: http.client.HTTPConnection | None = None) -> str:
        """The page at `address`. Raises Void unless it is answered with 200."""
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", address)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Void(f"{address} answered {answer.status} {answer.reason}")
        return body.decode()

    def ask(self, addresses: list[str], count: int) -> None:
        """`count` requests, one after the other, on a connection that is kept as far as the server keeps it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for address in islice(cycle(addresses), count):
            self.get(address, connection)
        connection.close()


@dataclass
class Costs:
    """Milliseconds of CPU per request of one page, one figure for each round."""

    web: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    ratio: list[float] = field(default_factory=list)


# ---------------------------------------------------------------------------------------------------- CPU of processes


def family(pid: int) -> dict[int, float]:
    """The process `pid` and all its descendants, with the milliseconds of CPU of each and of the children it has buried."""
    rows: dict[int, tuple[int, float]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold anything; what follows the last bracket are numbers.
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        rows[int(file.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])) * TICK_MS)
    members = {pid}
    while more := {child for child, (parent, _cpu) in rows.items() if parent in members} - members:
        members |= more
    return {member: rows[member][1] for member in members if member in rows}


def cpu_of(pid: int | None) -> float:
    return sum(family(pid).values()) if pid else 0.0


# ------------------------------------------------------------------------------------------------------------ servers


@contextmanager
def gunicorn(folder: Path, settings: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """A gunicorn for as long as the block lasts, in a session of its own: a Ctrl-C comes to us, and we stop it."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    log = (folder / f"{settings}.log").open("wb")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--workers", str(WORKERS), "--bind", f"fd://{listener.fileno()}"),
            *("--worker-tmp-dir", str(folder), "--no-control-socket", "django.core.wsgi:get_wsgi_application()"),
        ],
        env={**environment, "DJANGO_SETTINGS_MODULE": settings},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=[listener.fileno()],
        start_new_session=True,
    )
    try:
        server = Server(process.pid, listener.getsockname()[1])
        wait_for(server, process, folder / f"{settings}.log")
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        listener.close()
        log.close()


def wait_for(server: Server, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until all workers are there. Raises Void, with the server's own words, when it fails."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if len(family(server.pid)) > WORKERS:
            return
        time.sleep(0.2)
    raise Void(f"gunicorn did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def postmaster(address: str) -> int:
    """The first process of the private server; tidies its tables first, since nothing may do so during the measurement."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        row = connection.execute("SHOW data_directory").fetchone()
    return int((Path(row[0] if row else "") / "postmaster.pid").read_text().splitlines()[0])


# ------------------------------------------------------------------------------------------------------------ the site


def make_site(folder: Path, address: str, services: int) -> dict[str, str]:
    """Make the database of generated services, with the demo's menus and news; the environment of the site's processes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    environment = {
        **kept,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "site"), str(ROOT)]),
        "DATABASE_URL": address,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "false",
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "ignore",
    }
    for command in (
        ["migrate"],
        ["prepare_site"],
        ["shell", "--command", "from home.demo.pages import load_pages; load_pages()"],
        ["generate_services", str(services)],
    ):
        manage(command, environment)
    return environment


def manage(command: list[str], environment: Mapping[str, str]) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command, "--verbosity", "0"],
        env={**environment, "DJANGO_SETTINGS_MODULE": "bench_site"},
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=300,
    )


def find_pages(site: Server) -> dict[str, list[str]]:
    """The measured pages by name: addresses that are asked in turn. Services are those of the first pages of each list."""
    services: list[str] = []
    for tag, word, thing in (("fi", "palvelut", "palvelu"), ("sv", "tjanster", "tjanst"), ("en", "services", "service")):
        for page in (1, 2):
            found = re.findall(rf'href="(/{tag}/{thing}/\d+-[-\w]*/)"', site.get(f"/{tag}/{word}/?page={page}"))
            services += list(dict.fromkeys(found))
    if len(services) < 20:
        raise Void("the lists show hardly any services")
    return {
        "front page": ["/fi/", "/sv/", "/en/"],
        "list": ["/fi/palvelut/", "/sv/tjanster/", "/en/services/", "/fi/palvelut/?page=3"],
        "list, filtered": [
            "/fi/palvelut/?need=finding-work&municipality=091",
            "/sv/tjanster/?situation=unemployed&mode=remote&mode=group",
        ],
        "service page": services,
        "search": ["/fi/palvelut/?q=ty%C3%B6nhaku", "/fi/palvelut/?q=kuntoutus+tuki", "/en/services/?q=language+guidance"],
    }


# --------------------------------------------------------------------------------------------------------- measuring


def measure(
    site: Server, bare: Server, database: int | None, rounds: int, requests: int
) -> tuple[list[float], dict[str, Costs]]:
    """Milliseconds per request: of the bare view in each round, and of each page. In every round all take their turn."""
    pages = find_pages(site)
    for addresses in pages.values():
        site.ask(addresses, WARM_UP)
    bare.ask(["/"], WARM_UP)
    costs = {name: Costs() for name in pages}
    bare_costs: list[float] = []
    members = family(site.pid).keys() | family(bare.pid).keys()
    deadline = time.monotonic() + SECONDS_PER_DATABASE
    for count in range(rounds):
        if count and time.monotonic() > deadline:
            print(f"  The time is up after {count} rounds.", flush=True)
            break
        before = cpu_of(bare.pid)
        bare.ask(["/"], BARE_REQUESTS)
        bare_costs.append((cpu_of(bare.pid) - before) / BARE_REQUESTS)
        for name, addresses in pages.items():
            before, before_database = cpu_of(site.pid), cpu_of(database)
            site.ask(addresses, requests)
            costs[name].web.append((cpu_of(site.pid) - before) / requests)
            costs[name].database.append((cpu_of(database) - before_database) / requests)
            costs[name].ratio.append((costs[name].web[-1] + costs[name].database[-1]) / bare_costs[-1])
    if family(site.pid).keys() | family(bare.pid).keys() != members:
        raise Void("a worker was started anew during the measurement")
    return bare_costs, costs


def report(name: str, services: int, bare: list[float], costs: Mapping[str, Costs]) -> None:
    print(f"\n{name}, {services} services, {WORKERS} workers: medians of {len(bare)} rounds, milliseconds of CPU per request\n")
    print(f"  {'page':<16}{'web':>8}{'database':>10}{'total':>8}{'× bare':>9}   aim")
    for page, cost in costs.items():
        web, database = statistics.median(cost.web), statistics.median(cost.database)
        aim = f"≤ {AIMS[page]}" if page in AIMS else ""
        print(f"  {page:<16}{web:>8.2f}{database:>10.2f}{web + database:>8.2f}{statistics.median(cost.ratio):>9.1f}   {aim}")
    print(f"  {'bare view':<16}{statistics.median(bare):>8.2f}", flush=True)


def bench(name: str, address: str, arguments: argparse.Namespace) -> None:
    """Measure all pages on one database, and print its table."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="palvelumanuaali-bench-")))
        address = address or f"sqlite:///{folder / 'bench.sqlite3'}"
        settings = SITE_SETTINGS.format(static=str(folder / "static"), media=str(folder / "media"))
        (folder / "bench_site.py").write_text(settings, encoding="utf-8")
        (folder / "bare_site.py").write_text(BARE_SITE, encoding="utf-8")
        print(f"{name}: making {arguments.services} services …", flush=True)
        environment = make_site(folder, address, arguments.services)
        manage(["collectstatic", "--no-input"], environment)
        database = postmaster(address) if address.startswith("postgres") else None
        bare = stack.enter_context(gunicorn(folder, "bare_site", environment))
        site = stack.enter_context(gunicorn(folder, "bench_site", environment))
        print(f"{name}: measuring …", flush=True)
        bare_costs, costs = measure(site, bare, database, arguments.rounds, arguments.requests)
        report(name, arguments.services, bare_costs, costs)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--services", type=int, default=450)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=120, help="measured requests for each page in each round")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="measure on one database")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"Other programs are busy here (load {load:.1f}): figures will be higher than on a quiet machine.", flush=True)
    try:
        if arguments.only != "postgresql":
            bench("SQLite", "", arguments)
        if arguments.only != "sqlite":
            OPTIONS["autovacuum"] = "off"  # its work would be counted as the pages'
            with private_postgres() as address:
                bench("PostgreSQL", address, arguments)
    except NoPostgres as reason:
        print(f"\nNOTHING WAS MEASURED ON POSTGRESQL: {reason}.", file=sys.stderr)
        return 1
    except Void as reason:
        print(f"\nNo figures: {reason}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # A polite end (`kill`, a CI that gives up) is to stop the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nInterrupted.")
