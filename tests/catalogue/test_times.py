"""The five kinds of time: problems, the next occurrence against a day-by-day search, the end, and raw values."""

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.times import (
    WEEKDAYS,
    AgreedSeparately,
    Continuous,
    Day,
    ExactPeriod,
    Hours,
    Occurrence,
    Period,
    Periods,
    Problem,
    ProblemCode,
    SingleDays,
    Time,
    from_raw,
    have_all_ended,
    next_occurrence,
    to_raw,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
MONDAY = dt.date(2026, 6, 1)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def clock(text: str | None) -> dt.time | None:
    return dt.time.fromisoformat(text) if text else None


def hours(*weekdays: int, start: str | None = "09:00", end: str | None = "15:00") -> Hours:
    return Hours(frozenset(weekdays), clock(start), clock(end))


def period(start: str, end: str, *its_hours: Hours) -> ExactPeriod:
    return ExactPeriod(day(start), day(end), its_hours)


def periods(*spans: tuple[str, str]) -> Periods:
    return Periods(tuple(Period(day(start), day(end)) for start, end in spans))


def on(date: str | None, start: str | None = None, end: str | None = None) -> Day:
    return Day(day(date) if date else None, clock(start), clock(end))


def takes_place(date: str, start: str | None = None, end: str | None = None) -> Occurrence:
    return Occurrence(day(date), clock(start), clock(end))


def found(code: ProblemCode, *path: str | int) -> Problem:
    return Problem(code, path)


JUNE = ("2026-06-01", "2026-06-30")


class TestProblems:
    @pytest.mark.parametrize(
        "time",
        [
            AgreedSeparately(),
            Continuous((hours(MON),)),
            Continuous((hours(*WEEKDAYS, start="00:00", end="23:59"),)),
            Continuous((hours(MON, end="12:00"), hours(MON, start="12:00"))),
            Continuous((hours(MON), hours(TUE))),
            period(*JUNE, hours(MON)),
            period(*JUNE),
            period("2026-06-01", "2026-06-01", hours(MON)),
            periods(JUNE),
            periods(JUNE, ("2026-07-01", "2026-07-31")),
            periods(("2026-07-01", "2026-07-31"), JUNE),
            SingleDays((on("2026-06-01"),)),
            SingleDays((on("2026-06-01", "09:00", "12:00"), on("2026-06-01", "12:00", "15:00"))),
            SingleDays((on("2026-06-01"), on("2026-06-02"))),
        ],
        ids=str,
    )
    def test_a_complete_time_has_none(self, time: Time) -> None:
        assert time.problems() == ()

    @pytest.mark.parametrize(
        ("time", "problem"),
        [
            (Continuous(()), found(ProblemCode.NO_HOURS, "hours")),
            (Periods(()), found(ProblemCode.NO_PERIOD, "periods")),
            (SingleDays(()), found(ProblemCode.NO_DAY, "days")),
            (Continuous((hours(MON), hours())), found(ProblemCode.NO_WEEKDAY, "hours", 1, "weekdays")),
            (Continuous((hours(MON, 7),)), found(ProblemCode.MISSING, "hours", 0, "weekdays")),
            (Continuous((hours(-1),)), found(ProblemCode.MISSING, "hours", 0, "weekdays")),
            (
                Continuous((Hours(None, dt.time(9), dt.time(15)),)),
                found(ProblemCode.MISSING, "hours", 0, "weekdays"),
            ),
            (Continuous((hours(MON, start=None),)), found(ProblemCode.MISSING, "hours", 0, "start")),
            (Continuous((hours(MON, end=None),)), found(ProblemCode.MISSING, "hours", 0, "end")),
            (ExactPeriod(None, MONDAY, ()), found(ProblemCode.MISSING, "start")),
            (ExactPeriod(MONDAY, None, ()), found(ProblemCode.MISSING, "end")),
            (period("2026-06-02", "2026-06-01"), found(ProblemCode.END_BEFORE_START, "end")),
            (period(*JUNE, hours(MON, end=None)), found(ProblemCode.MISSING, "hours", 0, "end")),
            (period(*JUNE, hours(MON), hours(MON)), found(ProblemCode.HOURS_OVERLAP, "hours", 1)),
            (Periods((Period(None, MONDAY),)), found(ProblemCode.MISSING, "periods", 0, "start")),
            (Periods((Period(MONDAY, None),)), found(ProblemCode.MISSING, "periods", 0, "end")),
            (periods(("2026-06-02", "2026-06-01")), found(ProblemCode.END_BEFORE_START, "periods", 0, "end")),
            (SingleDays((on(None, "09:00", "15:00"),)), found(ProblemCode.MISSING, "days", 0, "date")),
            (SingleDays((on("2026-06-01", None, "15:00"),)), found(ProblemCode.MISSING, "days", 0, "start")),
            (SingleDays((on("2026-06-01", "09:00"),)), found(ProblemCode.MISSING, "days", 0, "end")),
            (
                SingleDays((on("2026-06-01", "15:00", "09:00"),)),
                found(ProblemCode.HOURS_END_NOT_AFTER_START, "days", 0, "end"),
            ),
        ],
        ids=str,
    )
    def test_what_is_missing_or_wrong_is_named_with_its_path(self, time: Time, problem: Problem) -> None:
        assert time.problems() == (problem,)

    @pytest.mark.parametrize("end", ["09:00", "08:59", "00:00"])
    def test_hours_that_end_at_or_before_their_start_do_not_cross_midnight_but_are_wrong(self, end: str) -> None:
        expected = found(ProblemCode.HOURS_END_NOT_AFTER_START, "hours", 0, "end")
        assert Continuous((hours(MON, end=end),)).problems() == (expected,)

    @pytest.mark.parametrize(
        ("other", "overlaps"),
        [
            (hours(MON, WED, start="14:59", end="16:00"), True),
            (hours(MON, start="10:00", end="11:00"), True),
            (hours(MON, start="08:00", end="16:00"), True),
            (hours(MON), True),
            (hours(MON, start="15:00", end="16:00"), False),
            (hours(MON, start="08:00", end="09:00"), False),
            (hours(TUE, WED), False),
        ],
    )
    def test_hours_overlap_when_they_share_a_weekday_and_more_than_a_moment(self, other: Hours, overlaps: bool) -> None:
        expected = (found(ProblemCode.HOURS_OVERLAP, "hours", 1),) if overlaps else ()
        assert Continuous((hours(MON), other)).problems() == expected
        assert Continuous((other, hours(MON))).problems() == expected

    def test_of_several_that_overlap_each_later_one_is_named_once(self) -> None:
        assert Continuous((hours(MON), hours(TUE), hours(MON), hours(MON))).problems() == (
            found(ProblemCode.HOURS_OVERLAP, "hours", 2),
            found(ProblemCode.HOURS_OVERLAP, "hours", 3),
        )

    @pytest.mark.parametrize(
        ("start", "end", "overlaps"),
        [
            ("2026-06-30", "2026-07-05", True),
            ("2026-05-01", "2026-06-01", True),
            ("2026-06-10", "2026-06-10", True),
            ("2026-05-01", "2026-08-01", True),
            ("2026-07-01", "2026-07-05", False),
            ("2026-05-01", "2026-05-31", False),
            ("2027-06-01", "2027-06-30", False),
        ],
    )
    def test_periods_overlap_when_they_share_a_day(self, start: str, end: str, overlaps: bool) -> None:
        expected = (found(ProblemCode.PERIODS_OVERLAP, "periods", 1),) if overlaps else ()
        assert periods(JUNE, (start, end)).problems() == expected
        assert periods((start, end), JUNE).problems() == expected

    @pytest.mark.parametrize(
        ("other", "twice"),
        [
            (on("2026-06-01"), True),
            (on("2026-06-01", "09:00", "15:00"), True),
            (on("2026-06-01", "14:59", "16:00"), True),
            (on("2026-06-01", "15:00", "16:00"), False),
            (on("2026-06-02"), False),
            (on("2026-06-02", "09:00", "15:00"), False),
        ],
    )
    def test_a_day_is_there_twice_when_its_hours_overlap_or_are_not_told(self, other: Day, twice: bool) -> None:
        expected = (found(ProblemCode.DAY_TWICE, "days", 1),) if twice else ()
        told = on("2026-06-01", "09:00", "15:00")
        assert SingleDays((told, other)).problems() == expected
        assert SingleDays((other, told)).problems() == expected

    @pytest.mark.parametrize(
        ("end", "weekdays", "is_outside"),
        [
            ("2026-06-01", {MON}, False),
            ("2026-06-01", {TUE}, True),
            ("2026-06-06", {MON, SAT}, False),
            ("2026-06-06", {MON, SUN}, True),
            ("2026-06-07", WEEKDAYS, False),
            ("2026-12-31", WEEKDAYS, False),
        ],
    )
    def test_a_weekday_that_never_occurs_in_its_period_is_named(self, end: str, weekdays: set[int], is_outside: bool) -> None:
        problem = found(ProblemCode.WEEKDAY_OUTSIDE_PERIOD, "hours", 0, "weekdays")
        assert period("2026-06-01", end, hours(*weekdays)).problems() == ((problem,) if is_outside else ())

    def test_no_weekday_is_outside_a_period_whose_dates_are_unsettled(self) -> None:
        for start, end in [(MONDAY, None), (None, MONDAY), (MONDAY, MONDAY - dt.timedelta(1))]:
            codes = {problem.code for problem in ExactPeriod(start, end, (hours(SUN),)).problems()}
            assert ProblemCode.WEEKDAY_OUTSIDE_PERIOD not in codes

    @pytest.mark.parametrize(
        ("start", "end", "is_too_long"),
        [
            ("2026-01-01", "2036-01-01", False),
            ("2026-01-01", "2036-01-02", True),
            ("2026-01-31", "2036-02-01", True),
            ("2024-02-29", "2034-02-28", False),
            ("2024-02-29", "2034-03-01", True),
            ("2026-02-28", "2036-02-28", False),
            ("2026-02-28", "2036-02-29", True),
            ("2026-01-01", "9999-12-31", True),
            ("0001-01-01", "0011-01-01", False),
            ("9995-01-01", "9999-12-31", False),
        ],
    )
    def test_ten_years_to_the_day_are_not_too_long_and_a_day_more_is(self, start: str, end: str, is_too_long: bool) -> None:
        assert period(start, end).problems() == ((found(ProblemCode.TOO_LONG, "end"),) if is_too_long else ())
        assert periods((start, end)).problems() == ((found(ProblemCode.TOO_LONG, "periods", 0, "end"),) if is_too_long else ())

    def test_an_empty_draft_names_everything_it_lacks(self) -> None:
        empty = Hours(None, None, None)
        assert ExactPeriod(None, None, (empty,)).problems() == (
            found(ProblemCode.MISSING, "start"),
            found(ProblemCode.MISSING, "end"),
            found(ProblemCode.MISSING, "hours", 0, "weekdays"),
            found(ProblemCode.MISSING, "hours", 0, "start"),
            found(ProblemCode.MISSING, "hours", 0, "end"),
        )

    def test_items_answer_for_themselves_with_paths_of_their_own(self) -> None:
        assert hours(start=None).problems() == (
            found(ProblemCode.NO_WEEKDAY, "weekdays"),
            found(ProblemCode.MISSING, "start"),
        )
        assert Period(None, None).problems() == (
            found(ProblemCode.MISSING, "start"),
            found(ProblemCode.MISSING, "end"),
        )
        assert on(None).problems() == (found(ProblemCode.MISSING, "date"),)


class TestNextOccurrence:
    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2026-06-01T00:00", "2026-06-01"),
            ("2026-06-01T08:59", "2026-06-01"),
            ("2026-06-01T09:00", "2026-06-01"),
            ("2026-06-01T14:59:59.999999", "2026-06-01"),
            ("2026-06-01T15:00", "2026-06-03"),
            ("2026-06-02T12:00", "2026-06-03"),
            ("2026-06-03T15:00", "2026-06-08"),
            ("2026-06-07T23:59", "2026-06-08"),
            ("2026-12-30T15:00", "2027-01-04"),
        ],
    )
    def test_continuous_hours_count_from_the_day_before_until_the_moment_they_end(self, now: str, expected: str) -> None:
        assert Continuous((hours(MON, WED),)).next_occurrence(at(now)) == takes_place(expected, "09:00", "15:00")

    def test_hours_on_one_weekday_that_are_over_today_come_in_a_week(self) -> None:
        weekly = Continuous((hours(MON),))
        assert weekly.next_occurrence(at("2026-06-01T15:00")) == takes_place("2026-06-08", "09:00", "15:00")

    def test_of_two_hours_on_a_day_the_one_not_yet_over_is_next(self) -> None:
        time = Continuous((hours(MON, start="13:00", end="15:00"), hours(MON, start="09:00", end="11:00")))
        assert time.next_occurrence(at("2026-06-01T10:59")) == takes_place("2026-06-01", "09:00", "11:00")
        assert time.next_occurrence(at("2026-06-01T11:00")) == takes_place("2026-06-01", "13:00", "15:00")

    def test_hours_from_midnight_have_begun_at_midnight(self) -> None:
        night = Continuous((hours(TUE, start="00:00", end="06:00"),))
        assert night.next_occurrence(at("2026-06-02T00:00")) == takes_place("2026-06-02", "00:00", "06:00")

    def test_hours_until_a_minute_to_midnight_are_over_in_the_last_minute(self) -> None:
        late = Continuous((hours(MON, start="20:00", end="23:59"),))
        assert late.next_occurrence(at("2026-06-01T23:58:59")) == takes_place("2026-06-01", "20:00", "23:59")
        assert late.next_occurrence(at("2026-06-01T23:59")) == takes_place("2026-06-08", "20:00", "23:59")

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2025-12-31T23:59", "2026-06-04"),
            ("2026-06-05T12:00", "2026-06-11"),
            ("2026-06-11T14:59", "2026-06-11"),
            ("2026-06-11T15:00", None),
            ("2026-06-13T09:00", None),
            ("2030-01-01T00:00", None),
        ],
    )
    def test_an_exact_period_keeps_to_its_days(self, now: str, expected: str | None) -> None:
        two_weeks = period("2026-06-02", "2026-06-14", hours(THU))
        assert two_weeks.next_occurrence(at(now)) == (takes_place(expected, "09:00", "15:00") if expected else None)

    def test_hours_that_would_be_over_today_still_come_on_the_first_day_of_a_later_period(self) -> None:
        next_week = period("2026-06-08", "2026-06-08", hours(MON))
        assert next_week.next_occurrence(at("2026-06-01T16:00")) == takes_place("2026-06-08", "09:00", "15:00")

    def test_the_first_day_of_an_exact_period_counts_even_if_it_is_the_last(self) -> None:
        assert period("2026-06-01", "2026-06-01", hours(MON)).next_occurrence(at("2026-05-01T00:00")) == takes_place(
            "2026-06-01", "09:00", "15:00"
        )

    def test_an_exact_period_without_hours_is_a_period(self) -> None:
        assert period(*JUNE).next_occurrence(at("2026-06-10T22:00")) == takes_place("2026-06-10")

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2026-05-31T23:59", "2026-06-01"),
            ("2026-06-01T00:00", "2026-06-01"),
            ("2026-06-15T23:59", "2026-06-15"),
            ("2026-06-30T23:59:59", "2026-06-30"),
            ("2026-07-01T00:00", "2026-12-30"),
            ("2026-12-31T12:00", "2026-12-31"),
            ("2027-01-01T12:00", "2027-01-01"),
            ("2027-01-03T00:00", None),
        ],
    )
    def test_a_running_period_takes_place_today_and_a_coming_one_on_its_first_day(self, now: str, expected: str | None) -> None:
        time = periods(("2026-12-30", "2027-01-02"), JUNE)
        assert time.next_occurrence(at(now)) == (takes_place(expected) if expected else None)

    @pytest.mark.parametrize(
        ("now", "expected"),
        [
            ("2026-05-01T12:00", takes_place("2026-06-01", "09:00", "12:00")),
            ("2026-06-01T11:59", takes_place("2026-06-01", "09:00", "12:00")),
            ("2026-06-01T12:00", takes_place("2026-06-01", "13:00", "15:00")),
            ("2026-06-01T15:00", takes_place("2026-06-03")),
            ("2026-06-03T23:59", takes_place("2026-06-03")),
            ("2026-06-04T00:00", None),
        ],
    )
    def test_single_days_follow_in_order_of_time_and_one_without_hours_lasts_all_day(
        self, now: str, expected: Occurrence | None
    ) -> None:
        days = (on("2026-06-03"), on("2026-06-01", "13:00", "15:00"), on("2026-06-01", "09:00", "12:00"))
        assert SingleDays(days).next_occurrence(at(now)) == expected

    def test_a_leap_day_is_a_day_like_others(self) -> None:
        leap = Continuous((hours(THU),))
        assert leap.next_occurrence(at("2024-02-26T12:00")) == takes_place("2024-02-29", "09:00", "15:00")
        assert leap.next_occurrence(at("2024-02-29T15:00")) == takes_place("2024-03-07", "09:00", "15:00")
        assert period("2024-02-29", "2024-02-29", hours(THU)).next_occurrence(at("2024-02-29T10:00")) == takes_place(
            "2024-02-29", "09:00", "15:00"
        )

    @pytest.mark.parametrize(
        "time",
        [
            AgreedSeparately(),
            Continuous(()),
            Continuous((hours(),)),
            Continuous((hours(MON, 9),)),
            Continuous((hours(MON, start=None),)),
            Continuous((hours(MON, end=None),)),
            Continuous((hours(MON, start="15:00", end="09:00"),)),
            ExactPeriod(None, dt.date(2030, 1, 1), (hours(MON),)),
            ExactPeriod(MONDAY, None, (hours(MON),)),
            period("2026-06-30", "2026-06-01", hours(MON)),
            period(*JUNE, Hours(None, None, None)),
            Periods(()),
            Periods((Period(None, MONDAY), Period(MONDAY, None))),
            periods(("2026-06-30", "2026-06-01")),
            SingleDays(()),
            SingleDays((on(None, "09:00", "15:00"), on("2026-06-02", "09:00"), on("2026-06-02", "15:00", "09:00"))),
        ],
        ids=str,
    )
    def test_there_is_none_when_no_time_is_told_in_full(self, time: Time) -> None:
        assert time.next_occurrence(at("2026-06-01T10:00")) is None

    def test_what_is_incomplete_is_passed_over_for_what_is_complete(self) -> None:
        assert Continuous((Hours(None, None, None), hours(TUE))).next_occurrence(at("2026-06-01T10:00")) == takes_place(
            "2026-06-02", "09:00", "15:00"
        )

    def test_a_period_that_is_too_long_still_takes_place(self) -> None:
        endless = period("2020-01-01", "9999-12-31", hours(MON))
        assert endless.next_occurrence(at("2026-06-01T16:00")) == takes_place("2026-06-08", "09:00", "15:00")

    def test_the_end_of_the_calendar_is_no_error(self) -> None:
        last_friday = period("9999-12-30", "9999-12-31", hours(FRI))
        assert last_friday.next_occurrence(at("9999-12-31T10:00")) == takes_place("9999-12-31", "09:00", "15:00")
        assert last_friday.next_occurrence(at("9999-12-31T15:00")) is None
        assert Continuous((hours(MON),)).next_occurrence(at("9999-12-31T15:00")) is None

    def test_of_several_times_the_earliest_is_next(self) -> None:
        times: list[Time] = [AgreedSeparately(), periods(("2026-06-05", "2026-06-09")), Continuous((hours(THU),))]
        assert next_occurrence(iter(times), at("2026-06-01T10:00")) == takes_place("2026-06-04", "09:00", "15:00")
        assert next_occurrence(times, at("2026-06-05T10:00")) == takes_place("2026-06-05")

    def test_on_one_day_a_time_without_hours_comes_before_one_with_hours(self) -> None:
        times: list[Time] = [Continuous((hours(MON),)), periods(JUNE)]
        assert next_occurrence(times, at("2026-06-01T00:00")) == takes_place("2026-06-01")

    def test_no_times_have_no_next(self) -> None:
        assert next_occurrence([], at("2026-06-01T10:00")) is None


