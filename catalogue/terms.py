"""The vocabularies in memory: every term with its labels, one copy per process, checked against the database.

Terms change a few times a year and are read on every page. A process keeps them all (some hundreds) and asks at each
`terms()` one cheap question: is the stamp in the database still the one that my copy was made from? Whoever changes a
term changes the stamp in the same transaction (catalogue.signal_handlers), so no process shows an old label.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from django.apps import apps
from django.db.models import Prefetch
from django.utils.functional import cached_property
from django.utils.translation import gettext

from accounts.languages import best_text
from accounts.prepared import PreparedQuery

MUNICIPALITY = "municipality"


@dataclass(frozen=True, slots=True)
class Term:
    """One concept of a vocabulary as pages need it."""

    vocabulary: str
    code: str
    parent: str
    labels: Mapping[str, str]
    descriptions: Mapping[str, str]
    retired: bool = False

    def label(self, language: str | None = None) -> str:
        """The label for a reader of `language` (default: the active one); the code where there is no label at all."""
        return str(best_text(self.labels, language)) or self.code

    def description(self, language: str | None = None) -> str:
        return str(best_text(self.descriptions, language))

    def __str__(self) -> str:
        return self.label()


@dataclass(frozen=True)
class Terms:
    """All vocabularies: vocabulary → code → Term, in display order, retired terms included."""

    stamp: uuid.UUID | None
    vocabularies: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)

    def of(self, vocabulary: str) -> Mapping[str, Term]:
        return self.vocabularies.get(vocabulary, {})

    def get(self, vocabulary: str, code: str) -> Term | None:
        return self.of(vocabulary).get(code)

    def pick(self, vocabulary: str, codes: Iterable[str]) -> list[Term]:
        """The terms of `codes` in display order; unknown codes are passed over."""
        by_code, order = self.of(vocabulary), self._order.get(vocabulary, {})
        return [by_code[code] for code in sorted(order.keys() & codes, key=order.__getitem__)]

    @cached_property
    def _order(self) -> Mapping[str, Mapping[str, int]]:
        """Vocabulary → code → its place in display order: a few terms are picked without looking at all of them."""
        return {name: {code: place for place, code in enumerate(by_code)} for name, by_code in self.vocabularies.items()}

    @cached_property
    def children(self) -> Mapping[tuple[str, str], tuple[Term, ...]]:
        """(vocabulary, parent's code) → the terms below it; the parent's code of a top term is ""."""
        found: dict[tuple[str, str], list[Term]] = {}
        for vocabulary, by_code in self.vocabularies.items():
            for term in by_code.values():
                found.setdefault((vocabulary, term.parent), []).append(term)
        return {key: tuple(value) for key, value in found.items()}


class _Copy:
    """The process's copy; replaced whole, so that readers in other threads always see a complete one."""

    current: ClassVar[Terms] = Terms(stamp=None)


def terms(stamp: uuid.UUID | None = None) -> Terms:
    """All vocabularies as they stand in the database now. One query; five when something changed since the last call.

    `stamp`: the one in the database, for whoever has read it in this request already. Then no query, or four.
    """
    stamp = stamp or next((stamp for (stamp,) in _stamps()), None)
    if stamp is None or stamp != _Copy.current.stamp:
        _Copy.current = _load(stamp)
    return _Copy.current


_stamps = PreparedQuery(lambda: apps.get_model("catalogue", "VocabularyStamp").objects.order_by("pk").values_list("stamp")[:1])


def _load(stamp: uuid.UUID | None) -> Terms:
    """Read every term. The stamp was read before the rows: rows newer than it only cause one more loading."""
    concept_model = apps.get_model("catalogue", "Concept")
    municipality_model = apps.get_model("accounts", "Municipality")
    vocabularies: dict[str, dict[str, Term]] = {}
    for concept in concept_model.objects.select_related("parent").prefetch_related(Prefetch("labels")):
        rows = concept.labels.all()
        vocabularies.setdefault(concept.vocabulary, {})[concept.code] = Term(
            vocabulary=concept.vocabulary,
            code=concept.code,
            parent=concept.parent.code if concept.parent else "",
            labels={row.language: row.label for row in rows},
            descriptions={row.language: row.description for row in rows if row.description},
            retired=concept.retired,
        )
    municipalities = [
        Term(MUNICIPALITY, row.code, "", {name.language: name.name for name in row.names.all()}, {})
        for row in municipality_model.objects.prefetch_related("names")
    ]
    vocabularies[MUNICIPALITY] = {term.code: term for term in sorted(municipalities, key=lambda term: term.label("fi"))}
    return Terms(stamp=stamp, vocabularies=vocabularies)


def term_choices(vocabulary: str, keep: Iterable[str] = ()) -> list[tuple[str, object]]:
    """Choices of a form field for `vocabulary`: grouped by the first level where there are two. One query.

    Retired terms are left out unless their code, or that of one below them, is in `keep` (already chosen on the page at
    hand); then they are marked.
    """
    return _choices(terms(), vocabulary, set(keep))


def block_choices(vocabulary: str) -> list[tuple[str, object]]:
    """The same for a block, with every retired term, marked: a block's widget is made before its value is known. One query."""
    known = terms()
    return _choices(known, vocabulary, set(known.of(vocabulary)))


def _choices(known: Terms, vocabulary: str, kept: set[str]) -> list[tuple[str, object]]:
    kept = kept | {term.parent for term in known.pick(vocabulary, kept)}

    def open_terms(parent: str) -> list[Term]:
        below = known.children.get((vocabulary, parent), ())
        return [term for term in below if not term.retired or term.code in kept]

    choices: list[tuple[str, object]] = []
    for term in open_terms(""):
        below = [(child.code, _choice_label(child)) for child in open_terms(term.code)]
        choices.append((_choice_label(term), below) if below else (term.code, _choice_label(term)))
    return choices


def _choice_label(term: Term) -> str:
    return gettext("%(term)s (retired)") % {"term": term.label()} if term.retired else term.label()
