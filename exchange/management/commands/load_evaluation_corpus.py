"""Fills a database of its own with the evaluation corpus, for measurements of the search."""

import time
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from catalogue.models import CatalogueIndexPage, Service
from exchange.corpus import load_corpus, other_services
from exchange.ptv import MAPPING_FILE, BadFile, Refusal, check_all, read_file

DESCRIPTIONS = MAPPING_FILE.parent / "ptv_general_descriptions.json"


class Command(BaseCommand):
    help = (
        "Publish every description of FILE (default: the 250 that the project brings) as it is, without what publishing needs, "
        "into a database of its own: for measurements of the search. Refuses a database that holds other services. "
        "Makes an empty database ready first. A second run changes nothing. Exit status 1 when a record was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=DESCRIPTIONS, help="the JSON file of descriptions")

    def handle(self, *args: Any, **options: Any) -> None:
        begun = time.monotonic()
        try:
            records = read_file(options["file"])
        except BadFile as error:
            raise CommandError(str(error)) from error
        self.make_ready()
        checked = list(check_all(records))
        refusals = [item for item in checked if isinstance(item, Refusal)]
        good = [item for item in checked if not isinstance(item, Refusal)]
        added = load_corpus(good, progress=options["verbosity"] > 0)
        for refusal in refusals:
            self.stdout.write(self.style.ERROR(f"  record {refusal.place}, {refusal.name}: {'; '.join(refusal.reasons)}"))
        note = "" if added else " Nothing had changed."
        seconds = time.monotonic() - begun
        self.stdout.write(f"{added} services added in {seconds:.0f} s, {Service.objects.count()} in all.{note}")
        self.stdout.write(
            self.style.WARNING(
                "These services are published without what publishing needs (delivery, contacts, responsible persons), with "
                "facts derived from their classes: for measurements only. Never show this database to the public."
            )
        )
        if refusals:
            raise CommandError(f"{len(refusals)} of {len(records)} records were refused; see above.", returncode=1)

    def make_ready(self) -> None:
        """Tables and site where there are none yet. Raises CommandError where there are services of another kind."""
        if Service._meta.db_table not in connection.introspection.table_names():
            self.stdout.write("An empty database: making its tables first.")
            call_command("migrate", verbosity=0, interactive=False)
        others = other_services()
        if others:
            raise CommandError(
                f"This database holds {others} services that are not of the evaluation corpus. Name an empty database in "
                "DATABASE_URL, for example sqlite:///corpus.sqlite3: the corpus is published without what publishing needs "
                "and never stands beside real services."
            )
        if not CatalogueIndexPage.objects.exists():
            call_command("prepare_site", verbosity=0)
