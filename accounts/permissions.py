"""Who may do what with organisations and their people: denied unless a sentence here allows it.

As in catalogue.permissions, which rules over services: a rule looks only at the person's `Standing` and at primary keys, so
that it can be read, listed and tested without a database (service-model: Who may do what).
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from accounts.models import Membership
from accounts.standing import Standing


class OrganisationAct(StrEnum):
    """What can be done with an organisation and what it has."""

    MANAGE_USERS = "invite, change role, remove users"
    DESCRIBE = "describe the organisation"
    KEEP_PLACES = "create and edit places"
    EXPORT = "export lists of services"
    TRUST = "trust a provider"
    CHANGE = "change kind, mark, links; close, reopen"


def _leads(person: Standing, organisation: int) -> bool:
    """She is a main user there, or of the municipal organisation to which it alone is linked."""
    return organisation in person.leads or (person.sole.get(organisation) in person.leads & person.municipal)


def may_trust(person: Standing, provider: int, municipal_organisation: int) -> bool:
    """May she say, for `municipal_organisation`, whether `provider` makes minor changes without review? No query."""
    if person.is_administrator:
        return True
    return municipal_organisation in person.leads and provider in person.linked.get(municipal_organisation, frozenset())


ORGANISATION_RULES: Mapping[OrganisationAct, Callable[[Standing, int], bool]] = {
    OrganisationAct.MANAGE_USERS: _leads,
    OrganisationAct.DESCRIBE: _leads,
    OrganisationAct.KEEP_PLACES: lambda person, organisation: organisation in person.edits | person.linked_providers,
    OrganisationAct.EXPORT: lambda person, organisation: organisation in person.edits | person.linked_providers,
    OrganisationAct.TRUST: lambda person, organisation: any(may_trust(person, organisation, pk) for pk in person.linked),
    OrganisationAct.CHANGE: lambda person, organisation: False,
}


def may_with_organisation(person: Standing, act: OrganisationAct, organisation: int) -> bool:
    """May she do `act` with `organisation` (its primary key)? No query."""
    return person.is_administrator or ORGANISATION_RULES[act](person, organisation)


def may_create_provider(person: Standing) -> bool:
    """Main users of a municipal organisation create providers, which are linked to it. No query."""
    return person.is_administrator or bool(person.leads & person.municipal)


# --------------------------------------------------------------------------------------------------------- people


def organisations_managed(person: Standing) -> frozenset[int]:
    """Where she manages users: her own organisations and the providers linked to her municipal one alone. No query.

    Administrators manage users everywhere; for them ask `is_administrator` first.
    """
    candidates = person.leads | person.sole.keys()
    return frozenset(pk for pk in candidates if may_with_organisation(person, OrganisationAct.MANAGE_USERS, pk))


def may_manage_people(person: Standing) -> bool:
    """Does she manage the users of any organisation? No query."""
    return person.is_administrator or bool(organisations_managed(person))


def may_link_provider(person: Standing, municipal_organisation: int) -> bool:
    """May she create a provider that is linked to `municipal_organisation`? Its own main users may. No query."""
    return person.is_administrator or municipal_organisation in person.leads & person.municipal


def may_change_membership(person: Standing, member: int, organisation: int) -> bool:
    """May she change, or end, the roles of the user `member` in `organisation`? Never her own, unless an administrator.

    So nobody raises her own rights: a provider's main user who were also an expert would read work instructions.
    """
    if person.is_administrator:
        return True
    return member != person.user and may_with_organisation(person, OrganisationAct.MANAGE_USERS, organisation)


def may_hold_role(role: str, *, has_experts: bool) -> bool:
    """Can anyone have `role` in an organisation that may (`has_experts`) or may not have experts? No query."""
    return role != Membership.Role.EXPERT or has_experts


def may_rule_administrators(person: Standing) -> bool:
    """Only administrators make and unmake administrators. No query."""
    return person.is_administrator
