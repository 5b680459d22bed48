"""What every test stands on: a clean start, test databases that are quick and always whole, and a browser."""

import asyncio
import gc
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from django_tasks import task_backends
from django_tasks.backends.dummy import DummyBackend

from tests.factories import site_tree

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django import DjangoDbBlocker, Settings
    from pytest_django.live_server_helper import LiveServer

ROOT = Path(__file__).resolve().parents[1]
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")

# A busy machine is no defect: examples may take their time.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def _clean_start() -> Iterator[None]:
    """No test inherits another one's cache or language: each begins in English, the language of the message ids."""
    cache.clear()
    translation.activate("en")
    yield
    translation.deactivate()
    if isinstance(put_off := task_backends["default"], DummyBackend):
        put_off.clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, and begin with, the tests that share the rows of a folder: chance would mix them with others."""
    items.sort(key=lambda item: "package_database" not in getattr(item, "fixturenames", ()))


@pytest.fixture
def tasks(settings: "Settings") -> None:
    """Wagtail's own search and index of references follow what is saved, as they do outside tests."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


# The databases
#
# SQLite: a migrated database is kept under var/tests/ and copied for each run and worker, so that a run starts in a second
# and an interrupted one leaves nothing behind for the next. PostgreSQL: made anew, by pytest-django.


def _kept_database() -> Path:
    """Where the migrated database of exactly these migrations, their data and these packages is kept."""
    sources = [ROOT / "requirements.txt", *ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/data/**/*.csv")]
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return Path(settings.VAR_DIR) / "tests" / f"migrated-{digest.hexdigest()[:12]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> None:
    """On SQLite, give this process a file of its own: a copy of the kept database where there is one."""
    # Migrations make tens of thousands of small classes that all stay: looking for garbage among them takes half the time.
    gc.disable()
    if connection.vendor != "sqlite":
        return
    file = tmp_path_factory.mktemp("database") / "test.sqlite3"
    connection.settings_dict["TEST"]["NAME"] = str(file)
    if django_db_keepdb and not django_db_createdb and _kept_database().exists():
        shutil.copyfile(_kept_database(), file)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: "DjangoDbBlocker") -> Generator[None]:
    """After pytest-django's own: keep the migrated SQLite file, plant the site's tree, keep these rows through every flush."""
    # What is there by now stays to the end; and what tests throw away is mostly gone without a collector.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite" and django_db_keepdb:
            _keep_database()
        site_tree()
        with pytest.MonkeyPatch.context() as patch:
            _refill_after_flushes(patch)
            yield


def _keep_database() -> None:
    kept = _kept_database()
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    for outdated in kept.parent.glob("migrated-*.sqlite3"):
        outdated.unlink(missing_ok=True)
    connection.ensure_connection()
    beside = kept.with_suffix(f".{os.getpid()}")
    copy = sqlite3.connect(beside)
    connection.connection.backup(copy)
    copy.close()
    beside.replace(kept)


def _refill_after_flushes(patch: pytest.MonkeyPatch) -> None:
    """Make transactional tests (all browser tests are) give back what they found.

    Django empties every table after such a test: the site's tree, the locales and all else that was there would be gone
    for the tests after it. Its own cure, serialized_rollback, refills only before a test that asks for it, and saves objects
    one by one, which wakes Wagtail's signals.
    """
    tear_down = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # Django's own, not in the stubs
    rows = _read_all_rows()

    def tear_down_and_refill(self: TransactionTestCase) -> None:
        # These two keep the flush from making content types and permissions anew, under other numbers. The second is set
        # here because a browser test has a connection of its own (asgiref gives one to each side of an event loop).
        self.serialized_rollback = True
        connection._test_serialized_contents = "[]"  # type: ignore[attr-defined]  # Django's own, not in the stubs
        tear_down(self)
        _write_all_rows(rows)
        ContentType.objects.clear_cache()

    patch.setattr(TransactionTestCase, "_fixture_teardown", tear_down_and_refill)


def _read_all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that has any: table → rows, as the database gives them."""
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = cursor.fetchall()
    return {table: found for table, found in rows.items() if found}


def _write_all_rows(rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Put `rows` into their empty tables. Foreign keys are checked at the end, so the order does not matter."""
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for table, found in rows.items():
            places = ", ".join(["%s"] * len(found[0]))
            cursor.executemany(f"INSERT INTO {connection.ops.quote_name(table)} VALUES ({places})", found)


# The browser
#
# Whatever asks for `browser` (or `page`) is marked `browser`. Playwright's event loop stays "running" in this thread from the
# first such test on; Django then refuses the database everywhere. So browser tests get the loop and Django's permission, all
# others get neither, and keep Django's protection.

BROWSER_LOOP = pytest.StashKey[asyncio.AbstractEventLoop]()
FAILED = pytest.StashKey[bool]()


def pytest_itemcollected(item: pytest.Item) -> None:
    if "browser" in getattr(item, "fixturenames", ()):
        item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    in_browser = item.get_closest_marker("browser") is not None
    asyncio._set_running_loop(item.config.stash.get(BROWSER_LOOP, None) if in_browser else None)
    with pytest.MonkeyPatch.context() as patch:
        if in_browser:
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def _find_chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator["Browser"]:
    """Headless Chromium that reaches nothing but this machine. Without one: a skip, and under CI=true a failure."""
    executable = _find_chromium()
    if not executable:
        message = "NO BROWSER: install Chromium (Debian: apt-get install chromium) or name one in CHROMIUM."
        pytest.fail(message) if IN_CI else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"],
        )
        loop = pytestconfig.stash[BROWSER_LOOP] = asyncio.get_running_loop()
        yield browser
        # The last test of the session may have been one without the loop.
        asyncio._set_running_loop(loop)
        browser.close()
    del pytestconfig.stash[BROWSER_LOOP]


@pytest.fixture
def viewport(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Width and height of `page`: of the marker `viewport(width, height)`, or parametrize this name; else a desktop's."""
    marker = request.node.get_closest_marker("viewport")
    return marker.args if marker else (1280, 900)


@pytest.fixture
def page(
    request: pytest.FixtureRequest, browser: "Browser", live_server: "LiveServer", viewport: tuple[int, int]
) -> Iterator["Page"]:
    """A fresh browser window on the running site; addresses may start at "/".

    A broken script and anything that the content security policy stopped fail the test. A failed test leaves a picture
    in var/screenshots/.
    """
    width, height = viewport
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": width, "height": height}, locale="fi-FI", timezone_id="Europe/Helsinki"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    if request.node.stash.get(FAILED, False):
        page.screenshot(path=_picture_of(request.node.nodeid), full_page=True)
    context.close()
    if problems:
        pytest.fail("\n".join(problems))


def _picture_of(test: str) -> Path:
    folder = Path(settings.VAR_DIR) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{''.join(letter if letter.isalnum() else '-' for letter in test)[-120:]}.png"


@pytest.fixture(scope="session")
def axe() -> Callable[["Page"], list[str]]:
    """A function that gives a page's accessibility violations, one line each: `assert axe(page) == []`."""
    from axe_playwright_python.sync_playwright import Axe

    checker = Axe()

    def violations(page: "Page") -> list[str]:
        found: list[dict[str, Any]] = checker.run(page).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: {', '.join(str(node['target'][0]) for node in rule['nodes'])}"
            for rule in found
        ]

    return violations
