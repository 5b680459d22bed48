"""Nothing beside memberships is a right: what looks like one is found, has no effect, and is cleared away."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import GroupPagePermission, Page, PageViewRestriction

from accounts.models import Membership, Organisation, User
from catalogue.models import WorkInstructionPage
from catalogue.rights_upkeep import drifts
from tests.rights.world import World, person

pytestmark = pytest.mark.django_db


def sync(*arguments: str) -> str:
    out = StringIO()
    call_command("sync_rights", *arguments, stdout=out)
    return out.getvalue()


def tick_every_box(user: User) -> None:
    group = Group.objects.create(name="Kaikki")
    group.permissions.set(Permission.objects.all())
    for codename in ("add_page", "change_page", "publish_page"):
        GroupPagePermission.objects.create(
            group=group, page=Page.objects.get(depth=1), permission=Permission.objects.get(codename=codename)
        )
    user.groups.add(group)
    user.user_permissions.set(Permission.objects.all())


def test_ticked_boxes_open_nothing(world: World, client: Client) -> None:
    outsider = person("without-role")
    tick_every_box(outsider)
    client.force_login(outsider)
    own, foreign = world.page("silta", "draft"), world.instruction("vieras", "published")
    for address in ("/admin/", f"/admin/pages/{own.pk}/edit/", f"/admin/pages/{foreign.pk}/edit/", "/admin/users/"):
        assert client.get(address).status_code == 403, address
    editor = person("provider-editor")
    editor.groups.set(Group.objects.all())
    client.force_login(editor)
    assert client.get(f"/admin/pages/{foreign.pk}/edit/").status_code == 403


def test_drift_is_reported_and_mended(world: World) -> None:
    sync("--verbosity", "0")
    assert "Nothing has drifted" in sync("--check")
    tick_every_box(person("outsider"))
    User.objects.filter(email="outsider@example.org").update(is_staff=True)
    PageViewRestriction.objects.all().delete()
    Organisation.objects.filter(code="helsinki").update(kind="company", gives_employment_services=False)
    with pytest.raises(CommandError) as failure:
        sync("--check")
    assert failure.value.returncode == 1
    assert len(drifts()) == 6
    assert "expert of an organisation that may have none" in sync()
    assert "Nothing has drifted" in sync("--check")
    assert not Membership.objects.filter(role="expert", organisation__code="helsinki").exists()
    assert not GroupPagePermission.objects.exists()
    assert PageViewRestriction.objects.count() == WorkInstructionPage.objects.count()
    assert not User.objects.get(email="outsider@example.org").is_staff


def test_checking_changes_nothing(world: World) -> None:
    tick_every_box(person("outsider"))
    with pytest.raises(CommandError):
        sync("--check")
    assert person("outsider").groups.exists()


def test_a_new_site_has_not_drifted(db: None) -> None:
    call_command("prepare_site", verbosity=0)
    assert "Nothing has drifted" in sync("--check")
