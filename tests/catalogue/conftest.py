"""The people of the tests, and a database whose content lasts for a module."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.people import (
    administrator,
    expert,
    municipal_editor,
    municipal_organisation,
    outsider,
    provider,
    provider_editor,
)

__all__ = [
    "administrator",
    "expert",
    "module_database",
    "municipal_editor",
    "municipal_organisation",
    "outsider",
    "provider",
    "provider_editor",
]


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    """For fixtures that are made once for a module: work inside `with module_database.unblock():`.

    All is taken back after the module; what a test changes is taken back after the test. Such fixtures give keys rather
    than objects, because objects would carry changes from test to test.
    """
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
    yield django_db_blocker
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
