"""The five kinds of time in the editor: what is entered, and what may not be saved even in a draft."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from catalogue.leaf_blocks import FactPlace, Text
from catalogue.times import Problem, ProblemCode, from_raw

WEEKDAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip

PROBLEM_TEXTS = {
    ProblemCode.MISSING: _("This is missing."),
    ProblemCode.END_BEFORE_START: _("The last day is before the first day."),
    ProblemCode.HOURS_END_NOT_AFTER_START: _("The end must be later than the start."),
    ProblemCode.NO_WEEKDAY: _("Choose at least one weekday."),
    ProblemCode.NO_HOURS: _("Add at least one row of weekdays and hours."),
    ProblemCode.HOURS_OVERLAP: _("Two rows give overlapping hours for the same weekday."),
    ProblemCode.PERIODS_OVERLAP: _("Two periods overlap."),
    ProblemCode.NO_PERIOD: _("Add at least one period."),
    ProblemCode.NO_DAY: _("Add at least one day."),
    ProblemCode.DAY_TWICE: _("The same day stands twice with overlapping hours."),
    ProblemCode.WEEKDAY_OUTSIDE_PERIOD: _("A chosen weekday never occurs between the first and the last day."),
    ProblemCode.TOO_LONG: _("The period is longer than ten years: check the years."),
}


# What a draft may still lack; sending and publishing do not let it pass (catalogue.completeness).
UNFINISHED = {
    ProblemCode.MISSING, ProblemCode.NO_WEEKDAY, ProblemCode.NO_HOURS, ProblemCode.NO_PERIOD, ProblemCode.NO_DAY,
}  # fmt: skip


class HoursBlock(blocks.StructBlock):
    weekdays = blocks.MultipleChoiceBlock(choices=WEEKDAYS, label=_("Weekdays"), required=False)
    start = blocks.TimeBlock(label=_("Starts"), required=False)
    end = blocks.TimeBlock(label=_("Ends"), required=False)

    class Meta:
        label = _("Weekdays and hours")
        icon = "time"


class PeriodBlock(blocks.StructBlock):
    start = blocks.DateBlock(label=_("First day"), required=False)
    end = blocks.DateBlock(label=_("Last day"), required=False)

    class Meta:
        label = _("Period")
        icon = "date"


class DayBlock(blocks.StructBlock):
    date = blocks.DateBlock(label=_("Day"), required=False)
    start = blocks.TimeBlock(label=_("Starts"), required=False)
    end = blocks.TimeBlock(label=_("Ends"), required=False)

    class Meta:
        label = _("Day")
        icon = "date"


class TimeAndPlaceBlock(blocks.StructBlock):
    """Where and when: the part that all five kinds of time share. Incomplete in a draft, checked by its `kind`."""

    place = FactPlace(label=_("Place"), required=False, help_text=_("Leave empty when the service is remote."))
    remote = blocks.BooleanBlock(label=_("Remote"), required=False)
    note = Text(label=_("More about the time and place"), required=False, max_length=250)

    kind = "agreed"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        problems = from_raw(self.kind, self.get_prep_value(cleaned)).problems()
        wrong = [problem for problem in problems if problem.code not in UNFINISHED]
        if wrong:
            raise StructBlockValidationError(block_errors=_errors_by_block(wrong))
        return cleaned


def _errors_by_block(problems: list[Problem]) -> dict[str, ValidationError]:
    """Messages for the block that each problem's path begins with."""
    texts: dict[str, list[Any]] = {}
    for problem in problems:
        texts.setdefault(str(problem.path[0]) if problem.path else "note", []).append(PROBLEM_TEXTS[problem.code])
    return {name: ValidationError(list(dict.fromkeys(messages))) for name, messages in texts.items()}


class AgreedBlock(TimeAndPlaceBlock):
    kind = "agreed"

    class Meta:
        label = _("Agreed separately")
        icon = "group"


class ContinuousBlock(TimeAndPlaceBlock):
    kind = "continuous"
    hours = blocks.ListBlock(HoursBlock(), label=_("Weekdays and hours"), default=[])

    class Meta:
        label = _("Continuous, with weekdays and hours")
        icon = "rotate"


class ExactPeriodBlock(TimeAndPlaceBlock):
    kind = "period"
    start = blocks.DateBlock(label=_("First day"), required=False)
    end = blocks.DateBlock(label=_("Last day"), required=False)
    hours = blocks.ListBlock(HoursBlock(), label=_("Weekdays and hours"), default=[])

    class Meta:
        label = _("Exact period, with weekdays and hours")
        icon = "calendar-alt"


class PeriodsBlock(TimeAndPlaceBlock):
    kind = "periods"
    periods = blocks.ListBlock(PeriodBlock(), label=_("Periods"), default=[])

    class Meta:
        label = _("One or more periods")
        icon = "calendar"


class DaysBlock(TimeAndPlaceBlock):
    kind = "days"
    days = blocks.ListBlock(DayBlock(), label=_("Days"), default=[])

    class Meta:
        label = _("Single days")
        icon = "calendar-check"


class TimesBlock(blocks.StreamBlock):
    agreed = AgreedBlock()
    continuous = ContinuousBlock()
    period = ExactPeriodBlock()
    periods = PeriodsBlock()
    days = DaysBlock()

    class Meta:
        required = False
        label = _("Times and places")
