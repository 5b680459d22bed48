"""What lasts longer than a test: rows that a whole module, or a whole folder of tests, stands on.

Work inside `with module_database.unblock():`. All is taken back after the module or folder; what a test changes is taken back
after the test. Fixtures on these give keys rather than objects, because objects would carry changes from test to test.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def module_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    """For fixtures that are made once for a module."""
    yield from _lasting(django_db_blocker)


@pytest.fixture(scope="package")
def package_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    """For fixtures that are made once for a folder; only where none of its tests is transactional."""
    yield from _lasting(django_db_blocker)


def _lasting(blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    around = transaction.atomic()
    with blocker.unblock():
        assert not connection.in_atomic_block, "name the lasting fixture in the test's arguments, so that it comes before `db`"
        around.__enter__()
    yield blocker
    with blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)
