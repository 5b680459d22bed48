"""Reads the demo's files; their texts are plain, their dates are days from today."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

FOLDER = Path(__file__).parent
SERVICE_FILES = ("jobs", "youth_and_skills", "health_and_everyday", "integration_and_business", "imports_1", "imports_2")
WEEKDAYS = {name: str(number) for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}


def read(name: str) -> Any:
    """The content of `name`.yaml in the demo's folder."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def day(value: Any) -> str:
    """A date of the demo, ISO or a number of days from today, in ISO form."""
    if isinstance(value, int):
        return (timezone.localdate() + dt.timedelta(days=value)).isoformat()
    return str(value)


def hours(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Rows of weekdays and hours in the form that StreamFields keep."""
    return [
        {"weekdays": [WEEKDAYS[name] for name in row["weekdays"]], "start": row["start"], "end": row["end"]}
        for row in rows or []
    ]
