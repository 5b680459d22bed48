"""What the catalogue adds to the Wagtail admin: lists, choosers, and the editor's own style and script."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail_modeladmin.options import modeladmin_register

from catalogue.dashboard import OwnServicesPanel
from catalogue.models import ServicePage
from catalogue.permissions import Act
from catalogue.place_chooser import place_chooser_viewset
from catalogue.reach import SERVICE_DEPTH, reach_of
from catalogue.views import RightsReportView, ServiceListView, add_service_view, move_service_view
from catalogue.viewsets import LegalSnippetAdmin, PlaceAdmin, VocabulariesGroup

for _list in (VocabulariesGroup, PlaceAdmin, LegalSnippetAdmin):
    modeladmin_register(_list)


@hooks.register("register_admin_viewset")
def register_place_chooser() -> Any:
    return place_chooser_viewset


@hooks.register("register_admin_urls")
def register_service_list() -> list[Any]:
    return [
        path("services/", ServiceListView.as_view(), name="service_admin_list"),
        path("services/results/", ServiceListView.as_view(results_only=True), name="service_admin_list_results"),
        path("services/add/", add_service_view, name="add_service"),
        path("services/<int:number>/move/", move_service_view, name="move_service"),
        path("rights/", RightsReportView.as_view(), name="rights_report"),
        path("rights/results/", RightsReportView.as_view(results_only=True), name="rights_report_results"),
    ]


@hooks.register("register_admin_menu_item")
def service_list_item() -> MenuItem:
    return MenuItem(
        gettext_lazy("Services"), reverse_lazy("service_admin_list"), name="services", icon_name="list-ul", order=90
    )


@hooks.register("register_admin_menu_item")
def rights_report_item() -> MenuItem:
    return MenuItem(gettext_lazy("Rights"), reverse_lazy("rights_report"), name="rights", icon_name="lock", order=520)


@hooks.register("register_page_header_buttons")
def move_button(page: Any, user: Any, next_url: str | None = None, **kwargs: Any) -> Iterator[Button]:
    """For whoever may move the service somewhere, at its original."""
    if page.depth == SERVICE_DEPTH and getattr(page, "is_original", False) and reach_of(user).may(Act.PUBLISH, page.path):
        address = reverse("move_service", args=[page.service_id])
        yield Button(gettext_lazy("Move to another organiser"), address, icon_name="redirect", priority=40)


@hooks.register("construct_homepage_panels")
def own_services_first(request: HttpRequest, panels: list[Any]) -> None:
    """Editors get their own services alone: Wagtail's panels also tell of pages that were hers once."""
    if not request.user.is_superuser:
        panels.clear()
    panels.append(OwnServicesPanel())


# After Wagtail has counted.
@hooks.register("construct_homepage_summary_items", order=1000)
def no_counts_of_the_whole_site(request: HttpRequest, items: list[Any]) -> None:
    if not request.user.is_superuser:
        items.clear()


@hooks.register("construct_page_chooser_queryset")
def choosable_pages(pages: Any, request: HttpRequest) -> Any:
    """What the public may read, and what is hers; of instructions only hers."""
    if request.user.is_superuser:
        return pages
    own = reach_of(request.user).pages().values("pk")
    # An outdated or archived service stays live for Wagtail.
    published = ServicePage.objects.published().values("pk")
    above = pages.filter(live=True, depth__lt=SERVICE_DEPTH).public().values("pk")
    return pages.filter(Q(pk__in=own) | Q(pk__in=published) | Q(pk__in=above))


@hooks.register("insert_global_admin_css")
def admin_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def admin_script() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("js/admin.js"))
