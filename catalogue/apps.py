"""Tells Django of this room and connects its ears."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from wagtail.models import AbstractPage
        from wagtail.permissions import register_permission_policy

        from catalogue import signal_handlers
        from catalogue.page_policy import RulesPagePolicy

        signal_handlers.connect()
        register_permission_policy(AbstractPage, RulesPagePolicy("wagtailcore.Page"))
