"""Imports general descriptions of the Suomi.fi Finnish Service Catalogue as draft services."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from tqdm import tqdm

from accounts.models import Organisation, User
from catalogue.models import OrganisationPage
from exchange.actions import Outcome, import_description
from exchange.ptv import BadFile, Description, Refusal, check_all, read_file, shown


class Command(BaseCommand):
    help = (
        "Import general service descriptions (PTV) as drafts with Finnish, Swedish and English versions. "
        "A second run changes nothing; what a person has edited is never overwritten. "
        "Exit status 1 when a record was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the JSON file of descriptions")
        parser.add_argument("--organisation", required=True, help="code of the organisation whose services they become")
        parser.add_argument("--responsible", required=True, help="e-mail address of the responsible person there")
        parser.add_argument("--employment-only", action="store_true", help="only records with employment_related true")
        parser.add_argument("--dry-run", action="store_true", help="do everything, report, and take it back")

    def handle(self, *args: Any, **options: Any) -> None:
        organiser = _organiser(options["organisation"])
        responsible = _responsible(options["responsible"], options["organisation"])
        try:
            records = read_file(options["file"])
        except BadFile as error:
            raise CommandError(str(error)) from error
        with transaction.atomic():
            outcomes, refusals = self.run_import(records, organiser, responsible, options)
            if options["dry_run"]:
                transaction.set_rollback(True)
        self.report(outcomes, refusals, dry_run=options["dry_run"])
        if refusals:
            raise CommandError(f"{len(refusals)} of {len(records)} records were refused; see above.", returncode=1)

    def run_import(
        self, records: list[Any], organiser: Organisation, responsible: User, options: dict[str, Any]
    ) -> tuple[list[Outcome], list[Refusal]]:
        """Import each record that is good; all or nothing for each."""
        outcomes: list[Outcome] = []
        refusals: list[Refusal] = []
        bar = tqdm(total=len(records), desc="descriptions", unit="record", disable=options["verbosity"] == 0)
        for place, checked in enumerate(check_all(records), start=1):
            bar.update()
            if isinstance(checked, Refusal):
                refusals.append(checked)
            elif checked.employment_related or not options["employment_only"]:
                try:
                    outcomes.append(import_description(description=checked, organiser=organiser, responsible=responsible))
                except (DatabaseError, ObjectDoesNotExist, ValidationError, ValueError) as error:
                    refusals.append(_failed(place, checked, error))
        bar.close()
        return outcomes, refusals

    def report(self, outcomes: list[Outcome], refusals: list[Refusal], *, dry_run: bool) -> None:
        """What was done, what was left to its editors, what is still lacking, and what was refused."""
        counts = Counter(outcome.status for outcome in outcomes)
        summary = ", ".join(f"{counts[status]} {status}" for status in ("created", "updated", "unchanged"))
        for outcome in outcomes:
            if outcome.lacks:
                self.stdout.write(f"  {outcome.title}: still needs {', '.join(outcome.lacks)}")
            for what in outcome.left_out:
                self.stdout.write(f"  {outcome.title}: left out {what}")
            for place in outcome.edited:
                self.stdout.write(self.style.WARNING(f"  {outcome.title}: edited here, left as it is ({place})"))
        for refusal in refusals:
            self.stdout.write(self.style.ERROR(f"  record {refusal.place}, {refusal.name}: {'; '.join(refusal.reasons)}"))
        note = " Nothing was kept: this was a dry run." if dry_run else ""
        if not refusals and counts["unchanged"] == len(outcomes):
            note = " Nothing had changed." + note
        self.stdout.write(f"{summary}, {len(refusals)} refused.{note}")


def _failed(place: int, description: Description, error: Exception) -> Refusal:
    title = description.texts[description.original_language]["title"]
    return Refusal(place, shown(title), (f"it could not be saved: {error or type(error).__name__}",))


def _organiser(code: str) -> Organisation:
    """The open organisation `code`, which has a page in the catalogue. Raises CommandError."""
    organisation = Organisation.objects.open().filter(code=code).first()
    if organisation is None:
        codes = ", ".join(Organisation.objects.open().values_list("code", flat=True)[:50])
        raise CommandError(f"There is no open organisation “{code}”. There are: {codes or 'none yet'}.")
    if not OrganisationPage.objects.filter(organisation=organisation).exists():
        raise CommandError(f"The organisation “{code}” has no page in the catalogue yet: make one first.")
    return organisation


def _responsible(email: str, organisation: str) -> User:
    """The active member of the organisation with this address. Raises CommandError."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user “{email}”.")
    if not user.is_superuser and not user.memberships.filter(organisation__code=organisation).exists():
        raise CommandError(f"{email} is no member of “{organisation}”: the responsible person must be a user of the organiser.")
    return user
