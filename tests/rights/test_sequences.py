"""Whatever people do in whatever order, as the database has it afterwards, nobody has more than the table allows.

The rules are tested for every standing in tests/catalogue/test_permissions.py; here the standings come from what is stored,
after steps of everybody (allowed or refused) and of administrators. What must hold is said once more, by hand, from rows.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import actions, invitations
from accounts.closing import close_organisation, reopen_organisation
from accounts.invitations import InvitationGone
from accounts.models import Invitation, Membership, Organisation, ProviderLink, User
from accounts.standing import standing_of
from catalogue.permissions import Act, may_read_instructions
from catalogue.reach import reach_of
from tests.factories import MembershipFactory, OrganisationFactory, ServicePageFactory, UserFactory
from tests.rights.world import person

ROLE = Membership.Role
REFUSALS = (PermissionDenied, ValidationError, ObjectDoesNotExist, InvitationGone)
# Organisations by code, each with a main user of this name at the start; one has an expert.
MUNICIPAL, PROVIDERS = ("kunta", "naapuri"), ("oma", "jaettu", "muualla")
LINKS = (("oma", "kunta"), ("jaettu", "kunta"), ("jaettu", "naapuri"), ("muualla", "naapuri"))
NEWCOMERS = ("uusi", "toinen")
NAMES = (*MUNICIPAL, *PROVIDERS, "asiantuntija", *NEWCOMERS)
CODES = (*MUNICIPAL, *PROVIDERS)


@pytest.fixture
def small_world(db: None) -> dict[str, str]:
    """Code of an organiser → the path of its service."""
    UserFactory(email="administrator-of-sequences@example.org", administrator=True)
    found = {code: OrganisationFactory(code=code, municipal=code in MUNICIPAL) for code in CODES}
    # As an expert's organisation may be by its kind alone.
    Organisation.objects.filter(code="naapuri").update(gives_employment_services=False)
    for name in NAMES:
        UserFactory(email=f"{name}@example.org")
    for code in CODES:
        MembershipFactory(user=person(code), organisation=found[code], role=ROLE.MAIN_USER)
    MembershipFactory(user=person("asiantuntija"), organisation=found["naapuri"], role=ROLE.EXPERT)
    for provider, municipality in LINKS:
        ProviderLink.objects.create(provider=found[provider], municipal_organisation=found[municipality])
    return {code: ServicePageFactory(organiser=found[code]).path for code in CODES}


# ------------------------------------------------------------------------------------------------------------- the steps


def organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def invite(by: User, other: str, code: str, role: str) -> None:
    invitations.invite(addresses=[f"{other}@example.org"], organisation=organisation(code), role=role, language="fi", by=by)


def accept(by: User, other: str, code: str, role: str) -> None:
    """She opens every link that waits, for her or for somebody else."""
    for waiting in Invitation.objects.pending():
        with suppress(*REFUSALS):
            invitations.accept(fingerprint=waiting.fingerprint, user=by)


def change_role(by: User, other: str, code: str, role: str) -> None:
    membership = Membership.objects.filter(user=person(other), organisation__code=code).first()
    if membership is not None:
        actions.change_role(membership=membership, role=role, by=by)


def remove(by: User, other: str, code: str, role: str) -> None:
    actions.remove_member(user=person(other), organisation=organisation(code), by=by)


def trust(by: User, other: str, code: str, role: str) -> None:
    for link in ProviderLink.objects.filter(provider__code=code):
        actions.set_trust(link=link, trusted=True, by=by)


def close(by: User, other: str, code: str, role: str) -> None:
    close_organisation(organisation=organisation(code), by=by)


def reopen(by: User, other: str, code: str, role: str) -> None:
    reopen_organisation(organisation=organisation(code), by=by)


def make_administrator(by: User, other: str, code: str, role: str) -> None:
    if not by.is_superuser:
        actions.make_administrator(user=person(other), by=by)


Step = Callable[[User, str, str, str], None]
# Anybody may try these.
STEPS: tuple[Step, ...] = (invite, accept, change_role, remove, trust, close, reopen, make_administrator)


def add_member(by: User, other: str, code: str, role: str) -> None:
    membership = Membership(user=person(other), organisation=organisation(code), role=role)
    membership.full_clean()
    membership.save()


def change_kind(by: User, other: str, code: str, role: str) -> None:
    """Municipal becomes an association and the other way round, with its memberships left as they are."""
    changed = organisation(code)
    changed.kind = Organisation.Kind.ASSOCIATION if changed.is_municipal else Organisation.Kind.MUNICIPAL
    changed.save()


def change_mark(by: User, other: str, code: str, role: str) -> None:
    changed = organisation(code)
    changed.gives_employment_services = not changed.gives_employment_services
    changed.save()


def change_link(by: User, other: str, code: str, role: str) -> None:
    for municipality in MUNICIPAL:
        known = ProviderLink.objects.filter(provider__code=code, municipal_organisation__code=municipality)
        if not known.delete()[0] and code != municipality:
            ProviderLink.objects.create(provider=organisation(code), municipal_organisation=organisation(municipality))


def block(by: User, other: str, code: str, role: str) -> None:
    User.objects.filter(email=f"{other}@example.org").update(is_active=not person(other).is_active)


# Only administrators can, by forms of Wagtail's or by commands.
ADMINISTRATORS_STEPS: tuple[Step, ...] = (add_member, change_kind, change_mark, change_link, block, close, reopen)
ADMINISTRATOR = "administrator-of-sequences"
# Instead of a name: a main user of the organisation at that moment, or somebody who is in it. Most steps would be refused else.
MAIN_USER, MEMBER = "a main user", "a member"

others, roles = st.sampled_from((MEMBER, *NEWCOMERS, *NAMES)), st.sampled_from((ROLE.EXPERT, *ROLE.values))


@st.composite
def sequences(draw: st.DrawFn) -> list[tuple[Step, str, str, str, str]]:
    """Steps most of which concern one organisation, so that they meet each other."""
    codes = st.sampled_from((*[draw(st.sampled_from(CODES))] * 10, *CODES))
    step = st.one_of(
        st.tuples(st.sampled_from((invite, change_role, remove)), st.just(MAIN_USER), others, codes, roles),
        st.tuples(st.just(accept), st.sampled_from(NEWCOMERS), others, codes, roles),
        st.tuples(st.sampled_from(STEPS), st.sampled_from((*NAMES, ADMINISTRATOR)), others, codes, roles),
        st.tuples(st.sampled_from(ADMINISTRATORS_STEPS), st.just(ADMINISTRATOR), others, codes, roles),
    )
    return draw(st.lists(step, min_size=5, max_size=20))


def name_of(who: str, code: str) -> str:
    """The name behind `who` in the organisation `code`; a newcomer's where nobody fits."""
    if who not in (MAIN_USER, MEMBER):
        return who
    members = Membership.objects.filter(organisation__code=code, user__is_active=True)
    fitting = members.filter(role=ROLE.MAIN_USER) if who == MAIN_USER else members.exclude(role=ROLE.MAIN_USER)
    found: str | None = fitting.order_by("-pk").values_list("user__email", flat=True).first()
    return found.partition("@")[0] if found else NEWCOMERS[0]


