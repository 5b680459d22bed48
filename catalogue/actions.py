"""What changes several things at once in the catalogue."""

import uuid

from django.db import transaction
from django.utils import timezone
from wagtail.models import PageViewRestriction

from catalogue.models import Service, VersionedPage, VersionState, VocabularyStamp, WorkInstructionPage
from catalogue.signals import service_changed


def change_vocabulary_stamp() -> None:
    """Tell every process, at the commit of this transaction, that what it keeps in memory has changed. One query."""
    VocabularyStamp.objects.update_or_create(pk=1, defaults={"stamp": uuid.uuid4()})


@transaction.atomic
def record_publication(*, page: VersionedPage) -> None:
    """Note that `page` has been published, and for a version the texts of the original that it answers to.

    Wagtail tells of a page that is to go live later as if it were published: nothing is noted until it does.
    """
    if not page.live:
        return
    page.state = VersionState.PUBLISHED
    if not page.is_original:
        page.remember_source(page.original)
    type(page).objects.filter(pk=page.pk).update(state=page.state, source_hashes=page.source_hashes)


def record_withdrawal(*, page: VersionedPage) -> None:
    """Note that `page` is no longer public: a draft again, unless it waits for approval or was sent back. One query."""
    type(page).objects.filter(pk=page.pk, state=VersionState.PUBLISHED).update(state=VersionState.DRAFT)


def restrict_to_signed_in(*, page: WorkInstructionPage) -> None:
    """Add the row by which Wagtail's own public listings leave an instruction out. Only ever added, never removed."""
    rows = PageViewRestriction.objects.filter(page_id=page.pk, restriction_type=PageViewRestriction.LOGIN)
    if not rows.exists():
        PageViewRestriction.objects.create(page_id=page.pk, restriction_type=PageViewRestriction.LOGIN)


@transaction.atomic
def change_lifecycle(*, service: Service, lifecycle: Service.Lifecycle) -> None:
    """Mark a whole service in force, outdated or archived; its versions and instruction follow."""
    service.lifecycle = lifecycle
    service.lifecycle_changed_at = timezone.now()
    service.save(update_fields=["lifecycle", "lifecycle_changed_at"])
    service_changed.send(sender=Service, service=service)
