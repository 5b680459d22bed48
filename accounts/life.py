"""The life of accounts: reminded, blocked, and at last without the person. The daily work of `manage.py keep_accounts`.

Each step waits its days from the step before that was really taken, so that runs that were missed never skip a mail.
Nothing is written to a log but counts and primary keys.
"""

import datetime as dt
import logging
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from post_office.models import Email
from tqdm import tqdm
from wagtail.models import ModelLogEntry

from accounts import mail
from accounts.activity import keep_token
from accounts.models import Invitation, Membership, Organisation, User
from accounts.permissions import may_rule_administrators
from accounts.queries import administrators, duties, overseers
from accounts.querysets import OrganisationQuerySet
from accounts.signals import account_anonymised
from accounts.standing import forget_standing, standing_of

logger = logging.getLogger(__name__)

# Rows that belong to a person's signing in and settings: they go with the person and are no history.
PERSONAL_APPS = frozenset({"account", "mfa", "socialaccount", "usersessions", "wagtailusers"})


class Step(StrEnum):
    """What the daily command does, in the words of its summary."""

    CLEARED = "invitations cleared away"
    REMOVED = "accounts never used, removed"
    REMINDED = "reminded"
    REMINDED_AGAIN = "reminded again"
    BLOCKED = "blocked"
    ANONYMISED = "anonymised"
    KEPT = "administrators kept, being the last"
    FAILED = "failed"


def due_step(user: User, now: dt.datetime) -> Step | None:
    """The step that is due for `user`, by the settings; None where there is none today. No query."""
    if user.anonymised_at is not None:
        return None
    if not user.is_active:
        return Step.ANONYMISED if _passed(user.blocked_at, settings.ACCOUNT_ANONYMISE_DAYS, now) else None
    # A reminder that a sign of life has answered counts no more.
    if user.reminded_at is None or user.reminded_at <= user.last_seen:
        return Step.REMINDED if _passed(user.last_seen, settings.ACCOUNT_REMINDER_DAYS, now) else None
    if user.reminded_again_at is None or user.reminded_again_at <= user.reminded_at:
        return Step.REMINDED_AGAIN if _passed(user.reminded_at, settings.ACCOUNT_SECOND_REMINDER_DAYS, now) else None
    return Step.BLOCKED if _passed(user.reminded_again_at, settings.ACCOUNT_BLOCK_DAYS, now) else None


def _passed(moment: dt.datetime | None, days: int, now: dt.datetime) -> bool:
    return moment is not None and now >= moment + dt.timedelta(days=days)


def keep_accounts(*, now: dt.datetime, dry_run: bool = False, progress: bool = False) -> Counter[Step]:
    """Do for every account and invitation what is due; how often each step was taken, or would be (`dry_run`).

    Each account is a transaction of its own, at most one step a run; what fails is counted and does not hinder the rest.
    """
    counts: Counter[Step] = Counter({Step.CLEARED: _clear_invitations(now, dry_run=dry_run)})
    keys = [*_never_used(now).values_list("pk", flat=True), *_candidates(now).values_list("pk", flat=True)]
    for pk in tqdm(dict.fromkeys(keys), desc="accounts", unit="account", disable=not progress):
        try:
            step = _take_step(pk, now, dry_run=dry_run)
        except Exception as failure:
            # Not the failure's own text, which may hold an address.
            logger.error("Account %s: %s", pk, type(failure).__name__)
            step = Step.FAILED
        if step is not None:
            counts[step] += 1
    return +counts


def _candidates(now: dt.datetime) -> QuerySet[User]:
    """Those for whom a step may be due: everyone not seen for long, and everyone blocked by a rule."""
    long_ago = now - dt.timedelta(days=settings.ACCOUNT_REMINDER_DAYS)
    not_seen = Q(is_active=True, date_joined__lte=long_ago)
    for name in ("last_login", "last_active_at"):
        not_seen &= Q(**{name: None}) | Q(**{f"{name}__lte": long_ago})
    return User.objects.filter(not_seen | Q(is_active=False, blocked_at__lte=now), anonymised_at=None).order_by("pk")


