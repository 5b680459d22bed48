"""The evaluation corpus: everything published, findable by the identifiers of its records, never beside real services."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from wagtail.models import Page, Revision

from catalogue.completeness import block_value
from catalogue.models import CatalogueIndexPage, Service, ServicePage
from catalogue.terms import terms
from exchange.management.commands import load_evaluation_corpus
from exchange.models import ImportedRecord
from search.forms import Question
from search.queries import search
from tests.exchange.conftest import Record, real_records, record
from tests.factories import ServicePageFactory, fresh, site_tree

pytestmark = pytest.mark.django_db


def load(tmp_path: Path, records: list[Record]) -> str:
    """Run the command over `records`; its report. Raises CommandError."""
    path = tmp_path / "corpus.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    report = StringIO()
    call_command("load_evaluation_corpus", str(path), stdout=report, verbosity=0, no_color=True)
    return report.getvalue()


def of(external_id: str) -> ServicePage:
    service = ImportedRecord.objects.get(source="ptv-description", external_id=external_id).service
    found: ServicePage = ServicePage.objects.get(service=service, version_kind="original")
    return found


def written() -> tuple[Any, ...]:
    return Revision.objects.count(), list(Page.objects.order_by("pk").values_list("pk", "latest_revision"))


def found(words: str, language: str = "fi", **filters: tuple[str, ...]) -> set[int]:
    results = search(Question(language, words=words, filters=filters), known=terms())
    return {card.number for card in results.cards}


def test_every_record_is_published_in_all_its_languages_and_found_by_its_identifier(prepared: None, tmp_path: Path) -> None:
    report = load(tmp_path, [record("fi", "sv", "en"), record("sv", id="b"), record(id="c", employment_related=False)])
    assert "3 services added" in report
    assert ServicePage.objects.count() == ServicePage.objects.published().count() == 5
    assert found("valmennus") == {of(record()["id"]).service_id, of("c").service_id}
    assert found("arbetsträning") == {of(record()["id"]).service_id, of("b").service_id}
    assert of("b").language == "sv"
    assert not any(Page.find_problems())


def test_facts_come_from_the_classes_and_bar_nobody(prepared: None, tmp_path: Path) -> None:
    load(tmp_path, [record()])
    page = of(record()["id"])
    target = block_value(page, "target_group")
    assert (target["all_ages"], target["any_municipality"]) == (True, True)
    assert target["situations"]
    assert block_value(page, "delivery")["modes"] == []
    assert page.organiser is not None
    assert page.organiser.code == "corpus"
    number = page.service_id
    assert found("", category=(page.categories[0],), need=(page.needs[0],), situation=(target["situations"][0],)) == {number}
    assert found("", audience=("persons",)) == {number}
    assert found("", municipality=("091",)) == {number}


def test_each_page_has_the_revision_it_was_published_from(prepared: None, tmp_path: Path) -> None:
    load(tmp_path, [record("fi", "sv")])
    pages = list(ServicePage.objects.select_related("locale"))
    assert len(pages) == 2
    for page in pages:
        assert page.latest_revision_id == page.live_revision_id is not None
        assert not page.has_unpublished_changes
        latest = page.get_latest_revision_as_object()
        assert (latest.texts(), latest.state, latest.version_kind) == (page.texts(), "published", page.version_kind)
        assert page.stale_texts() == []


def test_it_says_aloud_that_this_is_an_exception_to_publishing(prepared: None, tmp_path: Path) -> None:
    report = load(tmp_path, [record()])
    assert "without what publishing needs" in report
    assert "measurements" in report


def test_a_database_with_other_services_is_refused_and_left_alone(prepared: None, tmp_path: Path) -> None:
    other = ServicePageFactory()
    before = written()
    with pytest.raises(CommandError, match="DATABASE_URL"):
        load(tmp_path, [record()])
    assert written() == before
    assert fresh(other).draft_title == other.title


def test_a_service_added_beside_the_corpus_stops_the_next_run(prepared: None, tmp_path: Path) -> None:
    load(tmp_path, [record()])
    ServicePageFactory()
    with pytest.raises(CommandError, match="1 services"):
        load(tmp_path, [record(), record(id="b")])
    assert ImportedRecord.objects.count() == 1


def test_a_second_run_adds_only_what_is_missing(prepared: None, tmp_path: Path) -> None:
    load(tmp_path, [record()])
    before = written()
    assert "Nothing had changed" in load(tmp_path, [record()])
    assert written() == before
    assert "1 services added" in load(tmp_path, [record(), record(id="b")])
    assert Service.objects.count() == 2


def test_bad_records_are_named_and_the_good_ones_are_there(prepared: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="1 of 2") as failure:
        load(tmp_path, [record(id="bad", name={}), record()])
    assert failure.value.returncode == 1
    assert [row.external_id for row in ImportedRecord.objects.all()] == [record()["id"]]


def test_a_bad_file_is_a_plain_message(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(CommandError, match="not JSON"):
        call_command("load_evaluation_corpus", str(path))


def test_an_empty_database_is_made_ready_first(prepared: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []

    def note(name: str, **kwargs: Any) -> None:
        called.append(name)
        site_tree()

    monkeypatch.setattr(load_evaluation_corpus, "call_command", note)
    monkeypatch.setattr(CatalogueIndexPage.objects, "exists", lambda: False)
    monkeypatch.setattr(connection.introspection, "table_names", lambda *args: [])
    load(tmp_path, real_records()[:2])
    assert called == ["migrate", "prepare_site"]
    assert [of(item["id"]).title for item in real_records()[:2]] == [item["name"]["fi"] for item in real_records()[:2]]
