"""Reminds of, blocks and clears accounts that nobody uses. To be run daily."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.life import Step, keep_accounts


class Command(BaseCommand):
    help = (
        "Clear expired invitations away; remind of accounts that are not used, block them, and at last remove the "
        "personal data. Each step waits its days from the one before (settings ACCOUNT_…_DAYS)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what is due and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        counts = keep_accounts(now=timezone.now(), dry_run=dry_run, progress=options["verbosity"] > 0)
        if options["verbosity"]:
            told = ", ".join(f"{step}: {counts[step]}" for step in Step if counts[step]) or "nothing is due"
            self.stdout.write(f"{'Due, nothing was changed' if dry_run else 'Accounts'}: {told}.")
        if counts[Step.FAILED]:
            raise CommandError(f"Failed: {counts[Step.FAILED]}. They are tried again with the next run.")
