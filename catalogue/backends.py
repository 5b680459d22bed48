"""Signing in with a password, and Django's question "has she this permission?" answered by the rules."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.standing import standing_of
from catalogue.permissions import may_enter_admin


class RulesBackend(AuthenticationBackend):
    """Django-allauth's own, blind to ticked boxes: permissions of groups and of persons count for nothing."""

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        """The one permission of Django's that a role gives: to enter the Wagtail admin. Cost: the standing."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None or from_name != "user":
            return set()
        return {"wagtailadmin.access_admin"} if may_enter_admin(standing_of(user_obj)) else set()

    @classmethod
    def _stash_user(cls, user: Any) -> Any:
        """Keep no blocked person aside whose password was right: she is told nothing more than any wrong password is."""
        return super()._stash_user(None)
