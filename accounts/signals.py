"""What the room of people tells and asks the rooms above."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.dispatch import Signal

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Duty:
    """What a person who leaves still answers for, and the way to hand it over.

    `told`: in words, for the one who removes her. `hand_over(successor, by)`: gives all of it to `successor`, inside the
    transaction of the removal.
    """

    told: str
    hand_over: Callable[["User", "User"], None]


# A person is about to lose her editing roles in an organisation. Sent with `user` and `organisation`. Receivers answer with a
# Duty that must be handed over first, or None.
member_leaving = Signal()
# An invitation was accepted, so the person reads the mails of her address. Sent with `user` and `invitation`, inside the
# transaction.
invitation_accepted = Signal()
# A main user or an administrator created a provider organisation. Sent with `organisation` and `by`, inside the transaction.
provider_created = Signal()
