"""The region of the tests of rights, made once for all of them."""

import pytest
from pytest_django import DjangoDbBlocker

from tests.database import package_database
from tests.rights.world import World, make_world

__all__ = ["package_database"]


@pytest.fixture(scope="package")
def made_world(package_database: DjangoDbBlocker) -> World:
    with package_database.unblock():
        return make_world()


@pytest.fixture
def world(made_world: World, db: None) -> World:
    return made_world
