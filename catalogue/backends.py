"""Signing in with a password, and Django's question "has she this permission?" answered by the rules."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.standing import standing_of
from catalogue.permissions import SEE_MUNICIPAL_PERSON, may_enter_admin, may_see_municipal_person


class RulesBackend(AuthenticationBackend):
    """Django-allauth's own, blind to ticked boxes: permissions of groups and of persons count for nothing."""

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        """What a role gives in Django's words: to enter the admin, and to see one field in it. Cost: the standing."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None or from_name != "user":
            return set()
        person = standing_of(user_obj)
        rights = {"wagtailadmin.access_admin": may_enter_admin(person), SEE_MUNICIPAL_PERSON: may_see_municipal_person(person)}
        return {name for name, is_given in rights.items() if is_given}

    @classmethod
    def _stash_user(cls, user: Any) -> Any:
        """Keep no blocked person aside whose password was right: she is told nothing more than any wrong password is."""
        return super()._stash_user(None)
