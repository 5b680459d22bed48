"""The screens with which people are managed: what they show, what they refuse, and what they cost."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from post_office.models import Email

from accounts import actions, invitations
from accounts.models import Invitation, Membership, Organisation, ProviderLink, User
from accounts.wagtail_hooks import PeopleViewSet
from catalogue.models import ServicePage
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    ProviderLinkFactory,
    ServicePageFactory,
    UserFactory,
    site_tree,
)

pytestmark = pytest.mark.django_db

MAIN, EDITOR, EXPERT = Membership.Role.MAIN_USER, Membership.Role.EDITOR, Membership.Role.EXPERT
PLAIN = ("index", "index_results", "invite", "invitations", "invitation_results", "providers", "provider_results")


def url(view: str, *args: Any) -> str:
    return reverse(f"people:{view}", args=args)


@pytest.fixture
def maija(client: Client, main_user: User) -> Client:
    """The municipal main user, signed in."""
    return signed_in(client, main_user)


@pytest.fixture
def aino(administrator: User) -> Client:
    """The administrator, signed in."""
    return signed_in(Client(), administrator)


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def membership(user: User) -> Membership:
    return user.memberships.get()


def invite_data(organisation: Organisation, addresses: str, **changes: Any) -> dict[str, Any]:
    return {"organisation": organisation.pk, "addresses": addresses, "role": EDITOR, "language": "en", **changes}


# ------------------------------------------------------------------------------------------------------------- lists


def test_a_main_user_sees_the_people_whom_she_manages_and_no_one_else(
    maija: Client, main_user: User, expert: User, provider_editor: User, outsider: User
) -> None:
    page = maija.get(url("index")).content.decode()
    for person in (main_user, expert, provider_editor):
        assert person.email in page
    assert outsider.email not in page


def test_an_administrator_sees_everyone_with_a_role(aino: Client, expert: User, outsider: User) -> None:
    page = aino.get(url("index")).content.decode()
    assert expert.email in page
    assert outsider.email in page


def test_her_own_row_offers_nothing(maija: Client, main_user: User, expert: User) -> None:
    page = maija.get(url("index")).content.decode()
    assert url("role", membership(expert).pk) in page
    assert url("remove", membership(expert).pk) in page
    assert url("role", membership(main_user).pk) not in page
    assert url("remove", membership(main_user).pk) not in page


def test_the_list_is_searched_and_filtered(
    maija: Client, main_user: User, expert: User, provider_editor: User, provider: Organisation, outsider: User
) -> None:
    def shown(**question: Any) -> set[str]:
        page = maija.get(url("index_results"), question).content.decode()
        return {user.email for user in (main_user, expert, provider_editor, outsider) if user.email in page}

    assert shown(q="esimerkki ASTA") == {expert.email}
    assert shown(q="pekka@example") == {provider_editor.email}
    assert shown(organisation=provider.pk) == {provider_editor.email}
    assert shown(role=EXPERT) == {expert.email}
    assert shown(q="olli") == set()
    foreign = shown(organisation=membership(outsider).organisation_id)
    assert outsider.email not in foreign


def test_the_list_has_pages(maija: Client, municipal_organisation: Organisation) -> None:
    for _count in range(60):
        MembershipFactory(organisation=municipal_organisation)
    first = maija.get(url("index"))
    assert len(first.context["object_list"]) == 50
    assert len(maija.get(url("index"), {"p": 2}).context["object_list"]) == 11


@pytest.mark.parametrize("view", ["index", "invitations", "providers"])
def test_a_list_asks_as_little_for_thirty_as_for_three(
    maija: Client, main_user: User, municipal_organisation: Organisation, view: str, django_assert_num_queries: Any
) -> None:
    def make(count: int) -> None:
        for _number in range(count):
            provider = OrganisationFactory(linked_to=[municipal_organisation])
            user = MembershipFactory(organisation=provider).user
            user.last_login = timezone.now()
            user.save()
            Invitation.objects.create(
                address=f"x{user.pk}@example.org", organisation=provider, role=EDITOR, invited_by=main_user,
                fingerprint=str(user.pk),
            )  # fmt: skip

    make(3)
    maija.get(url(view))
    with CaptureQueriesContext(connection) as few:
        maija.get(url(view))
    make(27)
    with django_assert_num_queries(len(few)):
        maija.get(url(view))
    assert len(few) <= 25


def test_a_spreadsheet_holds_what_the_list_does_and_no_formula(
    maija: Client, municipal_organisation: Organisation, outsider: User
) -> None:
    for name in ("=1+1", "+2", "-3", "@SUM(A1)", "\t=4"):
        MembershipFactory(
            organisation=municipal_organisation, user__last_name=name, user__email=f"u{abs(hash(name))}@example.org"
        )

    text = maija.get(url("index"), {"export": "csv"}).getvalue().decode()
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["Last name", "First name", "E-mail address", "Organisation", "Role", "Last sign-in"]
    assert {row[0][0] for row in rows[1:]} == {"'", "E"}
    assert outsider.email not in text

    answer = maija.get(url("index"), {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"s", "n", "d"}
    assert sheet.max_row == 7


def test_a_municipal_organisation_with_one_main_user_is_told_so(
    maija: Client, municipal_organisation: Organisation, provider_main_user: User
) -> None:
    notice = "Helsinki employment services: 1 main user"
    page = maija.get(url("index")).content.decode()
    assert notice in page
    assert "Valmennus ry: 1 main user" not in page
    second = MembershipFactory(organisation=municipal_organisation, role=MAIN)
    assert notice not in maija.get(url("index")).content.decode()
    User.objects.filter(pk=second.user_id).update(is_active=False)
    assert notice in maija.get(url("index")).content.decode()


# -------------------------------------------------------------------------------------------------------------- menu


def test_people_stand_in_the_menu_of_those_who_manage_users(
    maija: Client, aino: Client, municipal_editor: User, provider_main_user: User
) -> None:
    def has_people(client: Client) -> bool:
        return url("index") in client.get(reverse("wagtailadmin_home")).content.decode()

    assert has_people(maija)
    assert has_people(aino)
    assert has_people(signed_in(Client(), provider_main_user))
    assert not has_people(signed_in(Client(), municipal_editor))


# -------------------------------------------------------------------------------------------------------- leak tests


@pytest.fixture
def foreign(outsider: User) -> dict[str, Any]:
    """A member, an invitation and an organisation that are none of Maija's, an administrator, and an account that ends."""
    organisation = membership(outsider).organisation
    administrator = UserFactory(administrator=True)
    invitations.invite(
        addresses=["foreign@example.org"], organisation=organisation, role=EDITOR, language="en", by=administrator
    )
    return {
        "membership": membership(outsider).pk, "invitation": Invitation.objects.get().pk, "organisation": organisation,
        "administrator": administrator.pk, "link": ProviderLinkFactory(provider=organisation).pk,
        "ending": UserFactory(is_active=False, blocked_at=timezone.now(), deletion_asked_at=timezone.now()).pk,
    }  # fmt: skip


