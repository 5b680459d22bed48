"""A person's own data: all that is kept of her, and her wish that it be removed."""

from typing import Any

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry

from accounts import mail
from accounts.models import Invitation, User
from accounts.queries import administrators
from accounts.signals import own_data_asked

PROFILE = ("email", "first_name", "last_name", "title", "preferred_language", "is_superuser")
MOMENTS = ("date_joined", "last_login", "last_active_at", "reminded_at", "reminded_again_at", "deletion_asked_at")


def kept_of(user: User) -> dict[str, Any]:
    """What is stored of `user`, as JSON can hold it; what was done is counted, because its texts are the services'.

    Rooms above add theirs. About ten queries.
    """
    home = user.home_organisation
    memberships = user.memberships.select_related("organisation").order_by("created_at")
    made = user.invitations.select_related("organisation")
    kept: dict[str, Any] = {
        "profile": {
            **{name: getattr(user, name) for name in PROFILE},
            **{name: _moment(getattr(user, name)) for name in MOMENTS},
            "home_organisation": home.code if home else None,
        },
        "memberships": [
            {"organisation": row.organisation.code, "role": row.role, "since": _moment(row.created_at)} for row in memberships
        ],
        "invitations_received": [
            _invitation(row) for row in Invitation.objects.filter(address=user.email).select_related("organisation")
        ],
        "invitations_made": [{**_invitation(row), "address": row.address} for row in made],
        "edits": {**_counts(PageLogEntry, user), **_counts(ModelLogEntry, user)},
    }
    answers: list[tuple[Any, Any]] = own_data_asked.send(sender=User, user=user)
    return kept | dict(answer for _receiver, answer in answers)


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _invitation(row: Invitation) -> dict[str, Any]:
    moments = {name: _moment(getattr(row, name)) for name in ("created_at", "sent_at", "accepted_at", "withdrawn_at")}
    return {"organisation": row.organisation.code, "role": row.role, **moments}


def _counts(model: Any, user: User) -> dict[str, int]:
    rows = model.objects.filter(user=user).order_by("action").values_list("action").annotate(count=Count("pk"))
    return dict(rows)


@transaction.atomic
def ask_for_deletion(*, user: User) -> None:
    """Mark the account, and tell the administrators, who remove it. Asking twice tells once."""
    fresh = User.objects.select_for_update().get(pk=user.pk)
    if fresh.deletion_asked_at is not None:
        return
    fresh.deletion_asked_at = timezone.now()
    fresh.save(update_fields=["deletion_asked_at"])
    _tell_administrators(taken_back=False)


@transaction.atomic
def take_deletion_back(*, user: User) -> None:
    """Take the mark away, and tell the administrators, once."""
    fresh = User.objects.select_for_update().get(pk=user.pk)
    if fresh.deletion_asked_at is None:
        return
    fresh.deletion_asked_at = None
    fresh.save(update_fields=["deletion_asked_at"])
    _tell_administrators(taken_back=True)


def _tell_administrators(*, taken_back: bool) -> None:
    """Who it is stands in their list, not in a mail that would outlive the person's data."""
    link = f"{mail.site_address()}{reverse('people:deletions')}"
    context = {"taken_back": taken_back, "link": link}
    for administrator in administrators():
        mail.send(to=administrator, template="deletion_asked", context=context)
