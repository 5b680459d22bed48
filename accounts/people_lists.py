"""The lists of people, invitations and administrators in the Wagtail admin, and who gets to them.

Rows are only those that the person manages, so that a right cannot be forgotten: whatever else is asked for is not found,
and nothing tells whether it exists.
"""

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button, HeaderButton

from accounts.models import Invitation, Membership, ProviderLink, User
from accounts.permissions import may_create_provider, may_manage_people, may_rule_administrators
from accounts.queries import (
    managed_invitations,
    managed_links,
    managed_memberships,
    managed_organisations,
    short_of_main_users,
)
from accounts.spreadsheets import HarmlessExport
from accounts.standing import Standing, standing_of


class ForManagers:
    """Not found, unless the person manages users somewhere."""

    request: HttpRequest
    header_icon = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_allowed(standing_of(request.user)):
            raise Http404
        try:
            answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of the view
        except PermissionDenied as refused:
            raise Http404 from refused
        return answer

    def is_allowed(self, person: Standing) -> bool:
        return may_manage_people(person)

    @property
    def user(self) -> User:
        """The one who asks: the admin lets nobody unknown in."""
        return self.request.user  # type: ignore[return-value]  # see above

    @cached_property
    def person(self) -> Standing:
        return standing_of(self.user)


class ForAdministrators(ForManagers):
    """Not found, unless the person is an administrator."""

    def is_allowed(self, person: Standing) -> bool:
        return may_rule_administrators(person)


# ----------------------------------------------------------------------------------------------------------- lists


def _organisations_for_filter(request: HttpRequest) -> QuerySet[Any]:
    return managed_organisations(standing_of(request.user))


class _RoleFilterSet(WagtailFilterSet):
    organisation = django_filters.ModelChoiceFilter(label=_("Organisation"), queryset=_organisations_for_filter)
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Membership.Role.choices)


class MemberFilterSet(_RoleFilterSet):
    class Meta:
        model = Membership
        fields: ClassVar[list[str]] = []


class InvitationFilterSet(_RoleFilterSet):
    class Meta:
        model = Invitation
        fields: ClassVar[list[str]] = []


class ManagedList(ForManagers, generic.IndexView):
    """A list of Wagtail's with search, filters and pages; its rows are those that the person manages."""

    any_permission_required = None
    paginate_by = 50
    search_backend_name = None
    is_searchable = True
    # Wagtail's own sentence exists in English alone.
    no_results_message = _("There is nothing here, or nothing that matches your search.")

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Every word that was typed occurs in one of the fields."""
        for word in self.search_query.split():
            found = Q()
            for field in self.search_fields:
                found |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(found)
        return queryset


class BelowPeople:
    """A list that is reached from that of people, and leads back to it."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, own = super().get_breadcrumbs_items()  # type: ignore[misc]  # of the view
        return [*above, {"url": reverse("people:index"), "label": gettext("People")}, own]


class MemberList(HarmlessExport, ManagedList):
    """People with their roles, the last sign-in, and what can be done with them. Constant in queries."""

    model = Membership
    page_title = _("People")
    template_name = "accounts/admin/member_list.html"
    index_url_name = "people:index"
    index_results_url_name = "people:index_results"
    filterset_class = MemberFilterSet
    search_fields = ("user__first_name", "user__last_name", "user__email")
    default_ordering = ("user__last_name", "user__first_name", "user__email", "pk")
    list_export = ("user.last_name", "user.first_name", "user.email", "organisation", "get_role_display", "user.last_login")
    export_headings: ClassVar[dict[str, Any]] = {
        "user.last_name": _("Last name"),
        "user.first_name": _("First name"),
        "user.email": _("E-mail address"),
        "organisation": _("Organisation"),
        "get_role_display": _("Role"),
        "user.last_login": _("Last sign-in"),
    }
    export_filename = "people"

    def get_base_queryset(self) -> QuerySet[Any]:
        return managed_memberships(self.person)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(TitleColumn)(
                "name", label=_("Name"), accessor="user", sort_key="user__last_name", get_url=self._role_url
            ),
            Column("email", label=_("E-mail address"), accessor="user.email", sort_key="user__email"),
            Column("organisation", label=_("Organisation")),
            Column("role", label=_("Role"), accessor="get_role_display", sort_key="role"),
            DateColumn("last_login", label=_("Last sign-in"), accessor="user.last_login", sort_key="user__last_login"),
        ]

    def _role_url(self, membership: Membership) -> str | None:
        return None if self._is_own(membership) else reverse("people:role", args=[membership.pk])

    def _is_own(self, membership: Membership) -> bool:
        return membership.user_id == self.person.user and not self.person.is_administrator

    def get_list_more_buttons(self, instance: Membership) -> list[Button]:
        if self._is_own(instance):
            return []
        return [
            Button(_("Change role"), url=reverse("people:role", args=[instance.pk]), icon_name="edit", priority=10),
            Button(_("Remove"), url=reverse("people:remove", args=[instance.pk]), icon_name="bin", priority=20),
        ]

    @cached_property
    def header_buttons(self) -> list[Button]:
        buttons = [HeaderButton(_("Invite people"), url=reverse("people:invite"), icon_name="plus")]
        return buttons

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = [Button(_("Pending invitations"), url=reverse("people:invitations"), icon_name="mail", priority=10)]
        if may_create_provider(self.person):
            buttons.append(Button(_("Linked providers"), url=reverse("people:providers"), icon_name="group", priority=20))
        if may_rule_administrators(self.person):
            url = reverse("people:administrators")
            buttons.append(Button(_("Administrators"), url=url, icon_name="key", priority=30))
            url = reverse("people:deletions")
            buttons.append(Button(_("Accounts that end"), url=url, icon_name="bin", priority=40))
        return [*super().header_more_buttons, *buttons]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        short = [] if self.results_only else list(short_of_main_users(self.person))
        return {**super().get_context_data(**kwargs), "short_of_main_users": short}


