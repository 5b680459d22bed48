"""Addresses of the search, below the language."""

from django.urls import re_path

from catalogue.addresses import all_words
from search import views

SERVICES = "|".join(all_words("services"))

urlpatterns = [re_path(rf"^(?P<word>{SERVICES})/$", views.service_list, name="services")]
