"""Finding what a public address names, and what a person answers for."""

import uuid
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Length, Substr

from accounts.languages import best_language
from accounts.models import Organisation, ProviderLink, User
from accounts.prepared import PreparedQuery
from catalogue.models import OrganisationPage, Service, ServicePage, VocabularyStamp, WorkInstructionPage


@dataclass(frozen=True, slots=True)
class FoundService:
    """A service's number resolved for a reader: the live original and the version that suits the reader best.

    `slugs`: language → slug of every version that the reader could have; `lifecycle` tells an outdated one apart; `paths`:
    the places in the tree of the original and of the other live versions, in this order; `stamp`: of the vocabularies
    (catalogue.terms), which whoever shows a service needs next.
    """

    original: ServicePage
    version: ServicePage
    slugs: dict[str, str]
    lifecycle: str
    paths: tuple[str, ...] = ()
    stamp: uuid.UUID | None = None

    @property
    def is_in_force(self) -> bool:
        return self.lifecycle == Service.Lifecycle.ACTIVE


_PUBLIC = (Service.Lifecycle.ACTIVE, Service.Lifecycle.OUTDATED)
# What readers are shown of a service. A page has twice as many columns, and each costs Django its share of the query.
_SHOWN = (
    *("path", "depth", "title", "slug", "last_published_at", "version_kind", "source_hashes"),
    *("summary", "price_text", "target_group", "delivery", "participation", "contacts", "links"),
    *("categories", "needs", "keywords", "for_persons", "for_employers", "scope", "languages", "is_charged", "price"),
    *("locale__language_code", "service__lifecycle"),
    *(f"service__next_start__{column}" for column in ("starts_on", "free_places", "queue")),
)


@PreparedQuery
def _public_pages(number: int) -> "QuerySet[ServicePage]":
    """Live pages of the service with this number, where it has a public address."""
    return (
        ServicePage.objects.filter(service=number, live=True, service__lifecycle__in=_PUBLIC)
        .select_related("locale", "service__next_start")
        .only(*_SHOWN)
        .annotate(stamp=Subquery(VocabularyStamp.objects.order_by("pk").values("stamp")[:1]))
        .order_by()
    )


def find_service(number: int, language: str) -> FoundService | None:
    """The service with this number for a reader of `language` (BCP 47); None when there is nothing public. One query.

    Its pages have what readers are shown; anything else of them costs a query more.
    An outdated service is found, so that its address can say so; an archived one, or one without a live original, is not.
    """
    pages: list[Any] = _public_pages(number)
    original = next((page for page in pages if page.is_original), None)
    if original is None:
        return None
    versions = {page.language: page for page in pages}
    version = versions[best_language(versions, language) or original.language]
    slugs = {tag: page.slug for tag, page in versions.items()}
    paths = (original.path, *(page.path for page in pages if page is not original))
    return FoundService(original, version, slugs, original.service.lifecycle, paths, original.stamp)


@dataclass(frozen=True, slots=True)
class FoundInstruction:
    """A service's published work instruction: the live original with the facts, and the live version for the reader."""

    original: WorkInstructionPage
    version: WorkInstructionPage


def find_instruction(found: FoundService, language: str) -> FoundInstruction | None:
    """The published instruction of `found` for a reader of `language`; None where there is none. One query.

    Only instructions below live versions of the service count, and versions only of a live original. Where somebody has
    written originals below several versions, that of the service's own original is the one.
    """
    below = Q()
    for path in found.paths:
        below |= Q(path__range=_children(path))
    pages = list(WorkInstructionPage.objects.filter(below, live=True).select_related("locale").order_by())
    parents = {page.pk: page.path[: -page.steplen] for page in pages}
    originals = sorted((page for page in pages if page.is_original), key=lambda page: found.paths.index(parents[page.pk]))
    if not originals:
        return None
    original = originals[0]
    versions = {page.language: page for page in pages if page.translation_key == original.translation_key}
    return FoundInstruction(original, versions[best_language(versions, language) or original.language])


