import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Organisation, User
from catalogue.completeness import Missing, Stage, is_blank, missing, missing_in_instruction
from catalogue.models import LegalSnippet, ServicePage, ServiceProducer, VersionedPage, WorkInstructionPage
from tests.factories import (
    ServicePageFactory,
    WorkInstructionPageFactory,
    add_version,
    block,
    contact,
    delivery,
    fresh,
    participation,
    stream,
    target_group,
    text,
)

pytestmark = pytest.mark.django_db
PERIODS = block("periods", {"place": None, "remote": True, "note": "", "periods": []}, "periods")


def complete() -> ServicePage:
    """A service with all that publishing needs, in memory only."""
    page = ServicePage(
        **{name: text(name, "fi") for name in ("title", "summary", "price_text")},
        target_group=target_group(),
        delivery=delivery(),
        participation=participation(),
        contacts=stream(contact()),
        categories=["job-coaching"],
        needs=["finding-work"],
        scope="own",
        languages=stream(block("language", {"language": "fi", "level": ""})),
        provider_responsible=User(),
        responsible_municipality=Organisation(),
        municipal_responsible=User(),
    )
    page.producers.set([ServiceProducer(organisation=Organisation())])
    return page


def complete_instruction() -> WorkInstructionPage:
    rich = dict.fromkeys(("referral", "requirements", "entries"), "<p>Teksti.</p>")
    return WorkInstructionPage(title="Työohje", obligation=LegalSnippet(), statement=LegalSnippet(), **rich)


def paths(lacking: list[Missing]) -> list[str]:
    return [".".join(item.path) for item in lacking]


def blank(page: Any, path: str, value: Any) -> None:
    """Put `value` at `path`, a field or a name in the single block of a StreamField."""
    name, _dot, child = path.partition(".")
    if not child:
        getattr(page, name).set(value) if name == "producers" else setattr(page, name, value)
        return
    raw = page.raw(name)
    raw[0]["value"][child] = value
    setattr(page, name, json.dumps(raw))


# What service-model.md says is needed: the field, an empty value, and the stage from which it is asked for.
NEEDED_OF_A_SERVICE = [
    ("summary", "", Stage.SEND),
    ("categories", [], Stage.SEND),
    ("needs", [], Stage.SEND),
    ("for_persons", False, Stage.SEND),
    ("scope", "", Stage.SEND),
    ("languages", "[]", Stage.SEND),
    ("target_group.situations", [], Stage.SEND),
    ("target_group.age_from", None, Stage.SEND),
    ("target_group.age_to", None, Stage.SEND),
    ("target_group.municipalities", [], Stage.SEND),
    ("target_group.description", "<p></p>", Stage.SEND),
    ("delivery.modes", [], Stage.SEND),
    ("delivery.description", "", Stage.SEND),
    ("participation.how", "", Stage.SEND),
    ("participation.requirements", "", Stage.SEND),
    ("contacts", "[]", Stage.SEND),
    ("producers", [], Stage.SEND),
    ("responsible_municipality", None, Stage.SEND),
    ("provider_responsible", None, Stage.SEND),
    ("municipal_responsible", None, Stage.PUBLISH),
]
NOT_NEEDED_OF_A_SERVICE = [
    ("price_text", ""), ("links", "[]"), ("keywords", []), ("legal_task", ""), ("ptv_id", ""), ("for_employers", False),
    ("target_group.sectors", []), ("delivery.times", []), ("delivery.accessibility", []), ("participation.benefits", ""),
    ("participation.consent", False), ("participation.consent_text", ""),
]  # fmt: skip
NEEDED_OF_AN_INSTRUCTION = ["referral", "requirements", "obligation", "entries", "statement"]
TEXTS = ["summary", "target_group.description", "delivery.description", "participation.how", "participation.requirements"]


# ------------------------------------------------------------------------------------------------------- the service


@pytest.mark.parametrize("stage", Stage)
def test_a_complete_service_lacks_nothing(stage: Stage) -> None:
    assert missing(complete(), stage) == []


@pytest.mark.parametrize(("path", "value", "since"), NEEDED_OF_A_SERVICE, ids=[row[0] for row in NEEDED_OF_A_SERVICE])
def test_each_needed_field_is_asked_for_from_its_stage_on_and_nothing_else(path: str, value: Any, since: Stage) -> None:
    page = complete()
    blank(page, path, value)
    for stage in Stage:
        assert paths(missing(page, stage)) == ([path] if stage >= since else [])


@pytest.mark.parametrize(("path", "value"), NOT_NEEDED_OF_A_SERVICE, ids=[row[0] for row in NOT_NEEDED_OF_A_SERVICE])
def test_a_field_that_is_not_needed_is_not_asked_for(path: str, value: Any) -> None:
    page = complete()
    blank(page, path, value)
    assert missing(page, Stage.PUBLISH) == []


@pytest.mark.parametrize("blocks", [{}, {"target_group": "[]", "delivery": "[]", "participation": "[]"}])
def test_an_empty_draft_may_be_saved_and_all_that_it_lacks_is_named_in_one_go(blocks: dict[str, str]) -> None:
    page = ServicePage(title="Luonnos", **blocks)
    assert missing(page, Stage.SAVE) == []
    # A new service is for persons until somebody says otherwise.
    needed = [path for path, _value, since in NEEDED_OF_A_SERVICE if since <= Stage.SEND and path != "for_persons"]
    assert paths(missing(page, Stage.SEND)) == needed
    assert paths(missing(page, Stage.PUBLISH)) == [*needed, "municipal_responsible"]


