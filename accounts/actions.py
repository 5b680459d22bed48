"""What is done with people: changing and ending roles, creating providers, naming administrators.

Each action asks the rules itself (PermissionDenied), refuses with a message for the one who acts (ValidationError), and is
done wholly or not at all. Invitations have a module of their own.
"""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.invitations import Result, check_role, invite, locked_organisation
from accounts.models import Invitation, Membership, Organisation, OrganisationName, ProviderLink, User
from accounts.permissions import (
    OrganisationAct,
    may_change_membership,
    may_link_provider,
    may_rule_administrators,
    may_trust,
    may_with_organisation,
)
from accounts.queries import duties, successors
from accounts.signals import provider_created
from accounts.standing import forget_standing, standing_of

# --------------------------------------------------------------------------------------------------------- members


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: User, successor: User | None = None) -> int:
    """Give a member another role; how many invitations of hers were withdrawn because of it.

    Raises PermissionDenied without the right or for one's own role, Membership.DoesNotExist where it is gone, and
    ValidationError where the organisation cannot have the role, where its last main user would be lost, or where
    she answers for something that an expert cannot and `successor` is not named.
    """
    organisation = locked_organisation(membership.organisation_id, by)
    fresh: Membership = Membership.objects.select_related("user").get(pk=membership.pk)
    _check_may_change(fresh.user, organisation, by)
    check_role(role, organisation)
    if fresh.role == role:
        return 0
    if fresh.role == Membership.Role.MAIN_USER:
        _check_not_last_main_user(fresh.user, organisation)
    others = organisation.memberships.filter(user=fresh.user).exclude(pk=fresh.pk)
    if role == Membership.Role.EXPERT and not others.exclude(role=Membership.Role.EXPERT).exists():
        _hand_over(fresh.user, organisation, successor, by)
    if others.filter(role=role).exists():
        fresh.delete()
    else:
        fresh.role = role
        fresh.full_clean()
        fresh.save(update_fields=["role"])
    return _after_loss(fresh.user)


@transaction.atomic
def remove_member(*, user: User, organisation: Organisation, by: User, successor: User | None = None) -> int:
    """End every role of `user` in `organisation`; how many invitations of hers were withdrawn because of it.

    Raises PermissionDenied without the right or for oneself, and ValidationError where she is the last main user, or where
    she answers for something and `successor`, another editor or main user there, is not named.
    """
    organisation = locked_organisation(organisation.pk, by, even_closed=True)
    _check_may_change(user, organisation, by)
    roles = list(organisation.memberships.filter(user=user))
    if any(membership.role == Membership.Role.MAIN_USER for membership in roles):
        _check_not_last_main_user(user, organisation)
    _hand_over(user, organisation, successor, by)
    organisation.memberships.filter(user=user).delete()
    return _after_loss(user)


def duties_of(user: User, organisation: Organisation) -> list[str]:
    """What `user` answers for in `organisation` and must hand over before she leaves, in words."""
    return [duty.told for duty in duties(user, organisation)]


def _hand_over(user: User, organisation: Organisation, successor: User | None, by: User) -> None:
    found = duties(user, organisation)
    if not found:
        return
    if successor is None:
        told = " ".join(duty.told for duty in found)
        raise ValidationError(_("Choose a successor first. %(duties)s") % {"duties": told}, code="successor")
    if not successors(organisation, user).filter(pk=successor.pk).exists():
        raise ValidationError(_("The successor must be an editor or a main user of the same organisation."), code="successor")
    for duty in found:
        duty.hand_over(successor, by)


def _check_may_change(user: User, organisation: Organisation, by: User) -> None:
    if not may_change_membership(standing_of(by), user.pk, organisation.pk):
        raise PermissionDenied


def _check_not_last_main_user(user: User, organisation: Organisation) -> None:
    main_users = set(organisation.memberships.main_users().values_list("user", flat=True))
    if main_users == {user.pk}:
        raise ValidationError(
            _("%(person)s is the last main user of %(organisation)s. Make someone else a main user first.")
            % {"person": user, "organisation": organisation},
            code="last",
        )