# ---------------------------------------------------------------------------------------------------- what must hold


def roles_of(name: str) -> set[tuple[Any, ...]]:
    """(role, code, kind, whether it gives employment services) of memberships that count today."""
    if not person(name).is_active:
        return set()
    rows = Membership.objects.filter(user=person(name), organisation__closed_at=None)
    columns = ("role", "organisation__code", "organisation__kind", "organisation__gives_employment_services")
    return set(rows.values_list(*columns))


def check(paths: dict[str, str]) -> None:
    links = set(ProviderLink.objects.values_list("provider__code", "municipal_organisation__code"))
    closed = set(Organisation.objects.exclude(closed_at=None).values_list("code", flat=True))
    for name in NAMES:
        user, roles = person(name), roles_of(name)
        municipal = {code for role, code, kind, _gives in roles if kind == "municipal" and role != ROLE.EXPERT}
        advising = {code for role, code, kind, gives in roles if role == ROLE.EXPERT and (kind == "municipal" or gives)}
        own = {code for role, code, _kind, _gives in roles if role != ROLE.EXPERT}
        assert may_read_instructions(standing_of(user)) is bool(municipal or advising), name
        assert not user.is_superuser
        for code, path in paths.items():
            linked = code not in closed and any((code, municipality) in links for municipality in municipal)
            assert reach_of(user).may(Act.EDIT, path) is (code in own or linked), (name, code)
            assert reach_of(user).may(Act.WRITE_INSTRUCTION, path) is (code in municipal or linked), (name, code)
            assert not reach_of(user).may(Act.PUBLISH, path)  # no service here has a responsible municipality


def manages(name: str, code: str) -> bool:
    """Is she a main user there, or of the only municipal organisation to which it is linked?"""
    leads = {(own, kind) for role, own, kind, _gives in roles_of(name) if role == ROLE.MAIN_USER}
    open_links = ProviderLink.objects.filter(
        provider__code=code, provider__closed_at=None, municipal_organisation__closed_at=None
    )
    to = set(open_links.values_list("municipal_organisation__code", flat=True))
    return code in {own for own, _kind in leads} or (len(to) == 1 and (*to, "municipal") in leads)


def tables() -> tuple[list[Any], ...]:
    """What only administrators change: organisations and links; what only its managers change: people of organisations."""
    return (
        list(Organisation.objects.order_by("pk").values_list("pk", "kind", "gives_employment_services", "closed_at")),
        list(ProviderLink.objects.order_by("pk").values_list("provider", "municipal_organisation")),
        list(Membership.objects.order_by("pk").values_list("user", "organisation", "role")),
        list(Invitation.objects.order_by("pk").values_list("address", "organisation", "role", "fingerprint")),
    )


@given(sequences())
# Sequences are short enough to read; making them shorter takes minutes.
@settings(
    max_examples=40,
    phases=(Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.walk
def test_no_sequence_of_steps_gives_anyone_more_than_the_table(
    small_world: dict[str, str], sequence: list[tuple[Step, str, str, str, str]]
) -> None:
    with transaction.atomic():
        for step, who, whom, code, role in sequence:
            by, other = name_of(who, code), name_of(whom, code)
            before, managing = tables(), manages(by, code)
            trusted = set(ProviderLink.objects.filter(trusted=True).values_list("pk", flat=True))
            own = roles_of(by)
            with suppress(*REFUSALS), transaction.atomic():
                step(person(by), other, code, role)
            if by != ADMINISTRATOR:
                after = tables()
                assert after[:2] == before[:2], "organisations and links are the administrators'"
                if step is accept:
                    invited = {
                        (person(by).pk, org, role) for address, org, role, _secret in before[3] if address == person(by).email
                    }
                    assert set(after[2]) - set(before[2]) <= invited
                else:
                    assert roles_of(by) <= own, "somebody gave herself a role"
                    assert managing or after[2:] == before[2:], "people are for those who manage them"
                now = set(ProviderLink.objects.filter(trusted=True).values_list("municipal_organisation__code", "pk"))
                leads = {at for what, at, kind, _gives in own if (what, kind) == (ROLE.MAIN_USER, "municipal")}
                assert {at for at, pk in now if pk not in trusted} <= leads
            check(small_world)
        transaction.set_rollback(True)