def test_what_is_missing_is_named_in_words() -> None:
    assert all(str(item.label) for item in missing(ServicePage(title="x"), Stage.PUBLISH))
    labels = [str(item.label) for item in missing(ServicePage(title="x"), Stage.PUBLISH)]
    assert len(labels) == len(set(labels))


def change(**values: Any) -> Callable[[ServicePage], None]:
    def apply(page: ServicePage) -> None:
        for path, value in values.items():
            blank(page, path.replace("__", "."), value)

    return apply


@pytest.mark.parametrize(
    ("apply", "lacking"),
    [
        (change(is_charged=True, price_text=""), ["price"]),
        (change(is_charged=True, price_text="", price=0), []),
        (change(is_charged=True, price_text="Sopimuksen mukaan"), []),
        (change(is_charged=False, price_text=""), []),
        (change(for_persons=False, for_employers=True), []),
        (change(for_persons=False, for_employers=True, target_group__situations=[]), []),
        (change(for_persons=False, for_employers=True, target_group__age_from=None, target_group__age_to=None), []),
        (change(for_employers=True, target_group__situations=[]), ["target_group.situations"]),
        (change(target_group__all_ages=True, target_group__age_from=None, target_group__age_to=None), []),
        (change(target_group__any_municipality=True, target_group__municipalities=[]), []),
    ],
)
def test_some_fields_are_needed_only_when_others_make_them_so(apply: Callable[[ServicePage], None], lacking: list[str]) -> None:
    page = complete()
    apply(page)
    assert paths(missing(page, Stage.PUBLISH)) == lacking


def test_a_time_that_is_begun_must_be_finished_before_the_service_is_sent() -> None:
    page = complete()
    page.delivery = delivery(times=[PERIODS])
    assert missing(page, Stage.SAVE) == []
    assert paths(missing(page, Stage.SEND)) == ["delivery.times"]


# ---------------------------------------------------------------------------------------------- versions, instructions


def test_a_language_version_is_asked_for_texts_only() -> None:
    version = add_version(ServicePageFactory(published=True), "sv")
    assert missing(version, Stage.PUBLISH) == []
    for path, value, _since in NEEDED_OF_A_SERVICE:
        if path != "producers":
            own = fresh(version)
            blank(own, path, value)
            assert paths(missing(own, Stage.PUBLISH)) == ([path] if path in TEXTS else [])


def test_a_language_version_is_not_asked_for_a_text_that_its_original_lacks() -> None:
    original = ServicePageFactory(complete=True, summary="")
    version = add_version(original, "sv", published=False, texts={"title": "Rubrik"})
    assert paths(missing(version, Stage.PUBLISH)) == [path for path in TEXTS if path != "summary"]


@pytest.mark.parametrize("path", NEEDED_OF_AN_INSTRUCTION)
def test_each_needed_field_of_an_instruction_is_asked_for_when_it_is_published(path: str) -> None:
    instruction = complete_instruction()
    assert missing_in_instruction(instruction, Stage.PUBLISH) == []
    setattr(instruction, path, None if path in {"obligation", "statement"} else "<p> </p>")
    assert paths(missing_in_instruction(instruction, Stage.PUBLISH)) == [path]
    assert missing_in_instruction(instruction, Stage.SEND) == []


def test_a_service_may_be_sent_without_an_instruction_and_not_published() -> None:
    assert missing_in_instruction(None, Stage.SEND) == []
    assert paths(missing_in_instruction(None, Stage.PUBLISH)) == NEEDED_OF_AN_INSTRUCTION


def test_a_language_version_of_an_instruction_needs_its_texts_only() -> None:
    version = add_version(WorkInstructionPageFactory(), "sv", published=False)
    assert version.version_kind != VersionedPage.Kind.ORIGINAL
    version.obligation = version.statement = None
    version.entries = ""
    assert paths(missing_in_instruction(version, Stage.PUBLISH)) == ["entries"]


# ---------------------------------------------------------------------------------------------------------- emptiness


@pytest.mark.parametrize(
    "value",
    [
        None, False, "", "  ", [], {}, "<p></p>", "<p> </p>", "<p>&nbsp;</p>", "<p><br/></p>", '<p data-block-key="a1b2c"></p>',
        '<p data-block-key="a1b2c"> </p><ul><li data-block-key="x"></li></ul>', "<h3></h3>", "<p><b></b></p>", "<p>\u00a0</p>",
    ],
)  # fmt: skip
def test_nothing_that_a_reader_could_see_is_blank(value: Any) -> None:
    assert is_blank(value)


@pytest.mark.parametrize(
    "value", [0, "0", "a", "<p>a</p>", '<p data-block-key="a1b2c">a</p>', "3 < 5", ["x"], True, "<ul><li>a</li></ul>"]
)
def test_what_a_reader_can_see_is_not_blank(value: Any) -> None:
    assert not is_blank(value)