@transaction.atomic
def _take_step(pk: int, now: dt.datetime, *, dry_run: bool) -> Step | None:
    user = User.objects.select_for_update().filter(pk=pk).first()
    if user is None:
        return None
    is_unused = _never_used(now).filter(pk=pk).exists() and not _has_history(user)
    step = Step.REMOVED if is_unused else due_step(user, now)
    if step == Step.BLOCKED and user.is_superuser and not _lock_other_administrators(user):
        return Step.KEPT
    if dry_run or step is None:
        return step
    if step == Step.REMOVED:
        _tell_losses(user)
        user.delete()
    elif step == Step.BLOCKED:
        _block(user, now)
    elif step == Step.ANONYMISED:
        _anonymise(user, now)
    else:
        _remind(user, now, again=step == Step.REMINDED_AGAIN)
    return step


def _lock_other_administrators(user: User) -> bool:
    """Is there another administrator? Held until the transaction ends, so that the last two do not go at once."""
    rows = User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk")
    return any(pk != user.pk for pk in list(rows.values_list("pk", flat=True)))


# --------------------------------------------------------------------------------------------------- never activated


def _clear_invitations(now: dt.datetime, *, dry_run: bool) -> int:
    """Withdraw what expired long ago, and forget the address of what was withdrawn long ago; how many rows."""
    kept = dt.timedelta(days=settings.EXPIRED_INVITATION_DAYS)
    expired = Q(withdrawn_at=None, sent_at__lte=now - kept - dt.timedelta(days=settings.INVITATION_DAYS))
    rows = Invitation.objects.filter(accepted_at=None).filter(expired | Q(withdrawn_at__lte=now - kept))
    keys = list(rows.exclude(address__endswith="@invalid").values_list("pk", "withdrawn_at"))
    if not dry_run:
        for pk, withdrawn_at in keys:
            # Asked again with the row: it may have been sent again, or accepted, meanwhile.
            rows.filter(pk=pk).update(withdrawn_at=withdrawn_at or now, address=f"removed-{pk}@invalid")
    return len(keys)


def _never_used(now: dt.datetime) -> QuerySet[User]:
    """Accounts that somebody made and nobody ever activated, and that no invitation waits for."""
    old = now - dt.timedelta(days=settings.INVITATION_DAYS)
    no_password = Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    unused = User.objects.filter(no_password, last_login=None, last_active_at=None, anonymised_at=None, date_joined__lte=old)
    return unused.filter(is_superuser=False).exclude(email__in=Invitation.objects.pending().values("address"))


def _has_history(user: User) -> bool:
    """Does anything but memberships and sign-in data refer to `user`? A query for each kind of thing that could."""
    if any(duties(user, organisation) for organisation in _organisations(user)):
        return True
    for relation in User._meta.related_objects:
        model: Any = relation.related_model
        if model is Membership or model._meta.app_label in PERSONAL_APPS:
            continue
        if model._base_manager.filter(**{relation.field.name: user}).exists():
            return True
    return False


# ----------------------------------------------------------------------------------------------------------- the steps


def _remind(user: User, now: dt.datetime, *, again: bool) -> None:
    if again:
        user.reminded_again_at = now
    else:
        user.reminded_at, user.reminded_again_at = now, None
    user.save(update_fields=["reminded_at", "reminded_again_at"])
    with translation.override(user.preferred_language):
        path = reverse("keep_account", args=[keep_token(user)])
    context = {
        "again": again,
        "last_seen": user.last_seen,
        "link": f"{mail.site_address()}{path}",
        "blocked_on": now + dt.timedelta(days=settings.ACCOUNT_BLOCK_DAYS),
        "days_until_anonymised": settings.ACCOUNT_ANONYMISE_DAYS,
    }
    mail.send(to=user, template="keep_account", context=context)


def _block(user: User, now: dt.datetime) -> None:
    losses = _losses(user)
    user.is_active, user.blocked_at = False, now
    user.save(update_fields=["is_active", "blocked_at"])
    forget_standing(user)
    _send_losses(losses)


