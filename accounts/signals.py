"""What the room of people tells and asks the rooms above."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True, slots=True)
class Duty:
    """What a person who leaves still answers for, and the way to hand it over.

    `told`: in words, for the one who removes her. `hand_over(successor, by)`: gives all of it to `successor`, inside the
    transaction of the removal; to nobody (None) where a rule, not a person, ends the account. `things`: what it is, a line
    each, for a mail to those who must name somebody else.
    """

    told: str
    hand_over: Callable[["User | None", "User | None"], None]
    things: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consequence:
    """What closing an organisation does in a room above, asked before it is done.

    `told`: a sentence each, with counts. `heirs`: the municipal organisations (primary keys) that could take over services
    for which the closed one is responsible → how many of them each.
    """

    told: tuple[str, ...] = ()
    heirs: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing an organisation did in a room above.

    `room` and `note`: kept, and given back when the organisation is reopened. `handed`: what the heir got, `left`: what is
    left without a municipality that answers for it, a line each.
    """

    room: str
    note: dict[str, Any]
    handed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


# A person is about to lose her editing roles in an organisation. Sent with `user` and `organisation`. Receivers answer with a
# Duty that must be handed over first, or None.
member_leaving = Signal()
# An invitation was accepted, so the person reads the mails of her address. Sent with `user` and `invitation`, inside the
# transaction.
invitation_accepted = Signal()
# A main user or an administrator created a provider organisation. Sent with `organisation` and `by`, inside the transaction.
provider_created = Signal()
# A person disappears and the account's row stays. Sent with `user`, as it was, inside the transaction: receivers remove what
# they keep of the person.
account_anonymised = Signal()
# A person asks for everything that is kept of her. Sent with `user`. Receivers answer with a name and what JSON can hold.
own_data_asked = Signal()
# An administrator thinks of closing an organisation. Sent with `organisation`. Receivers answer with a Consequence.
closing_considered = Signal()
# An organisation is being closed. Sent with `organisation`, `heir` (an Organisation or None) and `by`, inside the transaction.
# Receivers answer with a Closing.
organisation_closed = Signal()
# An organisation is being reopened. Sent with `organisation`, `notes` (room → what it noted at the closing) and `by`, inside
# the transaction. Receivers answer in words what came back, or None.
organisation_reopened = Signal()
