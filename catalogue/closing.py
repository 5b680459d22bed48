"""What closing an organisation does to services, and how reopening takes it back.

Services are archived with a note of what they were; those of others get another responsible municipality where one is
named, and are listed for the administrators where not. Nothing is unpublished that belongs to somebody else.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import ngettext

from accounts.models import Organisation, ProviderLink, User
from accounts.signals import Closing, Consequence
from catalogue.actions import change_lifecycle, change_responsibility, number_and_name
from catalogue.models import Service, ServicePage
from catalogue.queries import originals_of, originals_of_others
from catalogue.signals import service_changed

ROOM = "catalogue"


def consequence_of(organisation: Organisation) -> Consequence:
    """What closing `organisation` would do to services, and who could answer for those of others. Six queries."""
    own = originals_of(organisation).exclude(service__lifecycle=Service.Lifecycle.ARCHIVED).count()
    told = [
        ngettext(
            "%(count)s service of the organisation is archived.", "%(count)s services of the organisation are archived.", own
        )
        % {"count": own}
    ]
    possible = _heirs(organisation)
    if possible:
        told.append(
            ngettext(
                "The organisation is responsible for %(count)s service of another organisation, which stays public.",
                "The organisation is responsible for %(count)s services of other organisations, which stay public.",
                len(possible),
            )
            % {"count": len(possible)}
        )
    counts: dict[int, int] = {}
    for heirs in possible.values():
        for heir in heirs:
            counts[heir] = counts.get(heir, 0) + 1
    return Consequence(tuple(told), counts)


def _heirs(organisation: Organisation) -> dict[ServicePage, frozenset[int]]:
    """Each service of others for which `organisation` is responsible → the open municipal organisations that could be.

    The organiser itself, those to which it is linked, and those that a joint service names. Five queries.
    """
    pages = list(originals_of_others(organisation).prefetch_related("joint_organisations"))
    if not pages:
        return {}
    municipal = set(Organisation.objects.open().municipal().exclude(pk=organisation.pk).values_list("pk", flat=True))
    links: dict[int, set[int]] = {}
    organisers = {page.organiser_id for page in pages}
    for provider, linked in ProviderLink.objects.filter(provider__in=organisers).values_list(
        "provider", "municipal_organisation"
    ):
        links.setdefault(provider, set()).add(linked)
    return {
        page: frozenset(
            municipal
            & ({page.organiser_id} | links.get(page.organiser_id, set()) | {row.pk for row in page.joint_organisations.all()})
        )
        for page in pages
    }


@transaction.atomic
def close_services(*, organisation: Organisation, heir: Organisation | None, by: User) -> Closing:
    """Hand the services of others to `heir` where it may answer for them, then archive the organisation's own.

    Rights are asked by whoever calls. About a dozen queries for each service.
    """
    handed, left = [], []
    for page, heirs in _heirs(organisation).items():
        if heir is None or heir.pk not in heirs:
            left.append(number_and_name(page))
            continue
        _hand_over(page, organisation, heir, by)
        handed.append(number_and_name(page))
    archived: dict[str, list[str]] = {}
    numbers = originals_of(organisation).values("service")
    for service in Service.objects.select_for_update().filter(pk__in=numbers).exclude(lifecycle=Service.Lifecycle.ARCHIVED):
        before = service.lifecycle
        change_lifecycle(service=service, lifecycle=Service.Lifecycle.ARCHIVED)
        archived[str(service.pk)] = [before, service.lifecycle_changed_at.isoformat()]
    return Closing(ROOM, {"archived": archived}, tuple(handed), tuple(left))


def _hand_over(page: ServicePage, organisation: Organisation, heir: Organisation, by: User) -> None:
    def change(found: ServicePage) -> None:
        """The heir names its own responsible person; one of the closed organisation has no rights there."""
        if found.responsible_municipality_id == organisation.pk:
            found.responsible_municipality = heir
            found.municipal_responsible = None

    change_responsibility(page=page, change=change, by=by)
    service_changed.send(sender=Service, service=page.service)


@transaction.atomic
def reopen_services(*, note: dict[str, Any]) -> str | None:
    """Bring back exactly what the closing archived, each to its earlier life cycle; in words.

    One that was brought back, or archived anew, since then is left as it is.
    """
    archived: dict[str, list[str]] = note.get("archived", {})
    count = 0
    rows = Service.objects.select_for_update().filter(pk__in=archived, lifecycle=Service.Lifecycle.ARCHIVED)
    for service in rows.order_by("pk"):
        before, moment = archived[str(service.pk)]
        if service.lifecycle_changed_at.isoformat() == moment:
            change_lifecycle(service=service, lifecycle=Service.Lifecycle(before))
            count += 1
    if not count:
        return None
    return ngettext("%(count)s service was brought back.", "%(count)s services were brought back.", count) % {"count": count}
