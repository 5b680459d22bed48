"""How long a session lasts, by role."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Organisation, User
from accounts.sign_in.sessions import session_seconds
from accounts.standing import Standing, standing_of
from tests.factories import PASSWORD, MembershipFactory, UserFactory, site_tree

pytestmark = pytest.mark.django_db

HOUR = 60 * 60
DAYS = 24 * HOUR


@pytest.mark.parametrize(
    ("person", "seconds"),
    [
        ("administrator", 8 * HOUR), ("provider_editor", 12 * HOUR), ("municipal_editor", 12 * HOUR), ("expert", 7 * DAYS),
    ],
)  # fmt: skip
def test_a_session_lasts_as_long_as_the_role_allows(
    client: Client, request: pytest.FixtureRequest, person: str, seconds: int
) -> None:
    site_tree()
    user = request.getfixturevalue(person)
    response = client.post("/en/sign-in/", {"login": user.email, "password": PASSWORD})
    assert abs(client.session.get_expiry_age() - seconds) < 10
    assert abs(int(response.cookies["sessionid"]["max-age"]) - seconds) < 10


def test_the_shortest_wins(expert: User, provider: Organisation) -> None:
    MembershipFactory(user=expert, organisation=provider, role=Membership.Role.MAIN_USER)
    assert session_seconds(standing_of(expert)) == 12 * HOUR
    expert.is_superuser = True
    expert._standing = None  # type: ignore[attr-defined]  # as at the next request
    assert session_seconds(standing_of(expert)) == 8 * HOUR


def test_the_settings_decide_and_whoever_has_no_role_stays_as_long_as_an_editor(settings: Any) -> None:
    settings.SESSION_SECONDS = {"administrator": 60, "editor": 120, "expert": 180}
    assert session_seconds(Standing(user=1, is_administrator=True, advises=frozenset({1}))) == 60
    assert session_seconds(Standing(user=1, edits=frozenset({1}), advises=frozenset({2}))) == 120
    assert session_seconds(Standing(user=1)) == settings.SESSION_COOKIE_AGE == 12 * HOUR


def test_use_does_not_lengthen_a_session(client: Client) -> None:
    client.force_login(UserFactory(administrator=True))
    session = client.session
    end = session.get_expiry_date()
    session["something"] = "changed"
    session.save()
    assert client.session.get_expiry_date() == end
    assert end < timezone.now() + dt.timedelta(hours=8, seconds=1)


def test_a_session_that_is_over_signs_nobody_in(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    session = client.session
    session.set_expiry(timezone.now() - dt.timedelta(seconds=1))
    session.save()
    assert client.get("/admin/")["Location"] == "/fi/sign-in/?next=/admin/"
