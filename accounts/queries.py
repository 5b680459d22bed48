"""Questions about people and their organisations, answered only as far as the one who asks manages users."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Invitation, Membership, Organisation, ProviderLink, User
from accounts.permissions import OrganisationAct, may_hold_role, may_with_organisation, organisations_managed
from accounts.signals import Duty, member_leaving
from accounts.standing import Standing, standing_of

MAIN_USERS_WANTED = 2


def managed_organisations(person: Standing) -> QuerySet[Any]:
    """The open organisations whose users she manages: all for an administrator. Names are prefetched."""
    organisations = Organisation.objects.open().prefetch_related("names")
    return organisations if person.is_administrator else organisations.filter(pk__in=organisations_managed(person))


def linkable_organisations(person: Standing) -> QuerySet[Any]:
    """The municipal organisations to which a provider that she creates may be linked. Names are prefetched."""
    own = Organisation.objects.open().municipal().prefetch_related("names")
    return own if person.is_administrator else own.filter(pk__in=person.leads & person.municipal)


def managed_memberships(person: Standing) -> QuerySet[Any]:
    """The memberships that she sees: of the organisations whose users she manages."""
    memberships = Membership.objects.select_related("user", "organisation").prefetch_related("organisation__names")
    return memberships if person.is_administrator else memberships.filter(organisation__in=organisations_managed(person))


def managed_invitations(person: Standing) -> QuerySet[Any]:
    """The invitations that wait in the organisations whose users she manages."""
    pending = Invitation.objects.pending().select_related("organisation").prefetch_related("organisation__names")
    return pending if person.is_administrator else pending.filter(organisation__in=organisations_managed(person))


def managed_links(person: Standing) -> QuerySet[Any]:
    """The links of open providers to the municipal organisations of which she is a main user; all for administrators."""
    links = ProviderLink.objects.filter(provider__closed_at=None, municipal_organisation__closed_at=None)
    if not person.is_administrator:
        links = links.filter(municipal_organisation__in=person.leads & person.municipal)
    return links.select_related("provider", "municipal_organisation").prefetch_related(
        "provider__names", "municipal_organisation__names"
    )


def short_of_main_users(person: Standing) -> QuerySet[Any]:
    """The municipal organisations among hers with fewer than two main users, each with `main_users`, their number."""
    in_force = Q(memberships__role=Membership.Role.MAIN_USER, memberships__user__is_active=True)
    municipal = managed_organisations(person).filter(kind=Organisation.Kind.MUNICIPAL)
    counted = municipal.annotate(main_users=Count("memberships", filter=in_force))
    return counted.filter(main_users__lt=MAIN_USERS_WANTED).order_by(F("main_users"), "code")


def successors(organisation: Organisation, leaver: User) -> QuerySet[User]:
    """Who can take over what `leaver` answers for in `organisation`: its other editors and main users."""
    editing = Membership.objects.in_force().filter(organisation=organisation).exclude(role=Membership.Role.EXPERT)
    return User.objects.filter(pk__in=editing.values("user")).exclude(pk=leaver.pk).order_by("last_name", "first_name", "email")


def duties(user: User, organisation: Organisation) -> list[Duty]:
    """What `user` answers for in `organisation`, as the rooms above tell it."""
    answers: list[tuple[Any, Any]] = member_leaving.send(sender=Membership, user=user, organisation=organisation)
    return [duty for _receiver, duty in answers if duty is not None]


def administrators() -> QuerySet[User]:
    """Those who may do everything today."""
    return User.objects.filter(is_superuser=True, is_active=True).order_by("pk")


def overseers(organisation: Organisation) -> QuerySet[User]:
    """The main users who look after an organisation today: its own, and those of the open municipal ones it is linked to."""
    linked = Organisation.objects.open().filter(provider_links__provider=organisation)
    leading = Membership.objects.main_users().filter(Q(organisation=organisation) | Q(organisation__in=linked))
    return User.objects.filter(pk__in=leading.values("user")).order_by("pk")


def valid_invitation(fingerprint: str, *, lock: bool = False) -> Invitation | None:
    """The invitation of a link's secret (its fingerprint) as long as it may be accepted, else None. Five queries at most.

    It waits, has not expired, its organisation is open and may still have the role, and whoever sent it still manages users
    there: an invitation lives by the right of its sender. `lock`: hold the row until the transaction ends.
    """
    rows = Invitation.objects.pending().filter(fingerprint=fingerprint)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None or found.has_expired or not found.organisation.is_open or found.invited_by is None:
        return None
    sender = standing_of(found.invited_by)
    allowed = may_with_organisation(sender, OrganisationAct.MANAGE_USERS, found.organisation_id)
    return found if allowed and may_hold_role(found.role, has_experts=found.organisation.has_experts) else None