class TestNightsWhenTheClocksChange:
    """Finland: 03:00 becomes 04:00 on 29 March 2026, and 04:00 becomes 03:00 on 25 October 2026, both Sundays."""

    nightly = Continuous((hours(SUN, start="03:15", end="03:45"),))

    @pytest.mark.parametrize("date", ["2026-03-29", "2026-10-25"])
    @pytest.mark.parametrize("fold", [0, 1])
    @pytest.mark.parametrize(("time", "weeks"), [("02:59", 0), ("03:30", 0), ("03:45", 1), ("04:00", 1)])
    def test_only_the_wall_clock_decides(self, date: str, fold: int, time: str, weeks: int) -> None:
        now = at(f"{date}T{time}").replace(tzinfo=HELSINKI, fold=fold)
        occurrence = self.nightly.next_occurrence(now)
        assert occurrence == Occurrence(day(date) + dt.timedelta(weeks=weeks), dt.time(3, 15), dt.time(3, 45))

    def test_the_hour_that_is_lived_twice_is_next_again_on_its_second_round(self) -> None:
        instants = [dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC) + dt.timedelta(minutes=30 * n) for n in range(5)]
        dates = []
        for instant in instants:  # 03:30, 03:00 ... on the wall: 03:30, 03:00, 03:30, 04:00
            occurrence = self.nightly.next_occurrence(instant.astimezone(HELSINKI))
            assert occurrence is not None
            dates.append(occurrence.date)
        assert dates == [day("2026-10-25")] * 3 + [day("2026-11-01")] * 2

    def test_after_the_missing_hour_its_slot_is_over(self) -> None:
        now = dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC).astimezone(HELSINKI)
        assert now.time() == dt.time(4)
        assert self.nightly.next_occurrence(now) == takes_place("2026-04-05", "03:15", "03:45")

    @pytest.mark.parametrize(("now", "expected"), [("2026-03-28T20:00", "2026-03-30"), ("2026-10-24T20:00", "2026-10-26")])
    def test_hours_after_the_night_are_the_hours_on_the_wall(self, now: str, expected: str) -> None:
        aware = at(now).replace(tzinfo=HELSINKI)
        weekly = Continuous((hours(MON),))
        assert weekly.next_occurrence(aware) == takes_place(expected, "09:00", "15:00")
        assert weekly.next_occurrence(aware) == weekly.next_occurrence(at(now))

    @pytest.mark.parametrize("date", ["2026-03-29", "2026-10-25"])
    def test_a_period_ends_at_midnight_on_the_wall(self, date: str) -> None:
        time = periods((date, date))
        midnight = at(f"{date}T00:00").replace(tzinfo=HELSINKI)
        assert time.next_occurrence(midnight) == takes_place(date)
        assert time.next_occurrence(midnight.replace(hour=23, minute=59)) == takes_place(date)
        assert time.next_occurrence(midnight + dt.timedelta(days=1)) is None


