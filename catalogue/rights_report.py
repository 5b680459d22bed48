"""Who may do what, and through which membership: computed from the rules, so that it cannot say anything else than they do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from accounts.standing import Standing
from catalogue.permissions import RULES, Act, Belonging, OrganisationAct, may, may_with_organisation

ACTS: Mapping[Act, Any] = {
    Act.READ_DESCRIPTION: _("read published descriptions"),
    Act.READ_INSTRUCTION: _("read work instructions"),
    Act.SEE_DRAFTS: _("see drafts and history"),
    Act.EDIT: _("create, edit, translate and send"),
    Act.KEEP_FRESH: _("change next start and free places, confirm, mark outdated"),
    Act.CHANGE_MINOR: _("make minor changes without review"),
    Act.WRITE_INSTRUCTION: _("write work instructions"),
    Act.WRITE_GUIDE: _("write own municipality's guide"),
    Act.PUBLISH: _("publish, send back, archive, bring back, hand over"),
    Act.DELETE: _("delete"),
}
ORGANISATION_ACTS: Mapping[OrganisationAct, Any] = {
    OrganisationAct.MANAGE_USERS: _("invite and remove users, change roles"),
    OrganisationAct.DESCRIBE: _("describe the organisation"),
    OrganisationAct.KEEP_PLACES: _("keep places"),
    OrganisationAct.EXPORT: _("export lists of services"),
}
# The organisation of the membership, a linked provider, and one with which it has nothing to do, as the rules see them.
_OWN, _LINKED, _FOREIGN = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Right:
    """What one membership allows: acts in words, by what the service is to the organisation."""

    own: tuple[str, ...]
    linked: tuple[str, ...]
    responsible: tuple[str, ...]
    all_published: tuple[str, ...]
    organisation: tuple[str, ...]


def rights_of(membership: Membership) -> Right:
    """What this membership alone allows, whoever has it. No query where the organisation is loaded."""
    person = _standing(membership)

    def acts(service: Belonging, beyond: tuple[str, ...] = ()) -> tuple[str, ...]:
        found = (str(ACTS[act]) for act in RULES if may(person, act, service))
        return tuple(act for act in found if act not in beyond)

    published = acts(Belonging(organiser=_FOREIGN, published=True))
    own = acts(Belonging(organiser=_OWN), published)
    linked = acts(Belonging(organiser=_LINKED), published)
    answering = acts(Belonging(organiser=_OWN, responsible=_OWN), (*published, *own))
    allowed = (label for act, label in ORGANISATION_ACTS.items() if may_with_organisation(person, act, _OWN))
    return Right(own, linked, answering, published, tuple(map(str, allowed)))


def _standing(membership: Membership) -> Standing:
    """The standing that the membership gives by itself, in a world of three organisations."""
    organisation: Organisation = membership.organisation
    edits = frozenset() if membership.role == Membership.Role.EXPERT else frozenset({_OWN})
    advises = membership.role == Membership.Role.EXPERT and (
        organisation.is_municipal or organisation.gives_employment_services
    )
    municipal = edits if organisation.is_municipal else frozenset()
    return Standing(
        user=membership.user_id,
        edits=edits,
        leads=edits if membership.role == Membership.Role.MAIN_USER else frozenset(),
        municipal=municipal,
        linked={_OWN: frozenset({_LINKED})} if municipal else {},
        advises=frozenset({_OWN}) if advises else frozenset(),
    )


def reported_memberships(person: Standing) -> "QuerySet[Any]":
    """The memberships in force where `person` manages users; all for administrators. No query by itself."""
    memberships = Membership.objects.in_force().select_related("user", "organisation").prefetch_related("organisation__names")
    ordered = memberships.order_by("organisation__code", "role", "user__email")
    if person.is_administrator:
        return ordered
    led = {
        pk for pk in person.edits | person.linked_providers if may_with_organisation(person, OrganisationAct.MANAGE_USERS, pk)
    }
    return ordered.filter(organisation__in=led)
