"""Who uses a term or a place: facts are codes and ids inside fields, which no foreign key protects from a deletion."""

import json
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from wagtail import blocks
from wagtail.fields import StreamField

from catalogue.fields import CodeField, CodesField
from catalogue.leaf_blocks import FactPlace, Term, TermList
from catalogue.models import Place, ServicePage

FACT_FIELDS = ("categories", "needs", "keywords", "legal_task", "languages", "target_group", "delivery")


def services_with_term(vocabulary: str, code: str) -> list[ServicePage]:
    """The services that have the term, on the page or in its latest draft. One query, and one for each likely draft."""
    return [page for page in _likely(code) if any((vocabulary, code) in set(_terms_of(state)) for state in _states(page))]


def services_at_place(place: Place) -> list[ServicePage]:
    """The services that take place there, on the page or in its latest draft. Queries as for a term."""
    return [page for page in _likely(str(place.pk)) if any(place.pk in _places_of(state) for state in _states(page))]


def places_with_term(vocabulary: str, code: str) -> list[Place]:
    """The places that have the term of accessibility. One query."""
    if vocabulary != Place._meta.get_field("accessibility").vocabulary:
        return []
    return [place for place in Place.objects.prefetch_related("names") if code in place.accessibility]


def _likely(needle: str) -> list[ServicePage]:
    """Originals in whose facts, or whose draft, the text of the code or id occurs: the database's part of the work."""
    written = json.dumps(needle)[1:-1]
    as_text = {f"{name}_text": Cast(name, TextField()) for name in FACT_FIELDS}
    draft = Q(has_unpublished_changes=True, draft_text__contains=written)
    found = reduce(or_, (Q(**{f"{name}__contains": written}) for name in as_text), draft)
    originals = ServicePage.objects.originals()
    return list(originals.alias(draft_text=Cast("latest_revision__content", TextField()), **as_text).filter(found))


def _states(page: ServicePage) -> Iterator[ServicePage]:
    yield page
    if page.has_unpublished_changes and page.latest_revision_id:
        yield page.get_latest_revision_as_object()


def _terms_of(page: ServicePage) -> Iterator[tuple[str, str]]:
    """(vocabulary, code) of every term of the page."""
    for field in page._meta.get_fields():
        if isinstance(field, CodesField):
            yield from ((field.vocabulary, code) for code in getattr(page, field.name))
        elif isinstance(field, CodeField):
            yield field.vocabulary, getattr(page, field.name)
        elif isinstance(field, StreamField):
            for block, value in _leaves(field.stream_block, page.raw(field.name)):
                if isinstance(block, TermList):
                    yield from ((block.vocabulary, code) for code in value or ())
                elif isinstance(block, Term):
                    yield block.vocabulary, value


def _places_of(page: ServicePage) -> set[Any]:
    block = page._meta.get_field("delivery").stream_block
    return {value for leaf, value in _leaves(block, page.raw("delivery")) if isinstance(leaf, FactPlace)}


def _leaves(block: blocks.Block, raw: Any) -> Iterator[tuple[blocks.Block, Any]]:
    """Every leaf of the raw value of `block`, with its value."""
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from _leaves(child, raw.get(name) if isinstance(raw, dict) else None)
    elif isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        for item in raw or ():
            child = block.child_block if isinstance(block, blocks.ListBlock) else block.child_blocks.get(item.get("type"))
            if child is not None:
                yield from _leaves(child, item["value"])
    else:
        yield block, raw
