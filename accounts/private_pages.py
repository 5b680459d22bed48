"""What this room's public pages share that are meant for one person: kept from other sites, there in every language."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation


def private(response: HttpResponse, *, referrer: str = "same-origin") -> HttpResponse:
    """Tell no other site where the reader came from, and no search engine that this page exists.

    A form cannot have "no-referrer": browsers then send it from nowhere, and Django refuses what comes from nowhere.
    """
    response.headers["Referrer-Policy"] = referrer
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def alternates(name: str, *args: Any) -> dict[str, str]:
    """The page's address in each language of the interface."""
    found = {}
    for tag in settings.INTERFACE_LANGUAGES:
        with translation.override(tag):
            found[tag] = reverse(name, args=args)
    return found
