"""Finds and mends what could be taken for a right and is none, or should be a fence and is missing."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, Q, QuerySet
from wagtail.models import GroupCollectionPermission, GroupPagePermission, PageViewRestriction

from accounts.models import Membership, Organisation, User
from catalogue.actions import restrict_to_signed_in
from catalogue.models import WorkInstructionPage


def _unrestricted() -> "QuerySet[Any]":
    fenced = PageViewRestriction.objects.filter(restriction_type=PageViewRestriction.LOGIN).values("page")
    return WorkInstructionPage.objects.exclude(pk__in=fenced)


def _impossible_experts() -> "QuerySet[Any]":
    """Experts where there may be none: their organisation's kind or mark was changed later (service-model)."""
    allowed = Q(organisation__kind=Organisation.Kind.MUNICIPAL) | Q(organisation__gives_employment_services=True)
    return Membership.objects.filter(role=Membership.Role.EXPERT).exclude(allowed)


def _delete(rows: "QuerySet[Any]") -> None:
    rows.delete()


def _clear_groups(groups: "QuerySet[Any]") -> None:
    for group in groups:
        group.permissions.clear()


def _leave_groups(users: "QuerySet[Any]") -> None:
    for user in users:
        user.groups.clear()
        user.user_permissions.clear()


def _match_staff(users: "QuerySet[Any]") -> None:
    users.update(is_staff=F("is_superuser"))


def _restrict(pages: Iterable[Any]) -> None:
    for page in pages:
        restrict_to_signed_in(page=page)


# What may have drifted, in words; the rows; how they are mended.
DRIFTS: tuple[tuple[str, Callable[[], "QuerySet[Any]"], Callable[[Any], None]], ...] = (
    ("page permission of a group", GroupPagePermission.objects.all, _delete),
    ("collection permission of a group", GroupCollectionPermission.objects.all, _delete),
    ("group with permissions", lambda: Group.objects.filter(permissions__isnull=False).distinct(), _clear_groups),
    (
        "person in a group or with permissions of her own",
        lambda: User.objects.filter(Q(groups__isnull=False) | Q(user_permissions__isnull=False)).distinct(),
        _leave_groups,
    ),
    (
        "person whose staff mark differs from being an administrator",
        lambda: User.objects.exclude(is_staff=F("is_superuser")),
        _match_staff,
    ),
    ("expert of an organisation that may have none", _impossible_experts, _delete),
    ("work instruction without its restriction", _unrestricted, _restrict),
)


def drifts() -> list[tuple[str, list[str]]]:
    """(what, the rows' keys) of everything that has drifted. One query for each kind; no names, for it may be logged."""
    found = [(what, [f"#{pk}" for pk in rows().values_list("pk", flat=True)]) for what, rows, _mend in DRIFTS]
    return [(what, keys) for what, keys in found if keys]


@transaction.atomic
def mend_rights() -> list[tuple[str, list[str]]]:
    """Mend all of it; what it was. Idempotent."""
    found = drifts()
    for _what, rows, mend in DRIFTS:
        mend(rows())
    return found
