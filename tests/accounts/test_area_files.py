from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from accounts.area_files import load_areas
from accounts.models import EmploymentArea, Municipality, MunicipalityName, WellbeingCounty

pytestmark = pytest.mark.django_db


def _everything() -> dict[str, list[Any]]:
    """Every row of the areas' tables, those of their sets included."""
    names = ("Municipality", "EmploymentArea", "WellbeingCounty")
    owners = [apps.get_model("accounts", name) for name in names]
    rows = [apps.get_model("accounts", f"{name}Name") for name in names]
    sets = [EmploymentArea.municipalities.through, WellbeingCounty.municipalities.through]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in (*owners, *rows, *sets)}


def test_the_region_has_26_municipalities_in_9_employment_areas() -> None:
    assert load_areas() == {"municipalities": 26, "counties": 23, "employment areas": 9}
    covered = [code for area in EmploymentArea.objects.all() for code in area.municipalities.values_list("code", flat=True)]
    assert sorted(covered) == sorted(Municipality.objects.values_list("code", flat=True))


def test_every_area_is_named_in_finnish_swedish_and_english() -> None:
    load_areas()
    for model in (Municipality, EmploymentArea, WellbeingCounty):
        for thing in model.objects.prefetch_related("names"):
            assert {row.language for row in thing.names.all() if row.name} >= {"fi", "sv", "en"}, thing.code


def test_areas_and_counties_are_sets_of_municipalities_that_cut_across_each_other() -> None:
    load_areas()
    sipoo = Municipality.objects.get(names__name="Sipoo", names__language="fi")
    area, county = sipoo.employment_areas.get(), sipoo.counties.get()
    together, health = (set(thing.municipalities.values_list("code", flat=True)) for thing in (area, county))
    assert together - health, "the employment area reaches beyond the county"
    assert health - together, "and the county beyond the employment area"


def test_loading_again_changes_nothing() -> None:
    load_areas()
    before = _everything()
    load_areas()
    assert _everything() == before


def test_names_and_sets_that_an_administrator_has_changed_stay() -> None:
    load_areas()
    name = MunicipalityName.objects.get(municipality__code="091", language="fi")
    name.name = "Stadi"
    name.save()
    espoo = Municipality.objects.get(code="049")
    helsinki = EmploymentArea.objects.get(code="helsinki")
    helsinki.municipalities.add(espoo)
    helsinki.responsible = espoo
    helsinki.save()
    county = espoo.counties.get()
    county.municipalities.remove(espoo)
    county.save()

    load_areas()

    with translation.override("fi"):
        assert str(Municipality.objects.get(code="091")) == "Stadi"
    again = EmploymentArea.objects.get(code="helsinki")
    assert again.responsible == espoo
    assert espoo in again.municipalities.all()
    assert not espoo.counties.exists()


def test_what_is_missing_is_added_beside_what_is_there() -> None:
    load_areas()
    EmploymentArea.objects.get(code="helsinki").delete()
    assert load_areas()["employment areas"] == 9
    assert EmploymentArea.objects.get(code="helsinki").municipalities.get().code == "091"
