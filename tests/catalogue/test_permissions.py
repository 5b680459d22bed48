"""The table "Who may do what" of the service model, row by row, and what must hold for every person and every service."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.standing import NOBODY, Standing
from catalogue.permissions import (
    ORGANISATION_RULES,
    RULES,
    Act,
    Belonging,
    OrganisationAct,
    may,
    may_create_provider,
    may_enter_admin,
    may_move,
    may_read_instructions,
    may_with_organisation,
)

# Told to the report of the run, which adds the cells up (scripts/run_tests.py).
Record = Callable[[str, object], None]
# Organisations: Helsinki and Espoo are municipal; the provider is linked to Helsinki alone, the shared one to both.
HELSINKI, ESPOO, PROVIDER, SHARED, STRANGER = range(1, 6)
HELSINKIS = frozenset({PROVIDER, SHARED})


def municipal(*, leads: bool = False) -> Standing:
    return Standing(
        user=1,
        edits=frozenset({HELSINKI}),
        leads=frozenset({HELSINKI}) if leads else frozenset(),
        municipal=frozenset({HELSINKI}),
        linked={HELSINKI: HELSINKIS},
        sole={PROVIDER: HELSINKI},
        residents=frozenset({"091"}),
    )


def provider(*, leads: bool = False) -> Standing:
    return Standing(user=1, edits=frozenset({PROVIDER}), leads=frozenset({PROVIDER}) if leads else frozenset())


PEOPLE: Mapping[str, Standing] = {
    "public": NOBODY,
    "expert": Standing(user=1, advises=frozenset({HELSINKI}), residents=frozenset({"091"})),
    "expert elsewhere": Standing(user=1, advises=frozenset({ESPOO}), residents=frozenset({"049"})),
    "provider editor": provider(),
    "provider main user": provider(leads=True),
    "municipal editor": municipal(),
    "municipal main user": municipal(leads=True),
    "without a role": Standing(user=1),
    "administrator": Standing(user=1, is_administrator=True),
}
# What a service is to the people above.
SERVICES: Mapping[str, Belonging] = {
    "provider's own": Belonging(organiser=PROVIDER, responsible=HELSINKI),
    "provider's, answered for by Espoo": Belonging(organiser=SHARED, responsible=ESPOO),
    "shared provider's": Belonging(organiser=SHARED, responsible=HELSINKI),
    "Helsinki's own": Belonging(organiser=HELSINKI, responsible=HELSINKI),
    "joint": Belonging(organiser=ESPOO, responsible=ESPOO, joint=frozenset({HELSINKI})),
    "joint, answered for by Helsinki": Belonging(organiser=ESPOO, responsible=HELSINKI, joint=frozenset({HELSINKI})),
    "foreign": Belonging(organiser=STRANGER, responsible=ESPOO),
    "foreign that claims Helsinki": Belonging(organiser=STRANGER, responsible=HELSINKI),
    "without a place": Belonging(),
}
OWN = {"provider's own"}
MUNICIPAL = {name for name in SERVICES if name not in {"foreign", "foreign that claims Helsinki", "without a place"}}
ANSWERED = {"provider's own", "shared provider's", "Helsinki's own", "joint, answered for by Helsinki"}
ALL, NONE = set(SERVICES), set[str]()
PROVIDERS, MUNICIPALS = ("provider editor", "provider main user"), ("municipal editor", "municipal main user")
EDITED = {**dict.fromkeys(PROVIDERS, OWN), **dict.fromkeys(MUNICIPALS, MUNICIPAL)}
# The table for services that are not published: act → person → the services; nobody else may.
UNPUBLISHED: Mapping[Act, Mapping[str, set[str]]] = {
    Act.READ_DESCRIPTION: {},
    Act.READ_INSTRUCTION: dict.fromkeys(MUNICIPALS, MUNICIPAL),
    Act.SEE_DRAFTS: EDITED,
    Act.EDIT: EDITED,
    Act.KEEP_FRESH: EDITED,
    Act.CHANGE_MINOR: dict.fromkeys(MUNICIPALS, ANSWERED),
    Act.WRITE_INSTRUCTION: dict.fromkeys(MUNICIPALS, MUNICIPAL),
    Act.WRITE_GUIDE: dict.fromkeys(MUNICIPALS, MUNICIPAL),
    Act.PUBLISH: dict.fromkeys(MUNICIPALS, ANSWERED),
    Act.DELETE: {},
}
# What publication adds.
READERS = ("expert", "expert elsewhere", *MUNICIPALS)
PUBLISHED: Mapping[Act, Mapping[str, set[str]]] = {
    **UNPUBLISHED,
    Act.READ_DESCRIPTION: dict.fromkeys(PEOPLE, ALL),
    Act.READ_INSTRUCTION: dict.fromkeys(READERS, ALL),
    Act.WRITE_GUIDE: dict.fromkeys(MUNICIPALS, ALL),
}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("act", Act)
def test_the_table_of_services(person: str, act: Act, record_property: Record) -> None:
    record_property("cells by the rules", 2 * len(SERVICES))
    for published, table in ((False, UNPUBLISHED), (True, PUBLISHED)):
        allowed = ALL if person == "administrator" else table[act].get(person, NONE)
        found = {name for name, service in SERVICES.items() if may(PEOPLE[person], act, replace(service, published=published))}
        assert found == allowed, f"{person}: {act}, published: {published}"


def test_every_act_has_a_rule() -> None:
    assert set(RULES) == set(Act)
    assert set(ORGANISATION_RULES) == set(OrganisationAct)


def test_a_provider_changes_minor_things_only_where_the_responsible_municipality_allows_it() -> None:
    own = SERVICES["provider's own"]
    assert not may(provider(), Act.CHANGE_MINOR, own)
    assert may(provider(), Act.CHANGE_MINOR, replace(own, trusting=frozenset({HELSINKI})))
    assert not may(provider(), Act.CHANGE_MINOR, replace(own, trusting=frozenset({ESPOO})))
    assert not may(provider(), Act.CHANGE_MINOR, replace(SERVICES["foreign"], trusting=frozenset({ESPOO})))


def test_a_guide_is_written_for_what_own_residents_may_use() -> None:
    for open_to, allowed in ((None, True), (frozenset({"091", "049"}), True), (frozenset({"049"}), False)):
        service = replace(SERVICES["foreign"], published=True, open_to=open_to)
        assert may(municipal(), Act.WRITE_GUIDE, service) is allowed


# service-model: the responsible municipality moves a service between own and linked organisations.
@pytest.mark.parametrize(
    ("service", "organiser", "allowed"),
    [
        ("provider's own", SHARED, True),
        ("Helsinki's own", PROVIDER, True),
        ("provider's own", STRANGER, False),
        ("provider's, answered for by Espoo", HELSINKI, False),
        ("joint, answered for by Helsinki", HELSINKI, False),
        ("foreign", HELSINKI, False),
    ],
)
def test_who_moves_a_service_and_where(service: str, organiser: int, allowed: bool) -> None:
    assert may_move(municipal(), SERVICES[service], organiser) is allowed
    assert not may_move(provider(leads=True), SERVICES[service], organiser)
    assert may_move(PEOPLE["administrator"], SERVICES[service], organiser)


# act → person → organisations.
LEADS = {"provider main user": {PROVIDER}, "municipal main user": {HELSINKI, PROVIDER}}
PROVIDERS_REACH, MUNICIPAL_REACH = {PROVIDER}, {HELSINKI, PROVIDER, SHARED}
REACH = {**dict.fromkeys(PROVIDERS, PROVIDERS_REACH), **dict.fromkeys(MUNICIPALS, MUNICIPAL_REACH)}
ORGANISATIONS: Mapping[OrganisationAct, Mapping[str, set[int]]] = {
    OrganisationAct.MANAGE_USERS: LEADS,
    OrganisationAct.DESCRIBE: LEADS,
    OrganisationAct.KEEP_PLACES: REACH,
    OrganisationAct.EXPORT: REACH,
    OrganisationAct.TRUST: {"municipal main user": {PROVIDER, SHARED}},
    OrganisationAct.CHANGE: {},
}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("act", OrganisationAct)
def test_the_table_of_organisations(person: str, act: OrganisationAct, record_property: Record) -> None:
    everyone = {HELSINKI, ESPOO, PROVIDER, SHARED, STRANGER}
    record_property("cells by the rules", len(everyone))
    allowed = everyone if person == "administrator" else ORGANISATIONS[act].get(person, set())
    assert {pk for pk in everyone if may_with_organisation(PEOPLE[person], act, pk)} == allowed


def test_who_enters_the_admin_reads_instructions_and_creates_providers() -> None:
    def who(rule: Callable[[Standing], bool]) -> set[str]:
        return {name for name, person in PEOPLE.items() if rule(person)}

    assert who(may_enter_admin) == {*PROVIDERS, *MUNICIPALS, "administrator"}
    assert who(may_read_instructions) == {*READERS, "administrator"}
    assert who(may_create_provider) == {"municipal main user", "administrator"}


def test_roles_in_two_organisations_are_not_mixed() -> None:
    """An editor of a provider who is also one of a municipality without a link to it writes it no instruction."""
    person = replace(municipal(), edits=frozenset({HELSINKI, STRANGER}))
    service = Belonging(organiser=STRANGER, responsible=HELSINKI)
    assert may(person, Act.EDIT, service)
    assert not may(person, Act.WRITE_INSTRUCTION, service)
    assert not may(person, Act.PUBLISH, service)
    reader = Standing(user=1, edits=frozenset({PROVIDER}), advises=frozenset({HELSINKI}))
    assert may(reader, Act.READ_INSTRUCTION, replace(SERVICES["foreign"], published=True))
    assert not may(reader, Act.READ_INSTRUCTION, SERVICES["provider's own"])


# --------------------------------------------------------------------------------------------- for whomever, whatever

organisations = st.integers(1, 5)
some = st.frozensets(organisations)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Any standing that memberships and links can make."""
    edits = draw(some)
    own_municipal = edits & draw(some)
    linked = {pk: draw(some) - {pk} for pk in own_municipal}
    providers = frozenset().union(*linked.values())
    return Standing(
        user=1, edits=edits, leads=edits & draw(some), municipal=own_municipal, linked=linked,
        sole={pk: draw(st.sampled_from(sorted(own_municipal))) for pk in providers & draw(some)},
        advises=draw(some), residents=draw(st.frozensets(st.sampled_from(["091", "049"]))),
    )  # fmt: skip


