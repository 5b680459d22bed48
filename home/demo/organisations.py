"""Loads the demo's organisations with their pages, its places and its people."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from wagtail.models import Locale

from accounts.models import Membership, Municipality, Organisation, OrganisationName, ProviderLink, User
from catalogue.models import CatalogueIndexPage, OrganisationPage, Place, PlaceName
from catalogue.texts import paragraphs
from home.demo import files

PASSWORD = "palvelumanuaali"  # noqa: S105  # told to everybody, of invented people
LANGUAGES = ("fi", "sv", "en")


def load_organisations() -> None:
    """Organisations, their links, and a page for each in Finnish, Swedish and English."""
    rows = files.read("organisations")
    for row in rows:
        organisation, made = Organisation.objects.get_or_create(
            code=row["code"],
            defaults={
                "kind": row["kind"],
                "business_id": row["business_id"] or "",
                "web": row["web"] or "",
                "gives_employment_services": row["gives_employment_services"],
            },
        )
        if made:
            OrganisationName.objects.bulk_create(
                OrganisationName(organisation=organisation, language=tag, name=name) for tag, name in row["names"].items()
            )
            organisation.acts_for.set(Municipality.objects.filter(code__in=row["acts_for"] or []))
            organisation.save()
            _load_pages(organisation, row)
    for row in rows:
        for code in row["linked_to"] or []:
            ProviderLink.objects.get_or_create(
                provider=Organisation.objects.get(code=row["code"]), municipal_organisation=Organisation.objects.get(code=code)
            )


def _load_pages(organisation: Organisation, row: dict[str, Any]) -> None:
    first = None
    for tag in LANGUAGES:
        fields = {
            "title": row["names"].get(tag) or row["names"]["fi"],
            "description": paragraphs(row["texts"][tag]["description"]),
            "phone": row["contacts"]["phone"],
            "email": row["contacts"]["email"],
        }
        locale = Locale.objects.get(language_code=tag)
        if first is None:
            page = OrganisationPage(organisation=organisation, slug=row["code"], locale=locale, **fields)
            CatalogueIndexPage.objects.get(locale=locale).add_child(instance=page)
            first = page
        else:
            page = first.copy_for_translation(locale)
            for name, value in fields.items():
                setattr(page, name, value)
        page.save_revision().publish(skip_permission_checks=True)


def load_places() -> None:
    for row in files.read("places"):
        place, made = Place.objects.get_or_create(
            code=row["code"],
            defaults={
                "municipality": Municipality.objects.get(code=row["municipality"]),
                "postal_code": row["postal_code"],
                "latitude": row["latitude"],
                "longitude": row["longitude"],
                "accessibility": row["accessibility"],
            },
        )
        if made:
            PlaceName.objects.bulk_create(
                PlaceName(
                    place=place,
                    language=tag,
                    name=name,
                    street=row["street"].get(tag) or row["street"]["fi"],
                    city=row["city"].get(tag) or row["city"]["fi"],
                    directions=row["directions"].get(tag, ""),
                )
                for tag, name in row["names"].items()
            )


def load_people() -> None:
    """The demo's sign-ins, all with the same password; never on a production site."""
    if not settings.DEBUG and not getattr(settings, "DEMO_SIGN_INS", False):
        password = make_password(None)
    else:
        password = make_password(PASSWORD)
    for row in files.read("people"):
        user, _made = User.objects.get_or_create(
            email=row["email"],
            defaults={
                "first_name": row["first_name"],
                "last_name": row["last_name"],
                "title": row["title"],
                "password": password,
                "home_organisation": Organisation.objects.filter(code=row["home_organisation"]).first(),
                "is_superuser": row["administrator"],
                "is_staff": row["administrator"],
            },
        )
        for membership in row["memberships"] or []:
            organisation = Organisation.objects.get(code=membership["organisation"])
            Membership.objects.get_or_create(user=user, organisation=organisation, role=membership["role"])
