"""Closing and reopening an organisation: done wholly or not at all, by administrators alone, and always to be taken back."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import Membership, Organisation, User
from accounts.permissions import OrganisationAct, may_with_organisation
from accounts.queries import administrators, overseers
from accounts.signals import Consequence, closing_considered, organisation_closed, organisation_reopened
from accounts.standing import forget_standing, standing_of


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of services of others: `handed` to the heir, `left` without a municipality that answers for them."""

    handed: tuple[str, ...] = field(default=())
    left: tuple[str, ...] = field(default=())


def consequences_of(organisation: Organisation) -> tuple[list[str], dict[int, int]]:
    """(what closing would do, in sentences; who could take over how many services of others). Changes nothing."""
    told: list[str] = []
    heirs: dict[int, int] = {}
    answers: list[tuple[Any, Any]] = closing_considered.send(sender=Organisation, organisation=organisation)
    for _receiver, answer in answers:
        consequence: Consequence = answer
        told += consequence.told
        heirs |= consequence.heirs
    return told, heirs


@transaction.atomic
def close_organisation(*, organisation: Organisation, by: User, heir: Organisation | None = None) -> Closed:
    """Close an organisation; `heir`, a municipal one, answers from now on for what the closed one answered for.

    Memberships stay and are without effect while it is closed; invitations that wait are withdrawn; the rooms above archive
    its services and note what they were. Raises PermissionDenied unless `by` is an administrator, and ValidationError where
    it is closed already or the heir is not one of those that could take over.
    """
    fresh = _locked(organisation, by)
    if not fresh.is_open:
        raise ValidationError(_("The organisation is closed already."))
    if heir is not None and heir.pk not in consequences_of(fresh)[1]:
        raise ValidationError({"heir": _("Choose one of the organisations that are offered.")})
    told = list(overseers(fresh))
    fresh.invitations.pending().update(withdrawn_at=timezone.now())
    answers: list[tuple[Any, Any]] = organisation_closed.send(sender=Organisation, organisation=fresh, heir=heir, by=by)
    closings = [closing for _receiver, closing in answers]
    notes = {closing.room: closing.note for closing in closings}
    Organisation.objects.filter(pk=fresh.pk).update(closed_at=timezone.now(), closing_notes=notes)
    forget_standing(by)
    closed = Closed(
        handed=tuple(line for closing in closings for line in closing.handed),
        left=tuple(line for closing in closings for line in closing.left),
    )
    _tell_of_closing(fresh, closed, heir, told)
    return closed


@transaction.atomic
def reopen_organisation(*, organisation: Organisation, by: User) -> list[str]:
    """Open a closed organisation again, with its memberships and exactly what its closing archived; in sentences.

    What was handed over stays where it is. Raises PermissionDenied unless `by` is an administrator, and ValidationError
    where it is open.
    """
    fresh = _locked(organisation, by)
    if fresh.is_open:
        raise ValidationError(_("The organisation is open already."))
    notes = fresh.closing_notes
    Organisation.objects.filter(pk=fresh.pk).update(closed_at=None, closing_notes={})
    fresh.refresh_from_db()
    answers: list[tuple[Any, Any]] = organisation_reopened.send(sender=Organisation, organisation=fresh, notes=notes, by=by)
    forget_standing(by)
    for recipient in overseers(fresh):
        mail.send(to=recipient, template="organisation_reopened", context={"organisation": fresh})
    return [told for _receiver, told in answers if told]


def _locked(organisation: Organisation, by: User) -> Organisation:
    if not may_with_organisation(standing_of(by), OrganisationAct.CHANGE, organisation.pk):
        raise PermissionDenied
    found: Organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    return found


def _tell_of_closing(organisation: Organisation, closed: Closed, heir: Organisation | None, told: list[User]) -> None:
    for recipient in told:
        mail.send(to=recipient, template="organisation_closed", context={"organisation": organisation})
    if heir is not None and closed.handed:
        context = {"organisation": organisation, "heir": heir, "things": closed.handed}
        leading = Membership.objects.main_users().filter(organisation=heir)
        for recipient in User.objects.filter(pk__in=leading.values("user")).order_by("pk"):
            mail.send(to=recipient, template="services_handed", context=context)
    if closed.left:
        context = {"organisation": organisation, "things": closed.left}
        for recipient in administrators():
            mail.send(to=recipient, template="services_left", context=context)
