"""The vocabularies from the files beside this module (catalogue/data): our own lists, public lists and legal snippets."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from catalogue.actions import change_vocabulary_stamp
from catalogue.models import Concept, ConceptLabel, ConceptMapping, LegalSnippet, LegalSnippetText, Vocabulary

DATA = Path(__file__).parent / "data"
OWN_LANGUAGES = {"fi": "fi", "sv": "sv", "en": "en", "fi-simple": "fi_simple"}
Labels = dict[str, tuple[str, str]]  # language → (label, description)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


class _Loader:
    """Adds what is missing and changes nothing that is there: administrators keep the vocabularies afterwards."""

    def __init__(self) -> None:
        self.concepts = {(row.vocabulary, row.code): row for row in Concept.objects.all()}
        self.new_labels: list[ConceptLabel] = []
        self.new_mappings: list[ConceptMapping] = []
        self.added = 0

    def concept(self, vocabulary: str, code: str, labels: Labels, *, parent: str = "", order: int = 0, koko: str = "") -> None:
        if (vocabulary, code) in self.concepts:
            return
        concept = Concept(
            vocabulary=vocabulary, code=code, sort_order=order, parent=self.concepts[vocabulary, parent] if parent else None
        )
        concept.save()
        self.concepts[vocabulary, code] = concept
        self.added += 1
        self.new_labels += [
            ConceptLabel(concept=concept, language=language, label=label, description=description)
            for language, (label, description) in labels.items()
            if label
        ]
        if koko:
            self.new_mappings.append(ConceptMapping(concept=concept, scheme=ConceptMapping.Scheme.KOKO, value=koko))

    def finish(self) -> None:
        ConceptLabel.objects.bulk_create(self.new_labels)
        ConceptMapping.objects.bulk_create(self.new_mappings)
        if self.added:
            change_vocabulary_stamp()


def keyword_code(uri: str) -> str:
    """The code of a keyword: its KOKO identifier, for example "p34876"; the address itself where it has none."""
    found = re.search(r"/(p\d+)$", uri)
    return f"koko-{found[1]}" if found else uri


@transaction.atomic
def load_vocabularies() -> dict[str, int]:
    """Add what is missing of every vocabulary and of the legal snippets; returns how many were added."""
    loader = _Loader()
    for order, row in enumerate(_rows("vocabularies.csv")):
        labels = {tag: (row[column], row[f"description_{column}"]) for tag, column in OWN_LANGUAGES.items()}
        loader.concept(row["vocabulary"], row["code"], labels, parent=row["parent"], order=order)
    for order, row in enumerate(_rows("public/languages.csv")):
        labels = {tag: (row[tag], "") for tag in ("fi", "sv", "en")}
        loader.concept(Vocabulary.LANGUAGE, row["bcp47"].lower(), labels, order=order)
    for order, row in enumerate(_rows("public/employment_service_types.csv")):
        labels = {tag: (row[tag], row["legal_basis"] if tag == "fi" else "") for tag in ("fi", "sv", "en")}
        loader.concept(Vocabulary.LEGAL_TASK, row["slug"], labels, order=order)
    for order, row in enumerate(sorted(_rows("public/koko_jupo_employment_terms.csv"), key=lambda row: row["fi"])):
        labels = {tag: (row[tag], "") for tag in ("fi", "sv", "en")}
        loader.concept(Vocabulary.KEYWORD, keyword_code(row["uri"]), labels, order=order, koko=row["uri"])
    loader.finish()
    return {"concepts": loader.added, "legal snippets": _load_snippets()}


def _load_snippets() -> int:
    added = 0
    for order, row in enumerate(_rows("legal_snippets.csv")):
        snippet, made = LegalSnippet.objects.get_or_create(
            code=row["code"],
            defaults={
                "kind": row["kind"],
                "valid_from": row["valid_from"] or None,
                "valid_to": row["valid_to"] or None,
                "sort_order": order,
            },
        )
        added += made
        for language in ("fi", "sv", "en"):
            if made and row[f"label_{language}"]:
                LegalSnippetText.objects.create(
                    snippet=snippet, language=language, label=row[f"label_{language}"], text=row[f"text_{language}"]
                )
    return added