def addresses_with_ids(foreign: dict[str, Any]) -> Iterator[str]:
    yield from (url("role", foreign["membership"]), url("remove", foreign["membership"]))
    yield from (url("resend", foreign["invitation"]), url("withdraw", foreign["invitation"]))
    yield from (url("unmake_administrator", foreign["administrator"]), url("trust", foreign["link"]))
    yield from (url("remove_person", foreign["ending"]), url("unblock", foreign["ending"]))
    yield from (url(f"{act}_organisation", foreign["organisation"].pk) for act in ("close", "reopen"))


def test_every_address_with_an_id_is_in_the_leak_test(foreign: dict[str, Any]) -> None:
    with_ids = {pattern.name for pattern in PeopleViewSet().get_urlpatterns() if "<" in str(pattern.pattern)}
    of_what_ends = {"remove_person", "unblock", "close_organisation", "reopen_organisation"}
    assert with_ids == {"role", "remove", "resend", "withdraw", "unmake_administrator", "trust", *of_what_ends}
    assert len(list(addresses_with_ids(foreign))) == len(with_ids)


def test_what_is_not_hers_is_not_found_and_nothing_changes(
    maija: Client, provider_main_user: User, foreign: dict[str, Any], outsider: User
) -> None:
    provider_client = signed_in(Client(), provider_main_user)
    data = {"role": MAIN, "successor": "", "trusted": "on"}
    for client in (maija, provider_client):
        for address in addresses_with_ids(foreign):
            for answer in (client.get(address), client.post(address, data)):
                assert answer.status_code in (403, 404)
                assert outsider.email not in answer.content.decode()
        missing = url("role", 999_999)
        assert client.get(missing).status_code in (403, 404)
    assert membership(outsider).role == EDITOR
    assert Invitation.objects.get().withdrawn_at is None
    assert User.objects.get(pk=foreign["administrator"]).is_superuser
    assert not User.objects.get(pk=foreign["ending"]).is_active
    assert Organisation.objects.get(pk=foreign["organisation"].pk).is_open
    assert not ProviderLink.objects.get(pk=foreign["link"]).trusted
    assert Email.objects.count() == 1


