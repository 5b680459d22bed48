"""The pages of a person's own account in a real browser, on a narrow phone: readable by everyone."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.activity import keep_token
from accounts.models import Membership, Organisation, User
from tests.factories import MembershipFactory, UserFactory, site_tree

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.viewport(320, 800)
def test_own_data_and_the_reminders_page_on_a_phone(
    page: "Page", axe: Callable[["Page"], list[str]], municipal_organisation: Organisation, client: Client
) -> None:
    site_tree()
    user = UserFactory(first_name="Ida", email="ida@example.org")
    MembershipFactory(user=user, organisation=municipal_organisation, role=Membership.Role.EXPERT)

    def check() -> None:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    User.objects.filter(pk=user.pk).update(reminded_at=timezone.now())
    page.goto(f"/fi/keep-account/{keep_token(User.objects.get(pk=user.pk))}/")
    check()
    page.locator("main form button").click()
    page.locator("main a.button").wait_for()
    check()
    assert User.objects.get(pk=user.pk).last_active_at is not None

    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": page.evaluate("location.origin")}])
    page.goto("/fi/own-data/")
    check()
    page.locator("input[name=last_name]").fill("Uusi")
    page.locator("main form button").click()
    page.locator("main [role=status]").wait_for()
    check()
    assert User.objects.get(pk=user.pk).last_name == "Uusi"

    page.goto("/fi/own-data/deletion/")
    check()
    page.locator("main form button").click()
    page.locator("main .error-summary").wait_for()
    check()
    page.locator("input[name=sure]").check()
    page.locator("main form button").click()
    page.locator("main [role=status]").wait_for()
    check()
