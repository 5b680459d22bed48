"""The forms about people: inviting, roles, removal, providers, administrators, and accepting an invitation."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.choosers import organisation_chooser_viewset
from accounts.identifiers import compact_business_id, validate_business_id
from accounts.invitations import is_address
from accounts.models import Invitation, Membership, Organisation, ProviderLink, User
from accounts.permissions import may_hold_role
from accounts.queries import linkable_organisations, managed_organisations, successors
from accounts.standing import Standing

LONGEST_LIST = 30_000
NAME_LANGUAGES = ("fi", "sv", "en")


def _organisation_field(person: Standing, queryset: Any, label: Any) -> forms.ModelChoiceField:
    """A choice among `queryset`; administrators search theirs, because a drop-down of hundreds is no choice."""
    widget = organisation_chooser_viewset.widget_class() if person.is_administrator else forms.Select()
    field = forms.ModelChoiceField(queryset, label=label, widget=widget)
    if not person.is_administrator and len(queryset) == 1:
        field.initial = queryset[0].pk
    return field


class LanguageField(forms.ChoiceField):
    """In which language a mail is written to someone whose own one is not known."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Language of the mail"), choices=settings.WAGTAILADMIN_PERMITTED_LANGUAGES, initial=settings.LANGUAGE_CODE
        )


class InviteForm(forms.Form):
    """Many addresses, one role in one organisation."""

    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("One or many, each on its own line or separated by commas."),
    )

    def __init__(self, *args: Any, person: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"] = _organisation_field(person, managed_organisations(person), _("Organisation"))
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, widget=forms.RadioSelect)
        self.fields["language"] = LanguageField()

    def clean_addresses(self) -> list[str]:
        """The addresses, unchecked: each is answered by itself."""
        addresses = [text for text in re.split(r"[\s,;]+", self.cleaned_data["addresses"]) if text]
        if len(addresses) > settings.INVITATIONS_AT_ONCE:
            message = gettext("Invite at most %(most)s people at a time.") % {"most": settings.INVITATIONS_AT_ONCE}
            raise ValidationError(message)
        return addresses

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        _check_role(self, cleaned.get("role"), cleaned.get("organisation"))
        return cleaned


def _check_role(form: forms.Form, role: str | None, organisation: Organisation | None) -> None:
    if role and organisation and not may_hold_role(role, has_experts=organisation.has_experts):
        message = _("Only a municipal organisation, or one marked as giving employment services, has experts.")
        form.add_error("role", ValidationError(message))


class SuccessorForm(forms.Form):
    """Who takes over what a person answers for; asked only where there is something."""

    def __init__(self, *args: Any, user: User, organisation: Organisation, duties: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duties = duties
        if duties:
            self.fields["successor"] = forms.ModelChoiceField(
                successors(organisation, user),
                label=_("Successor"),
                required=False,
                help_text=_("An editor or a main user of the same organisation. All of it is handed over at once."),
            )


class RoleForm(SuccessorForm):
    """Another role for a member; roles that the organisation cannot have are not offered."""

    def __init__(self, *args: Any, membership: Membership, duties: list[str], **kwargs: Any) -> None:
        organisation = membership.organisation
        super().__init__(*args, user=membership.user, organisation=organisation, duties=duties, **kwargs)
        roles = [
            (role, label)
            for role, label in Membership.Role.choices
            if may_hold_role(role, has_experts=organisation.has_experts)
        ]
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=roles, initial=membership.role, widget=forms.RadioSelect
        )
        self.order_fields(["role", "successor"])


