"""Services made by programs: the import, the demo, the evaluation corpus. One way to write a draft and to publish it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Revision

from accounts.models import Organisation, User
from catalogue.models import OrganisationPage, Service, ServicePage, VersionedPage, WorkInstructionPage
from catalogue.versions import free_slug


def organisation_page(organisation: Organisation, language: str) -> OrganisationPage:
    """The page of `organisation` in the tree of `language`, of which services may be children. One query."""
    return OrganisationPage.objects.get(organisation=organisation, locale__language_code=language)


def single(block: str, value: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """A StreamField value of the one block that target group, delivery and participation have."""
    return [(block, dict(value))]


@transaction.atomic
def draft_service(*, organiser: Organisation, language: str, by: User | None, **fields: Any) -> ServicePage:
    """A new service of `organiser`, written first in `language`, as a draft without a revision yet.

    `fields` are those of ServicePage; StreamFields as raw data. Child rows (`producers`) are added by the caller.
    """
    parent = organisation_page(organiser, language)
    page = ServicePage(
        locale=Locale.objects.get(language_code=language),
        live=False,
        owner=by,
        slug=free_slug(parent, fields["title"]),
        **fields,
    )
    parent.add_child(instance=page)
    return page


def add_instruction(*, service_page: ServicePage, title: str, by: User | None, **fields: Any) -> WorkInstructionPage:
    """A work instruction below `service_page`, as a draft without a revision yet."""
    instruction = WorkInstructionPage(title=title, slug="tyoohje", live=False, owner=by, locale=service_page.locale, **fields)
    ServicePage.objects.get(pk=service_page.pk).add_child(instance=instruction)
    return instruction


def publish(page: VersionedPage, *, by: User | None) -> None:
    """Publish the page as it is in memory, through a revision, without asking for rights: for programs only.

    The revision is fetched anew, so that the page's place in the tree is the database's and not that of `page`, which
    may have got children since it was loaded.
    """
    revision = page.save_revision(user=by)
    Revision.objects.get(pk=revision.pk).publish(user=by, skip_permission_checks=True)


def confirm(service: Service, *, by: User | None) -> None:
    """Note that the service is up to date as of now."""
    service.confirmed_at, service.confirmed_by = timezone.now(), by
    service.save(update_fields=["confirmed_at", "confirmed_by"])
