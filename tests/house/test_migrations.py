"""Models and migrations say the same."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.house.tree import ROOMS

pytestmark = pytest.mark.django_db


def test_no_migration_is_missing() -> None:
    said = io.StringIO()
    try:
        call_command("makemigrations", *_rooms_with_models(), check=True, dry_run=True, stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(f"run manage.py makemigrations:\n{said.getvalue()}")


def test_each_room_has_one_last_migration() -> None:
    assert MigrationLoader(connection).detect_conflicts() == {}


def _rooms_with_models() -> list[str]:
    from django.apps import apps

    return [config.label for config in apps.get_app_configs() if config.label in ROOMS]
