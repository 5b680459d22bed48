"""The region of the tests of rights, made once for all of them."""

import pytest
from pytest_django import DjangoDbBlocker

from tests.catalogue.conftest import module_database
from tests.rights.world import World, make_world

__all__ = ["module_database"]


@pytest.fixture(scope="module")
def made_world(module_database: DjangoDbBlocker) -> World:
    with module_database.unblock():
        return make_world()


@pytest.fixture
def world(made_world: World, db: None) -> World:
    return made_world
