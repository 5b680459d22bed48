"""Which doors of the Wagtail admin are open to whom: an address that no line here names is for administrators alone.

Wagtail and its add-ons check rights view by view, and some forget to. So every request below /admin/ passes here first:
a new view, of ours or of a new version of theirs, stays shut until somebody writes down for whom it opens.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from wagtail.models import Page, Revision

from catalogue.permissions import may_enter_admin
from catalogue.reach import SERVICE_DEPTH, Reach, reach_of
from home.middleware import ADMIN_PREFIX

# May a person of this reach go through, with these arguments of the address?
Door = Callable[[Reach, Mapping[str, Any]], bool]


def visitors(reach: Reach, arguments: Mapping[str, Any]) -> bool:
    """Everybody: signing in and out, and what a page needs before anyone is known."""
    return True


def editors(reach: Reach, arguments: Mapping[str, Any]) -> bool:
    """Whoever may enter the admin: the view shows nothing, or nothing but her own. No query."""
    return may_enter_admin(reach.standing)


def _page(argument: str, allowed: Callable[[Reach, Page], bool]) -> Door:
    def door(reach: Reach, arguments: Mapping[str, Any]) -> bool:
        if not may_enter_admin(reach.standing):
            return False
        page = Page.objects.filter(pk=arguments[argument]).only("pk", "path", "depth").first()
        return page is not None and allowed(reach, page)

    return door


def own_page(argument: str) -> Door:
    """For the page whose key is this argument, if its drafts and history are hers to see. One query."""
    return _page(argument, Reach.may_open)


def page_on_the_way(argument: str) -> Door:
    """The same, and the pages above her own, through which the explorer leads down. One query."""
    return _page(argument, lambda reach, page: reach.may_open(page) or reach.leads_through(page.path))


def page_to_choose_below(argument: str) -> Door:
    """For the levels above the services, and her own pages: the chooser names the page whose children it lists. One query."""
    return _page(argument, lambda reach, page: page.depth < SERVICE_DEPTH or reach.may_open(page))


def own_revisions(page: str, *revisions: str) -> Door:
    """For a page of hers with revisions that are all of that very page. Two queries."""
    own = own_page(page)

    def door(reach: Reach, arguments: Mapping[str, Any]) -> bool:
        # "live", "earliest" and "latest" name no revision of their own.
        wanted = {int(arguments[name]) for name in revisions if str(arguments[name]).isdigit()}
        if not own(reach, arguments):
            return False
        return Revision.page_revisions.filter(pk__in=wanted, object_id=str(arguments[page])).count() == len(wanted)

    return door


def main_users(reach: Reach, arguments: Mapping[str, Any]) -> bool:
    """Whoever manages users somewhere. No query."""
    return bool(reach.standing.leads)


def own_edited_page(reach: Reach, arguments: Mapping[str, Any]) -> bool:
    """For the signs of life of an open editor: of a page of hers, never of a thing that is no page. One query."""
    is_page = arguments.get("app_label") in {"wagtailcore", "catalogue"} and str(arguments.get("object_id")).isdigit()
    return is_page and own_page("object_id")(reach, arguments)


DOORS: Mapping[str, Door] = {
    # Coming and going, and what the admin is made of.
    "admin_sign_in": visitors,
    "admin_sign_out": visitors,
    "admin_password_reset": visitors,
    "wagtailadmin_login": visitors,
    "wagtailadmin_logout": visitors,
    "wagtailadmin_password_reset": visitors,
    "wagtailadmin_password_reset_done": visitors,
    "wagtailadmin_password_reset_confirm": visitors,
    "wagtailadmin_password_reset_complete": visitors,
    "wagtailadmin_javascript_catalog": visitors,
    "wagtail_localize:javascript_catalog": visitors,
    "wagtailadmin_sprite": visitors,
    "wagtailadmin_home": editors,
    "wagtailadmin_account": editors,
    "wagtailadmin_dismissibles": editors,
    # People: each view finds only those whom she manages.
    "people:index": main_users,
    "people:index_results": main_users,
    "people:invite": main_users,
    "people:invitations": main_users,
    "people:invitation_results": main_users,
    "people:resend": main_users,
    "people:withdraw": main_users,
    "people:role": main_users,
    "people:remove": main_users,
    "people:create_provider": main_users,
    "people:providers": main_users,
    "people:provider_results": main_users,
    "people:trust": main_users,
    # Pages: the listings show what she may explore, the rest is asked page by page.
    "service_admin_list": editors,
    "service_admin_list_results": editors,
    "add_service": editors,
    "move_service": editors,
    "municipal_guide": editors,
    "wagtailadmin_explore_root": editors,
    "wagtailadmin_explore": page_on_the_way("parent_page_id"),
    "wagtailadmin_explore_results": page_on_the_way("parent_page_id"),
    "wagtailadmin_pages:search": editors,
    "wagtailadmin_pages:search_results": editors,
    "wagtailadmin_pages:add_subpage": own_page("parent_page_id"),
    "wagtailadmin_pages:add": own_page("parent_page_id"),
    "wagtailadmin_pages:preview_on_add": own_page("parent_page_id"),
    "wagtailadmin_pages:edit": own_page("page_id"),
    "wagtailadmin_pages:preview_on_edit": own_page("page_id"),
    "wagtailadmin_pages:view_draft": own_page("page_id"),
    "wagtailadmin_pages:unpublish": own_page("page_id"),
    "wagtailadmin_pages:history": own_page("page_id"),
    "wagtailadmin_pages:history_results": own_page("page_id"),
    "wagtailadmin_pages:revisions_index": own_page("page_id"),
    "wagtailadmin_pages:revisions_view": own_revisions("page_id", "revision_id"),
    "wagtailadmin_pages:revisions_revert": own_revisions("page_id", "revision_id"),
    "wagtailadmin_pages:revisions_compare": own_revisions("pk", "revision_id_a", "revision_id_b"),
    "wagtailadmin_editing_sessions:ping": own_edited_page,
    "wagtailadmin_editing_sessions:release": editors,
    "wagtailadmin_block_preview": editors,
    # Choosers: their lists are cut down to what the public reads and what is hers. Wagtail's "chosen multiple" of pages, which
    # no form of ours uses, gives the title of any page whose number is named: it stays shut.
    "wagtailadmin_choose_page": editors,
    "wagtailadmin_choose_page_child": page_to_choose_below("parent_page_id"),
    "wagtailadmin_choose_page_search": editors,
    "wagtailadmin_choose_page_external_link": editors,
    "wagtailadmin_choose_page_email_link": editors,
    "wagtailadmin_choose_page_phone_link": editors,
    "wagtailadmin_choose_page_anchor_link": editors,
    "wagtailadmin_api:pages:listing": editors,
    "wagtailadmin_api:pages:detail": own_page("pk"),
    "organisation_chooser:choose": editors,
    "organisation_chooser:choose_results": editors,
    "organisation_chooser:chosen": editors,
    "organisation_chooser:chosen_multiple": editors,
    "user_chooser:choose": editors,
    "user_chooser:choose_results": editors,
    "user_chooser:chosen": editors,
    "user_chooser:chosen_multiple": editors,
    "place_chooser:choose": editors,
    "place_chooser:choose_results": editors,
    "place_chooser:chosen": editors,
    "place_chooser:chosen_multiple": editors,
    # Lists of ours that show each person her own.
    "rights_report": main_users,
    "rights_report_results": main_users,
    "catalogue_place_modeladmin_index": editors,
    "catalogue_place_modeladmin_create": editors,
    "catalogue_place_modeladmin_edit": editors,
    # Files: the document policy shows each person those of her organisations.
    "wagtaildocs:index": editors,
    "wagtaildocs:index_results": editors,
    "wagtaildocs:add": editors,
    "wagtaildocs:edit": editors,
    "wagtaildocs_chooser:choose": editors,
    "wagtaildocs_chooser:choose_results": editors,
    "wagtaildocs_chooser:chosen": editors,
    "wagtaildocs_chooser:chosen_multiple": editors,
    "wagtaildocs_chooser:create": editors,
}


def is_open(user: Any, view_name: str, arguments: Mapping[str, Any]) -> bool:
    """May `user` go through the door of this view with these arguments? Two queries with her reach, and the door's own."""
    door = DOORS.get(view_name)
    if user.is_active and user.is_superuser:
        return True
    return door is not None and door(reach_of(user), arguments)


def leads_anywhere(user: Any, path: str) -> bool:
    """Whether a link of the admin's menus would open to `user`: what she may not enter she need not see."""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return is_open(user, match.view_name, match.kwargs)


class AdminDoorsMiddleware:
    """Stands before every view of the admin; must come after the middleware that knows who is asking."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Refuse, or ask who has not signed in to do so; nobody is told whether what she asks for exists."""
        if not request.path_info.startswith(ADMIN_PREFIX) or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if not request.user.is_authenticated and DOORS.get(name) is not visitors:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if DOORS.get(name) is not visitors and not is_open(request.user, name, kwargs):
            raise PermissionDenied
        return None
