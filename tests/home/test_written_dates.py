"""Dates in templates: as Django writes them, in the language of the moment."""

import datetime as dt

import pytest
from django.template.defaultfilters import date, time
from django.utils import timezone, translation

from home.templatetags.texts import written

DAY = dt.date(2026, 3, 4)
NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("form", ["DATE_FORMAT", "SHORT_DATE_FORMAT", "Y-m-d", "l"])
def test_dates_are_written_as_django_writes_them_in_each_language(language: str, form: str) -> None:
    with translation.override(language):
        for _ in range(2):
            assert written(DAY, form) == date(DAY, form)


def test_times_of_day_are_written_as_django_writes_them() -> None:
    with translation.override("fi"):
        assert written(dt.time(9, 5), "TIME_FORMAT") == time(dt.time(9, 5), "TIME_FORMAT")


def test_one_instant_reads_differently_in_two_time_zones() -> None:
    with translation.override("en"):
        read = [written(timezone.localtime(NOON, zone), "H") for zone in (dt.UTC, dt.timezone(dt.timedelta(hours=2)))]
    assert read == ["12", "14"]


def test_no_date_is_written_as_nothing() -> None:
    assert written(None, "DATE_FORMAT") == ""