def test_one_who_manages_nobody_finds_nothing(
    municipal_editor: User, provider_editor: User, expert: User, outsider: User, foreign: dict[str, Any]
) -> None:
    views = [url(view) for view in (*PLAIN, "create_provider", "administrators", "make_administrator", "deletions")]
    for user in (municipal_editor, provider_editor):
        client = signed_in(Client(), user)
        for address in (*views, *addresses_with_ids(foreign)):
            assert client.get(address).status_code in (403, 404)
            assert client.post(address, {}).status_code in (403, 404, 405)
    client = signed_in(Client(), expert)
    for address in views:
        assert client.get(address).status_code in (302, 403)
        assert outsider.email not in client.get(address, follow=True).content.decode()
    for address in views:
        assert Client().get(address).status_code == 302


def test_only_an_administrator_reaches_the_administrators(maija: Client, expert: User, foreign: dict[str, Any]) -> None:
    for view in ("administrators", "administrator_results", "make_administrator"):
        assert maija.get(url(view)).status_code in (403, 404)
        assert maija.post(url(view), {"address": expert.email}).status_code in (403, 404, 405)
    assert not User.objects.get(pk=expert.pk).is_superuser


def test_an_organisation_that_is_not_hers_is_no_choice(
    maija: Client, foreign: dict[str, Any], municipal_organisation: Organisation
) -> None:
    page = maija.get(url("invite")).content.decode()
    assert str(foreign["organisation"]) not in page
    answer = maija.post(url("invite"), invite_data(foreign["organisation"], "a@example.org"))
    assert answer.context["form"].errors["organisation"]
    answer = maija.post(url("create_provider"), provider_data(foreign["organisation"]))
    assert answer.context["form"].errors["municipal_organisation"]
    other = OrganisationFactory(municipal=True)
    answer = maija.post(url("create_provider"), provider_data(other))
    assert answer.context["form"].errors["municipal_organisation"]
    assert Invitation.objects.count() == 1


# ----------------------------------------------------------------------------------------------------------- inviting


def test_inviting_by_the_form(maija: Client, municipal_organisation: Organisation) -> None:
    text = "one@example.org, two@example.org\n three@example.org;four@example.org"
    answer = maija.post(url("invite"), invite_data(municipal_organisation, text), follow=True)
    assert "4 invitations were sent." in answer.content.decode()
    assert Invitation.objects.pending().count() == 4
    assert "one@example.org" in maija.get(url("invitations")).content.decode()


def test_what_was_not_invited_is_told_by_address_and_stays_in_the_form(
    maija: Client, municipal_organisation: Organisation, expert: User, main_user: User
) -> None:
    text = f"one@example.org {expert.email} wrong {main_user.email}"
    answer = maija.post(url("invite"), invite_data(municipal_organisation, text))
    page = answer.content.decode()
    assert "1 invitation was sent." in page
    assert f"{expert.email} is already a member" in page
    assert "wrong is not a valid e-mail address" in page
    assert answer.context["form"].initial["addresses"] == f"{expert.email}\nwrong\n{main_user.email}"