def _after_loss(user: User) -> int:
    """Withdraw the invitations that `user` sent where she no longer manages users; how many."""
    forget_standing(user)
    person = standing_of(user)
    lost = [
        invitation.pk
        for invitation in Invitation.objects.pending().filter(invited_by=user)
        if not may_with_organisation(person, OrganisationAct.MANAGE_USERS, invitation.organisation_id)
    ]
    return Invitation.objects.filter(pk__in=lost).update(withdrawn_at=timezone.now())


# ------------------------------------------------------------------------------------------------------- providers


@transaction.atomic
def create_provider(
    *, names: Mapping[str, str], kind: str, business_id: str, municipal_organisation: Organisation, main_user: str,
    language: str, by: User,
) -> Organisation:  # fmt: skip
    """A provider organisation linked to `municipal_organisation`, whose first main user is invited at `main_user`.

    `names`: language → name, at least one. Raises PermissionDenied without the right, and ValidationError, by field, where
    something is wrong; then nothing is made and nobody invited.
    """
    if not may_link_provider(standing_of(by), municipal_organisation.pk):
        raise PermissionDenied
    if kind == Organisation.Kind.MUNICIPAL or kind not in Organisation.Kind.values:
        raise ValidationError({"kind": _("Only an administrator creates a municipal organisation.")})
    given = {tag: name.strip() for tag, name in names.items() if name.strip()}
    if not given:
        raise ValidationError({"name_fi": _("Give the name in one language at least.")})
    provider = Organisation(code=_free_code(next(iter(given.values()))), kind=kind, business_id=business_id)
    provider.full_clean()
    provider.save()
    for tag, name in given.items():
        OrganisationName.objects.create(organisation=provider, language=tag, name=name)
    link = ProviderLink(provider=provider, municipal_organisation=municipal_organisation)
    link.full_clean()
    link.save()
    forget_standing(by)
    sent = invite(addresses=[main_user], organisation=provider, role=Membership.Role.MAIN_USER, language=language, by=by)
    if [outcome.result for outcome in sent] != [Result.INVITED]:
        raise ValidationError({"main_user": _("Give the e-mail address of someone else, who will be the first main user.")})
    provider_created.send(sender=Organisation, organisation=provider, by=by)
    return provider


@transaction.atomic
def set_trust(*, link: ProviderLink, trusted: bool, by: User) -> None:
    """Let a linked provider make minor changes to published services without review, or no more. Raises PermissionDenied."""
    if not may_trust(standing_of(by), link.provider_id, link.municipal_organisation_id):
        raise PermissionDenied
    link.trusted = trusted
    link.save(update_fields=["trusted"])


def _free_code(name: str) -> str:
    """A code from `name` that no organisation has. One query."""
    base = slugify(name.translate(str.maketrans("äöåÄÖÅ", "aoaAOA")))[:50].strip("-") or "provider"
    taken = set(Organisation.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{count}" for count in range(2, 100_000))) if code not in taken)


# -------------------------------------------------------------------------------------------------- administrators


@transaction.atomic
def make_administrator(*, user: User, by: User) -> None:
    """Let an active person do everything. Raises PermissionDenied unless `by` is an administrator, and for oneself."""
    _locked_administrators(user, by)
    if not user.is_active:
        raise PermissionDenied
    _set_administrator(user, to=True)


@transaction.atomic
def unmake_administrator(*, user: User, by: User) -> None:
    """Make an administrator an ordinary person again, with her memberships. Raises as `make_administrator` does.

    What she invited as an administrator is withdrawn.

    Nobody unmakes herself, so one is always left; the rows are locked, so that two cannot unmake each other at once.
    """
    if user.pk not in _locked_administrators(user, by):
        raise PermissionDenied
    _set_administrator(user, to=False)
    _after_loss(user)


def _locked_administrators(user: User, by: User) -> set[int]:
    rows = User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk")
    administrators = set(rows.values_list("pk", flat=True))
    if not may_rule_administrators(standing_of(by)) or by.pk not in administrators or user.pk == by.pk:
        raise PermissionDenied
    return administrators


def _set_administrator(user: User, *, to: bool) -> None:
    user.is_superuser = user.is_staff = to
    user.save(update_fields=["is_superuser", "is_staff"])
    forget_standing(user)
