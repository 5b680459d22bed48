"""Makes every search document anew."""

from typing import Any

from django.core.management.base import BaseCommand

from search.actions import rebuild


class Command(BaseCommand):
    help = "Make the search documents of all published services anew."

    def handle(self, *args: Any, **options: Any) -> None:
        count = rebuild(progress=options["verbosity"] > 0)
        self.stdout.write(f"{count} services in the search.")
