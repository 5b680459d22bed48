"""Who may what in the catalogue: denied unless a sentence here allows it."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User


def can_read_instructions(user: User | AnonymousUser) -> bool:
    """May she read work instructions? For now administrators only; the roles follow with their issue."""
    return bool(user.is_active and user.is_superuser)