class TestTheEnd:
    @pytest.mark.parametrize(
        ("time", "last"),
        [
            (period(*JUNE, hours(MON)), "2026-06-30"),
            (period(*JUNE), "2026-06-30"),
            (period("2026-06-01", "2026-06-07", hours(MON)), "2026-06-07"),
            (periods(("2026-12-30", "2027-01-02"), JUNE), "2027-01-02"),
            (SingleDays((on("2028-02-29"), on("2026-06-01", "09:00", "15:00"))), "2028-02-29"),
        ],
        ids=str,
    )
    def test_a_time_ends_on_the_day_after_its_last(self, time: Time, last: str) -> None:
        assert time.last_day() == day(last)
        assert not time.has_ended(day(last) - dt.timedelta(days=1))
        assert not time.has_ended(day(last))
        assert time.has_ended(day(last) + dt.timedelta(days=1))

    @pytest.mark.parametrize(
        "time",
        [
            AgreedSeparately(),
            Continuous((hours(MON),)),
            Continuous(()),
            Periods(()),
            SingleDays(()),
            ExactPeriod(None, MONDAY, (hours(MON),)),
            ExactPeriod(MONDAY, None, (hours(MON),)),
            ExactPeriod(MONDAY, MONDAY, (Hours(None, None, None),)),
            period("2026-06-30", "2026-06-01", hours(MON)),
            Periods((Period(MONDAY, MONDAY), Period(None, MONDAY))),
            Periods((Period(MONDAY, MONDAY), Period(MONDAY, None))),
            SingleDays((on("2026-06-01"), on(None))),
            SingleDays((on("2026-06-01", "09:00"),)),
        ],
        ids=str,
    )
    def test_a_time_that_never_ends_or_is_incomplete_has_not_ended(self, time: Time) -> None:
        assert time.last_day() is None
        assert not time.has_ended(dt.date.max)

    def test_all_have_ended_only_when_the_last_has(self) -> None:
        times: list[Time] = [periods(JUNE), SingleDays((on("2026-07-10"),))]
        assert not have_all_ended(times, day("2026-07-10"))
        assert have_all_ended(iter(times), day("2026-07-11"))

    def test_one_time_that_never_ends_keeps_all_going(self) -> None:
        assert not have_all_ended([periods(JUNE), AgreedSeparately()], dt.date.max)

    def test_no_times_have_not_ended(self) -> None:
        assert not have_all_ended([], dt.date.max)


