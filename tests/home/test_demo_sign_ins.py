"""The demo's people sign in, each to where she works."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.area_files import load_areas
from accounts.models import User
from home.demo.organisations import PASSWORD, load_organisations, load_people
from home.management.commands.demo_sign_ins import SHOWN
from tests.factories import site_tree


@pytest.mark.django_db
def test_every_sign_in_that_make_run_tells_works(settings: Settings) -> None:
    settings.DEMO_SIGN_INS = True
    site_tree()
    load_areas()
    load_organisations()
    load_people()
    assert User.objects.filter(email__in=SHOWN).count() == len(SHOWN)
    for email in SHOWN:
        client = Client()
        response = client.post("/fi/sign-in/", {"login": email, "password": PASSWORD})
        target = "/fi/" if email.startswith("asiantuntija") else "/admin/"
        assert (response.status_code, response.headers.get("Location")) == (302, target), email
        assert client.get(target).status_code == 200, email
