"""The report of rights says what the rules say, to those who manage the people in it."""

import pytest
from django.test import Client

from accounts.models import Membership
from catalogue.permissions import Act, OrganisationAct
from catalogue.rights_report import ACTS, ORGANISATION_ACTS, rights_of
from tests.rights.world import World, person

pytestmark = pytest.mark.django_db


def right(email: str, organisation: str) -> dict[str, set[str]]:
    found = rights_of(Membership.objects.get(user__email=f"{email}@example.org", organisation__code=organisation))
    return {name: set(getattr(found, name)) for name in ("own", "linked", "responsible", "all_published", "organisation")}


def words(*acts: Act) -> set[str]:
    return {str(ACTS[act]) for act in acts}


def test_every_act_has_its_words() -> None:
    assert set(ACTS) == set(Act)
    assert set(ORGANISATION_ACTS) <= set(OrganisationAct)


def test_what_memberships_allow(world: World) -> None:
    assert right("expert", "helsinki") == {
        "own": set(), "linked": set(), "responsible": set(), "organisation": set(),
        "all_published": words(Act.READ_DESCRIPTION, Act.READ_INSTRUCTION),
    }  # fmt: skip
    editor = right("provider-editor", "silta")
    assert editor["own"] == words(Act.SEE_DRAFTS, Act.EDIT, Act.KEEP_FRESH)
    assert editor["all_published"] == words(Act.READ_DESCRIPTION)
    assert editor["linked"] == editor["responsible"] == set()
    municipal = right("municipal-main-user", "helsinki")
    assert words(Act.WRITE_INSTRUCTION) <= municipal["linked"]
    assert municipal["responsible"] == words(Act.PUBLISH, Act.CHANGE_MINOR)
    assert str(ORGANISATION_ACTS[OrganisationAct.MANAGE_USERS]) in municipal["organisation"]


@pytest.mark.parametrize(
    ("name", "shown", "hidden"),
    [
        (
            "municipal-main-user",
            ["municipal-editor", "provider-editor", "expert"],
            ["shared-provider", "outsider", "elsewhere"],
        ),
        ("provider-main-user", ["provider-editor"], ["municipal-editor", "outsider", "shared-provider"]),
        ("administrator", ["municipal-editor", "outsider", "shared-provider"], []),
    ],
)
def test_each_sees_the_people_she_manages(world: World, client: Client, name: str, shown: list[str], hidden: list[str]) -> None:
    client.force_login(person(name))
    for address in ("/admin/rights/", "/admin/rights/?export=csv"):
        response = client.get(address)
        body = b"".join(response).decode() if response.streaming else response.content.decode()
        assert all(email in body for email in shown)
        assert not any(email in body for email in hidden)


@pytest.mark.parametrize("name", ["municipal-editor", "provider-editor", "expert"])
def test_others_do_not_see_it(world: World, client: Client, name: str) -> None:
    client.force_login(person(name))
    assert client.get("/admin/rights/").status_code == 403
    if name != "expert":
        assert "/admin/rights/" not in client.get("/admin/").content.decode()
