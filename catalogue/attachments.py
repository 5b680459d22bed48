"""The files of work instructions: which documents a text or a list of links names, and which documents are internal.

A document is internal when it lies in the internal collection, or when instructions and guides alone use it: so a file
that somebody takes out of the collection is still closed. Instructions hold no images: their texts and blocks allow none
(catalogue.leaf_blocks), so there are no renditions of internal images.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page, ReferenceIndex

# By name: collections have no code of their own. It stands directly below the root.
INTERNAL_COLLECTION = "Internal"
COLLECTION_DEPTH = 2
# What is internal itself, by the names of its models.
INTERNAL_MODELS = ("workinstructionpage", "municipalguide")
ALSO_PUBLIC = _(
    "These files are also used elsewhere, where they are public: %(files)s. Upload a copy of the file for the internal text, "
    "or take the file off the public page first."
)
FILES_NOT_YOURS = _("One of the files is not among those that you may choose. Choose another file, or upload your own copy.")
FILES_ARE_INTERNAL = _("These files belong to work instructions and are internal: %(files)s. Choose other files.")
_LINK = re.compile(r'<a\b[^>]*\blinktype="document"[^>]*>')
_ID = re.compile(r'\bid="(\d{1,15})"')


def linked_documents(texts: Iterable[str]) -> set[int]:
    """The documents that rich texts link to, by primary key. No query."""
    links = (link for text in texts if "linktype=" in text for link in _LINK.findall(text))
    return {int(found[1]) for link in links if (found := _ID.search(link))}


def attached_documents(raw: Iterable[dict[str, Any]]) -> set[int]:
    """The documents of the raw value of a LinksBlock, by primary key. No query."""
    return {item["value"]["document"] for item in raw if item["type"] == "attachment" and item["value"].get("document")}


def internal_collections() -> list[str]:
    """The paths of the internal collection; none before the site is prepared. One query."""
    rows = Collection.objects.filter(depth=COLLECTION_DEPTH, name=INTERNAL_COLLECTION)
    return list(rows.values_list("path", flat=True))


def is_internal(document: Any) -> bool:
    """Must whoever wants this document be asked for the right to read instructions? Three queries at most.

    So it is in the internal collection, and where an instruction or a guide uses it and no published page does.
    """
    if document.collection.path.startswith(tuple(internal_collections())):
        return True
    columns = ("content_type__model", "base_content_type__model", "object_id")
    users = list(_references([document.pk]).values_list(*columns))
    if not any(model in INTERNAL_MODELS for model, _base, _pk in users):
        return False
    # A draft makes nothing public: its writer may have named a file that she cannot see.
    pages = {pk for model, base, pk in users if base == "page" and model not in INTERNAL_MODELS}
    return not Page.objects.filter(pk__in=pages, live=True).exists()


def used_publicly(documents: Iterable[int]) -> set[int]:
    """Those of `documents` that something else than an instruction or a guide uses. One query, none without documents."""
    wanted = set(documents)
    if not wanted:
        return set()
    internal = Q(content_type__app_label="catalogue", content_type__model__in=INTERNAL_MODELS)
    return {int(pk) for pk in _references(wanted).exclude(internal).values_list("to_object_id", flat=True)}


def not_internal_alone(documents: Iterable[int]) -> str:
    """What to tell an editor who gives an internal text files that are public elsewhere; "" when all is well. Two queries."""
    public = used_publicly(documents)
    return str(ALSO_PUBLIC % {"files": _titles(public)}) if public else ""


def internal_among(documents: Iterable[int]) -> str:
    """What to tell an editor who gives a public page files that are internal; "" when all is well. Three queries at most."""
    wanted = set(documents)
    rows = get_document_model().objects.filter(pk__in=wanted).values_list("pk", "collection__path") if wanted else ()
    inside = tuple(internal_collections()) if wanted else ()
    internal = {pk for pk, path in rows if path.startswith(inside)}
    return str(FILES_ARE_INTERNAL % {"files": _titles(internal)}) if internal else ""


def _titles(documents: Iterable[int]) -> str:
    return ", ".join(get_document_model().objects.filter(pk__in=documents).order_by("title").values_list("title", flat=True))


def _references(documents: Iterable[int]) -> Any:
    """Who uses these documents, as far as is saved outside of drafts' revisions."""
    kind = ContentType.objects.get_for_model(get_document_model())
    return ReferenceIndex.objects.filter(to_content_type=kind, to_object_id__in=[str(pk) for pk in documents])
