"""What a service must have before it is sent for approval, and before it is published.

The rules are the "needed" columns of the service model, written once as data; the editor's form, the publication and the
import all ask here. `Stage.SAVE` needs no entry: the database and the form see to it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from html import unescape
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from catalogue.models import ServicePage, WorkInstructionPage


class Stage(IntEnum):
    """How far a service is to go; each stage needs what the earlier ones need."""

    SAVE = 0
    SEND = 1
    PUBLISH = 2


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that lacks what the stage needs: `path` is (field,) or (stream field, name in its block)."""

    path: tuple[str, ...]
    label: str | Promise


@dataclass(frozen=True, slots=True)
class Need:
    path: tuple[str, ...]
    stage: Stage
    label: str | Promise
    when: Callable[[Any], bool] = lambda page: True
    is_text: bool = False


def _for_persons(page: Any) -> bool:
    return bool(page.for_persons)


def _age_unknown(page: Any) -> bool:
    block = block_value(page, "target_group")
    return bool(page.for_persons) and not block.get("all_ages")


NEEDS = (
    Need(("summary",), Stage.SEND, _("Short description"), is_text=True),
    Need(("categories",), Stage.SEND, _("Service category")),
    Need(("needs",), Stage.SEND, _("Service need")),
    Need(("for_persons",), Stage.SEND, _("Audience"), when=lambda page: not page.for_employers),
    Need(("scope",), Stage.SEND, _("Scope")),
    Need(("languages",), Stage.SEND, _("Languages of service")),
    Need(("price",), Stage.SEND, _("Price"), when=lambda page: page.is_charged and not page.price_text),
    Need(("target_group", "situations"), Stage.SEND, _("Client's situation"), when=_for_persons),
    Need(("target_group", "age_from"), Stage.SEND, _("Age from"), when=_age_unknown),
    Need(("target_group", "age_to"), Stage.SEND, _("Age to"), when=_age_unknown),
    Need(
        ("target_group", "municipalities"), Stage.SEND, _("Home municipality"),
        when=lambda page: not block_value(page, "target_group").get("any_municipality"),
    ),
    Need(("target_group", "description"), Stage.SEND, _("Description of the target group"), is_text=True),
    Need(("delivery", "modes"), Stage.SEND, _("Delivery mode")),
    Need(("delivery", "description"), Stage.SEND, _("How it is carried out"), is_text=True),
    Need(("participation", "how"), Stage.SEND, _("How to take part"), is_text=True),
    Need(("participation", "requirements"), Stage.SEND, _("Requirements for taking part"), is_text=True),
    Need(("contacts",), Stage.SEND, _("Contacts")),
    Need(("producers",), Stage.SEND, _("Providers")),
    Need(("responsible_municipality",), Stage.SEND, _("Responsible municipality")),
    Need(("provider_responsible",), Stage.SEND, _("Provider's responsible person")),
    Need(("municipal_responsible",), Stage.PUBLISH, _("Municipality's responsible person")),
)  # fmt: skip

INSTRUCTION_NEEDS = (
    Need(("referral",), Stage.PUBLISH, _("Referral"), is_text=True),
    Need(("requirements",), Stage.PUBLISH, _("Requirements, expert's side"), is_text=True),
    Need(("obligation",), Stage.PUBLISH, _("Obligation")),
    Need(("entries",), Stage.PUBLISH, _("Entries in the client information system"), is_text=True),
    Need(("statement",), Stage.PUBLISH, _("Statement")),
)


def block_value(page: Any, stream: str) -> dict[str, Any]:
    """The raw value of the single block of `stream`; {} where there is none."""
    raw = getattr(page, stream).get_prep_value()
    return (raw[0].get("value") or {}) if raw else {}


def is_blank(value: Any) -> bool:
    """Nothing, white space, or rich text without a letter in it."""
    if isinstance(value, str):
        return not unescape(strip_tags(value)).strip()
    if hasattr(value, "all"):
        return not value.all()
    return value is None or value is False or (hasattr(value, "__len__") and len(value) == 0)


def value_at(page: Any, path: tuple[str, ...]) -> Any:
    return block_value(page, path[0]).get(path[1]) if len(path) == 2 else getattr(page, path[0])


def missing(page: "ServicePage", stage: Stage) -> list[Missing]:
    """Every field of the service's public description that `stage` needs and `page` lacks.

    A language version needs only the texts; those that its original lacks too are not asked of it. Two queries at most
    (producers, and for a version the original).
    """
    if page.is_original:
        lacking = [Missing(need.path, need.label) for need in _unmet(page, NEEDS, stage)]
        if stage >= Stage.SEND and any(time.problems() for time in page.times()):
            lacking.append(Missing(("delivery", "times"), _("Times and places")))
        return lacking
    original = page.original
    texts = tuple(need for need in NEEDS if need.is_text)
    return [
        Missing(need.path, need.label) for need in _unmet(page, texts, stage) if not is_blank(value_at(original, need.path))
    ]


def missing_in_instruction(instruction: "WorkInstructionPage | None", stage: Stage) -> list[Missing]:
    """Every field of the work instruction that `stage` needs; all of them where there is no instruction. No query."""
    if instruction is None:
        return [Missing(need.path, need.label) for need in INSTRUCTION_NEEDS if need.stage <= stage]
    needs = INSTRUCTION_NEEDS if instruction.is_original else tuple(need for need in INSTRUCTION_NEEDS if need.is_text)
    return [Missing(need.path, need.label) for need in _unmet(instruction, needs, stage)]


def _unmet(page: Any, needs: tuple[Need, ...], stage: Stage) -> Iterator[Need]:
    for need in needs:
        if need.stage <= stage and need.when(page) and is_blank(value_at(page, need.path)):
            yield need