def _children(path: str) -> tuple[str, str]:
    """The first and the last path that a child of the page at `path` can have: a range, which any database's index knows."""
    alphabet, length = WorkInstructionPage.alphabet, WorkInstructionPage.steplen
    return path + alphabet[0] * length, path + alphabet[-1] * length


def _below(organisation: Organisation) -> Q:
    """Pages below those of `organisation`. One query."""
    paths = OrganisationPage.objects.filter(organisation=organisation).values_list("path", flat=True)
    return reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk__in=[]))


def originals_of(organisation: Organisation) -> QuerySet[Any]:
    """The originals of the services whose organiser is `organisation`. One query more."""
    return ServicePage.objects.originals().filter(_below(organisation)).order_by("path")


def originals_of_others(organisation: Organisation) -> QuerySet[Any]:
    """The originals of other organisers for which `organisation` is responsible, published or being written.

    Each with `organiser_id`. One query more.
    """
    draft = Q(has_unpublished_changes=True, latest_revision__content__responsible_municipality=organisation.pk)
    responsible = Q(responsible_municipality=organisation) | draft
    return with_organiser().filter(responsible).exclude(_below(organisation)).order_by("path")


def with_organiser() -> QuerySet[Any]:
    """Originals with `organiser_id`, the organisation of the page above each."""
    above = Substr(OuterRef("path"), 1, Length(OuterRef("path")) - ServicePage.steplen)
    organiser = OrganisationPage.objects.filter(path=above).values("organisation")[:1]
    return ServicePage.objects.originals().annotate(organiser_id=Subquery(organiser))


def without_valid_responsibility() -> QuerySet[Any]:
    """Originals, not archived ones, for which no municipality validly answers.

    The responsible one is closed or no longer municipal, or the service is neither its own, nor of a provider linked to it,
    nor a joint one that names it; or the service is public and has none. Drafts without one are only not finished yet.
    """
    linked = ProviderLink.objects.filter(
        provider=OuterRef("organiser_id"), municipal_organisation=OuterRef("responsible_municipality")
    )
    joint = ServicePage.joint_organisations.through.objects.filter(
        servicepage=OuterRef("pk"), organisation=OuterRef("responsible_municipality")
    )
    belongs = Q(organiser_id=F("responsible_municipality")) | Exists(linked) | Exists(joint)
    in_force = Q(responsible_municipality__kind=Organisation.Kind.MUNICIPAL, responsible_municipality__closed_at=None)
    return (
        with_organiser()
        .exclude(service__lifecycle="archived")
        .filter(
            Q(responsible_municipality=None, live=True) | (Q(responsible_municipality__isnull=False) & ~(in_force & belongs))
        )
    )


def responsibilities_of(user: User) -> list[dict[str, Any]]:
    """The services for which `user` is a responsible person, as last saved: number and name. One query."""
    mine = Q(provider_responsible=user) | Q(municipal_responsible=user)
    rows = ServicePage.objects.originals().filter(mine).order_by("service")
    return [{"number": number, "name": title} for number, title in rows.values_list("service", "title")]


def answered_for(user: User, organisation: Organisation) -> QuerySet[Any]:
    """The originals of which `user` is a responsible person on behalf of `organisation`, published or being written.

    As the provider's person of a service that stands below the organisation's page, or as the municipality's of one for
    which it is responsible. One query, and one more for the organisation's pages.
    """
    own = _below(organisation)
    being_written = Q(has_unpublished_changes=True)
    draft = "latest_revision__content__"
    return (
        ServicePage.objects.originals()
        .filter(
            (own & Q(provider_responsible=user))
            | Q(municipal_responsible=user, responsible_municipality=organisation)
            | (own & being_written & Q(**{f"{draft}provider_responsible": user.pk}))
            | (
                being_written
                & Q(**{f"{draft}municipal_responsible": user.pk, f"{draft}responsible_municipality": organisation.pk})
            )
        )
        .order_by("path")
    )