RAW_HOURS = {"weekdays": ["0", "2"], "start": "09:00:00", "end": "15:00:00"}
RAW_SPAN = {"start": "2026-01-01", "end": "2026-02-01"}
RAW_TIMES: list[tuple[str, dict[str, Any], Time]] = [
    ("agreed", {}, AgreedSeparately()),
    ("continuous", {"hours": [RAW_HOURS]}, Continuous((hours(MON, WED),))),
    ("period", {**RAW_SPAN, "hours": [RAW_HOURS]}, period("2026-01-01", "2026-02-01", hours(MON, WED))),
    ("periods", {"periods": [RAW_SPAN, RAW_SPAN]}, periods(("2026-01-01", "2026-02-01"), ("2026-01-01", "2026-02-01"))),
    (
        "days",
        {
            "days": [
                {"date": "2026-06-01", "start": "09:00:00", "end": "15:00:00"},
                {"date": "2026-06-02", "start": None, "end": None},
            ]
        },
        SingleDays((on("2026-06-01", "09:00", "15:00"), on("2026-06-02"))),
    ),
]


def as_wagtail_stores(value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [{"type": "item", "value": item, "id": str(index)} for index, item in enumerate(inner)]
        if isinstance(inner, list)
        else inner
        for name, inner in value.items()
    }


