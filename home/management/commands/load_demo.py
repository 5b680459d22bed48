"""Loads the demo: organisations, people, services and pages."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from catalogue.models import Service
from exchange.models import ImportedRecord
from home.demo.expert_page import load_expert_page
from home.demo.organisations import load_organisations, load_people, load_places
from home.demo.pages import load_pages
from home.demo.services import load_services


class Command(BaseCommand):
    help = "Load demo content where it is missing. Changes nothing that is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a service already")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Service.objects.exists():
            return
        call_command("prepare_site", verbosity=0)
        load_organisations()
        load_places()
        load_people()
        added = load_services(progress=options["verbosity"] > 0)
        load_pages()
        load_expert_page()
        total = ImportedRecord.objects.filter(source=ImportedRecord.Source.DEMO).count()
        self.stdout.write(f"Demo loaded: {added} services added, {total} in all.")
