"""Reports, and mends, whatever looks like a right beside the memberships."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalogue.rights_upkeep import drifts, mend_rights


class Command(BaseCommand):
    help = "Mend whatever looks like a right beside the memberships; with --check only report it and exit with 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something has drifted")

    def handle(self, *args: Any, **options: Any) -> None:
        found = drifts() if options["check"] else mend_rights()
        for what, keys in found:
            self.stdout.write(f"{what}: {', '.join(keys[:20])}{' …' if len(keys) > 20 else ''} ({len(keys)})")
        if found and options["check"]:
            raise CommandError("Rights have drifted. Mend them: manage.py sync_rights", returncode=1)
        if options["verbosity"]:
            self.stdout.write("Mended." if found else "Nothing has drifted: all rights follow from memberships.")
