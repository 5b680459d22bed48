"""The tool chain's own scripts: the closing line counts right, catalogues compile, and the private server leaves nothing."""

import gettext
import os
from pathlib import Path

import compile_messages
import private_postgres
import psycopg
import pytest
import run_tests

REPORT = '<testsuites><testsuite tests="9" failures="2" errors="1" skipped="2"/></testsuites>'
ALL_WELL = '<testsuites><testsuite tests="3" failures="0" errors="0" skipped="1"/></testsuites>'


@pytest.mark.parametrize(
    ("report", "status", "line", "content"),
    [
        pytest.param(REPORT, 1, "4 passed, 3 failed, 2 skipped", False, id="failures and errors have failed"),
        pytest.param(ALL_WELL, 0, "2 passed, 0 failed, 1 skipped", True, id="all is well"),
        pytest.param(ALL_WELL, 3, "2 passed, 1 failed, 1 skipped", False, id="a runner that broke has failed"),
        pytest.param("<testsuites/>", 5, "0 passed, 1 failed, 0 skipped", False, id="no test at all has failed"),
        pytest.param(None, 2, "0 passed, 1 failed, 0 skipped", False, id="no report has failed"),
    ],
)
def test_the_closing_line_counts(tmp_path: Path, report: str | None, status: int, line: str, content: bool) -> None:
    file = tmp_path / "report.xml"
    if report:
        file.write_text(report, encoding="utf-8")
    tally = run_tests.read_report(file, status)
    assert (str(tally), tally.content) == (line, content)


def test_both_databases_count() -> None:
    assert str(run_tests.Tally(3, 0, 1) + run_tests.Tally(2, 1, 0)) == "5 passed, 1 failed, 1 skipped"


@pytest.mark.parametrize(("in_ci", "status", "closing"), [(False, 0, "1 passed, 0 failed"), (True, 1, "1 passed, 1 failed")])
def test_a_missing_postgresql_is_said_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], in_ci: bool, status: int, closing: str
) -> None:
    def no_binaries() -> Path:
        raise private_postgres.NoPostgres("no server programs")

    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(run_tests, "IN_CI", in_ci)
    monkeypatch.setattr(run_tests, "run_pytest", lambda *_: run_tests.Tally(passed=1))
    monkeypatch.setattr(private_postgres, "find_binaries", no_binaries)
    assert run_tests.main([]) == status
    said = capsys.readouterr().out
    assert "NOTHING WAS TESTED ON POSTGRESQL" in said
    assert said.splitlines()[-1] == f"{closing}, 0 skipped"


def test_a_named_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgres://someone@db.example/manual"
    monkeypatch.setenv("DATABASE_URL", address)
    with run_tests.postgres() as given:
        assert given == address


def test_the_private_server_serves_and_leaves_nothing_behind() -> None:
    try:
        private_postgres.find_binaries()
    except private_postgres.NoPostgres as reason:
        pytest.skip(str(reason))
    with private_postgres.private_postgres() as address:
        with psycopg.connect(address) as connection:
            answer = connection.execute("SELECT current_setting('listen_addresses'), current_setting('server_encoding')")
            assert answer.fetchone() == ("", "UTF8")
        folder = Path(address.partition("host=")[2].partition("&")[0])
        server = int((folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        assert Path(f"/proc/{server}").exists() or not Path("/proc").exists()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_catalogues_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "locale" / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(f'{head}msgid "Service"\nmsgstr "Palvelu"\n', encoding="utf-8")
    monkeypatch.setattr(compile_messages, "LOCALE", tmp_path / "locale")
    assert compile_messages.main() == 0
    with (folder / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Service") == "Palvelu"
    compiled = (folder / "django.mo").stat().st_mtime_ns
    assert compile_messages.main() == 0
    assert (folder / "django.mo").stat().st_mtime_ns == compiled


def test_a_broken_catalogue_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "locale" / "sv" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "Service\nmsgstr', encoding="utf-8")
    monkeypatch.setattr(compile_messages, "LOCALE", tmp_path / "locale")
    assert compile_messages.main() == 1
    assert "locale/sv/LC_MESSAGES/django.po" in capsys.readouterr().err
    assert not (folder / "django.mo").exists()
