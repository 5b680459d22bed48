"""Wagtail's questions about documents, answered by the rules: each editor has the files of her own and linked organisations.

A file belongs to the organisations of whoever uploaded it. Files of a restricted collection are those of work instructions:
only editors of municipal organisations see them in the admin.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length, Substr
from wagtail.models import Collection
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy

from accounts.models import Membership
from accounts.standing import standing_of
from catalogue.permissions import may_enter_admin

EDITING = frozenset({"add", "change", "choose"})


def internal_collections() -> "QuerySet[Any]":
    """The collections that are restricted, or lie below such a one, by primary key. No query by itself."""
    restricted = Collection.objects.filter(view_restrictions__isnull=False, path=Substr(OuterRef("path"), 1, Length("path")))
    return Collection.objects.filter(Exists(restricted)).order_by().values("pk")


class RulesDocumentPolicy(CollectionOwnershipPermissionPolicy):
    """Which files a person may choose, change and upload. Deleting is for administrators."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return self.user_has_any_permission(user, [action])

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        if user.is_active and user.is_superuser:
            return True
        return bool(EDITING & set(actions)) and may_enter_admin(standing_of(user))

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Iterable[str], instance: Any) -> bool:
        return self.instances_user_has_any_permission_for(user, actions).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> "QuerySet[Any]":
        documents: QuerySet[Any] = self.model._default_manager.all()
        if user.is_active and user.is_superuser:
            return documents
        if not self.user_has_any_permission(user, actions):
            return documents.none()
        person = standing_of(user)
        colleagues = Membership.objects.in_force().filter(organisation__in=person.edits | person.linked_providers)
        own = documents.filter(Q(uploaded_by_user=user.pk) | Q(uploaded_by_user__in=colleagues.values("user")))
        return own if person.municipal else own.exclude(collection__in=internal_collections())

    def users_with_any_permission(self, actions: Iterable[str]) -> "QuerySet[Any]":
        """Administrators: who else may is a question about one person, asked of the rules."""
        return get_user_model()._default_manager.filter(is_active=True, is_superuser=True)

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> "QuerySet[Any]":
        return self.users_with_any_permission(actions)

    def collections_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> "QuerySet[Any]":
        """All for administrators; for editors the root, and the restricted ones where she writes instructions."""
        collections = Collection.objects.all()
        if user.is_active and user.is_superuser:
            return collections
        if not self.user_has_any_permission(user, actions):
            return collections.none()
        internal = Q(pk__in=internal_collections()) if standing_of(user).municipal else Q(pk__in=[])
        return collections.filter(Q(depth=1) | internal)
