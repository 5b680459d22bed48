"""Tells Django of this room and connects its ears."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from wagtail.documents import get_document_model
        from wagtail.models import AbstractPage
        from wagtail.permissions import register_permission_policy

        from catalogue import signal_handlers
        from catalogue.document_policy import RulesDocumentPolicy
        from catalogue.page_policy import RulesPagePolicy

        signal_handlers.connect()
        # For the exact class, because Wagtail registers its own afterwards.
        documents = RulesDocumentPolicy(get_document_model(), owner_field_name="uploaded_by_user")
        register_permission_policy(get_document_model(), documents, exact_class=True)
        register_permission_policy(AbstractPage, RulesPagePolicy("wagtailcore.Page"))