def test_a_header_in_the_form_reaches_no_mail(maija: Client, municipal_organisation: Organisation) -> None:
    maija.post(url("invite"), invite_data(municipal_organisation, "a@example.org\r\nBcc:victim@example.org"))
    assert [row.to for row in Email.objects.all()] == [["a@example.org"]]
    assert not Email.objects.exclude(bcc="").exists()


def test_five_thousand_addresses_are_refused_at_once(maija: Client, municipal_organisation: Organisation) -> None:
    text = "\n".join(f"a{number}@example.org" for number in range(5000))
    answer = maija.post(url("invite"), invite_data(municipal_organisation, text))
    assert answer.context["form"].errors["addresses"]
    assert not Invitation.objects.exists()
    few = "\n".join(f"a{number}@example.org" for number in range(101))
    assert maija.post(url("invite"), invite_data(municipal_organisation, few)).context["form"].errors["addresses"]
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", [EXPERT, "administrator", ""])
def test_a_role_that_cannot_be_is_refused_by_the_form(maija: Client, provider: Organisation, role: str) -> None:
    answer = maija.post(url("invite"), invite_data(provider, "a@example.org", role=role))
    assert answer.context["form"].errors["role"]
    assert not Invitation.objects.exists()


def test_an_invitation_is_sent_again_and_withdrawn_after_a_question(
    maija: Client, municipal_organisation: Organisation
) -> None:
    maija.post(url("invite"), invite_data(municipal_organisation, "one@example.org"))
    invitation = Invitation.objects.get()
    for view, mails in (("resend", 2), ("withdraw", 2)):
        assert maija.get(url(view, invitation.pk)).status_code == 200
        assert maija.post(url(view, invitation.pk)).status_code == 302
        assert Email.objects.count() == mails
        assert maija.get(url("invitations")).status_code == 200
    assert maija.get(url("resend", invitation.pk)).status_code in (403, 404)


# ----------------------------------------------------------------------------------------------- roles and removal


def test_a_role_is_changed_by_the_form(maija: Client, municipal_editor: User) -> None:
    address = url("role", membership(municipal_editor).pk)
    assert maija.get(address).status_code == 200
    assert maija.post(address, {"role": MAIN}).status_code == 302
    assert membership(municipal_editor).role == MAIN


def test_the_form_of_a_provider_has_no_expert(maija: Client, provider_editor: User) -> None:
    address = url("role", membership(provider_editor).pk)
    assert 'value="expert"' not in maija.get(address).content.decode()
    assert maija.post(address, {"role": EXPERT}).context["form"].errors["role"]
    assert membership(provider_editor).role == EDITOR


def test_her_own_role_has_no_form(maija: Client, main_user: User) -> None:
    for view in ("role", "remove"):
        assert maija.get(url(view, membership(main_user).pk)).status_code in (403, 404)
        assert maija.post(url(view, membership(main_user).pk), {"role": EDITOR}).status_code in (403, 404)
    assert membership(main_user).role == MAIN


def test_the_last_main_user_stays_and_the_reason_is_told(aino: Client, main_user: User) -> None:
    for view, data in (("role", {"role": EDITOR}), ("remove", {})):
        answer = aino.post(url(view, membership(main_user).pk), data)
        assert "is the last main user of" in answer.content.decode()
    assert membership(main_user).role == MAIN


def test_removal_asks_first_and_offers_a_successor_in_the_same_step(
    maija: Client, main_user: User, municipal_editor: User, provider: Organisation, municipal_organisation: Organisation,
    expert: User,
) -> None:  # fmt: skip
    site_tree()
    page = ServicePageFactory(
        organiser=provider, municipal_responsible=municipal_editor, responsible_municipality=municipal_organisation
    )
    address = url("remove", membership(municipal_editor).pk)

    asked = maija.get(address)
    assert "Minna Esimerkki is the responsible person of 1 service." in asked.content.decode()
    assert list(asked.context["form"].fields["successor"].queryset) == [main_user]
    assert "Choose a successor first" in maija.post(address).content.decode()
    assert maija.post(address, {"successor": expert.pk}).context["form"].errors["successor"]
    assert membership(municipal_editor)

    assert maija.post(address, {"successor": main_user.pk}).status_code == 302
    assert not municipal_editor.memberships.exists()
    assert ServicePage.objects.get(pk=page.pk).municipal_responsible == main_user