services = st.builds(
    Belonging, organiser=st.none() | organisations, responsible=st.none() | organisations, joint=some, published=st.booleans(),
    trusting=some, open_to=st.none() | st.frozensets(st.sampled_from(["091", "049"])),
)  # fmt: skip


@given(standings(), services)
def test_only_experts_and_municipal_editors_read_instructions(person: Standing, service: Belonging) -> None:
    if not person.advises and not person.municipal:
        assert not may(person, Act.READ_INSTRUCTION, service)
        assert not may(person, Act.WRITE_INSTRUCTION, service)


@given(standings(), services)
def test_nobody_touches_a_foreign_service(person: Standing, service: Belonging) -> None:
    if service.organiser not in person.edits | person.linked_providers and not service.joint & person.municipal:
        acts = (Act.SEE_DRAFTS, Act.EDIT, Act.KEEP_FRESH, Act.CHANGE_MINOR, Act.WRITE_INSTRUCTION, Act.PUBLISH, Act.DELETE)
        assert not any(may(person, act, service) for act in acts)


@given(standings(), services, organisations)
def test_nobody_deletes_and_nobody_changes_kinds_and_marks(person: Standing, service: Belonging, organisation: int) -> None:
    assert not may(person, Act.DELETE, service)
    assert not may_with_organisation(person, OrganisationAct.CHANGE, organisation)


@given(standings(), services)
def test_who_publishes_answers_for_it_and_may_edit_it(person: Standing, service: Belonging) -> None:
    if may(person, Act.PUBLISH, service):
        assert service.responsible in person.municipal
        assert may(person, Act.EDIT, service) and may(person, Act.WRITE_INSTRUCTION, service)
