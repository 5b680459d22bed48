"""Invitations: sending, sending again, withdrawing, and accepting them.

As in accounts.actions: each asks the rules itself (PermissionDenied), refuses with a message for the one who acts
(ValidationError), and is done wholly or not at all. Mails are queued in the same transaction (accounts.mail).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import mail
from accounts.activity import record_activity
from accounts.models import Invitation, Membership, Organisation, User
from accounts.permissions import OrganisationAct, may_hold_role, may_with_organisation
from accounts.queries import valid_invitation
from accounts.signals import invitation_accepted
from accounts.standing import forget_standing, standing_of

# What no address of ours has, though mail programs may take it: quotes and brackets hide a second address.
LONGEST_ADDRESS = 254  # RFC 5321
STRANGE_CHARACTERS = frozenset("\"'<>()[]\\,;:\r\n\t\0 ")


class Result(StrEnum):
    """What became of an address that was to be invited."""

    INVITED = "invited"
    MEMBER = "already a member"
    PENDING = "already invited"
    OWN = "own address"
    INVALID = "not valid"


@dataclass(frozen=True, slots=True)
class Outcome:
    address: str
    result: Result


class InvitationGone(Exception):
    """The link is used, expired, withdrawn, changed, or may not be accepted any more: all the same to whoever opens it."""


class AccountExists(Exception):
    """The address got an account meanwhile: its owner signs in first."""


@transaction.atomic
def invite(*, addresses: Iterable[str], organisation: Organisation, role: str, language: str, by: User) -> list[Outcome]:
    """Invite `addresses` to `role` in `organisation`; what became of each, in their order, each address once.

    `language`: of the mails to those without an account; others get theirs. Whether an address has an account elsewhere is
    not told. A wrong address does not hinder the others. Raises PermissionDenied without the right, ValidationError where
    the organisation is closed or cannot have the role, or for too many at a time. Ten queries and about six for each mail.
    """
    organisation = locked_organisation(organisation.pk, by)
    check_role(role, organisation)
    wanted = list(dict.fromkeys(address.strip().lower() for address in addresses))
    if len(wanted) > settings.INVITATIONS_AT_ONCE:
        raise ValidationError(_("Invite at most %(most)s people at a time.") % {"most": settings.INVITATIONS_AT_ONCE})
    valid = [address for address in wanted if is_address(address)]
    members = set(organisation.memberships.filter(user__email__in=valid).values_list("user__email", flat=True))
    pending = set(organisation.invitations.pending().filter(address__in=valid).values_list("address", flat=True))
    languages = dict(User.objects.filter(email__in=valid).values_list("email", "preferred_language"))
    outcomes = []
    for address in wanted:
        if address not in valid:
            result = Result.INVALID
        elif address in members:
            result = Result.MEMBER
        elif address in pending:
            result = Result.PENDING
        elif address == by.email and not by.is_superuser:
            result = Result.OWN
        else:
            result = Result.INVITED
            own = languages.get(address, language)
            _deliver(Invitation(address=address, organisation=organisation, role=role, language=own, invited_by=by))
        outcomes.append(Outcome(address, result))
    return outcomes


def is_address(text: str) -> bool:
    """Is `text` one plain e-mail address, with nothing in it that a mail's header could misread?"""
    if len(text) > LONGEST_ADDRESS or STRANGE_CHARACTERS & set(text):
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> Invitation:
    """Send a pending invitation again, with a new link that works for the full time; the old link is dead.

    It now lives by the right of `by`. Raises PermissionDenied without the right, Invitation.DoesNotExist where it does not
    wait any more, and ValidationError where the organisation can no longer have the role.
    """
    organisation = locked_organisation(invitation.organisation_id, by)
    fresh: Invitation = Invitation.objects.pending().select_for_update().get(pk=invitation.pk)
    check_role(fresh.role, organisation)
    fresh.invited_by = by
    _deliver(fresh)
    return fresh


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User) -> None:
    """Withdraw a pending invitation: its link is dead. Raises as `resend` does."""
    locked_organisation(invitation.organisation_id, by, even_closed=True)
    fresh: Invitation = Invitation.objects.pending().select_for_update().get(pk=invitation.pk)
    fresh.withdrawn_at = timezone.now()
    fresh.save(update_fields=["withdrawn_at"])


def _deliver(invitation: Invitation) -> None:
    """Give `invitation` a new link, save it, and queue its mail."""
    secret = invitation.new_secret()
    invitation.full_clean(exclude=["fingerprint"])
    invitation.save()
    with translation.override(invitation.language):
        path = reverse("invitation_link", args=[secret])
        context = {
            "organisation": invitation.organisation,
            "role": invitation.role,
            "link": f"{mail.site_address()}{path}",
            "expires_at": invitation.expires_at,
        }
        mail.send(to=invitation.address, template="invitation", context=context, language=invitation.language)


@transaction.atomic
def accept_with_new_account(
    *, fingerprint: str, password: str, first_name: str, last_name: str, language: str
) -> tuple[User, Invitation]:
    """Make the account of the invited address, with its role. `password` has been through Django's validators.

    Raises InvitationGone, and AccountExists where the address has an account.
    """
    invitation = _claim(fingerprint)
    names = {"first_name": first_name, "last_name": last_name, "preferred_language": language}
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.address, password, **names)
    except IntegrityError as taken:
        raise AccountExists from taken
    _join(user, invitation)
    return user, invitation


@transaction.atomic
def accept(*, fingerprint: str, user: User) -> Invitation:
    """Give `user`, who is signed in, the role. Raises InvitationGone, and PermissionDenied for anyone but the invited."""
    invitation = _claim(fingerprint)
    if not user.is_active or user.email != invitation.address:
        raise PermissionDenied
    _join(user, invitation)
    return invitation


def _claim(fingerprint: str) -> Invitation:
    invitation = valid_invitation(fingerprint, lock=True)
    if invitation is None:
        raise InvitationGone
    return invitation


def _join(user: User, invitation: Invitation) -> None:
    membership = Membership(user=user, organisation=invitation.organisation, role=invitation.role)
    membership.clean()
    Membership.objects.get_or_create(user=user, organisation=invitation.organisation, role=invitation.role)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record_activity(user)
    forget_standing(user)
    invitation_accepted.send(sender=Invitation, user=user, invitation=invitation)


# ----------------------------------------------------------------------- what actions on an organisation's people share


def locked_organisation(organisation: int, by: User, *, even_closed: bool = False) -> Organisation:
    """The organisation, whose people nobody else changes until this transaction ends. Raises PermissionDenied."""
    if not may_with_organisation(standing_of(by), OrganisationAct.MANAGE_USERS, organisation):
        raise PermissionDenied
    found: Organisation = Organisation.objects.select_for_update().get(pk=organisation)
    if not found.is_open and not even_closed:
        raise ValidationError(_("The organisation is closed."))
    return found


def check_role(role: str, organisation: Organisation) -> None:
    if role not in Membership.Role.values:
        raise ValidationError(_("Choose a role."))
    if not may_hold_role(role, has_experts=organisation.has_experts):
        raise ValidationError(
            _("Only a municipal organisation, or one marked as giving employment services, has experts."), code="role"
        )
