"""What the catalogue adds to the Wagtail admin: lists, choosers, and the editor's own style and script."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import path, re_path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail_modeladmin.options import modeladmin_register

from accounts.standing import standing_of
from catalogue import guide_views
from catalogue.attachments import is_internal
from catalogue.dashboard import OwnServicesPanel
from catalogue.models import ServicePage
from catalogue.permissions import Act, may_read_instructions
from catalogue.place_chooser import place_chooser_viewset
from catalogue.reach import SERVICE_DEPTH, reach_of
from catalogue.responsibility_list import ResponsibilityViewSet
from catalogue.views import RightsReportView, ServiceListView, add_service_view, move_service_view
from catalogue.viewsets import LegalSnippetAdmin, PlaceAdmin, VocabulariesGroup

for _list in (VocabulariesGroup, PlaceAdmin, LegalSnippetAdmin):
    modeladmin_register(_list)


@hooks.register("register_admin_viewset")
def register_viewsets() -> Any:
    return [place_chooser_viewset, ResponsibilityViewSet()]


@hooks.register("register_admin_urls")
def register_admin_addresses() -> list[Any]:
    return [
        re_path(r"^guides/(?P<number>[0-9]+)/(?P<code>[0-9]{3})/$", guide_views.municipal_guide, name="municipal_guide"),
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


# Before Wagtail's own check of restrictions, which lets in whoever is signed in.
@hooks.register("before_serve_document", order=-1)
def close_internal_file(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Files of instructions are for those who may read instructions; nothing keeps a copy of the answer."""
    if not is_internal(document):
        return None
    request.is_internal = True  # type: ignore[attr-defined]  # read by the middleware that sets the headers
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), login_url=reverse(settings.LOGIN_URL))
    if not may_read_instructions(standing_of(request.user)):
        raise PermissionDenied
    return None


@hooks.register("insert_global_admin_css")
def admin_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def admin_script() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("js/admin.js"))
