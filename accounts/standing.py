"""What a person is, as far as rights go: memberships in force, and the links of the organisations they are in.

Read in two queries, once per request, and nowhere else: the rules (catalogue.permissions) look at nothing but this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, Organisation, ProviderLink, User

_MEMO = "_standing"


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's standing today. Organisations are primary keys, municipalities codes.

    `edits`: where she is an editor or a main user; `leads`: where she is a main user; `municipal`: those of `edits` that are
    municipal organisations; `linked`: municipal organisation of hers → the open providers linked to it; `sole`: those of
    them that are linked to no other municipal organisation → that one; `advises`: the organisations in which she is an
    expert; `residents`: the municipalities for which her municipal organisations, as an expert or an editor, act.
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

    Two queries the first time, one for those in no municipal organisation, none for the public. A blocked person, and a
    member of a closed organisation, has no standing from there; an expert's membership counts only while the organisation
    may have experts, whatever it was when the membership was made (service-model: Who may do what).
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
    columns = ("organisation", "role", "organisation__kind", "organisation__gives_employment_services")
    rows = set(Membership.objects.in_force().filter(user=user).order_by().values_list(*columns, "organisation__acts_for__code"))
    edits = {pk for pk, role, *_rest in rows if role != Membership.Role.EXPERT}
    municipal = {pk for pk, _role, kind, *_rest in rows if kind == Organisation.Kind.MUNICIPAL}
    experts = {pk for pk, role, _kind, gives, _code in rows if role == Membership.Role.EXPERT and (gives or pk in municipal)}
    linked, sole = _links(edits & municipal)
    return Standing(
        user=user.pk,
        is_administrator=user.is_superuser,
        edits=frozenset(edits),
        leads=frozenset(pk for pk, role, *_rest in rows if role == Membership.Role.MAIN_USER),
        municipal=frozenset(edits & municipal),
        linked=linked,
        sole=sole,
        advises=frozenset(experts),
        residents=frozenset(code for pk, *_rest, code in rows if code and pk in municipal),
    )


def _links(municipal: set[int]) -> tuple[dict[int, frozenset[int]], dict[int, int]]:
    """(municipal organisation → open providers linked to it, provider of one link → its municipal organisation). One query.

    No query without organisations. A link to a closed municipal organisation counts as none.
    """
    if not municipal:
        return {}, {}
    links = ProviderLink.objects.filter(
        provider__in=ProviderLink.objects.filter(municipal_organisation__in=municipal).values("provider"),
        provider__closed_at=None,
        municipal_organisation__closed_at=None,
    )
    found: dict[int, set[int]] = {}
    for provider, organisation in links.values_list("provider", "municipal_organisation"):
        found.setdefault(provider, set()).add(organisation)
    linked = {pk: frozenset(provider for provider, linked_to in found.items() if pk in linked_to) for pk in municipal}
    return linked, {provider: next(iter(linked_to)) for provider, linked_to in found.items() if len(linked_to) == 1}