class ProviderForm(forms.Form):
    """A provider organisation, linked to a municipal one, and the address of its first main user."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[choice for choice in Organisation.Kind.choices if choice[0] != Organisation.Kind.MUNICIPAL]
    )
    business_id = forms.CharField(label=_("Business id"), max_length=20, required=False, help_text="1234567-8")
    main_user = forms.EmailField(
        label=_("First main user's e-mail address"), help_text=_("An invitation is sent to this address.")
    )

    def __init__(self, *args: Any, person: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("Linked to the municipal organisation")
        names = dict(settings.WAGTAILADMIN_PERMITTED_LANGUAGES)
        for tag in NAME_LANGUAGES:
            self.fields[f"name_{tag}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": names[tag]}, max_length=200, required=False
            )
        self.fields["municipal_organisation"] = _organisation_field(person, linkable_organisations(person), label)
        self.fields["language"] = LanguageField()
        self.order_fields([f"name_{tag}" for tag in NAME_LANGUAGES])

    def clean_business_id(self) -> str:
        number = compact_business_id(self.cleaned_data["business_id"])
        if number:
            validate_business_id(number)
        return number

    def clean_main_user(self) -> str:
        address = str(self.cleaned_data["main_user"]).strip().lower()
        if not is_address(address):
            raise ValidationError(_("Enter a valid e-mail address."))
        return address

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if not any(self.names.values()):
            self.add_error("name_fi", ValidationError(_("Give the name in one language at least.")))
        number, kind = cleaned.get("business_id"), cleaned.get("kind")
        if number and kind:
            other = Organisation.objects.filter(business_id=number, kind=kind).first()
            if other is not None:
                message = gettext("%(organisation)s already has this business id.") % {"organisation": other}
                self.add_error("business_id", ValidationError(message))
        return cleaned

    @property
    def names(self) -> dict[str, str]:
        """Language → name, in the order in which they are asked."""
        return {tag: self.cleaned_data.get(f"name_{tag}", "").strip() for tag in NAME_LANGUAGES}


class AdministratorForm(forms.Form):
    """The address of an account that is to become an administrator's."""

    address = forms.EmailField(
        label=_("E-mail address"), help_text=_("Of a person who already has an account. An administrator may do everything.")
    )

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip().lower()
        self.user = User.objects.filter(email=address, is_active=True).first()
        if self.user is None:
            raise ValidationError(_("There is no active account with this address. Invite the person first."))
        if self.user.is_superuser:
            raise ValidationError(_("The person is an administrator already."))
        return address


class OwnDataForm(forms.ModelForm):
    """What a person corrects herself. The address is not among it: it is what she signs in with, and what was invited."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "title", "home_organisation", "preferred_language")
        widgets = {
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "title": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "home_organisation": forms.Select(attrs={"class": "select"}),
            "preferred_language": forms.Select(attrs={"class": "select"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A home organisation that was closed meanwhile may stay.
        offered = Organisation.objects.filter(Q(closed_at=None) | Q(pk=self.instance.home_organisation_id))
        self.fields["home_organisation"].queryset = offered.prefetch_related("names")  # type: ignore[attr-defined]  # a choice

    def save(self, commit: bool = True) -> User:
        """Write these fields alone: nothing of the account that changed meanwhile is turned back."""
        user: User = super().save(commit=False)
        if commit:
            user.save(update_fields=self._meta.fields)
        return user


class HeirForm(forms.Form):
    """Who answers from now on for the services of others; asked only where there is somebody who could."""

    def __init__(self, *args: Any, heirs: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if heirs:
            offered = Organisation.objects.filter(pk__in=heirs).prefetch_related("names")
            self.fields["heir"] = _HeirField(offered, heirs)


class _HeirField(forms.ModelChoiceField):
    """Offers each with the number of services that it may take over."""

    def __init__(self, offered: Any, heirs: Mapping[int, int]) -> None:
        self.heirs = heirs
        super().__init__(
            offered,
            label=_("New responsible municipality"),
            required=False,
            empty_label=_("None: list the services for the administrators"),
            help_text=_("It gets those services whose provider is linked to it. All others are listed for the administrators."),
        )

    def label_from_instance(self, obj: Any) -> str:
        count = self.heirs[obj.pk]
        told = ngettext("%(organisation)s (%(count)s service)", "%(organisation)s (%(count)s services)", count)
        return told % {"organisation": obj, "count": count}


class DeletionForm(forms.Form):
    """A yes that nobody gives by mistake."""

    sure = forms.BooleanField(label=_("I want my account and my personal data to be removed."))


class NewAccountForm(SetPasswordMixin, forms.Form):
    """Name, if the person gives it, and a password, for a person who accepts an invitation."""

    first_name = forms.CharField(
        label=_("First name (if you like)"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )  # fmt: skip
    last_name = forms.CharField(
        label=_("Last name (if you like)"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )  # fmt: skip
    password1, password2 = SetPasswordMixin.create_password_fields(label1=_("Password"), label2=_("The same password again"))

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.fields["password2"].help_text = ""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        self.validate_passwords()
        names = {name: cleaned.get(name, "") for name in ("first_name", "last_name")}
        # A password that resembles the person's own name or address is refused too.
        self.validate_password_for_user(User(email=self.invitation.address, **names))
        return cleaned


class TrustForm(forms.ModelForm):
    """Whether a linked provider makes minor changes without review."""

    class Meta:
        model = ProviderLink
        fields = ("trusted",)
        labels: ClassVar[dict[str, Any]] = {"trusted": _("Makes minor changes without review")}
        help_texts: ClassVar[dict[str, str]] = {"trusted": ""}
