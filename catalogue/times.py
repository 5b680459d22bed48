"""The five kinds of time of a service: what is wrong with one, when it takes place next, and when it has ended."""

# Dates and times of day are local and naive, as one sees them on a wall: 9 to 15 is 9 to 15 in summer and in winter.
# Hours lie within one day; what lasts until midnight ends at 23:59. A period includes its first and its last day.
# A draft may lack anything (None). `problems` names what is missing or contradictory; `next_occurrence` passes over
# such an item, and while there is one, the last day is not known and the time has not ended.

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum, auto
from typing import Any, TypeVar

Record = TypeVar("Record", bound="Time | Hours | Period | Day")
Instant = TypeVar("Instant", dt.date, dt.time)

LONGEST_YEARS = 10
WEEKDAYS = frozenset(range(7))  # Monday is 0, as in `date.weekday()`


class ProblemCode(StrEnum):
    MISSING = auto()
    END_BEFORE_START = auto()
    TOO_LONG = auto()
    NO_WEEKDAY = auto()
    WEEKDAY_OUTSIDE_PERIOD = auto()
    NO_HOURS = auto()
    HOURS_END_NOT_AFTER_START = auto()
    HOURS_OVERLAP = auto()
    NO_PERIOD = auto()
    PERIODS_OVERLAP = auto()
    NO_DAY = auto()
    DAY_TWICE = auto()


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` leads to the field from the object that was asked: ("hours", 0, "end"); of two that clash, the later."""

    code: ProblemCode
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A time that the service takes place; without start and end, some time during the day."""

    date: dt.date
    start: dt.time | None
    end: dt.time | None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Weekdays at the same hours, from a first day to a last: what a complete item of any kind comes to."""

    first: dt.date
    last: dt.date
    weekdays: frozenset[int] = WEEKDAYS
    start: dt.time | None = None
    end: dt.time | None = None

    def next_occurrence(self, now: dt.datetime) -> Occurrence | None:
        day = max(self.first, now.date())
        over = day == now.date() and self.end is not None and self.end <= now.time()
        wait = min((weekday - day.weekday()) % 7 or (7 if over else 0) for weekday in self.weekdays)
        return Occurrence(day + dt.timedelta(wait), self.start, self.end) if wait <= (self.last - day).days else None

    def lacks(self, weekdays: Iterable[int]) -> bool:
        return any((weekday - self.first.weekday()) % 7 > (self.last - self.first).days for weekday in weekdays)

    def overlaps(self, other: "_Stretch") -> bool:
        if max(self.first, other.first) > min(self.last, other.last) or not self.weekdays & other.weekdays:
            return False
        if self.start is None or self.end is None or other.start is None or other.end is None:
            return True
        return max(self.start, other.start) < min(self.end, other.end)


@dataclass(frozen=True, slots=True)
class Hours:
    weekdays: frozenset[int] | None
    start: dt.time | None
    end: dt.time | None

    def problems(self) -> tuple[Problem, ...]:
        return _found(
            (self.weekdays is None or not self.weekdays <= WEEKDAYS, ProblemCode.MISSING, "weekdays"),
            (self.weekdays == frozenset(), ProblemCode.NO_WEEKDAY, "weekdays"),
            (self.start is None, ProblemCode.MISSING, "start"),
            (self.end is None, ProblemCode.MISSING, "end"),
            (_ends_by_start(self.start, self.end), ProblemCode.HOURS_END_NOT_AFTER_START, "end"),
        )

    def stretch(self, first: dt.date = dt.date.min, last: dt.date = dt.date.max) -> _Stretch | None:
        return None if self.problems() else _Stretch(first, last, self.weekdays or frozenset(), self.start, self.end)


@dataclass(frozen=True, slots=True)
class Period:
    start: dt.date | None
    end: dt.date | None

    def problems(self) -> tuple[Problem, ...]:
        # Compared by parts, since ten years after a leap day there is no such date.
        start, end = (day and (day.year, day.month, day.day) for day in (self.start, self.end))
        return _found(
            (start is None, ProblemCode.MISSING, "start"),
            (end is None, ProblemCode.MISSING, "end"),
            (bool(start and end and end < start), ProblemCode.END_BEFORE_START, "end"),
            (bool(start and end and end > (start[0] + LONGEST_YEARS, *start[1:])), ProblemCode.TOO_LONG, "end"),
        )

    def stretch(self) -> _Stretch | None:
        """Also of a period that is too long, which takes place all the same."""
        if self.start is None or self.end is None or self.end < self.start:
            return None
        return _Stretch(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Day:
    """A single day with start and end or, when its hours are not told, with neither."""

    date: dt.date | None
    start: dt.time | None
    end: dt.time | None

    def problems(self) -> tuple[Problem, ...]:
        return _found(
            (self.date is None, ProblemCode.MISSING, "date"),
            (self.start is None and self.end is not None, ProblemCode.MISSING, "start"),
            (self.end is None and self.start is not None, ProblemCode.MISSING, "end"),
            (_ends_by_start(self.start, self.end), ProblemCode.HOURS_END_NOT_AFTER_START, "end"),
        )

    def stretch(self) -> _Stretch | None:
        if self.date is None or self.problems():
            return None
        return _Stretch(self.date, self.date, start=self.start, end=self.end)


class _Timed:
    """What the five kinds answer alike."""

    __slots__ = ()

    def problems(self) -> tuple[Problem, ...]:
        """All that is wrong; empty when the time is complete and makes sense. Never raises."""
        return ()

    def next_occurrence(self, now: dt.datetime) -> Occurrence | None:
        """The earliest that is not over at `now`, of which only the date and the clock are read, never the offset."""
        return _earliest(stretch.next_occurrence(now) for stretch in self._stretches() if stretch)

    def last_day(self) -> dt.date | None:
        """None when the time never ends or the day is not known."""
        last = max((stretch.last if stretch else dt.date.max for stretch in self._stretches()), default=dt.date.max)
        return None if last == dt.date.max else last

    def has_ended(self, today: dt.date) -> bool:
        """True from the day after the last day."""
        last = self.last_day()
        return last is not None and last < today

    def _stretches(self) -> list[_Stretch | None]:
        return []


@dataclass(frozen=True, slots=True)
class AgreedSeparately(_Timed):
    """Nothing is told: nothing is wrong, nothing is next, and it never ends."""


@dataclass(frozen=True, slots=True)
class Continuous(_Timed):
    hours: tuple[Hours, ...]

    def problems(self) -> tuple[Problem, ...]:
        return _problems_of("hours", self.hours, clash=ProblemCode.HOURS_OVERLAP, empty=ProblemCode.NO_HOURS)

    def _stretches(self) -> list[_Stretch | None]:
        return [hours.stretch() for hours in self.hours]


@dataclass(frozen=True, slots=True)
class ExactPeriod(_Timed):
    """A period with weekdays and hours; while it has none, any of its days."""

    start: dt.date | None
    end: dt.date | None
    hours: tuple[Hours, ...]

    def problems(self) -> tuple[Problem, ...]:
        period = Period(self.start, self.end)
        whole = period.stretch()
        outside = tuple(
            Problem(ProblemCode.WEEKDAY_OUTSIDE_PERIOD, ("hours", index, "weekdays"))
            for index, hours in enumerate(self.hours)
            if whole and (hours.weekdays or frozenset()) <= WEEKDAYS and whole.lacks(hours.weekdays or ())
        )
        return period.problems() + _problems_of("hours", self.hours, clash=ProblemCode.HOURS_OVERLAP) + outside

    def _stretches(self) -> list[_Stretch | None]:
        whole = Period(self.start, self.end).stretch()
        return [whole and hours.stretch(whole.first, whole.last) for hours in self.hours] or [whole]


@dataclass(frozen=True, slots=True)
class Periods(_Timed):
    periods: tuple[Period, ...]

    def problems(self) -> tuple[Problem, ...]:
        return _problems_of("periods", self.periods, clash=ProblemCode.PERIODS_OVERLAP, empty=ProblemCode.NO_PERIOD)

    def _stretches(self) -> list[_Stretch | None]:
        return [period.stretch() for period in self.periods]


@dataclass(frozen=True, slots=True)
class SingleDays(_Timed):
    days: tuple[Day, ...]

    def problems(self) -> tuple[Problem, ...]:
        return _problems_of("days", self.days, clash=ProblemCode.DAY_TWICE, empty=ProblemCode.NO_DAY)

    def _stretches(self) -> list[_Stretch | None]:
        return [day.stretch() for day in self.days]


Time = AgreedSeparately | Continuous | ExactPeriod | Periods | SingleDays
KINDS: dict[str, type[Time]] = {
    "agreed": AgreedSeparately,
    "continuous": Continuous,
    "period": ExactPeriod,
    "periods": Periods,
    "days": SingleDays,
}


def next_occurrence(times: Iterable[Time], now: dt.datetime) -> Occurrence | None:
    """The earliest of several; a day without hours counts from its midnight."""
    return _earliest(time.next_occurrence(now) for time in times)


def have_all_ended(times: Iterable[Time], today: dt.date) -> bool:
    """Whether there is at least one and all have ended."""
    ended = [time.has_ended(today) for time in times]
    return bool(ended) and all(ended)


def from_raw(kind: str, value: Mapping[str, Any] | None) -> Time:
    """Read a StreamBlock child, stored or cleaned; what cannot be read becomes None. ValueError for an unknown kind."""
    if kind not in KINDS:
        raise ValueError(f"Unknown kind of time {kind!r}; known are {', '.join(KINDS)}.")
    return _read(KINDS[kind], value)


def to_raw(time: Time) -> tuple[str, dict[str, Any]]:
    """The kind and the JSON value: `from_raw(*to_raw(time)) == time`."""
    kind = next(kind for kind, of in KINDS.items() if of is type(time))
    plain = json.dumps(asdict(time), default=lambda it: sorted(map(str, it)) if isinstance(it, frozenset) else str(it))
    return kind, json.loads(plain)


def _found(*checks: tuple[bool, ProblemCode, str]) -> tuple[Problem, ...]:
    return tuple(Problem(code, (field,)) for is_wrong, code, field in checks if is_wrong)


def _problems_of(
    field: str, items: tuple[Hours | Period | Day, ...], *, clash: ProblemCode, empty: ProblemCode | None = None
) -> tuple[Problem, ...]:
    found = [Problem(empty, (field,))] if empty and not items else []
    earlier: list[_Stretch] = []
    for index, item in enumerate(items):
        found += [Problem(problem.code, (field, index, *problem.path)) for problem in item.problems()]
        if stretch := item.stretch():
            if any(stretch.overlaps(other) for other in earlier):
                found.append(Problem(clash, (field, index)))
            earlier.append(stretch)
    return tuple(found)


def _ends_by_start(start: dt.time | None, end: dt.time | None) -> bool:
    return start is not None and end is not None and end <= start


def _earliest(occurrences: Iterable[Occurrence | None]) -> Occurrence | None:
    known = (occurrence for occurrence in occurrences if occurrence)
    return min(known, key=lambda it: (it.date, it.start or dt.time.min, it.end or dt.time.max), default=None)


def _read(kind: type[Record], raw: object) -> Record:
    value = raw if isinstance(raw, Mapping) else {}
    return kind(**{field.name: READERS[field.type](value.get(field.name)) for field in fields(kind)})


def _items(raw: object) -> list[Any]:
    lone = [] if raw is None or raw == "" else [raw]
    items = raw if isinstance(raw, Iterable) and not isinstance(raw, str | Mapping) else lone
    return [item["value"] if isinstance(item, Mapping) and "value" in item else item for item in items]


def _instant(kind: type[Instant], raw: object) -> Instant | None:
    try:
        value = kind.fromisoformat(raw) if isinstance(raw, str) else raw
    except ValueError:
        return None
    if not isinstance(value, kind) or isinstance(value, dt.datetime) or getattr(value, "tzinfo", None):
        return None
    return value


def _weekdays(raw: object) -> frozenset[int] | None:
    names = {str(item) for item in _items(raw)}
    return frozenset(map(int, names)) if raw not in (None, "") and names <= set("0123456") else None


READERS: dict[object, Callable[[object], Any]] = {  # by the type of the field
    dt.date | None: lambda raw: _instant(dt.date, raw),
    dt.time | None: lambda raw: _instant(dt.time, raw),
    frozenset[int] | None: _weekdays,
    tuple[Hours, ...]: lambda raw: tuple(_read(Hours, item) for item in _items(raw)),
    tuple[Period, ...]: lambda raw: tuple(_read(Period, item) for item in _items(raw)),
    tuple[Day, ...]: lambda raw: tuple(_read(Day, item) for item in _items(raw)),
}
