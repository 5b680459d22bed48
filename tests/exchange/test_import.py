"""The import of general descriptions, run as the command that people run."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from wagtail.models import Page, Revision
from wagtail_localize.models import Translation

from accounts.models import Membership, Organisation, User
from catalogue import versions
from catalogue.building import organisation_page, publish
from catalogue.completeness import NEEDS
from catalogue.models import Concept, Service, ServicePage
from catalogue.overlay import put_text
from catalogue.terms import terms
from exchange import actions
from exchange.actions import Outcome
from exchange.management.commands import import_ptv_descriptions
from exchange.models import ImportedRecord
from tests.exchange.conftest import Record, RunImport, real_records, record
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory, block, fresh

pytestmark = pytest.mark.django_db


def page(language: str = "fi", external_id: str = record()["id"]) -> ServicePage:
    """The version of an imported service as people see and edit it: its latest revision."""
    service = ImportedRecord.objects.get(external_id=external_id).service
    row = ServicePage.objects.get(service=service, locale__language_code=language)
    latest: ServicePage = row.get_latest_revision_as_object()
    return latest


def text(version: ServicePage, name: str) -> str:
    """The text of the block field `name`, wherever it stands."""
    return next(value for key, value in version.texts().items() if key.endswith(f"/{name}"))


def edit(version: ServicePage, name: str, value: str) -> None:
    """What a person does in the editor: a new revision, in the way the editor stores rich text."""
    if "/" not in name:
        setattr(version, name, value)
    else:
        stream, inner = name.split("/")
        raw = version.raw(stream)
        put_text(version._meta.get_field(stream).stream_block, raw, (raw[0]["id"], inner), value)
        setattr(version, stream, json.dumps(raw))
    version.save_revision(user=UserFactory())


def counts() -> tuple[int, ...]:
    models = (Page, Revision, Service, ImportedRecord, Concept)
    return tuple(model.objects.count() for model in models)


def written() -> tuple[Any, ...]:
    """Everything that a run could have written."""
    pages = Page.objects.order_by("pk").values_list("pk", "latest_revision", "draft_title")
    return counts(), list(pages), ImportedRecord.objects.get().imported_at


# ------------------------------------------------------------------------------------------------------------ what arrives


def test_a_service_arrives_as_a_draft_with_everything_that_the_source_has(
    run_import: RunImport, organiser: Organisation, responsible: User
) -> None:
    report, error = run_import([record("fi", "sv", "en")])
    assert error is None
    assert "1 created" in report
    original = page()
    assert (original.version_kind, original.live, original.service.lifecycle) == ("original", False, "active")
    assert ServicePage.objects.filter(live=True).count() == 0
    assert fresh(original).organiser == organiser
    assert original.provider_responsible == responsible
    assert original.ptv_id == record()["id"]
    assert {page(tag).title for tag in ("fi", "sv", "en")} == {"Työhönvalmennus", "Arbetsträning", "Job coaching"}
    swedish = page("sv")
    assert (swedish.summary, swedish.price_text) == ("En coach hjälper.", "Avgiftsfri.")
    assert text(swedish, "how") == "<p>Ring oss.</p>"
    assert text(swedish, "requirements") == "<p>Du är arbetslös.</p>"
    assert "<p>Du träffar.</p><p>Det varar.</p>" in swedish.texts().values()
    assert (original.for_persons, original.for_employers) == (True, False)
    assert original.categories
    assert original.needs
    assert original.raw("target_group")[0]["value"]["situations"]


def test_laws_arrive_as_links_with_their_names_in_each_language(run_import: RunImport) -> None:
    run_import([record("fi", "sv", "en")])
    original = page()
    assert [link["value"]["url"] for link in original.raw("links")] == [
        "https://finlex.example/fi/a",
        "https://finlex.example/fi/b",
    ]

    def labels(language: str) -> list[str]:
        laid = original.laid_over(page(language))["links"]
        return [f"{link['value']['label']} ({link['value']['label'].language})" for link in laid]

    assert labels("fi") == ["Laki A (fi)", "Laki B (fi)"]
    assert labels("sv") == ["Lag A (sv)", "Lag B (sv)"]
    # There is no English name of the first: the Finnish one is shown, and marked as such.
    assert labels("en") == ["Laki A (fi)", "Act B (en)"]


def test_keywords_that_the_vocabulary_lacks_are_added_with_their_labels(run_import: RunImport) -> None:
    run_import([record()])
    original = page()
    assert original.keywords == ["koko-p62202", "http://www.yso.fi/onto/yso/p15255"]
    assert [term.label("fi") for term in terms().pick("keyword", original.keywords)] != original.keywords
    keyword = Concept.objects.get(vocabulary="keyword", code="koko-p62202")
    assert [row.value for row in keyword.mappings.all()] == ["http://www.yso.fi/onto/koko/p62202"]


def test_what_the_source_lacks_is_empty_and_listed(run_import: RunImport) -> None:
    report, _error = run_import([record(summary=None, restrictions={})])
    assert page().summary == ""
    assert text(page(), "requirements") == ""
    line = next(line for line in report.splitlines() if line.strip().startswith("Työhönvalmennus"))
    labels = {need.path: str(need.label) for need in NEEDS}
    for path in (("summary",), ("contacts",), ("delivery", "modes"), ("participation", "requirements")):
        assert labels[path] in line
    assert labels[("categories",)] not in line


def test_a_description_in_swedish_alone_becomes_a_swedish_original(run_import: RunImport) -> None:
    _report, error = run_import([record("sv")])
    assert error is None
    found = page("sv")
    assert (found.version_kind, found.title) == ("original", "Arbetsträning")
    assert ServicePage.objects.count() == 1


def test_an_organisation_without_a_page_in_the_language_of_a_record_gets_a_draft_one(
    run_import: RunImport, organiser: Organisation
) -> None:
    organisation_page(organiser, "sv").delete()
    _report, error = run_import([record("sv")])
    assert error is None
    assert not organisation_page(organiser, "sv").live


def test_texts_with_unequal_paragraphs_become_written_versions_and_the_others_translated_ones(run_import: RunImport) -> None:
    run_import(
        [record("fi", "sv", laws=[]), record("fi", "sv", id="b", laws=[], description={"fi": "Yksi.\n\nKaksi.", "sv": "Ett."})]
    )
    assert page("sv").version_kind == "translated"
    assert page("sv", "b").version_kind == "written"
    assert "<p>Ett.</p>" in page("sv", "b").texts().values()


def test_real_descriptions_arrive_with_all_their_texts(run_import: RunImport) -> None:
    """The one in Finnish only, one without a Finnish summary, one with many laws, one that concerns work."""
    records = real_records()
    chosen = [
        next(item for item in records if len(item["name"]) == 1),
        next(item for item in records if not item["summary"].get("fi")),
        max(records, key=lambda item: len(item["laws"])),
        next(item for item in records if item["employment_related"]),
    ]
    _report, error = run_import(chosen)
    assert error is None
    for item in chosen:
        for tag, name in item["name"].items():
            version = page(tag, item["id"])
            assert version.title == " ".join(name.split())
            assert version.summary == " ".join(item["summary"].get(tag, "").split())
            everything = " ".join(version.texts().values())
            words = item["description"].get(tag, "").split()
            assert all(
                word.replace("&", "&amp;").replace("'", "&#x27;").replace('"', "&quot;") in everything for word in words[:40]
            )
        assert len(page("fi", item["id"]).raw("links")) == len(item["laws"])
        assert len(page("fi", item["id"]).keywords) == len(item["keywords"])
    assert not any(Page.find_problems())


# ---------------------------------------------------------------------------------------------------------- bad with good


def test_good_records_arrive_and_bad_ones_are_reported_with_place_and_reason(run_import: RunImport) -> None:
    bad = [
        7,
        record(id="long", name={"fi": "x" * 121}),
        record(id="class", service_classes=[["v1", "Outo luokka"]]),
        record(),
        record(name={"fi": "Kaksonen"}),
    ]
    report, error = run_import(bad)
    assert error is not None
    assert error.returncode == 1
    assert "4 of 5" in str(error)
    assert "1 created" in report
    assert "4 refused" in report
    for words in (
        "record 1, ?",
        "record 2, ",
        "121 characters",
        "Outo luokka",
        "record 5, Kaksonen",
        "already stands in record 4",
    ):
        assert words in report
    assert Service.objects.count() == 1


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"{}", b"[" * 100_000])
def test_a_bad_file_changes_nothing_and_says_what_is_wrong(run_import: RunImport, content: bytes) -> None:
    before = counts()
    report, error = run_import(content)
    assert error is not None
    assert "descriptions.json" in str(error)
    assert report == ""
    assert counts() == before


def test_a_file_that_is_not_there_is_a_plain_message(run_import: RunImport, tmp_path: Path) -> None:
    _report, error = run_import(tmp_path / "none.json")
    assert "cannot be read" in str(error)


@pytest.mark.parametrize("failure", [DatabaseError("disk full"), ValueError("odd"), ServicePage.DoesNotExist("gone")])
def test_a_record_that_fails_in_the_middle_leaves_nothing_and_the_others_arrive(
    run_import: RunImport, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    write_version = versions.write_version

    def fail_for_one(**kwargs: Any) -> Any:
        if "Rikki" in kwargs["original"].title:
            raise failure
        return write_version(**kwargs)

    monkeypatch.setattr(actions, "write_version", fail_for_one)
    before = counts()
    keyword = [["http://www.yso.fi/onto/koko/p999999", "vain rikkinäisellä"]]
    broken = record("fi", "sv", id="broken", name={"fi": "Rikki", "sv": "Sönder"}, keywords=keyword)
    report, error = run_import([broken])
    assert error is not None
    assert counts() == before
    assert "Rikki" in report
    assert str(failure) in report

    report, error = run_import([broken, record("fi", "sv")])
    assert error is not None
    assert "1 created" in report
    assert [row.external_id for row in ImportedRecord.objects.all()] == [record()["id"]]
    assert not ServicePage.objects.filter(title="Rikki").exists()
    assert not Concept.objects.filter(code="koko-p999999").exists()
    assert not any(Page.find_problems())


def test_the_command_ends_without_an_error_when_all_is_well(run_import: RunImport) -> None:
    assert run_import([])[1] is None
    assert run_import([record()])[1] is None


# ---------------------------------------------------------------------------------------------------------------- options


def test_a_dry_run_reports_and_leaves_nothing(run_import: RunImport) -> None:
    before = counts()
    report, error = run_import([record("fi", "sv"), record(id="")], "--dry-run")
    assert error is not None
    assert "1 created" in report
    assert "dry run" in report
    assert counts() == before
    assert not terms().pick("keyword", ["koko-p62202"])


def test_only_the_41_that_concern_work_are_imported_on_request(run_import: RunImport, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def note(**kwargs: Any) -> Outcome:
        seen.append(kwargs["description"].external_id)
        return Outcome("x", "created")

    monkeypatch.setattr(import_ptv_descriptions, "import_description", note)
    records = real_records()
    report, error = run_import(records, "--employment-only")
    assert error is None
    assert seen == [item["id"] for item in records if item["employment_related"]]
    assert "41 created" in report
    seen.clear()
    run_import(records)
    assert len(seen) == 250


def test_an_unknown_or_closed_organisation_is_named(run_import: RunImport, organiser: Organisation) -> None:
    _report, error = run_import([record()], "--organisation=muualla")
    assert "muualla" in str(error)
    assert organiser.code in str(error)
    OrganisationFactory(code="suljettu", pages=True, closed_at="2020-01-01T00:00Z")
    assert "suljettu" in str(run_import([record()], "--organisation=suljettu")[1])
    OrganisationFactory(code="sivuton")
    assert "no page" in str(run_import([record()], "--organisation=sivuton")[1])
    assert Service.objects.count() == 0


def test_a_responsible_person_must_be_an_active_user_of_the_organisation(run_import: RunImport) -> None:
    assert "ei@example.org" in str(run_import([record()], "--responsible=ei@example.org")[1])
    MembershipFactory(
        user=UserFactory(email="poissa@example.org", is_active=False), organisation=Organisation.objects.get(code="tuoja")
    )
    assert "no active user" in str(run_import([record()], "--responsible=poissa@example.org")[1])
    UserFactory(email="muu@example.org")
    assert "no member" in str(run_import([record()], "--responsible=muu@example.org")[1])
    assert Membership.objects.count() == 2
    assert Service.objects.count() == 0


# --------------------------------------------------------------------------------------------------------------- next runs


@pytest.fixture
def imported(run_import: RunImport) -> Record:
    """A record in three languages, already imported once."""
    run_import([record("fi", "sv", "en")])
    return record("fi", "sv", "en")


def test_a_second_run_changes_nothing_and_says_so(run_import: RunImport, imported: Record) -> None:
    before = written()
    report, error = run_import([imported])
    assert error is None
    assert "1 unchanged" in report
    assert "Nothing had changed" in report
    assert written() == before


def test_a_changed_source_changes_the_untouched_texts_alone(run_import: RunImport, imported: Record) -> None:
    edit(page("sv"), "summary", "Omskriven här.")
    revisions = {tag: page(tag).latest_revision_id for tag in ("fi", "sv", "en")}
    changed = {
        **imported,
        "summary": {"fi": "Uusi tiivistelmä.", "sv": "Ny sammanfattning.", "en": "A coach helps."},
        "user_instructions": {"fi": "Kirjoita meille.", "sv": "Skriv till oss.", "en": "Call us."},
    }
    report, error = run_import([changed])
    assert error is None
    assert "1 updated" in report
    assert (page("fi").summary, text(page("fi"), "how")) == ("Uusi tiivistelmä.", "<p>Kirjoita meille.</p>")
    assert (page("sv").summary, text(page("sv"), "how")) == ("Omskriven här.", "<p>Skriv till oss.</p>")
    assert page("en").latest_revision_id == revisions["en"]
    assert page("fi").latest_revision_id != revisions["fi"]
    told = [line for line in report.splitlines() if "left as it is" in line]
    assert len(told) == 1
    assert "sv: summary" in told[0]

    report, _error = run_import([changed])
    assert "1 unchanged" in report
    assert "sv: summary" in report


def test_what_a_person_edited_is_kept_and_reported_even_when_the_source_is_the_same(
    run_import: RunImport, imported: Record
) -> None:
    edit(page(), "participation/how", "<p>Tule paikalle.</p>")
    report, _error = run_import([imported])
    assert text(page(), "how") == "<p>Tule paikalle.</p>"
    assert "fi: participation" in report
    assert "1 unchanged" in report


def test_a_text_that_the_editor_only_stored_anew_is_no_edit(run_import: RunImport, imported: Record) -> None:
    edit(page(), "participation/how", '<p data-block-key="a1b2c">Soita meille.</p>')
    report, _error = run_import(
        [{**imported, "user_instructions": {**imported["user_instructions"], "fi": 'It\'s «uusi» & "muu".'}}]
    )
    assert "left as it is" not in report
    assert text(page(), "how") == "<p>It&#x27;s «uusi» &amp; &quot;muu&quot;.</p>"
    edit(page(), "participation/how", '<p data-block-key="a1b2c">It\'s «uusi» &amp; "muu".</p>')
    report, _error = run_import([imported])
    assert "left as it is" not in report
    assert text(page(), "how") == "<p>Soita meille.</p>"


def test_facts_contacts_and_links_that_people_added_survive_a_changed_source(run_import: RunImport, imported: Record) -> None:
    """People complete the draft: it lives in revisions, so the row in the database is older than what they see."""
    draft = page()
    links = [block("link", {"url": "https://example.org/oma", "label": "Oma linkki"}), *draft.raw("links")[::-1]]
    draft.links = json.dumps(links)
    draft.contacts = json.dumps([block("contact", {"kind": "role", "name": "Neuvonta", "phone": "+358931011111"})])
    delivery = draft.raw("delivery")
    delivery[0]["value"]["modes"] = ["remote"]
    draft.delivery = json.dumps(delivery)
    draft.scope = "own"
    draft.save_revision()

    laws = [{**law, "names": {**law["names"], "fi": f"{law['names']['fi']} (uusi)"}} for law in imported["laws"]]
    report, error = run_import([{**imported, "summary": {"fi": "Uusi tiivistelmä."}, "laws": laws}])
    assert error is None
    assert "left as it is" not in report
    found = page()
    assert found.summary == "Uusi tiivistelmä."
    assert [contact["value"]["name"] for contact in found.raw("contacts")] == ["Neuvonta"]
    assert [link["value"]["label"] for link in found.raw("links")] == ["Oma linkki", "Laki B (uusi)", "Laki A (uusi)"]
    assert found.raw("delivery")[0]["value"]["modes"] == ["remote"]
    assert found.scope == "own"


def test_a_published_service_stays_as_it_is_until_its_new_draft_is_published(run_import: RunImport, imported: Record) -> None:
    publish(page(), by=None)
    run_import([{**imported, "summary": {**imported["summary"], "fi": "Uusi tiivistelmä."}}])
    assert fresh(page()).summary == "Valmentaja auttaa."
    assert fresh(page()).live
    assert page().summary == "Uusi tiivistelmä."
    assert fresh(page()).has_unpublished_changes


def test_a_translated_version_keeps_its_new_text_in_its_segments(run_import: RunImport) -> None:
    """Else its own editor would show, and save, the old text."""
    first = record("fi", "sv", laws=[])
    run_import([first])
    assert page("sv").version_kind == "translated"
    run_import([{**first, "summary": {"fi": "Uusi tiivistelmä.", "sv": "Ny sammanfattning."}}])
    assert page("sv").version_kind == "translated"
    Translation.objects.get(target_locale__language_code="sv", source__specific_content_type__model="servicepage").save_target(
        publish=False
    )
    assert page("sv").summary == "Ny sammanfattning."


def test_a_language_that_the_source_has_won_becomes_a_version(run_import: RunImport) -> None:
    run_import([record("fi")])
    report, _error = run_import([record("fi", "sv")])
    assert "1 updated" in report
    assert (page("sv").title, page("sv").service) == ("Arbetsträning", page("fi").service)
    assert "1 unchanged" in run_import([record("fi", "sv")])[0]


def test_finnish_that_comes_later_is_a_version_of_the_swedish_original(run_import: RunImport) -> None:
    run_import([record("sv")])
    run_import([record("fi", "sv", summary={"fi": "Valmentaja auttaa.", "sv": "Ny sammanfattning."})])
    assert page("sv").version_kind == "original"
    assert page("sv").summary == "Ny sammanfattning."
    assert (page("fi").version_kind != "original", page("fi").title) == (True, "Työhönvalmennus")


def test_a_language_that_the_source_has_lost_stays(run_import: RunImport, imported: Record) -> None:
    report, _error = run_import([record("fi")])
    assert "1 unchanged" in report
    assert page("sv").title == "Arbetsträning"


def test_what_people_deleted_does_not_come_back(run_import: RunImport, imported: Record) -> None:
    Page.objects.get(pk=page("en").pk).delete()
    report, error = run_import([imported])
    assert error is None
    assert "en: deleted" in report
    assert ServicePage.objects.count() == 2
    for version in list(ServicePage.objects.all()):
        Page.objects.get(pk=version.pk).delete()
    report, error = run_import([imported])
    assert error is None
    assert "deleted" in report
    assert ServicePage.objects.count() == 0