# --------------------------------------------------------------------------------------------------------- providers


def provider_data(organisation: Organisation, **changes: Any) -> dict[str, Any]:
    return {
        "name_fi": "Uusi Apu ry", "name_sv": "", "name_en": "", "kind": "association", "business_id": "",
        "municipal_organisation": organisation.pk, "main_user": "first@example.org", "language": "fi", **changes,
    }  # fmt: skip


def test_a_provider_is_created_by_the_form(maija: Client, municipal_organisation: Organisation) -> None:
    assert maija.get(url("create_provider")).status_code == 200
    answer = maija.post(url("create_provider"), provider_data(municipal_organisation), follow=True)
    assert "Uusi Apu ry was created and its first main user invited." in answer.content.decode()
    assert Invitation.objects.get().organisation.code == "uusi-apu-ry"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "municipal"}, "kind"),
        ({"name_fi": " "}, "name_fi"),
        ({"business_id": "0201256-1"}, "business_id"),
        ({"main_user": "a@b@c"}, "main_user"),
        ({"main_user": "maija@example.org"}, "main_user"),
        ({"gives_employment_services": "on", "kind": "x"}, "kind"),
    ],
)
def test_a_provider_that_is_wrong_is_told_where(
    maija: Client, municipal_organisation: Organisation, changes: dict[str, Any], field: str
) -> None:
    answer = maija.post(url("create_provider"), provider_data(municipal_organisation, **changes))
    assert field in answer.context["form"].errors
    assert Organisation.objects.count() == 1
    assert not Email.objects.exists()


def test_a_providers_main_user_creates_no_provider(provider_main_user: User, municipal_organisation: Organisation) -> None:
    client = signed_in(Client(), provider_main_user)
    assert client.get(url("create_provider")).status_code in (403, 404)
    assert client.post(url("create_provider"), provider_data(municipal_organisation)).status_code in (403, 404)


def test_a_main_user_trusts_a_provider_and_ends_it(
    maija: Client, municipal_organisation: Organisation, provider: Organisation
) -> None:
    link = ProviderLink.objects.get(provider=provider, municipal_organisation=municipal_organisation)
    page = maija.get(url("providers")).content.decode()
    assert str(provider) in page and "With review" in page
    assert maija.get(url("trust", link.pk)).status_code == 200
    answer = maija.post(url("trust", link.pk), {"trusted": "on"}, follow=True).content.decode()
    assert "Without review" in answer
    link.refresh_from_db()
    assert link.trusted
    maija.post(url("trust", link.pk), {})
    link.refresh_from_db()
    assert not link.trusted


def test_trust_is_a_matter_of_ones_own_municipality_alone(
    maija: Client, provider: Organisation, provider_main_user: User, municipal_editor: User
) -> None:
    """A provider that is linked to two: each says for itself."""
    elsewhere = ProviderLinkFactory(provider=provider)
    assert str(elsewhere.municipal_organisation) not in maija.get(url("providers")).content.decode()
    assert maija.post(url("trust", elsewhere.pk), {"trusted": "on"}).status_code in (403, 404)
    own = provider.municipal_links.exclude(pk=elsewhere.pk).get()
    for user in (provider_main_user, municipal_editor):
        client = signed_in(Client(), user)
        assert client.get(url("providers")).status_code in (403, 404)
        assert client.post(url("trust", own.pk), {"trusted": "on"}).status_code in (403, 404)
        with pytest.raises(PermissionDenied):
            actions.set_trust(link=own, trusted=True, by=user)
    assert not ProviderLink.objects.filter(trusted=True).exists()