class TestRawValues:
    @pytest.mark.parametrize(("kind", "raw", "time"), RAW_TIMES, ids=lambda it: it if isinstance(it, str) else "")
    def test_each_kind_is_read_bare_or_wrapped_and_written_bare(self, kind: str, raw: dict[str, Any], time: Time) -> None:
        assert from_raw(kind, raw) == time
        assert from_raw(kind, as_wagtail_stores(raw)) == time
        assert to_raw(time) == (kind, raw)

    def test_what_else_stands_beside_a_time_is_not_read(self) -> None:
        beside = {"place": 3, "remote": True, "note": "Bring a pen."}
        assert from_raw("agreed", beside) == AgreedSeparately()
        assert from_raw("continuous", {**beside, "hours": [RAW_HOURS]}) == Continuous((hours(MON, WED),))

    @pytest.mark.parametrize("weekdays", [["0", "2"], [0, 2], ("2", 0), {0, "2"}, frozenset({0, 2}), ["2", "0", "0"]])
    def test_weekdays_may_be_strings_or_numbers_in_any_order(self, weekdays: object) -> None:
        raw = {"hours": [{**RAW_HOURS, "weekdays": weekdays}]}
        assert from_raw("continuous", raw) == Continuous((hours(MON, WED),))

    def test_cleaned_values_are_taken_as_they_are(self) -> None:
        raw = {"days": [{"date": MONDAY, "start": dt.time(9), "end": dt.time(15)}]}
        assert from_raw("days", raw) == SingleDays((on("2026-06-01", "09:00", "15:00"),))

    def test_times_may_be_written_without_seconds(self) -> None:
        raw = {"days": [{"date": "2026-06-01", "start": "09:00", "end": "15:00"}]}
        assert from_raw("days", raw) == SingleDays((on("2026-06-01", "09:00", "15:00"),))

    @pytest.mark.parametrize(
        "malformed",
        [
            None,
            "",
            "soon",
            "2026-02-30",
            "2026-13-01",
            20260101,
            1.5,
            True,
            [],
            {},
            dt.datetime(2026, 1, 1),
            dt.time(9),
        ],
    )
    def test_a_malformed_date_is_missing(self, malformed: object) -> None:
        time = from_raw("period", {"start": malformed, "end": "2026-02-01"})
        assert time == ExactPeriod(None, dt.date(2026, 2, 1), ())
        assert time.problems() == (found(ProblemCode.MISSING, "start"),)

    @pytest.mark.parametrize(
        "malformed",
        [None, "", "nine", "24:01", "9", 10, True, [], {}, MONDAY, "09:00+02:00", "09:00Z", dt.time(9, tzinfo=dt.UTC)],
    )
    def test_a_malformed_time_of_day_is_missing(self, malformed: object) -> None:
        time = from_raw("continuous", {"hours": [{**RAW_HOURS, "start": malformed}]})
        assert time.problems() == (found(ProblemCode.MISSING, "hours", 0, "start"),)

    @pytest.mark.parametrize("malformed", [None, "", "monday", ["7"], ["-1"], ["0", "x"], [None], [True], 1.0, {"0": "1"}])
    def test_malformed_weekdays_are_missing(self, malformed: object) -> None:
        time = from_raw("continuous", {"hours": [{**RAW_HOURS, "weekdays": malformed}]})
        assert time == Continuous((Hours(None, dt.time(9), dt.time(15)),))
        assert time.problems() == (found(ProblemCode.MISSING, "hours", 0, "weekdays"),)

    def test_an_empty_choice_of_weekdays_is_no_weekday(self) -> None:
        time = from_raw("continuous", {"hours": [{**RAW_HOURS, "weekdays": []}]})
        assert time.problems() == (found(ProblemCode.NO_WEEKDAY, "hours", 0, "weekdays"),)

    @pytest.mark.parametrize("nothing", [None, {}, {"hours": None}, {"hours": ""}, {"hours": []}])
    def test_a_list_that_is_not_there_is_empty(self, nothing: dict[str, Any] | None) -> None:
        assert from_raw("continuous", nothing) == Continuous(())

    @pytest.mark.parametrize("item", [None, "", "x", 3, [], {"type": "item", "value": None, "id": "1"}])
    def test_a_malformed_item_keeps_its_place_in_the_list(self, item: object) -> None:
        time = from_raw("periods", {"periods": [RAW_SPAN, item]})
        assert time.problems() == (
            found(ProblemCode.MISSING, "periods", 1, "start"),
            found(ProblemCode.MISSING, "periods", 1, "end"),
        )

    @pytest.mark.parametrize("malformed", ["x", 3, True])
    def test_a_list_that_is_no_list_is_an_item_with_nothing_in_it(self, malformed: object) -> None:
        time = from_raw("period", {**RAW_SPAN, "hours": malformed})
        assert [problem.path for problem in time.problems()] == [
            ("hours", 0, "weekdays"),
            ("hours", 0, "start"),
            ("hours", 0, "end"),
        ]

    @pytest.mark.parametrize("kind", ["", "weekly", "Period"])
    def test_an_unknown_kind_is_refused_by_name(self, kind: str) -> None:
        with pytest.raises(ValueError, match=rf"Unknown kind of time '{kind}'; known are agreed, .* days\."):
            from_raw(kind, {})


