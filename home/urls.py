"""Addresses of the front doors, below the language."""

from django.urls import path, re_path

from catalogue.addresses import all_words
from home import views

SERVICE, INSTRUCTION, ORGANISATION, ORGANISATIONS = (
    "|".join(all_words(thing)) for thing in ("service", "instruction", "organisation", "organisations")
)

urlpatterns = [
    re_path(rf"^(?P<word>{SERVICE})/(?P<number>[0-9]+)(?:-(?P<slug>[-\w]*))?/$", views.service, name="service"),
    re_path(
        rf"^(?P<word>{SERVICE})/(?P<number>[0-9]+)-(?P<slug>[-\w]*)/(?P<instruction_word>{INSTRUCTION})/$",
        views.work_instruction,
        name="work_instruction",
    ),
    re_path(rf"^(?P<word>{ORGANISATION})/(?P<code>[-\w]+)/$", views.organisation, name="organisation"),
    re_path(rf"^(?P<word>{ORGANISATIONS})/$", views.organisations, name="organisations"),
    path("own-municipality/", views.choose_municipality, name="choose_municipality"),
]
