"""Tells the demo's sign-ins."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from home.demo.organisations import PASSWORD

SHOWN = (
    "administrator@palvelumanuaali.example",
    "paakayttaja@helsinki.example",
    "muokkaaja@helsinki.example",
    "asiantuntija@helsinki.example",
    "paakayttaja@silta.example",
    "muokkaaja@silta.example",
)


class Command(BaseCommand):
    help = "Print the demo sign-ins with their roles."

    def handle(self, *args: Any, **options: Any) -> None:
        people = {
            user.email: user
            for user in User.objects.filter(email__in=SHOWN).prefetch_related("memberships__organisation__names")
        }
        if not people:
            self.stdout.write("No demo sign-ins in this database.")
            return
        self.stdout.write(f"Demo sign-ins (password {PASSWORD}):")
        for email in SHOWN:
            if email in people:
                self.stdout.write(f"  {email:<42} {_roles(people[email])}")


def _roles(user: User) -> str:
    if user.is_superuser:
        return "administrator"
    return ", ".join(
        f"{membership.get_role_display().lower()}, {membership.organisation}" for membership in user.memberships.all()
    )
