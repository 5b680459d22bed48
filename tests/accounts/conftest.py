"""The people of the tests, at hand in this folder."""

from tests.people import (
    administrator,
    expert,
    main_user,
    municipal_editor,
    municipal_organisation,
    outsider,
    provider,
    provider_editor,
    provider_main_user,
)

__all__ = [
    "administrator",
    "expert",
    "main_user",
    "municipal_editor",
    "municipal_organisation",
    "outsider",
    "provider",
    "provider_editor",
    "provider_main_user",
]
