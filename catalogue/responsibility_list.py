"""The administrators' list of services for which no municipality validly answers."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSet

from accounts.people_lists import ForAdministrators, ManagedList
from catalogue.models import ServicePage
from catalogue.queries import without_valid_responsibility


class ResponsibilityList(ForAdministrators, ManagedList):
    """Number, name, organiser, and the municipality that is named, if any. Constant in queries."""

    model = ServicePage
    page_title = _("Services without a valid responsible municipality")
    header_icon = "warning"
    index_url_name = "responsibility:index"
    index_results_url_name = "responsibility:index_results"
    search_fields = ("title",)
    default_ordering = ("title", "pk")

    def get_base_queryset(self) -> QuerySet[Any]:
        found = without_valid_responsibility().select_related("responsible_municipality", "service")
        return found.prefetch_related("responsible_municipality__names")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("number", label=_("Number"), accessor="service_id", sort_key="service"),
            self._get_title_column_class(TitleColumn)("title", label=_("Name"), sort_key="title", get_url=_edit_url),
            Column("responsible", label=_("Responsible municipality"), accessor="responsible_municipality"),
            Column("lifecycle", label=_("State"), accessor="service.get_lifecycle_display"),
        ]

    def get_edit_url(self, instance: ServicePage) -> str:
        return _edit_url(instance)


def _edit_url(page: ServicePage) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


class ResponsibilityViewSet(ViewSet):
    """The list at an address of its own; menus show nobody what is shut to her (home.admin_doors)."""

    name = "responsibility"
    icon = "warning"
    menu_label = _("Without a responsible municipality")
    menu_order = 540
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", ResponsibilityList.as_view(), name="index"),
            path("results/", ResponsibilityList.as_view(results_only=True), name="index_results"),
        ]
