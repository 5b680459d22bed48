"""The people of the tests, at hand in this folder."""

from tests.people import (
    administrator,
    expert,
    municipal_editor,
    municipal_organisation,
    outsider,
    provider,
    provider_editor,
)

__all__ = [
    "administrator",
    "expert",
    "municipal_editor",
    "municipal_organisation",
    "outsider",
    "provider",
    "provider_editor",
]
