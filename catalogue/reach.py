"""How far a person reaches in the page tree: which pages are of own, linked, joint or responsible services.

A page's place tells to whom it belongs: below the page of its organiser, in every language's tree. So one query per request
answers for any number of pages, by the beginnings of their paths.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Substr
from wagtail.models import Page

from accounts.models import User
from accounts.standing import NOBODY, Standing, standing_of
from catalogue.models import OrganisationPage, ServicePage
from catalogue.permissions import Act, Belonging, OrganisationAct, is_municipal, may, may_with_organisation

_MEMO = "_reach"
# Root, front page, catalogue, organisation, service, instruction: the tree's levels (parent_page_types fix them).
ORGANISATION_DEPTH, SERVICE_DEPTH, INSTRUCTION_DEPTH = 4, 5, 6
_ORGANISATION_PATH = ORGANISATION_DEPTH * Page.steplen
_SERVICE_PATH = SERVICE_DEPTH * Page.steplen


@dataclass(frozen=True, slots=True)
class Reach:
    """A person's standing and the paths of pages that she has to do with.

    `organisations`: path of an own or linked organisation's page → the organisation; `joint`: path of a service's page → her
    municipal organisations that it names; `responsible`: path of a service's page → her municipal organisation that answers
    for it.
    """

    standing: Standing = NOBODY
    organisations: Mapping[str, int] = field(default_factory=dict)
    joint: Mapping[str, frozenset[int]] = field(default_factory=dict)
    responsible: Mapping[str, int] = field(default_factory=dict)

    def belonging(self, path: str) -> Belonging:
        """What the page at `path`, of a service or its instruction, is to this person; nothing if foreign. No query."""
        service = path[:_SERVICE_PATH]
        return Belonging(
            organiser=self.organisations.get(path[:_ORGANISATION_PATH]),
            responsible=self.responsible.get(service),
            joint=self.joint.get(service, frozenset()),
        )

    def may(self, act: Act, path: str) -> bool:
        """May she do `act` with the service, or the instruction, at `path`? Rights that publication gives are left out."""
        return may(self.standing, act, self.belonging(path))

    def may_open(self, page: Page) -> bool:
        """May she see drafts and history of `page`, whatever its kind? The one answer for every admin view of a page."""
        if self.standing.is_administrator:
            return True
        if page.depth == INSTRUCTION_DEPTH:
            return self.may(Act.WRITE_INSTRUCTION, page.path)
        if page.depth == SERVICE_DEPTH:
            return self.may(Act.SEE_DRAFTS, page.path)
        return page.depth == ORGANISATION_DEPTH and page.path in self.organisations

    def leads_through(self, path: str) -> bool:
        """Whether the page at `path` stands above a page of hers. No query."""
        return any(own.startswith(path) for own in (*self.organisations, *self.joint))

    def may_describe(self, path: str) -> bool:
        """May she change the page of the organisation at `path`?"""
        organisation = self.organisations.get(path)
        if organisation is None:
            return self.standing.is_administrator
        return may_with_organisation(self.standing, OrganisationAct.DESCRIBE, organisation)

    def pages(self, model: type[Page] = Page) -> "QuerySet[Any]":
        """The pages of `model` that `may_open` allows; all for an administrator. No query by itself."""
        if self.standing.is_administrator:
            return model._default_manager.all()
        joint = set(self.joint)
        provided = {path for path, pk in self.organisations.items() if not is_municipal(self.standing, Belonging(organiser=pk))}
        described = Q(place__in=self.organisations.keys() - provided) | Q(place__in=provided, depth__lt=INSTRUCTION_DEPTH)
        return model._default_manager.alias(
            place=Substr("path", 1, _ORGANISATION_PATH), service_place=Substr("path", 1, _SERVICE_PATH)
        ).filter(described | Q(service_place__in=joint))


def reach_of(user: User | AnonymousUser) -> Reach:
    """How far `user` reaches, remembered on the object as the standing is. A query more; for administrators none."""
    if not isinstance(user, User):
        return Reach()
    known: Reach | None = getattr(user, _MEMO, None)
    if known is None:
        known = _read(standing_of(user))
        setattr(user, _MEMO, known)
    return known


def _read(standing: Standing) -> Reach:
    organisations: dict[str, int] = {}
    joint: dict[str, frozenset[int]] = {}
    responsible: dict[str, int] = {}
    if standing.edits and not standing.is_administrator:
        found: dict[str, dict[str, Any]] = {"organisation": organisations, "joint": {}, "responsible": responsible}
        for what, path, organisation in _rows(standing):
            if what == "joint":
                joint[path] = joint.get(path, frozenset()) | {organisation}
            else:
                found[what][path] = organisation
    return Reach(standing, organisations, joint, responsible)


def _rows(standing: Standing) -> Any:
    """(what it is, path, organisation) of every page that matters. One query."""
    pages = OrganisationPage.objects.filter(organisation__in=standing.edits | standing.linked_providers).order_by()
    rows = pages.values_list(Value("organisation"), "path", "organisation")
    if not standing.municipal:
        return rows
    originals = ServicePage.objects.originals().order_by()
    joint = originals.filter(joint_organisations__in=standing.municipal)
    responsible = originals.filter(responsible_municipality__in=standing.municipal)
    return rows.union(
        joint.values_list(Value("joint"), "service__pages__path", "joint_organisations"),
        responsible.values_list(Value("responsible"), "service__pages__path", "responsible_municipality"),
        all=True,
    )
