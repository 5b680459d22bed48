"""Administrators' screens for what ends: organisations that are closed, accounts that are blocked or are to be removed."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import Button

from accounts import closing, life
from accounts.forms import HeirForm
from accounts.models import Invitation, Organisation, User
from accounts.people_lists import BelowPeople, ForAdministrators, ManagedList
from accounts.people_views import PeopleForm

# -------------------------------------------------------------------------------------------------- organisations


class _OfOrganisation(ForAdministrators, PeopleForm):
    template_name = "accounts/admin/organisation_form.html"
    header_icon = "group"

    @cached_property
    def organisation(self) -> Organisation:
        found: Organisation = get_object_or_404(Organisation.objects.prefetch_related("names"), pk=self.kwargs["pk"])
        return found

    def get_page_subtitle(self) -> str:
        return str(self.organisation)

    def get_success_url(self) -> str:
        return reverse("accounts_organisation_modeladmin_edit", args=[self.organisation.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": self.get_success_url(), "label": str(self.organisation)}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]


class CloseView(_OfOrganisation):
    page_title = _("Close the organisation")
    submit_label = _("Close the organisation")
    form_class = HeirForm
    is_serious = True

    @cached_property
    def consequences(self) -> tuple[list[str], dict[int, int]]:
        return closing.consequences_of(self.organisation)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "heirs": self.consequences[1]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "consequences": [*self._of_people(), *self.consequences[0]]}

    def _of_people(self) -> list[str]:
        people = self.organisation.memberships.values("user").distinct().count()
        waiting = Invitation.objects.pending().filter(organisation=self.organisation).count()
        withdrawn = ngettext("%(count)s invitation is withdrawn.", "%(count)s invitations are withdrawn.", waiting)
        return [
            ngettext(
                "%(count)s person loses the rights through it, until it is reopened.",
                "%(count)s people lose the rights through it, until it is reopened.",
                people,
            )
            % {"count": people},
            *([withdrawn % {"count": waiting}] if waiting else []),
        ]

    def act(self, form: Any) -> str:
        closed = closing.close_organisation(organisation=self.organisation, by=self.user, heir=form.cleaned_data.get("heir"))
        told = [gettext("The organisation was closed.")]
        if closed.handed:
            count = len(closed.handed)
            told.append(
                ngettext("%(count)s service was handed over.", "%(count)s services were handed over.", count) % {"count": count}
            )
        if closed.left:
            count = len(closed.left)
            told.append(
                ngettext(
                    "%(count)s service has no valid responsible municipality now.",
                    "%(count)s services have no valid responsible municipality now.",
                    count,
                )
                % {"count": count}
            )
        return " ".join(told)


class ReopenView(_OfOrganisation):
    page_title = _("Reopen the organisation")
    submit_label = _("Reopen")

    def get_explanation(self) -> str:
        return gettext("Its people get their rights back, and what was archived with the closing comes back.")

    def act(self, form: Any) -> str:
        told = closing.reopen_organisation(organisation=self.organisation, by=self.user)
        return " ".join([gettext("The organisation is open again."), *told])


# -------------------------------------------------------------------------------------------------------- accounts


class EndingAccountList(BelowPeople, ForAdministrators, ManagedList):
    """Those who asked for deletion, and those whom the rule blocked. Constant in queries."""

    model = User
    page_title = _("Accounts that end")
    index_url_name = "people:deletions"
    index_results_url_name = "people:deletion_results"
    search_fields = ("first_name", "last_name", "email")
    default_ordering = ("deletion_asked_at", "blocked_at", "pk")

    def get_base_queryset(self) -> QuerySet[Any]:
        ending = Q(deletion_asked_at__isnull=False) | Q(is_active=False, blocked_at__isnull=False)
        return User.objects.filter(ending, anonymised_at=None)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(TitleColumn)("name", label=_("Name"), accessor=str),
            Column("email", label=_("E-mail address"), sort_key="email"),
            DateColumn("deletion_asked_at", label=_("Asked for deletion"), sort_key="deletion_asked_at"),
            DateColumn("blocked_at", label=_("Blocked"), sort_key="blocked_at"),
        ]

    def get_list_more_buttons(self, instance: User) -> list[Button]:
        buttons = []
        if instance.deletion_asked_at is not None and instance.pk != self.person.user:
            url = reverse("people:remove_person", args=[instance.pk])
            buttons.append(Button(_("Remove the personal data"), url=url, icon_name="bin", priority=10))
        if not instance.is_active:
            url = reverse("people:unblock", args=[instance.pk])
            buttons.append(Button(_("Unblock"), url=url, icon_name="key", priority=20))
        return buttons


class _OfEndingAccount(ForAdministrators, PeopleForm):
    back = "people:deletions"
    ending: Q

    @cached_property
    def member(self) -> User:
        return get_object_or_404(
            User.objects.filter(self.ending, anonymised_at=None).exclude(pk=self.user.pk), pk=self.kwargs["pk"]
        )

    def get_page_subtitle(self) -> str:
        return f"{self.member} ({self.member.email})"


class RemovePersonView(_OfEndingAccount):
    page_title = _("Remove the personal data")
    submit_label = _("Remove the personal data")
    is_serious = True
    ending = Q(deletion_asked_at__isnull=False)

    def get_explanation(self) -> str:
        return gettext("Name, e-mail address, roles and sign-in are removed at once. This cannot be undone.")

    def act(self, form: Any) -> str:
        life.remove_person(user=self.member, by=self.user, now=timezone.now())
        return gettext("The personal data was removed.")


class UnblockView(_OfEndingAccount):
    page_title = _("Unblock the account")
    submit_label = _("Unblock")
    ending = Q(is_active=False, blocked_at__isnull=False)

    def get_explanation(self) -> str:
        return gettext("The person can sign in again, with the same roles.")

    def act(self, form: Any) -> str:
        life.unblock(user=self.member, by=self.user, now=timezone.now())
        return gettext("The account was unblocked.")
