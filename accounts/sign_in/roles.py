"""The roles by which settings speak of people: who must have a second factor, and how long a session lasts."""

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from accounts.standing import Standing


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    MUNICIPAL_MAIN_USER = "municipal_main_user"
    MUNICIPAL_EDITOR = "municipal_editor"
    PROVIDER_MAIN_USER = "provider_main_user"
    PROVIDER_EDITOR = "provider_editor"
    EXPERT = "expert"


def roles_of(person: Standing) -> frozenset[Role]:
    """Every role that she has somewhere today. No query."""
    editors = person.edits - person.leads
    held = {
        Role.ADMINISTRATOR: person.is_administrator,
        Role.MUNICIPAL_MAIN_USER: person.leads & person.municipal,
        Role.MUNICIPAL_EDITOR: editors & person.municipal,
        Role.PROVIDER_MAIN_USER: person.leads - person.municipal,
        Role.PROVIDER_EDITOR: editors - person.municipal,
        Role.EXPERT: person.advises,
    }
    return frozenset(role for role, holds in held.items() if holds)


def check_required_roles(**_kwargs: Any) -> list[CheckMessage]:
    """A system check: a role that is misspelt would silently require nothing of anybody."""
    known = ", ".join(Role)
    return [
        Error(f"SECOND_FACTOR_REQUIRED_FOR names no role: {name!r}.", hint=f"The roles are: {known}.", id="accounts.E001")
        for name in settings.SECOND_FACTOR_REQUIRED_FOR
        if name not in set(Role)
    ]
