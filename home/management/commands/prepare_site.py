"""Makes an empty database into a site: languages, tree, vocabularies."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.area_files import load_areas
from catalogue.actions import ensure_internal_collection
from catalogue.rights_upkeep import mend_rights
from catalogue.vocabulary_files import load_vocabularies
from home.site_tree import ensure_site


class Command(BaseCommand):
    help = "Make languages, front pages, catalogue, municipalities and vocabularies where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        load_areas()
        load_vocabularies()
        ensure_site()
        mend_rights()
        ensure_internal_collection()
        if options["verbosity"]:
            self.stdout.write("The site is ready: languages, front pages, catalogue and vocabularies are there.")
