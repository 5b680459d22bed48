"""Editors' own services at a glance: how many are in which state, and those that were changed last."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from accounts.models import User
from catalogue.models import Service, ServicePage, VersionState
from catalogue.reach import reach_of

CHANGED_LAST = 10
# A service's state in the users' words: what belongs to the whole of it goes before what belongs to its original.
STATES: Mapping[str, Any] = {
    **{state.value: state.label for state in VersionState},
    **{state.value: state.label for state in Service.Lifecycle if state != Service.Lifecycle.ACTIVE},
}


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many of a person's services are in a state."""

    state: str
    label: str
    count: int


def own_services(user: User | AnonymousUser) -> "QuerySet[Any]":
    """The originals that `user` may work on; all for an administrator. No query by itself."""
    return reach_of(user).pages(ServicePage).filter(version_kind=ServicePage.Kind.ORIGINAL)


def state_of(lifecycle: str, state: str) -> str:
    return lifecycle if lifecycle != Service.Lifecycle.ACTIVE else state


def counts_by_state(user: User | AnonymousUser) -> list[StateCount]:
    """`user`'s services by state, in the order of their life, states without any included. One query, with her reach three."""
    rows = own_services(user).order_by().values_list("service__lifecycle", "state").annotate(count=Count("pk"))
    counts: Counter[str] = Counter()
    for lifecycle, state, count in rows:
        counts[state_of(lifecycle, state)] += count
    return [StateCount(state, str(label), counts[state]) for state, label in STATES.items()]


class OwnServicesPanel(Component):
    """The editors' home: own services by state, and the last changed ones."""

    name = "own_services"
    template_name = "catalogue/admin/own_services.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        changed = (
            own_services(user)
            .select_related("service", "locale")
            .order_by(F("latest_revision_created_at").desc(nulls_last=True))
        )
        rows = [(page, STATES[state_of(page.service.lifecycle, page.state)]) for page in changed[:CHANGED_LAST]]
        return {"counts": counts_by_state(user), "changed": rows, "heading": _("Own services")}