# Properties: a small calendar around a leap day, so that items meet, and times of day of which many are equal.

FIRST = dt.date(2024, 1, 29)
DATES = st.dates(FIRST, FIRST + dt.timedelta(days=45))
CLOCKS = st.builds(dt.time, st.integers(0, 23), st.sampled_from([0, 30]))
MOMENTS = st.datetimes(dt.datetime(2024, 1, 25), dt.datetime(2024, 3, 25)) | st.builds(dt.datetime.combine, DATES, CLOCKS)
HOURS = st.builds(
    Hours,
    st.none() | st.frozensets(st.integers(0, 6)) | st.frozensets(st.integers(-1, 7)),
    st.none() | CLOCKS,
    st.none() | CLOCKS,
)
SOUND_HOURS = st.builds(
    lambda weekdays, clocks: Hours(weekdays, min(clocks), max(clocks)),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sets(CLOCKS, min_size=2, max_size=2),
)
PERIODS = st.builds(Period, st.none() | DATES, st.none() | DATES)
DAYS = st.builds(Day, st.none() | DATES, st.none() | CLOCKS, st.none() | CLOCKS)


def tuples_of(*items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.one_of(*items), max_size=4).map(tuple)


TIMES: st.SearchStrategy[Time] = st.one_of(
    st.just(AgreedSeparately()),
    st.builds(Continuous, tuples_of(HOURS, SOUND_HOURS)),
    st.builds(ExactPeriod, st.none() | DATES, DATES, tuples_of(SOUND_HOURS)),
    st.builds(ExactPeriod, DATES, st.none() | DATES, tuples_of(HOURS, SOUND_HOURS)),
    st.builds(Periods, tuples_of(PERIODS)),
    st.builds(SingleDays, tuples_of(DAYS)),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | DATES.map(str) | CLOCKS.map(str),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["value", "weekdays", "start", "end", "date"]), inner),
    max_leaves=10,
)
thoroughly = settings(max_examples=200, deadline=None, database=None)

