"""Fills a database of its own with generated services, for measurements."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalogue.models import CatalogueIndexPage, Service
from exchange.generator import OtherServices, generate


class Command(BaseCommand):
    help = (
        "Bring the number of generated services up to COUNT, published in up to three languages, with organisations, places "
        "and search documents. The same seed gives the same services. Refuses a database that holds other services."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many services there are to be")
        parser.add_argument("--seed", type=int, default=0, help="another number gives other services (default: 0)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["count"] < 0:
            raise CommandError("COUNT must not be negative.")
        if not CatalogueIndexPage.objects.exists():
            raise CommandError("The site is not there yet: run `migrate` and `prepare_site` first.")
        begun = time.monotonic()
        try:
            added = generate(count=options["count"], seed=options["seed"], progress=options["verbosity"] > 0)
        except OtherServices as error:
            raise CommandError(
                "This database holds services that were not generated. Name an empty one in DATABASE_URL: generated services "
                "are for measurements and never stand beside real ones."
            ) from error
        seconds = time.monotonic() - begun
        self.stdout.write(f"{added} services added in {seconds:.1f} s, {Service.objects.count()} in all.")
