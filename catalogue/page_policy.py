"""Wagtail's questions about pages, answered by the rules (catalogue.permissions) instead of by ticked boxes.

Groups and their page permissions count for nothing here: what an editor may do follows from her memberships alone.
"""

from collections.abc import Collection, Iterable
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from wagtail.models import Page, PagePermissionTester
from wagtail.permission_policies.pages import PagePermissionPolicy

from catalogue.permissions import Act
from catalogue.reach import ORGANISATION_DEPTH, SERVICE_DEPTH, Reach, reach_of

# The actions of Wagtail that mean working on a page; all others (delete, lock, publish …) stay with administrators here.
EDITING = frozenset({"add", "change", "view"})


class RulesPagePolicy(PagePermissionPolicy):
    """Which pages a person may work on. Two queries per request, with her standing."""

    def get_all_permissions_for_user(self, user: Any) -> list[Any]:
        """As Wagtail's testers of plain `Page` objects want it: the own and linked organisations' pages, to add and change."""
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return []
        paths = reach_of(user).organisations
        return [
            SimpleNamespace(page=SimpleNamespace(path=path), permission=SimpleNamespace(codename=f"{action}_page"))
            for path in paths
            for action in ("add", "change")
        ]

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        base = self._base_user_has_permission(user)
        if base is not None:
            return bool(base)
        reach = reach_of(user)
        return bool(EDITING & set(actions)) and bool(reach.organisations or reach.joint)

    def users_with_any_permission(self, actions: Collection[str], include_superusers: bool = True) -> "QuerySet[Any]":
        """Administrators: who else may is a question about one page, asked of the rules."""
        return get_user_model()._default_manager.filter(is_active=True, is_superuser=include_superusers)

    def users_with_any_permission_for_instance(
        self, actions: Collection[str], instance: Page, include_superusers: bool = True
    ) -> "QuerySet[Any]":
        return self.users_with_any_permission(actions, include_superusers)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Page) -> bool:
        base = self._base_user_has_permission(user)
        if base is not None:
            return bool(base)
        return bool(EDITING & set(actions)) and reach_of(user).may_open(instance)

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> "QuerySet[Any]":
        base = self._base_queryset_for_user(user)
        if base is not None:
            return base
        return reach_of(user).pages(self.model) if EDITING & set(actions) else self.model._default_manager.none()

    def instances_with_direct_explore_permission(self, user: Any) -> Any:
        if user.is_superuser:
            return self.model.base_page_model.objects.filter(depth=1)
        reach = reach_of(user)
        return [SimpleNamespace(path=path) for path in (*reach.organisations, *reach.joint)]

    def explorable_instances(self, user: Any) -> "QuerySet[Any]":
        """Own and linked pages, and the way down to them from the nearest page that they share."""
        base = self._base_queryset_for_user(user)
        if base is not None:
            return base
        reach = reach_of(user)
        paths = {*reach.organisations, *reach.joint}
        above = {path[:end] for path in paths for end in range(Page.steplen, len(path), Page.steplen)}
        shared = self.explorable_root_instance(user)
        explorable = self.model._default_manager.filter(Q(pk__in=reach.pages(self.model).values("pk")) | Q(path__in=above))
        return explorable.filter(path__startswith=shared.path) if shared else explorable.none()


class RulesTester(PagePermissionTester):
    """What a person may do with one page of the catalogue. No query once her reach is known."""

    def __init__(self, user: Any, page: Page) -> None:
        super().__init__(user, page)
        self.reach: Reach = reach_of(user)
        if self.user.is_active and not self.user.is_superuser:
            self.permissions = set(self._permissions())

    def _permissions(self) -> Iterable[str]:
        """Wagtail's names of what she may do here."""
        depth, path = self.page.depth, self.page.path
        if depth == ORGANISATION_DEPTH:
            if self.reach.may(Act.EDIT, path):
                yield "add"
            if self.reach.may_describe(path):
                yield from ("change", "publish")
        elif depth == SERVICE_DEPTH:
            if self.reach.may(Act.EDIT, path):
                yield "change"
            if self.reach.may(Act.WRITE_INSTRUCTION, path):
                yield "add"
            if self.reach.may(Act.PUBLISH, path):
                yield "publish"
        elif self.reach.may(Act.WRITE_INSTRUCTION, path):
            yield from ("change", "publish")

    def can_edit(self) -> bool:
        """Without Wagtail's exceptions for a page's owner and for the holder of a task."""
        return bool(self.user.is_active and (self.user.is_superuser or "change" in self.permissions))

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return bool(self.user.is_active and self.user.is_superuser and not self.page_is_root)

    def can_publish_subpage(self) -> bool:
        """A new service is published by nobody in one go; a new instruction by whoever may write it."""
        if self.page.depth == SERVICE_DEPTH:
            return self.reach.may(Act.WRITE_INSTRUCTION, self.page.path)
        return bool(self.can_delete() and super().can_publish_subpage())

    def can_copy(self) -> bool:
        return self.can_delete()

    def can_set_view_restrictions(self) -> bool:
        return self.can_delete()

    def can_reorder_children(self) -> bool:
        return self.can_delete()

    def can_move(self) -> bool:
        """A service moves with all its versions (catalogue.moves), an instruction with its service: no page alone."""
        return self.can_delete() and self.page.depth < SERVICE_DEPTH

    def can_move_to(self, destination: Page) -> bool:
        return self.can_move() and bool(super().can_move_to(destination))
