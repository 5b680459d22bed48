"""What changes several things at once in the catalogue."""

import uuid
from collections.abc import Callable, Iterable, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import ngettext
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from accounts.models import Municipality, Organisation, User
from accounts.signals import Duty
from catalogue.attachments import INTERNAL_COLLECTION, internal_collections, used_publicly
from catalogue.models import (
    CatalogueIndexPage,
    MunicipalGuide,
    MunicipalGuideText,
    OrganisationPage,
    Service,
    ServicePage,
    VersionedPage,
    VersionState,
    VocabularyStamp,
    WorkInstructionPage,
)
from catalogue.queries import answered_for
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


@transaction.atomic
def ensure_internal_collection() -> Collection:
    """The collection of internal files, with its restriction, made where either is missing. Two queries when all is there."""
    found = Collection.objects.filter(path__in=internal_collections()).first()
    if found is None:
        found = Collection.get_first_root_node().add_child(name=INTERNAL_COLLECTION)
    CollectionViewRestriction.objects.get_or_create(collection=found, restriction_type=CollectionViewRestriction.LOGIN)
    return found


@transaction.atomic
def close_files(*, documents: Iterable[int]) -> None:
    """Move the documents that an instruction or a guide names to the internal collection. No query without documents.

    One that a public page uses too stays where it is: the editor has been told (catalogue.attachments.not_internal_alone).
    """
    named = set(documents)
    if not named or not (closed := named - used_publicly(named)):
        return
    inside = Collection.objects.filter(pk=ensure_internal_collection().pk)[0].get_descendants(inclusive=True)
    get_document_model().objects.filter(pk__in=closed).exclude(collection__in=inside).update(collection=inside[0])


class GuideChanged(Exception):
    """Somebody else has saved the guide since the writer opened it: nothing has been written."""


@transaction.atomic
def write_guide(
    *, service: Service, municipality: Municipality, texts: Mapping[str, Mapping[str, str]], seen: int | None, by: User
) -> MunicipalGuide:
    """Save a municipality's guide with a revision for its history.

    `texts`: language → {"guide", "exceptions"} as rich text; languages that are not named keep theirs. `seen`: the guide's
    latest revision that the writer had before her, None for none. Raises GuideChanged when there is a later one.
    """
    found = MunicipalGuide.objects.select_for_update().filter(service=service, municipality=municipality).first()
    if (found.latest_revision_id if found else None) != seen:
        raise GuideChanged
    guide = found or MunicipalGuide(service=service, municipality=municipality)
    rows = {row.language: row for row in guide.texts.all()}
    for language, by_name in texts.items():
        row = rows.setdefault(language, MunicipalGuideText(language=language))
        row.guide, row.exceptions = by_name["guide"], by_name["exceptions"]
    guide.texts.set([row for row in rows.values() if row.guide or row.exceptions])
    try:
        with transaction.atomic():
            guide.save()
    except IntegrityError:
        raise GuideChanged from None
    guide.save_revision(user=by)
    return guide


def duty_of(*, user: User, organisation: Organisation) -> Duty | None:
    """What `user` must hand over before she leaves `organisation`: the services for which she answers. Two queries."""
    things = tuple(number_and_name(page) for page in answered_for(user, organisation))
    count = len(things)
    if not count:
        return None
    told = ngettext(
        "%(person)s is the responsible person of %(count)s service.",
        "%(person)s is the responsible person of %(count)s services.",
        count,
    ) % {"person": user, "count": count}

    def hand_over(successor: User | None, by: User | None) -> None:
        name_successor(user=user, organisation=organisation, successor=successor, by=by)

    return Duty(told, hand_over, things)


def number_and_name(page: ServicePage) -> str:
    """A service in a list of a mail: its number and name, never a text of its instruction."""
    return f"{page.service_id} {page.title}"


@transaction.atomic
def name_successor(*, user: User, organisation: Organisation, successor: User | None, by: User | None) -> int:
    """Make `successor` the responsible person wherever `user` is one on behalf of `organisation`; of how many services.

    None leaves them without one, where a rule and not a person ended the account.

    Both what is published and what is being written name the successor, and nothing else of either changes. Rights are
    asked by whoever calls. About ten queries for each service.
    """
    pages = list(answered_for(user, organisation))
    for page in pages:
        change_responsibility(page=page, change=lambda found: _replace(found, user, organisation, successor), by=by)
    return len(pages)


def change_responsibility(*, page: ServicePage, change: Callable[[ServicePage], None], by: User | None) -> None:
    """Let `change` name others as responsible on an original, both as it is published and as it is being written.

    Nothing else of either changes, and nothing is published or withdrawn. About ten queries.
    """
    was_clean = not page.has_unpublished_changes
    change(page)
    ServicePage.objects.filter(pk=page.pk).update(
        provider_responsible=page.provider_responsible_id,
        municipal_responsible=page.municipal_responsible_id,
        responsible_municipality=page.responsible_municipality_id,
    )
    if page.latest_revision_id is None:
        return
    latest = page.get_latest_revision_as_object()
    change(latest)
    revision = latest.save_revision(user=by, changed=not was_clean, log_action=True, clean=False)
    if was_clean and page.live:
        ServicePage.objects.filter(pk=page.pk).update(live_revision=revision)


def _replace(page: ServicePage, user: User, organisation: Organisation, successor: User | None) -> None:
    """Put `successor` in the place of `user`, where that one stands for `organisation`. Does not save."""
    if page.provider_responsible_id == user.pk and page.organiser == organisation:
        page.provider_responsible = successor
    if page.municipal_responsible_id == user.pk and page.responsible_municipality_id == organisation.pk:
        page.municipal_responsible = successor


@transaction.atomic
def add_organisation_pages(*, organisation: Organisation, by: User) -> None:
    """Give a new organisation its public pages, below which its services stand: one in each language in which it is named."""
    key = uuid.uuid4()
    names = {row.language: row.name for row in organisation.names.all()}
    for index in CatalogueIndexPage.objects.filter(locale__language_code__in=names).select_related("locale"):
        page = OrganisationPage(
            organisation=organisation,
            title=names[index.locale.language_code],
            slug=organisation.code,
            locale=index.locale,
            translation_key=key,
            owner=by,
        )
        index.add_child(instance=page)
