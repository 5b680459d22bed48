"""The page of an invitation in a real browser: on a narrow phone, readable by everyone, up to the new account."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import authenticate

from accounts import invitations
from accounts.models import Membership, Organisation, User
from tests.accounts.test_invitations import NEW_PASSWORD, link_of
from tests.factories import site_tree

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.viewport(320, 800)
def test_a_new_person_accepts_on_a_phone(
    page: "Page", axe: Callable[["Page"], list[str]], main_user: User, municipal_organisation: Organisation
) -> None:
    site_tree()
    role = Membership.Role.EDITOR
    invitations.invite(
        addresses=["uusi@example.org"], organisation=municipal_organisation, role=role, language="fi", by=main_user
    )
    page.goto(link_of("uusi@example.org"))
    assert page.url.endswith("/fi/invitation/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    page.locator("input[name=password1]").fill("lyhyt")
    page.locator("input[name=password2]").fill("lyhyt")
    page.locator("main form button").click()
    assert page.locator("main [role=alert]").is_visible()
    assert axe(page) == []

    page.locator("input[name=password1]").fill(NEW_PASSWORD)
    page.locator("input[name=password2]").fill(NEW_PASSWORD)
    page.locator("main form button").click()
    page.locator("main a.button").wait_for()
    assert axe(page) == []
    user = authenticate(username="uusi@example.org", password=NEW_PASSWORD)
    assert isinstance(user, User)
    assert user.memberships.get().role == role

    page.goto("/fi/invitation/")
    assert axe(page) == []