class InvitationList(BelowPeople, ManagedList):
    """Invitations that wait, to send again or to withdraw. Constant in queries."""

    model = Invitation
    page_title = _("Pending invitations")
    index_url_name = "people:invitations"
    index_results_url_name = "people:invitation_results"
    filterset_class = InvitationFilterSet
    search_fields = ("address",)
    default_ordering = ("-sent_at", "pk")

    def get_base_queryset(self) -> QuerySet[Any]:
        return managed_invitations(self.person)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(TitleColumn)("address", label=_("E-mail address"), sort_key="address"),
            Column("organisation", label=_("Organisation")),
            Column("role", label=_("Role"), accessor="get_role_display", sort_key="role"),
            DateColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
            Column("state", label=_("State"), accessor=_invitation_state),
        ]

    def get_list_more_buttons(self, instance: Invitation) -> list[Button]:
        return [
            Button(_("Send again"), url=reverse("people:resend", args=[instance.pk]), icon_name="mail", priority=10),
            Button(_("Withdraw"), url=reverse("people:withdraw", args=[instance.pk]), icon_name="bin", priority=20),
        ]


def _invitation_state(invitation: Invitation) -> str:
    return gettext("Expired") if invitation.has_expired else gettext("Waiting")


class ProviderList(BelowPeople, ManagedList):
    """The providers linked to her municipal organisations, and whether each is trusted. Constant in queries."""

    model = ProviderLink
    page_title = _("Linked providers")
    header_icon = "group"
    index_url_name = "people:providers"
    index_results_url_name = "people:provider_results"
    search_fields = ("provider__names__name", "municipal_organisation__names__name")
    default_ordering = ("provider__code", "municipal_organisation__code")

    def is_allowed(self, person: Standing) -> bool:
        return may_create_provider(person)

    def get_base_queryset(self) -> QuerySet[Any]:
        return managed_links(self.person)

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().search_queryset(queryset).distinct()

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(TitleColumn)(
                "provider", label=_("Provider"), sort_key="provider__code", get_url=self._trust_url
            ),
            Column("municipal_organisation", label=_("Municipal organisation"), sort_key="municipal_organisation__code"),
            Column("trusted", label=_("Minor changes"), accessor=_told_trust, sort_key="trusted"),
        ]

    def _trust_url(self, link: ProviderLink) -> str:
        return reverse("people:trust", args=[link.pk])

    def get_list_more_buttons(self, instance: ProviderLink) -> list[Button]:
        return [Button(_("Trust or not"), url=self._trust_url(instance), icon_name="edit")]

    @cached_property
    def header_buttons(self) -> list[Button]:
        url = reverse("people:create_provider")
        return [HeaderButton(_("Create a provider organisation"), url=url, icon_name="plus")]


def _told_trust(link: ProviderLink) -> str:
    return gettext("Without review") if link.trusted else gettext("With review")


class AdministratorList(BelowPeople, ForAdministrators, ManagedList):
    """Those who may do everything."""

    model = User
    page_title = _("Administrators")
    index_url_name = "people:administrators"
    index_results_url_name = "people:administrator_results"
    search_fields = ("first_name", "last_name", "email")
    default_ordering = ("last_name", "first_name", "email")

    def get_base_queryset(self) -> QuerySet[Any]:
        return User.objects.filter(is_superuser=True, is_active=True)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(TitleColumn)("name", label=_("Name"), accessor=str),
            Column("email", label=_("E-mail address"), sort_key="email"),
            DateColumn("last_login", label=_("Last sign-in"), sort_key="last_login"),
        ]

    def get_list_more_buttons(self, instance: User) -> list[Button]:
        if instance.pk == self.person.user:
            return []
        url = reverse("people:unmake_administrator", args=[instance.pk])
        return [Button(_("End administrator's rights"), url=url, icon_name="bin")]

    @cached_property
    def header_buttons(self) -> list[Button]:
        return [HeaderButton(_("Name an administrator"), url=reverse("people:make_administrator"), icon_name="plus")]
