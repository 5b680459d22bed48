"""Adds what is missing of municipalities, vocabularies and legal snippets."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.area_files import load_areas
from catalogue.vocabulary_files import load_vocabularies


class Command(BaseCommand):
    help = (
        "Load municipalities, areas, vocabularies and legal snippets from the project's data files; "
        "changes nothing that is there."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        areas = ", ".join(f"{count} {name}" for name, count in load_areas().items())
        added = ", ".join(f"{count} {name}" for name, count in load_vocabularies().items())
        self.stdout.write(f"There are {areas}. Added: {added}.")