Slot = tuple[dt.time | None, dt.time | None]


def is_sound(start: dt.time | None, end: dt.time | None) -> bool:
    return start is not None and end is not None and start < end


def slots_in(all_hours: tuple[Hours, ...], date: dt.date) -> list[Slot]:
    return [
        (it.start, it.end)
        for it in all_hours
        if it.weekdays and date.weekday() in it.weekdays and it.weekdays <= set(range(7)) and is_sound(it.start, it.end)
    ]


def slots_on(time: Time, date: dt.date) -> list[Slot]:
    """Every slot on one date, told in the plainest way."""
    match time:
        case Continuous(all_hours):
            return slots_in(all_hours, date)
        case ExactPeriod(start, end, all_hours):
            runs = start is not None and end is not None and start <= date <= end
            if not runs:
                return []
            return slots_in(all_hours, date) if all_hours else [(None, None)]
        case Periods(spans):
            return [(None, None) for span in spans if span.start and span.end and span.start <= date <= span.end]
        case SingleDays(days):
            told = [(it.start, it.end) for it in days if it.date == date]
            return [slot for slot in told if slot == (None, None) or is_sound(*slot)]
        case _:
            return []


def found_day_by_day(times: list[Time], now: dt.datetime) -> Occurrence | None:
    for wait in range(100):
        date = now.date() + dt.timedelta(days=wait)
        slots = [slot for time in times for slot in slots_on(time, date)]
        left = [slot for slot in slots if wait or slot[1] is None or now.time() < slot[1]]
        if left:
            return Occurrence(date, *min(left, key=lambda slot: (slot[0] or dt.time.min, slot[1] or dt.time.max)))
    return None


