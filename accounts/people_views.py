"""The forms with which main users and administrators manage people, in the Wagtail admin.

Every object is fetched among those that the person manages; one that is not hers is not found.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts import actions, invitations
from accounts.forms import AdministratorForm, InviteForm, ProviderForm, RoleForm, SuccessorForm, TrustForm
from accounts.invitations import Outcome, Result
from accounts.models import Invitation, Membership, ProviderLink, User
from accounts.people_lists import ForAdministrators, ForManagers
from accounts.permissions import may_create_provider
from accounts.queries import managed_invitations, managed_links, managed_memberships
from accounts.standing import Standing


class PeopleForm(ForManagers, WagtailAdminTemplateMixin, FormView):
    """A form, or a confirmation where it has no fields, that does one thing and goes back to a list."""

    template_name = "accounts/admin/people_form.html"
    form_class: Any = Form
    submit_label: Any = _("Save")
    is_serious = False
    back = "people:index"

    def get_success_url(self) -> str:
        return reverse(self.back)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("people:index"), "label": gettext("People")}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.get_page_title()}]

    def get_explanation(self) -> str:
        """What is about to happen, in a sentence."""
        return ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {
            "explanation": self.get_explanation(),
            "submit_label": self.submit_label,
            "is_serious": self.is_serious,
            "back_url": self.get_success_url(),
        }
        return {**super().get_context_data(**kwargs), **own}

    def form_valid(self, form: Any) -> HttpResponse:
        """Do it, tell it, go back; a refusal is told at the form."""
        try:
            told = self.act(form)
        except ValidationError as refused:
            _show(form, refused)
            return self.form_invalid(form)
        except (Invitation.DoesNotExist, Membership.DoesNotExist) as gone:
            raise Http404 from gone
        messages.success(self.request, told)
        return redirect(self.get_success_url())

    def act(self, form: Any) -> str:
        """Do what the form asks; what has been done, in a sentence."""
        raise NotImplementedError


def _show(form: Any, refused: ValidationError) -> None:
    """Put a refusal beside its field, where it names one that the form has."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused)
        return
    for name, errors in refused.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class InviteView(PeopleForm):
    page_title = _("Invite people")
    form_class = InviteForm
    submit_label = _("Send invitations")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.person}

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        names = ("addresses", "organisation", "role", "language")
        try:
            outcomes = invitations.invite(by=self.user, **{name: data[name] for name in names})
        except ValidationError as refused:
            _show(form, refused)
            return self.form_invalid(form)
        _tell(self.request, outcomes)
        if all(outcome.result == Result.INVITED for outcome in outcomes):
            return redirect("people:invitations")
        # What was not invited stays in the form, to be mended.
        rest = [outcome for outcome in outcomes if outcome.result != Result.INVITED]
        again = self.form_class(
            initial={**data, "addresses": "\n".join(outcome.address for outcome in rest)}, person=self.person
        )
        return self.render_to_response(self.get_context_data(form=again, outcomes=[_told(outcome) for outcome in rest]))


def _tell(request: HttpRequest, outcomes: list[Outcome]) -> None:
    sent = sum(outcome.result == Result.INVITED for outcome in outcomes)
    if sent:
        told = ngettext("%(count)s invitation was sent.", "%(count)s invitations were sent.", sent) % {"count": sent}
        messages.success(request, told)


def _told(outcome: Outcome) -> tuple[str, str]:
    """(address, why it was not invited)."""
    words = {
        Result.MEMBER: gettext("is already a member: change the role in the list of people"),
        Result.PENDING: gettext("is already invited: send the invitation again from the list"),
        Result.OWN: gettext("is your own address: nobody changes their own rights"),
        Result.INVALID: gettext("is not a valid e-mail address"),
    }
    return outcome.address, words[outcome.result]


class _OfInvitation(PeopleForm):
    back = "people:invitations"

    @cached_property
    def invitation(self) -> Invitation:
        found: Invitation = get_object_or_404(managed_invitations(self.person), pk=self.kwargs["pk"])
        return found

    def get_page_subtitle(self) -> str:
        return self.invitation.address


class ResendView(_OfInvitation):
    page_title = _("Send the invitation again")
    submit_label = _("Send again")

    def get_explanation(self) -> str:
        return gettext("%(address)s gets a new link; the earlier one stops working.") % {"address": self.invitation.address}

    def act(self, form: Any) -> str:
        invitations.resend(invitation=self.invitation, by=self.user)
        return gettext("The invitation was sent again.")


class WithdrawView(_OfInvitation):
    page_title = _("Withdraw the invitation")
    submit_label = _("Withdraw")
    is_serious = True

    def get_explanation(self) -> str:
        return gettext("The link that %(address)s got stops working.") % {"address": self.invitation.address}

    def act(self, form: Any) -> str:
        invitations.withdraw(invitation=self.invitation, by=self.user)
        return gettext("The invitation was withdrawn.")


