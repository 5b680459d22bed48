"""Changing and ending roles, providers, administrators: the rules at the level of the actions."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from post_office.models import Email

from accounts import actions, invitations
from accounts.models import Invitation, Membership, Organisation, User
from accounts.permissions import OrganisationAct, may_with_organisation, organisations_managed
from accounts.signals import provider_created
from accounts.standing import standing_of
from catalogue.models import OrganisationPage, ServicePage
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    ServicePageFactory,
    UserFactory,
    site_tree,
)
from tests.factories import (
    fresh as fresh_page,
)

pytestmark = pytest.mark.django_db

MAIN, EDITOR, EXPERT = Membership.Role.MAIN_USER, Membership.Role.EDITOR, Membership.Role.EXPERT


def membership(user: User) -> Membership:
    return user.memberships.get()


def fresh(user: User) -> User:
    """As of a new request."""
    return User.objects.get(pk=user.pk)


# ----------------------------------------------------------------------------------------------------------- roles


def test_a_main_user_changes_the_role_of_a_colleague(main_user: User, municipal_editor: User) -> None:
    actions.change_role(membership=membership(municipal_editor), role=MAIN, by=main_user)
    assert membership(municipal_editor).role == MAIN
    actions.change_role(membership=membership(municipal_editor), role=EXPERT, by=main_user)
    assert membership(municipal_editor).role == EXPERT


@pytest.mark.parametrize("role", [MAIN, EDITOR, EXPERT])
def test_nobody_changes_her_own_role(main_user: User, municipal_organisation: Organisation, role: str) -> None:
    MembershipFactory(organisation=municipal_organisation, role=MAIN)
    with pytest.raises(PermissionDenied):
        actions.change_role(membership=membership(main_user), role=role, by=main_user)
    with pytest.raises(PermissionDenied):
        actions.remove_member(user=main_user, organisation=municipal_organisation, by=main_user)
    assert membership(main_user).role == MAIN


def test_nobody_without_the_right_changes_or_ends_a_role(
    expert: User, municipal_editor: User, provider_main_user: User, provider_editor: User, outsider: User,
    municipal_organisation: Organisation, main_user: User,
) -> None:  # fmt: skip
    for person in (expert, municipal_editor, provider_main_user, provider_editor, outsider):
        target = membership(expert if person != expert else municipal_editor)
        with pytest.raises(PermissionDenied):
            actions.change_role(membership=target, role=MAIN, by=person)
        with pytest.raises(PermissionDenied):
            actions.remove_member(user=target.user, organisation=municipal_organisation, by=person)
    with pytest.raises(PermissionDenied):
        actions.change_role(membership=membership(outsider), role=MAIN, by=main_user)


@pytest.mark.parametrize("role", ["administrator", "", "MAIN_USER", "main_user "])
def test_a_role_that_does_not_exist_is_refused(main_user: User, municipal_editor: User, role: str) -> None:
    with pytest.raises(ValidationError):
        actions.change_role(membership=membership(municipal_editor), role=role, by=main_user)


def test_a_provider_makes_no_expert(provider_main_user: User, main_user: User, provider_editor: User) -> None:
    for person in (provider_main_user, main_user):
        with pytest.raises(ValidationError):
            actions.change_role(membership=membership(provider_editor), role=EXPERT, by=person)
    assert membership(provider_editor).role == EDITOR


def test_an_administrator_makes_no_expert_at_a_provider_either(administrator: User, provider_editor: User) -> None:
    with pytest.raises(ValidationError):
        actions.change_role(membership=membership(provider_editor), role=EXPERT, by=administrator)


def test_a_marked_organisation_has_experts_as_long_as_the_mark_lasts(
    provider_main_user: User, provider_editor: User, provider: Organisation
) -> None:
    Organisation.objects.filter(pk=provider.pk).update(gives_employment_services=True)
    actions.change_role(membership=membership(provider_editor), role=EXPERT, by=provider_main_user)
    assert standing_of(fresh(provider_editor)).advises == {provider.pk}
    Organisation.objects.filter(pk=provider.pk).update(gives_employment_services=False)
    assert not standing_of(fresh(provider_editor)).organisations


@pytest.mark.parametrize("kind", [kind for kind in Organisation.Kind if kind != Organisation.Kind.MUNICIPAL])
def test_the_model_itself_refuses_an_expert_of_any_other_kind(kind: Organisation.Kind) -> None:
    organisation = OrganisationFactory(kind=kind)
    with pytest.raises(ValidationError):
        Membership(user=UserFactory(), organisation=organisation, role=EXPERT).full_clean()
    with pytest.raises(ValidationError):
        Invitation(address="a@example.org", organisation=organisation, role=EXPERT, fingerprint="x").full_clean()


# --------------------------------------------------------------------------------------------------- last main user


def test_the_last_main_user_is_neither_demoted_nor_removed(
    administrator: User, main_user: User, municipal_organisation: Organisation, provider_main_user: User
) -> None:
    blocked = MembershipFactory(organisation=municipal_organisation, role=MAIN, user__is_active=False)
    for person, by in ((main_user, administrator), (provider_main_user, main_user), (provider_main_user, administrator)):
        where = membership(person).organisation
        with pytest.raises(ValidationError):
            actions.change_role(membership=membership(person), role=EDITOR, by=by)
        with pytest.raises(ValidationError):
            actions.remove_member(user=person, organisation=where, by=by)
        assert membership(person).role == MAIN
    actions.remove_member(user=blocked.user, organisation=municipal_organisation, by=administrator)


def test_one_of_two_main_users_goes(main_user: User, municipal_organisation: Organisation) -> None:
    other = MembershipFactory(organisation=municipal_organisation, role=MAIN)
    actions.remove_member(user=other.user, organisation=municipal_organisation, by=main_user)
    assert not other.user.memberships.exists()
    assert User.objects.filter(pk=other.user.pk, is_active=True).exists()


def test_removal_ends_every_role_there_and_none_elsewhere(main_user: User, municipal_organisation: Organisation) -> None:
    user = MembershipFactory(organisation=municipal_organisation, role=EDITOR).user
    MembershipFactory(user=user, organisation=municipal_organisation, role=EXPERT)
    elsewhere = MembershipFactory(user=user)
    actions.remove_member(user=user, organisation=municipal_organisation, by=main_user)
    assert membership(user) == elsewhere


def test_two_roles_become_one_when_they_are_made_equal(main_user: User, municipal_organisation: Organisation) -> None:
    first = MembershipFactory(organisation=municipal_organisation, role=EDITOR)
    MembershipFactory(user=first.user, organisation=municipal_organisation, role=EXPERT)
    actions.change_role(membership=first, role=EXPERT, by=main_user)
    assert membership(first.user).role == EXPERT


@pytest.mark.parametrize("loss", ["demoted", "removed"])
def test_invitations_of_a_main_user_who_goes_are_withdrawn(
    main_user: User, municipal_organisation: Organisation, loss: str
) -> None:
    other = MembershipFactory(organisation=municipal_organisation, role=MAIN)
    own: dict[str, Any] = {"organisation": municipal_organisation, "role": EDITOR, "language": "fi"}
    invitations.invite(addresses=["a@example.org"], by=other.user, **own)
    invitations.invite(addresses=["b@example.org"], by=main_user, **own)
    if loss == "demoted":
        assert actions.change_role(membership=other, role=EDITOR, by=main_user) == 1
    else:
        assert actions.remove_member(user=other.user, organisation=municipal_organisation, by=main_user) == 1
    assert [row.address for row in Invitation.objects.pending()] == ["b@example.org"]


def test_a_refusal_leaves_everything_as_it_was(main_user: User, municipal_editor: User, provider: Organisation) -> None:
    with pytest.raises(ValidationError):
        actions.create_provider(
            names={"fi": "Uusi"}, kind="company", business_id="", main_user=main_user.email, language="fi", by=main_user,
            municipal_organisation=membership(main_user).organisation,
        )  # fmt: skip
    assert not Organisation.objects.filter(names__name="Uusi").exists()
    assert not Email.objects.exists()


# --------------------------------------------------------------------------------------------------- responsibility


@pytest.fixture
def services(
    provider: Organisation, provider_editor: User, municipal_organisation: Organisation, municipal_editor: User
) -> Any:
    """Two services of the provider, for which Pekka and Minna answer: one published, one a draft that names them in its
    latest revision only."""
    site_tree()
    people = {
        "provider_responsible": provider_editor,
        "municipal_responsible": municipal_editor,
        "responsible_municipality": municipal_organisation,
    }
    published = ServicePageFactory(organiser=provider, published=True, **people)
    draft = ServicePageFactory(organiser=provider, published=True, title="Toinen palvelu")
    latest = fresh_page(draft)
    latest.title = "Toinen luonnos"
    for name, value in people.items():
        setattr(latest, name, value)
    latest.save_revision()
    return published.pk, draft.pk


def test_a_responsible_person_is_not_removed_before_a_successor_is_named(
    services: Any, provider_main_user: User, provider_editor: User, provider: Organisation, main_user: User
) -> None:
    assert actions.duties_of(provider_editor, provider) == ["Pekka Esimerkki is the responsible person of 2 services."]
    with pytest.raises(ValidationError):
        actions.remove_member(user=provider_editor, organisation=provider, by=provider_main_user)
    for wrong in (main_user, provider_editor, UserFactory()):
        with pytest.raises(ValidationError):
            actions.remove_member(user=provider_editor, organisation=provider, by=provider_main_user, successor=wrong)
    assert membership(provider_editor)
    assert actions.duties_of(provider_editor, provider)


def test_a_successor_takes_all_services_at_once_in_the_same_step(
    services: Any, provider_main_user: User, provider_editor: User, provider: Organisation, municipal_editor: User
) -> None:
    published, draft = services
    before = ServicePage.objects.get(pk=published)
    actions.remove_member(user=provider_editor, organisation=provider, by=provider_main_user, successor=provider_main_user)

    assert not provider_editor.memberships.exists()
    for pk in services:
        page = ServicePage.objects.get(pk=pk)
        latest = page.get_latest_revision_as_object()
        assert latest.provider_responsible == provider_main_user
        assert latest.municipal_responsible == municipal_editor
    page = ServicePage.objects.get(pk=published)
    assert page.provider_responsible == provider_main_user
    assert (page.live, page.has_unpublished_changes, page.state) == (True, False, before.state)
    assert page.live_revision_id == page.latest_revision_id
    assert ServicePage.objects.get(pk=draft).get_latest_revision_as_object().title == "Toinen luonnos"
    assert ServicePage.objects.get(pk=draft).title == "Toinen palvelu"
    assert actions.duties_of(provider_editor, provider) == []


def test_the_municipalitys_responsible_person_hands_over_too(
    services: Any, main_user: User, municipal_editor: User, municipal_organisation: Organisation, provider_editor: User
) -> None:
    assert len(actions.duties_of(municipal_editor, municipal_organisation)) == 1
    with pytest.raises(ValidationError):
        actions.change_role(membership=membership(municipal_editor), role=EXPERT, by=main_user)
    actions.change_role(membership=membership(municipal_editor), role=EXPERT, by=main_user, successor=main_user)
    for pk in services:
        latest = ServicePage.objects.get(pk=pk).get_latest_revision_as_object()
        assert (latest.municipal_responsible, latest.provider_responsible) == (main_user, provider_editor)


def test_an_expert_is_no_successor(services: Any, main_user: User, municipal_editor: User, expert: User) -> None:
    with pytest.raises(ValidationError):
        actions.change_role(membership=membership(municipal_editor), role=EXPERT, by=main_user, successor=expert)


def test_responsibility_for_another_organisation_does_not_hinder(
    services: Any, provider_editor: User, main_user: User, municipal_organisation: Organisation
) -> None:
    MembershipFactory(user=provider_editor, organisation=municipal_organisation, role=EDITOR)
    actions.remove_member(user=provider_editor, organisation=municipal_organisation, by=main_user)
    assert provider_editor.memberships.count() == 1


# -------------------------------------------------------------------------------------------------------- providers


def create(by: User, organisation: Organisation, **changes: Any) -> Organisation:
    given: dict[str, Any] = {
        "names": {"fi": "Uusi Apu ry", "sv": "Nya Hjälpen rf"}, "kind": "association", "business_id": "02012566",
        "main_user": "first@example.org", "language": "sv", "municipal_organisation": organisation,
    }  # fmt: skip
    return actions.create_provider(by=by, **{**given, **changes})


def test_a_municipal_main_user_creates_a_provider_with_its_first_main_user(
    main_user: User, municipal_organisation: Organisation
) -> None:
    site_tree()
    provider = create(main_user, municipal_organisation)

    assert (provider.code, provider.kind, provider.business_id) == ("uusi-apu-ry", "association", "0201256-6")
    assert not provider.gives_employment_services
    assert [link.municipal_organisation for link in provider.municipal_links.all()] == [municipal_organisation]
    invitation = Invitation.objects.get()
    assert (invitation.address, invitation.role, invitation.organisation) == ("first@example.org", MAIN, provider)
    assert "Nya Hjälpen rf" in Email.objects.get().subject
    pages = OrganisationPage.objects.filter(organisation=provider, live=True)
    assert {page.locale.language_code: page.title for page in pages} == {"fi": "Uusi Apu ry", "sv": "Nya Hjälpen rf"}
    assert len({page.translation_key for page in pages}) == 1
    assert may_with_organisation(standing_of(fresh(main_user)), OrganisationAct.MANAGE_USERS, provider.pk)
    assert create(main_user, municipal_organisation, business_id="").code == "uusi-apu-ry-2"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "municipal"},
        {"kind": "nothing"},
        {"names": {}},
        {"names": {"fi": "  "}},
        {"business_id": "0201256-1"},
        {"main_user": "nobody"},
        {"main_user": "maija@example.org"},
    ],
    ids=str,
)
def test_a_provider_that_is_wrong_is_not_made(
    main_user: User, municipal_organisation: Organisation, changes: dict[str, Any]
) -> None:
    heard: list[Any] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs)

    provider_created.connect(hear)
    with pytest.raises(ValidationError):
        create(main_user, municipal_organisation, **changes)
    provider_created.disconnect(hear)
    assert Organisation.objects.count() == 1
    assert not Email.objects.exists()
    assert heard == []


def test_a_business_id_is_not_given_twice(main_user: User, municipal_organisation: Organisation) -> None:
    OrganisationFactory(business_id="0201256-6")
    with pytest.raises(ValidationError):
        create(main_user, municipal_organisation)


def test_nobody_else_creates_a_provider(
    municipal_editor: User, expert: User, provider_main_user: User, outsider: User, main_user: User,
    municipal_organisation: Organisation, administrator: User,
) -> None:  # fmt: skip
    for person in (municipal_editor, expert, provider_main_user, outsider):
        with pytest.raises(PermissionDenied):
            create(person, municipal_organisation)
    with pytest.raises(PermissionDenied):
        create(main_user, OrganisationFactory(municipal=True))
    assert create(administrator, municipal_organisation).pk


# --------------------------------------------------------------------------------------------------- administrators


def test_an_administrator_makes_and_unmakes_another(administrator: User, expert: User) -> None:
    actions.make_administrator(user=expert, by=administrator)
    assert (fresh(expert).is_superuser, fresh(expert).is_staff) == (True, True)
    own: dict[str, Any] = {"organisation": OrganisationFactory(), "role": EDITOR, "language": "fi"}
    invitations.invite(addresses=["a@example.org"], by=fresh(expert), **own)
    actions.unmake_administrator(user=expert, by=administrator)
    assert not Invitation.objects.pending().exists()
    assert (fresh(expert).is_superuser, fresh(expert).is_staff) == (False, False)
    assert expert.memberships.exists()


def test_no_administrator_unmakes_herself_so_one_is_always_left(administrator: User) -> None:
    UserFactory(administrator=True)
    with pytest.raises(PermissionDenied):
        actions.unmake_administrator(user=administrator, by=administrator)
    former = UserFactory(administrator=True)
    stale = fresh(former)
    assert standing_of(stale).is_administrator
    actions.unmake_administrator(user=former, by=administrator)
    with pytest.raises(PermissionDenied):
        actions.unmake_administrator(user=administrator, by=stale)


def test_nobody_else_makes_an_administrator(main_user: User, expert: User, administrator: User) -> None:
    for act in (actions.make_administrator, actions.unmake_administrator):
        for target in (expert, main_user, administrator):
            with pytest.raises(PermissionDenied):
                act(user=target, by=main_user)
    with pytest.raises(PermissionDenied):
        actions.make_administrator(user=UserFactory(is_active=False), by=administrator)


def test_the_list_of_managed_organisations_agrees_with_the_rule(
    main_user: User, provider: Organisation, municipal_organisation: Organisation, provider_main_user: User,
    municipal_editor: User, expert: User, outsider: User,
) -> None:  # fmt: skip
    OrganisationFactory(linked_to=[municipal_organisation, OrganisationFactory(municipal=True)])
    for user in (main_user, provider_main_user, municipal_editor, expert, outsider):
        person = standing_of(user)
        by_rule = {
            pk
            for pk in Organisation.objects.values_list("pk", flat=True)
            if may_with_organisation(person, OrganisationAct.MANAGE_USERS, pk)
        }
        assert organisations_managed(person) == by_rule
    assert organisations_managed(standing_of(main_user)) == {municipal_organisation.pk, provider.pk}
