"""What a person is, as far as rights go: memberships in force, and the links of the organisations they are in.

Read in one query, once per request, and nowhere else: the rules (catalogue.permissions) look at nothing but this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, CharField, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast

from accounts.models import Membership, Organisation, ProviderLink, User
from accounts.prepared import PreparedQuery

_MEMO = "_standing"
_LINK = "link"


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's standing today. Organisations are primary keys, municipalities codes.

    `edits`: where she is an editor or a main user; `leads`: where she is a main user; `municipal`: those of `edits` that are
    municipal organisations; `linked`: municipal organisation of hers → the open providers linked to it; `sole`: those of
    them that are linked to no other municipal organisation → that one; `advises`: the organisations in which she is an
    expert; `residents`: the municipalities for which her municipal organisations, as an expert or an editor, act;
    `represents`: those of them for which an organisation in `municipal` acts.
    """

    user: int | None = None
    is_administrator: bool = False
    edits: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    municipal: frozenset[int] = frozenset()
    linked: Mapping[int, frozenset[int]] = field(default_factory=dict)
    sole: Mapping[int, int] = field(default_factory=dict)
    advises: frozenset[int] = frozenset()
    residents: frozenset[str] = frozenset()
    represents: frozenset[str] = frozenset()

    @property
    def is_signed_in(self) -> bool:
        return self.user is not None

    @property
    def organisations(self) -> frozenset[int]:
        """Every organisation in which she has a role."""
        return self.edits | self.advises

    @property
    def linked_providers(self) -> frozenset[int]:
        """Every provider that is linked to one of her municipal organisations."""
        return frozenset().union(*self.linked.values())


NOBODY = Standing()


def standing_of(user: User | AnonymousUser) -> Standing:
    """The standing of `user`, remembered on the object, which lives for one request.

    One query the first time, none for the public. A blocked person, and a member of a closed organisation, has no standing
    from there; an expert's membership counts only while the organisation may have experts, whatever it was when the
    membership was made (service-model: Who may do what).
    """
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    known: Standing | None = getattr(user, _MEMO, None)
    if known is None:
        known = _read(user)
        setattr(user, _MEMO, known)
    return known


def forget_standing(user: User) -> None:
    """Let the next question read anew: for whoever changes memberships and goes on asking. No query."""
    setattr(user, _MEMO, None)


def _read(user: User) -> Standing:
    members: list[tuple[Any, ...]] = []
    linked_to: dict[int, set[int]] = {}
    for organisation, what, kind, gives, code in _memberships_and_links(user.pk):
        if what == _LINK:
            linked_to.setdefault(int(code), set()).add(organisation)
        else:
            members.append((organisation, what, kind, gives, code))
    edits = {pk for pk, role, *_rest in members if role != Membership.Role.EXPERT}
    municipal = {pk for pk, _role, kind, *_rest in members if kind == Organisation.Kind.MUNICIPAL}
    experts = {pk for pk, role, _kind, gives, _code in members if role == Membership.Role.EXPERT and (gives or pk in municipal)}
    return Standing(
        user=user.pk,
        is_administrator=user.is_superuser,
        edits=frozenset(edits),
        leads=frozenset(pk for pk, role, *_rest in members if role == Membership.Role.MAIN_USER),
        municipal=frozenset(edits & municipal),
        linked={pk: frozenset(provider for provider, to in linked_to.items() if pk in to) for pk in edits & municipal},
        sole={provider: next(iter(to)) for provider, to in linked_to.items() if len(to) == 1},
        advises=frozenset(experts),
        residents=frozenset(code for pk, *_rest, code in members if code and pk in municipal),
        represents=frozenset(code for pk, *_rest, code in members if code and pk in edits & municipal),
    )


def _gives() -> Case:
    """Whether the organisation gives employment services, as 1 or 0: the rows of both kinds must have equal types."""
    return Case(When(organisation__gives_employment_services=True, then=1), default=0, output_field=IntegerField())


def _links(own: "QuerySet[Any]") -> "QuerySet[Any]":
    """(municipal organisation, "link", …, provider) of every provider that is linked to an organisation of `own` memberships.

    With its links to other municipal organisations, which tell whether it is linked to one alone; those to closed ones count
    for nothing, and neither does a closed provider.
    """
    mine = ProviderLink.objects.filter(municipal_organisation__in=own.values("organisation"))
    links = ProviderLink.objects.filter(
        provider__in=mine.values("provider"), provider__closed_at=None, municipal_organisation__closed_at=None
    )
    nothing = Value("", CharField())
    provider = Cast("provider", CharField())
    return links.values_list("municipal_organisation", Value(_LINK, CharField()), nothing, Value(0), provider)


def _rows(user: int) -> "QuerySet[Any]":
    """(organisation, role, kind, whether it gives employment services, municipality) of memberships, and those of `_links`."""
    own = Membership.objects.in_force().filter(user=user).order_by()
    links = _links(own.exclude(role=Membership.Role.EXPERT).filter(organisation__kind=Organisation.Kind.MUNICIPAL))
    rows = own.values_list("organisation", "role", "organisation__kind", _gives(), "organisation__acts_for__code")
    return rows.union(links, all=True)


_memberships_and_links = PreparedQuery(_rows)
