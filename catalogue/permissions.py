"""Who may do what: denied unless a sentence here allows it (service-model: Who may do what).

Every door asks here: pages, admin, search, files and commands; for organisations and their people the rules themselves stand
in accounts.permissions. A rule looks only at the person's `Standing` and at what the thing is to her (`Belonging`, or an
organisation's primary key), so that it can be read, listed and tested without a database. Administrators may do everything;
nobody else may do anything that no rule names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

# What can be done with an organisation and its people is ruled in the room of organisations; asked for here all the same.
from accounts.permissions import ORGANISATION_RULES as ORGANISATION_RULES
from accounts.permissions import OrganisationAct as OrganisationAct
from accounts.permissions import may_create_provider as may_create_provider
from accounts.permissions import may_with_organisation as may_with_organisation
from accounts.standing import Standing


@dataclass(frozen=True, slots=True)
class Belonging:
    """To whom a service belongs. Organisations are primary keys, municipalities codes.

    `organiser`: None while the service has no place yet. `joint`: the municipal organisations that a joint service names.
    `published`: the public may read it now. `trusting`: the municipal organisations that allow its organiser minor changes
    without review. `open_to`: the municipalities whose residents it is for; None when it does not matter.
    """

    organiser: int | None = None
    responsible: int | None = None
    joint: frozenset[int] = frozenset()
    published: bool = False
    trusting: frozenset[int] = frozenset()
    open_to: frozenset[str] | None = None


class Act(StrEnum):
    """What can be done with a service, in the words of the service model's table."""

    READ_DESCRIPTION = "read published description"
    READ_INSTRUCTION = "read work instruction"
    SEE_DRAFTS = "see drafts and history"
    EDIT = "create, edit, translate, send, take back"
    KEEP_FRESH = "change next start and free places, confirm, mark outdated"
    CHANGE_MINOR = "minor change without review"
    WRITE_INSTRUCTION = "write work instruction"
    WRITE_GUIDE = "write own municipality's guide"
    PUBLISH = "publish, send back, archive, bring back, hand over"
    DELETE = "delete"


# ------------------------------------------------------------------------------------------------------ relations


def is_own(person: Standing, service: Belonging) -> bool:
    """She is an editor or a main user of the organisation whose service it is."""
    return service.organiser in person.edits


def is_linked(person: Standing, service: Belonging) -> bool:
    """It is of a provider linked to her municipal organisation, or a joint service that names her organisation."""
    return service.organiser in person.linked_providers or bool(service.joint & person.municipal)


def is_own_or_linked(person: Standing, service: Belonging) -> bool:
    return is_own(person, service) or is_linked(person, service)


def is_municipal(person: Standing, service: Belonging) -> bool:
    """It is own or linked to her as an editor of a municipal organisation, not as one of a provider."""
    return service.organiser in person.municipal or is_linked(person, service)


def is_responsible(person: Standing, service: Belonging) -> bool:
    """Her municipal organisation answers for it, and to that very organisation it is own or linked."""
    answering = service.responsible
    if answering is None or answering not in person.municipal:
        return False
    return (
        service.organiser == answering
        or service.organiser in person.linked.get(answering, frozenset())
        or answering in service.joint
    )


def is_open_to_residents(person: Standing, service: Belonging) -> bool:
    """It is open to residents of a municipality for which her organisation acts, or to everyone."""
    return service.open_to is None or bool(service.open_to & person.residents)


# ----------------------------------------------------------------------------------------------------- services

Rule = Callable[[Standing, Belonging], bool]


def _reads_instruction(person: Standing, service: Belonging) -> bool:
    """Experts and municipal editors read those of all published services; who writes one reads it at any time."""
    return (service.published and bool(person.advises or person.municipal)) or is_municipal(person, service)


def _changes_minor(person: Standing, service: Belonging) -> bool:
    """The responsible municipality; and the provider itself where that municipality allows it."""
    return is_responsible(person, service) or (is_own(person, service) and service.responsible in service.trusting)


def _writes_guide(person: Standing, service: Belonging) -> bool:
    """Editors of a municipal organisation, for what its residents may use, as soon as they may see the service at all."""
    visible = service.published or is_municipal(person, service)
    return bool(person.municipal) and visible and is_open_to_residents(person, service)


RULES: Mapping[Act, Rule] = {
    Act.READ_DESCRIPTION: lambda person, service: service.published,
    Act.READ_INSTRUCTION: _reads_instruction,
    Act.SEE_DRAFTS: is_own_or_linked,
    Act.EDIT: is_own_or_linked,
    Act.KEEP_FRESH: is_own_or_linked,
    Act.CHANGE_MINOR: _changes_minor,
    Act.WRITE_INSTRUCTION: is_municipal,
    Act.WRITE_GUIDE: _writes_guide,
    Act.PUBLISH: is_responsible,
    Act.DELETE: lambda person, service: False,
}


def may(person: Standing, act: Act, service: Belonging) -> bool:
    """May she do `act` with `service`? No query."""
    return person.is_administrator or RULES[act](person, service)


def may_read_instructions(person: Standing) -> bool:
    """Is there any work instruction of a published service that she may read? It says nothing of a single one. No query."""
    return may(person, Act.READ_INSTRUCTION, Belonging(published=True))


def may_write_guide(person: Standing, service: Belonging, municipality: str) -> bool:
    """May she write the guide of `municipality` (its code)? Only for one for which an organisation that she edits acts."""
    is_hers = person.is_administrator or municipality in person.represents
    is_open = service.open_to is None or municipality in service.open_to
    return is_hers and is_open and may(person, Act.WRITE_GUIDE, service)


def may_move(person: Standing, service: Belonging, organiser: int) -> bool:
    """May she move `service` to `organiser`? The responsible municipality may, between own and linked organisations."""
    reach = person.municipal | person.linked_providers
    return person.is_administrator or (is_responsible(person, service) and {service.organiser, organiser} <= reach)


# -------------------------------------------------------------------------------------------------------- the admin


# Django's name for the right to see that field, by which the editor's panel asks (catalogue.service_panels).
SEE_MUNICIPAL_PERSON = "catalogue.see_municipal_person"


def may_see_municipal_person(person: Standing) -> bool:
    """The municipality's responsible person is not shown to providers (service-model). No query."""
    return person.is_administrator or bool(person.municipal)


def may_enter_admin(person: Standing) -> bool:
    """Editors and main users work in the Wagtail admin; experts need not see it. No query."""
    return person.is_administrator or bool(person.edits)