@thoroughly
@given(TIMES, MOMENTS)
def test_the_next_occurrence_is_the_one_found_day_by_day(time: Time, now: dt.datetime) -> None:
    assert time.next_occurrence(now) == found_day_by_day([time], now)


@thoroughly
@given(st.lists(TIMES, max_size=3), MOMENTS)
def test_the_next_of_several_is_the_one_found_day_by_day(times: list[Time], now: dt.datetime) -> None:
    assert next_occurrence(times, now) == found_day_by_day(times, now)


@thoroughly
@given(TIMES, MOMENTS, st.integers(0, 1))
def test_an_aware_moment_is_read_as_its_wall_clock(time: Time, now: dt.datetime, fold: int) -> None:
    assert time.next_occurrence(now.replace(tzinfo=HELSINKI, fold=fold)) == time.next_occurrence(now)


@thoroughly
@given(TIMES, MOMENTS)
def test_what_has_ended_does_not_occur_and_stays_ended(time: Time, now: dt.datetime) -> None:
    if time.has_ended(now.date()):
        assert time.next_occurrence(now.replace(hour=0, minute=0)) is None
        assert time.has_ended(now.date() + dt.timedelta(days=1))
        assert have_all_ended([time, time], now.date())


@thoroughly
@given(TIMES, MOMENTS)
def test_what_will_occur_has_not_ended_until_then(time: Time, now: dt.datetime) -> None:
    occurrence = time.next_occurrence(now)
    if occurrence:
        assert not time.has_ended(occurrence.date)
        last = time.last_day()
        assert last is None or occurrence.date <= last


@thoroughly
@given(TIMES, DATES)
def test_a_time_without_problems_ends_exactly_after_its_last_day(time: Time, today: dt.date) -> None:
    last = time.last_day()
    assert time.has_ended(today) == (last is not None and last < today)
    if not time.problems():
        assert (last is None) == isinstance(time, AgreedSeparately | Continuous)
    if last and not time.problems() and not isinstance(time, ExactPeriod):
        assert slots_on(time, last)
        assert not any(slots_on(time, last + dt.timedelta(days=days)) for days in range(1, 60))


@thoroughly
@given(TIMES)
def test_a_missing_field_is_named_and_keeps_the_time_from_ending(time: Time) -> None:
    if any(problem.code == ProblemCode.MISSING for problem in time.problems()):
        assert not time.has_ended(dt.date.max)


def test_an_impossible_weekday_is_missing_and_nothing_else() -> None:
    """Found by chance among the random examples: 7 beside a weekday that the period lacks."""
    monday = dt.date(2024, 1, 29)
    time = ExactPeriod(monday, monday, (Hours(frozenset({1, 7}), dt.time(9), dt.time(10)),))
    assert [problem.code for problem in time.problems()] == [ProblemCode.MISSING]
    assert from_raw(*to_raw(time)).problems() == time.problems()


@thoroughly
@given(TIMES)
def test_each_problem_has_a_path_into_the_time(time: Time) -> None:
    for problem in time.problems():
        place: Any = time
        for step in problem.path:
            place = place[step] if isinstance(step, int) else getattr(place, step)
        is_missing = place is None or (isinstance(place, frozenset) and not place <= WEEKDAYS)
        assert is_missing == (problem.code == ProblemCode.MISSING)


@thoroughly
@given(TIMES)
def test_a_time_survives_being_written_as_json_and_read(time: Time) -> None:
    kind, raw = to_raw(time)
    read = from_raw(kind, as_wagtail_stores(json.loads(json.dumps(raw))))
    if not any(not (it.weekdays or WEEKDAYS) <= WEEKDAYS for it in getattr(time, "hours", ())):
        assert read == time
    assert (to_raw(read)[0], read.problems()) == (kind, time.problems())


@thoroughly
@given(
    st.sampled_from(["agreed", "continuous", "period", "periods", "days"]),
    st.dictionaries(st.sampled_from(["start", "end", "hours", "periods", "days"]), JSON),
    MOMENTS,
)
def test_whatever_the_json_holds_nothing_is_raised(kind: str, raw: dict[str, Any], now: dt.datetime) -> None:
    time = from_raw(kind, raw)
    time.problems()
    time.next_occurrence(now)
    time.has_ended(now.date())
