"""Municipalities, employment areas and counties from the public code lists beside this module (accounts/data)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models, transaction

from accounts.models import (
    EmploymentArea,
    EmploymentAreaName,
    Municipality,
    MunicipalityName,
    WellbeingCounty,
    WellbeingCountyName,
)

DATA = Path(__file__).parent / "data"
LANGUAGES = ("fi", "sv", "en")


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _name(model: type[models.Model], owner: str, thing: Any, names: dict[str, str]) -> None:
    """Give `thing` its names where it has none yet; what an administrator has changed stays."""
    for language, name in names.items():
        if name:
            model._default_manager.get_or_create(**{owner: thing, "language": language}, defaults={"name": name})


@transaction.atomic
def load_areas() -> dict[str, int]:
    """Add what is missing of municipalities, counties and employment areas; returns how many of each there are."""
    for row in _rows("wellbeing_services_counties.csv"):
        county, _made = WellbeingCounty.objects.get_or_create(code=row["code"])
        _name(WellbeingCountyName, "county", county, {tag: row[tag] for tag in LANGUAGES})
    for row in _rows("municipalities_uusimaa.csv"):
        municipality, made = Municipality.objects.get_or_create(code=row["code"])
        _name(MunicipalityName, "municipality", municipality, {tag: row[tag] for tag in LANGUAGES})
        if made:
            county = WellbeingCounty.objects.get(code=row["wellbeing_county_code"])
            county.municipalities.add(municipality)
            county.save()
    for row in _rows("employment_areas_uusimaa.csv"):
        area, made = EmploymentArea.objects.get_or_create(
            code=row["slug"], defaults={"responsible": Municipality.objects.get(code=row["responsible_municipality"])}
        )
        _name(EmploymentAreaName, "area", area, {tag: row[f"name_{tag}"] for tag in LANGUAGES})
        if made:
            area.municipalities.set(Municipality.objects.filter(code__in=row["municipality_codes"].split()))
            area.save()
    return {
        "municipalities": Municipality.objects.count(),
        "counties": WellbeingCounty.objects.count(),
        "employment areas": EmploymentArea.objects.count(),
    }
