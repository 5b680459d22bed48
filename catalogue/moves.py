"""Moving a service to another organiser: all its versions, in every language's tree, or none."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.actions.move_page import MovePageAction

from accounts.models import Organisation, User
from accounts.standing import standing_of
from catalogue.models import OrganisationPage, Service, ServicePage
from catalogue.permissions import may_move
from catalogue.reach import reach_of
from catalogue.versions import ensure_branch, free_slug


def destinations(*, service: Service, by: User) -> list[Organisation]:
    """The open organisations to which `by` may move the service, its present one left out, in the alphabet. Four queries."""
    original = ServicePage.objects.originals().get(service=service)
    person, reach = standing_of(by), reach_of(by)
    candidates = Organisation.objects.open().filter(pages__isnull=False).exclude(pk=getattr(original.organiser, "pk", None))
    if not person.is_administrator:
        candidates = candidates.filter(pk__in=person.municipal | person.linked_providers)
    belonging = reach.belonging(original.path)
    allowed = [row for row in candidates.distinct().prefetch_related("names") if may_move(person, belonging, row.pk)]
    return sorted(allowed, key=lambda row: row.name.casefold())


@transaction.atomic
def move_service(*, service: Service, organiser: Organisation, by: User) -> None:
    """Move every version of `service` below the page of `organiser` in its language's tree.

    Its number, and so its public address, stays. Raises PermissionDenied unless `by` may move it there. Some ten queries
    for each version.
    """
    if organiser.pk not in {row.pk for row in destinations(service=service, by=by)}:
        raise PermissionDenied
    home = OrganisationPage.objects.filter(organisation=organiser).select_related("locale").order_by("path")[0]
    for pk in list(ServicePage.objects.filter(service=service).order_by("path").values_list("pk", flat=True)):
        # Fetched anew each time: every move changes the tree.
        page = ServicePage.objects.select_related("locale").get(pk=pk)
        parent = OrganisationPage.objects.get(pk=ensure_branch(OrganisationPage.objects.get(pk=home.pk), page.locale).pk)
        slug = free_slug(parent, page.title) if parent.get_children().filter(slug=page.slug).exists() else page.slug
        if slug != page.slug:
            ServicePage.objects.filter(pk=pk).update(slug=slug)
            page = ServicePage.objects.get(pk=pk)
        # Asked above, for all of them; Wagtail would ask whether this one page may move alone, and none may.
        MovePageAction(page, parent, pos="last-child", user=by).execute(skip_permission_checks=True)
