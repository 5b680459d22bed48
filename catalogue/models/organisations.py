"""The catalogue's tree: its index and the pages of organisations, below which their services stand."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page, PagePermissionTester
from wagtail_localize.fields import SynchronizedField, TranslatableField

from accounts.models import Organisation
from catalogue.addresses import localised_path
from catalogue.leaf_blocks import RICH_TEXT_FEATURES


class CatalogueIndexPage(Page):
    """The root of the catalogue in one language. Readers get the list of services in its place."""

    max_count_per_parent = 1
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["catalogue.OrganisationPage"]

    class Meta:
        verbose_name = _("catalogue")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(localised_path(self.locale.language_code, "services"))


class OrganisationPage(Page):
    """The public page of an organisation, and the place in the tree of the services that it arranges."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="pages",
        help_text=_("Names, kind and links are kept on the organisation itself."),
    )  # fmt: skip
    description = RichTextField(_("description"), blank=True, features=RICH_TEXT_FEATURES)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    parent_page_types: ClassVar[list[str]] = ["catalogue.CatalogueIndexPage"]
    subpage_types: ClassVar[list[str]] = ["catalogue.ServicePage"]

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        # Whose services stand below it: rights follow from that, so nobody but administrators changes it.
        FieldPanel("organisation", permission="superuser"),
        FieldPanel("description"),
        MultiFieldPanel([FieldPanel("phone"), FieldPanel("email")], heading=_("Contact")),
    ]
    translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("title"),
        TranslatableField("slug"),
        TranslatableField("description"),
        SynchronizedField("organisation", overridable=False),
        SynchronizedField("phone", overridable=False),
        SynchronizedField("email", overridable=False),
    ]

    class Meta:
        verbose_name = _("organisation page")
        verbose_name_plural = _("organisation pages")

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        from catalogue.page_policy import RulesTester

        return RulesTester(user, self)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """The permanent address, by the organisation's code, wherever the page sits."""
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        path = localised_path(self.locale.language_code, "organisation", f"{self.organisation.code}/")
        return parts[0], parts[1], path

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(localised_path(self.locale.language_code, "organisation", f"{self.organisation.code}/"), permanent=True)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "catalogue/organisation_detail.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from catalogue.previews import organisation_context

        return {**super().get_preview_context(request, mode_name), **organisation_context(self)}
