"""What the room of people and organisations adds to the Wagtail admin, and what of Wagtail's own it closes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction
from wagtail_modeladmin.options import modeladmin_register

from accounts import closing_views, people_lists, people_views
from accounts.choosers import organisation_chooser_viewset, user_chooser_viewset
from accounts.mail_list import MailList
from accounts.viewsets import OrganisationsGroup

modeladmin_register(OrganisationsGroup)


class PeopleViewSet(ViewSet):
    """People: members, invitations, provider organisations, administrators."""

    name = "people"
    icon = "user"
    menu_label = _("People")
    menu_order = 505
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", people_lists.MemberList.as_view(), name="index"),
            path("results/", people_lists.MemberList.as_view(results_only=True), name="index_results"),
            path("invite/", people_views.InviteView.as_view(), name="invite"),
            path("invitations/", people_lists.InvitationList.as_view(), name="invitations"),
            path("invitations/results/", people_lists.InvitationList.as_view(results_only=True), name="invitation_results"),
            path("invitations/<int:pk>/send-again/", people_views.ResendView.as_view(), name="resend"),
            path("invitations/<int:pk>/withdraw/", people_views.WithdrawView.as_view(), name="withdraw"),
            path("members/<int:pk>/role/", people_views.RoleView.as_view(), name="role"),
            path("members/<int:pk>/remove/", people_views.RemoveView.as_view(), name="remove"),
            path("providers/", people_lists.ProviderList.as_view(), name="providers"),
            path("providers/results/", people_lists.ProviderList.as_view(results_only=True), name="provider_results"),
            path("providers/<int:pk>/trust/", people_views.TrustView.as_view(), name="trust"),
            path("providers/new/", people_views.ProviderView.as_view(), name="create_provider"),
            path("administrators/", people_lists.AdministratorList.as_view(), name="administrators"),
            path(
                "administrators/results/",
                people_lists.AdministratorList.as_view(results_only=True),
                name="administrator_results",
            ),
            path("administrators/new/", people_views.MakeAdministratorView.as_view(), name="make_administrator"),
            path("administrators/<int:pk>/end/", people_views.UnmakeAdministratorView.as_view(), name="unmake_administrator"),
            path("accounts/", closing_views.EndingAccountList.as_view(), name="deletions"),
            path("accounts/results/", closing_views.EndingAccountList.as_view(results_only=True), name="deletion_results"),
            path("accounts/<int:pk>/remove/", closing_views.RemovePersonView.as_view(), name="remove_person"),
            path("accounts/<int:pk>/unblock/", closing_views.UnblockView.as_view(), name="unblock"),
            path("organisations/<int:pk>/close/", closing_views.CloseView.as_view(), name="close_organisation"),
            path("organisations/<int:pk>/reopen/", closing_views.ReopenView.as_view(), name="reopen_organisation"),
        ]


class MailViewSet(ViewSet):
    """Mails: the queue, to be read."""

    name = "mails"
    icon = "mail"
    menu_label = _("Mails")
    menu_order = 530
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", MailList.as_view(), name="index"),
            path("results/", MailList.as_view(results_only=True), name="index_results"),
        ]


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    return [organisation_chooser_viewset, user_chooser_viewset, PeopleViewSet(), MailViewSet()]


@hooks.register("register_admin_menu_item")
def own_data_item() -> MenuItem:
    return MenuItem(_("Own data"), reverse_lazy("own_data"), name="own-data", icon_name="user", order=9990)


class _NoBulkAction:
    """Not found: Wagtail's own ways to change many users give groups, block and delete without asking the rules."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


for _action in (AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction):
    # After Wagtail's own, whose place under the same name it takes.
    hooks.register("register_bulk_action", type(f"No{_action.__name__}", (_NoBulkAction, _action), {}), order=100)