class _OfMember(PeopleForm):
    @cached_property
    def membership(self) -> Membership:
        """Never one's own, unless an administrator asks."""
        found: Membership = get_object_or_404(managed_memberships(self.person), pk=self.kwargs["pk"])
        if found.user_id == self.person.user and not self.person.is_administrator:
            raise Http404
        return found

    @cached_property
    def duties(self) -> list[str]:
        """What she must hand over before the step is taken."""
        return actions.duties_of(self.membership.user, self.membership.organisation)

    def get_page_subtitle(self) -> str:
        return str(self.membership.user)


class RoleView(_OfMember):
    page_title = _("Change role")
    form_class = RoleForm

    @cached_property
    def duties(self) -> list[str]:
        """An editor or a main user keeps hers; only as an expert would she have to hand them over."""
        can_lose = self.membership.organisation.has_experts and self.membership.role != Membership.Role.EXPERT
        return super().duties if can_lose else []

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "membership": self.membership, "duties": self.duties}

    def get_explanation(self) -> str:
        return str(self.membership.organisation)

    def act(self, form: Any) -> str:
        data = form.cleaned_data
        withdrawn = actions.change_role(
            membership=self.membership, role=data["role"], by=self.user, successor=data.get("successor")
        )
        return " ".join((gettext("The role was changed."), _withdrawn(withdrawn)))


class RemoveView(_OfMember):
    page_title = _("Remove from the organisation")
    form_class = SuccessorForm
    submit_label = _("Remove")
    is_serious = True

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"user": self.membership.user, "organisation": self.membership.organisation, "duties": self.duties}
        return {**super().get_form_kwargs(), **own}

    def get_explanation(self) -> str:
        names = {"person": self.membership.user, "organisation": self.membership.organisation}
        return gettext("%(person)s loses every role in %(organisation)s at once. The account stays.") % names

    def act(self, form: Any) -> str:
        membership = self.membership
        withdrawn = actions.remove_member(
            user=membership.user,
            organisation=membership.organisation,
            by=self.user,
            successor=form.cleaned_data.get("successor"),
        )
        return " ".join((gettext("The person was removed from the organisation."), _withdrawn(withdrawn)))


def _withdrawn(count: int) -> str:
    """In words, that so many invitations were withdrawn with a person's rights; "" for none."""
    if not count:
        return ""
    return ngettext(
        "%(count)s invitation that the person had sent was withdrawn.",
        "%(count)s invitations that the person had sent were withdrawn.",
        count,
    ) % {"count": count}


class ProviderView(PeopleForm):
    back = "people:providers"
    page_title = _("Create a provider organisation")
    form_class = ProviderForm
    submit_label = _("Create and invite")

    def is_allowed(self, person: Standing) -> bool:
        return may_create_provider(person)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.person}

    def act(self, form: Any) -> str:
        names = ("kind", "business_id", "municipal_organisation", "main_user", "language")
        chosen = {name: form.cleaned_data[name] for name in names}
        provider = actions.create_provider(names=form.names, by=self.user, **chosen)
        return gettext("%(organisation)s was created and its first main user invited.") % {"organisation": provider}


class TrustView(PeopleForm):
    page_title = _("Trust a provider")
    form_class = TrustForm
    back = "people:providers"

    def is_allowed(self, person: Standing) -> bool:
        return may_create_provider(person)

    @cached_property
    def link(self) -> ProviderLink:
        found: ProviderLink = get_object_or_404(managed_links(self.person), pk=self.kwargs["pk"])
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.link}

    def get_page_subtitle(self) -> str:
        return str(self.link.provider)

    def get_explanation(self) -> str:
        return gettext(
            "A trusted provider changes contacts and times of published services for which %(municipality)s is responsible "
            "without review. You are told of each change and can take it back."
        ) % {"municipality": self.link.municipal_organisation}

    def act(self, form: Any) -> str:
        trusted = form.cleaned_data["trusted"]
        actions.set_trust(link=self.link, trusted=trusted, by=self.user)
        told = gettext("%(provider)s is trusted.") if trusted else gettext("%(provider)s is not trusted.")
        return told % {"provider": self.link.provider}


class MakeAdministratorView(ForAdministrators, PeopleForm):
    page_title = _("Name an administrator")
    form_class = AdministratorForm
    submit_label = _("Give an administrator's rights")
    is_serious = True
    back = "people:administrators"

    def act(self, form: Any) -> str:
        actions.make_administrator(user=form.user, by=self.user)
        return gettext("%(person)s is now an administrator.") % {"person": form.user}


class UnmakeAdministratorView(ForAdministrators, PeopleForm):
    page_title = _("End administrator's rights")
    submit_label = _("End the rights")
    is_serious = True
    back = "people:administrators"

    @cached_property
    def member(self) -> User:
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=self.user.pk)
        return get_object_or_404(others, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.member)

    def get_explanation(self) -> str:
        return gettext("%(person)s keeps the account and the roles in organisations.") % {"person": self.member}

    def act(self, form: Any) -> str:
        actions.unmake_administrator(user=self.member, by=self.user)
        return gettext("%(person)s is no longer an administrator.") % {"person": self.member}