# ---------------------------------------------------------------------------------------------------- administrators


def test_administrators_name_and_end_each_other(aino: Client, administrator: User, expert: User) -> None:
    assert aino.get(url("make_administrator")).status_code == 200
    assert aino.post(url("make_administrator"), {"address": "nobody@example.org"}).context["form"].errors["address"]
    assert aino.post(url("make_administrator"), {"address": expert.email.upper()}).status_code == 302
    assert User.objects.get(pk=expert.pk).is_superuser
    assert expert.email in aino.get(url("administrators")).content.decode()
    assert aino.get(url("unmake_administrator", expert.pk)).status_code == 200
    assert User.objects.get(pk=expert.pk).is_superuser
    assert aino.post(url("unmake_administrator", expert.pk)).status_code == 302
    assert not User.objects.get(pk=expert.pk).is_superuser
    assert aino.post(url("unmake_administrator", administrator.pk)).status_code in (403, 404)
    assert User.objects.get(pk=administrator.pk).is_superuser


# ------------------------------------------------------------------------------------------- Wagtail's own is closed


STOCK = (
    "users/", "users/add/", "users/{user}/", "users/edit/{user}/", "users/{user}/delete/", "users/delete/{user}/",
    "groups/", "groups/new/", "groups/edit/1/", "groups/delete/1/",
)  # fmt: skip


@pytest.mark.parametrize("path", STOCK)
def test_wagtails_own_users_and_groups_are_closed_to_everyone(aino: Client, maija: Client, expert: User, path: str) -> None:
    group = Group.objects.create(name="Power")
    data = {"email": expert.email, "is_superuser": "on", "groups": [group.pk], "password1": "x" * 14, "password2": "x" * 14}
    address = reverse("wagtailadmin_home") + path.format(user=expert.pk)
    for client in (aino, maija):
        assert client.get(address).status_code in (403, 404)
        assert client.post(address, data).status_code in (403, 404)
    changed = User.objects.get(pk=expert.pk)
    assert not changed.is_superuser
    assert not changed.groups.exists()


@pytest.mark.parametrize("action", ["assign_role", "delete", "set_active_state"])
def test_wagtails_own_bulk_actions_are_closed_to_everyone(aino: Client, maija: Client, expert: User, action: str) -> None:
    address = reverse("wagtail_bulk_action", args=["accounts", "user", action])
    for client in (aino, maija):
        assert client.get(address, {"id": expert.pk}).status_code in (403, 404)
        assert client.post(f"{address}?id={expert.pk}", {"mark_as_active": "", "role": 1}).status_code in (403, 404)
    assert User.objects.get(pk=expert.pk).is_active


def test_no_address_of_wagtails_own_user_forms_is_left(aino: Client) -> None:
    for name in ("users:index", "users:edit", "users:delete", "groups:index"):
        with pytest.raises(NoReverseMatch):
            reverse(f"wagtailusers_{name}", args=[1] if name.endswith(("edit", "delete")) else [])
    page = aino.get(reverse("wagtailadmin_home")).content.decode()
    assert re.search(r"/admin/(users|groups)/", page) is None


def test_permissions_of_groups_open_nothing_here(municipal_editor: User, expert: User) -> None:
    municipal_editor.user_permissions.set(Permission.objects.filter(content_type__app_label__in=("accounts", "auth")))
    client = signed_in(Client(), municipal_editor)
    assert client.get(url("index")).status_code in (403, 404)
    assert client.get(url("role", membership(expert).pk)).status_code in (403, 404)


def test_nobody_takes_another_address_on_her_own_page(maija: Client, main_user: User) -> None:
    page = maija.get(reverse("wagtailadmin_account"))
    assert page.status_code == 200
    names = re.findall(r'name="([^"]+)"', page.content.decode())
    assert not [name for name in names if name.endswith("-email")]
    maija.post(reverse("wagtailadmin_account"), {"name_email-email": "invited@example.org", "name_email-first_name": "M"})
    assert User.objects.get(pk=main_user.pk).email == main_user.email