@transaction.atomic
def unblock(*, user: User, by: User, now: dt.datetime) -> None:
    """Give a person whom the rule blocked her account back, as if she had been here. Administrators only.

    Raises PermissionDenied without the right, and where the account was not blocked by the rule or the person is gone.
    """
    if not may_rule_administrators(standing_of(by)):
        raise PermissionDenied
    blocked = User.objects.filter(pk=user.pk, is_active=False, anonymised_at=None).exclude(blocked_at=None)
    noted = {"last_active_at": now, "reminded_at": None, "reminded_again_at": None, "blocked_at": None}
    if not blocked.update(is_active=True, **noted):
        raise PermissionDenied


@transaction.atomic
def remove_person(*, user: User, by: User, now: dt.datetime) -> None:
    """Remove the personal data of one who asked for it, at once. Administrators only, and never their own.

    Raises PermissionDenied without the right, and ValidationError where she did not ask or has taken it back.
    """
    if not may_rule_administrators(standing_of(by)) or user.pk == by.pk:
        raise PermissionDenied
    fresh = User.objects.select_for_update().get(pk=user.pk)
    if fresh.deletion_asked_at is None or fresh.anonymised_at is not None:
        raise ValidationError(_("The person has not asked for deletion, or has taken it back."))
    _anonymise(fresh, now)


def _anonymise(user: User, now: dt.datetime) -> None:
    """Let the person disappear; the row, and the history that refers to it, stay."""
    if user.is_active:
        _tell_losses(user)
    for organisation in _organisations(user):
        for duty in duties(user, organisation):
            duty.hand_over(None, None)
    account_anonymised.send(sender=User, user=user)
    address = user.email
    user.memberships.all().delete()
    Invitation.objects.pending().filter(Q(address=address) | Q(invited_by=user)).update(withdrawn_at=now)
    Invitation.objects.filter(address=address).update(address=f"removed-{user.pk}@invalid")
    Email.objects.filter(to=address).delete()
    content_type = ContentType.objects.get_for_model(User)
    ModelLogEntry.objects.filter(content_type=content_type, object_id=str(user.pk)).update(label=f"removed-{user.pk}")
    for relation in User._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label in PERSONAL_APPS:
            model._base_manager.filter(**{relation.field.name: user}).delete()
    _forget_person(user, now)


def _forget_person(user: User, now: dt.datetime) -> None:
    user.email = f"removed-{user.pk}@invalid"
    user.first_name = user.last_name = user.title = ""
    user.preferred_language = settings.LANGUAGE_CODE
    user.home_organisation = None
    user.last_login = user.last_active_at = user.reminded_at = user.reminded_again_at = user.deletion_asked_at = None
    user.is_active = user.is_staff = user.is_superuser = False
    user.anonymised_at = now
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    forget_standing(user)


# ----------------------------------------------------------------------------- what an organisation loses with a person


@dataclass(frozen=True, slots=True)
class Loss:
    """What an organisation loses: its last main user, and whoever answered for `things`."""

    organisation: Organisation
    is_last_main_user: bool
    things: tuple[str, ...]


def _organisations(user: User) -> OrganisationQuerySet:
    found: OrganisationQuerySet = Organisation.objects.filter(pk__in=user.memberships.values("organisation")).prefetch_related(
        "names"
    )
    return found


def _losses(user: User) -> list[Loss]:
    """What is lost with an active person, in the open organisations where anything is."""
    found = []
    for organisation in _organisations(user).open():
        leading = set(organisation.memberships.main_users().values_list("user", flat=True))
        things = tuple(thing for duty in duties(user, organisation) for thing in duty.things)
        if leading == {user.pk} or things:
            found.append(Loss(organisation, leading == {user.pk}, things))
    return found


def _tell_losses(user: User) -> None:
    losses = _losses(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _send_losses(losses)


def _send_losses(losses: list[Loss]) -> None:
    """Tell the main users who look after each organisation, and all administrators, what is to be done. Nobody is named.

    To be called when the person is blocked already, so that she is not among those who are told.
    """
    for loss in losses:
        context = {
            "organisation": loss.organisation,
            "is_last_main_user": loss.is_last_main_user,
            "things": loss.things,
            "link": f"{mail.site_address()}{reverse('people:index')}",
        }
        for recipient in (overseers(loss.organisation) | administrators()).distinct():
            mail.send(to=recipient, template="account_losses", context=context)
