"""The administrators' lists of organisations and areas, and what all such lists of the site share."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin import display
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup
from wagtail_modeladmin.views import DeleteView

from accounts.choosers import by_own_name
from accounts.identifiers import compact_business_id
from accounts.models import (
    EmploymentArea,
    EmploymentAreaName,
    Municipality,
    MunicipalityName,
    Organisation,
    OrganisationName,
    WellbeingCounty,
    WellbeingCountyName,
)

BLOCKERS_SHOWN = 5


class AdministratorsOnly(PermissionHelper):
    """Administrators do everything, nobody else anything, whatever permissions a group may have."""

    def user_has_any_permissions(self, user: Any) -> bool:
        return bool(user.is_active and user.is_superuser)

    def user_has_specific_permission(self, user: Any, perm_codename: str) -> bool:
        return bool(user.is_active and user.is_superuser)


class NeverDeleted(AdministratorsOnly):
    """The same, for things that other things refer to by a code for ever."""

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return False


class CarefulDeleteView(DeleteView):
    """Refuses to delete what is in use, and says by what, before it asks for a confirmation."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.check_action_permitted(request.user):
            users = self.model_admin.users_of(self.instance)
            if users:
                messages.error(request, self.refusal(users))
                return redirect(self.edit_url)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def refusal(self, users: list[str]) -> str:
        """The message that names the users of the thing and what to do instead."""
        shown = "; ".join(users[:BLOCKERS_SHOWN]) + ("; …" if len(users) > BLOCKERS_SHOWN else "")
        message = gettext("“%(name)s” cannot be deleted, because it is in use: %(users)s.") % {
            "name": self.instance,
            "users": shown,
        }
        return f"{message} {self.model_admin.instead_of_deleting}"


class QuietButtons(ButtonHelper):
    """A row is opened by its name, and deleted from its form: no buttons on every row."""

    def get_buttons_for_obj(self, obj: Any, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        return []

    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        button: dict[str, Any] = super().add_button(*args, **kwargs)
        added = self.view.model_admin.added_name
        return {**button, "label": added, "title": added} if added else button


class AdministratorsList(ModelAdmin):
    """A list for administrators only, of things with names per language."""

    permission_helper_class = AdministratorsOnly
    button_helper_class = QuietButtons
    delete_view_class = CarefulDeleteView
    list_per_page = 50
    # The words on the button that adds one, where the model's name does not make good ones.
    added_name: Any = ""
    # What the one who may not delete is told to do.
    instead_of_deleting: Any = ""
    # The model of the names, its key to the thing and its text field, for sorting.
    names: tuple[Any, str, str]
    # The field that stands for the name where there is none.
    nameless = "code"

    def users_of(self, obj: Any) -> list[str]:
        """What uses `obj`, in words, some of each kind; empty when it may be deleted."""
        return []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows, owner, text = self.names
        named = by_own_name(self.model._default_manager.get_queryset(), rows.objects, owner, text, self.nameless)
        return named.order_by(*self.get_ordering(request))

    @display(description=_("Name"), ordering="own_name")
    def own_name(self, obj: Any) -> str:
        return str(obj)

    def get_menu_label(self) -> Any:
        """Lazy, because Wagtail keeps the menu for readers of all languages."""
        return self.menu_label or capfirst(self.opts.verbose_name_plural)

    def get_permissions_for_registration(self) -> QuerySet[Permission]:
        """None: what only administrators may do is not offered to groups."""
        return Permission.objects.none()


class CodedForm(WagtailAdminModelForm):
    """A form whose code is given once and never changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "code" in self.fields:
            self.fields["code"].disabled = True
        for field in self.fields.values():
            queryset = getattr(field, "queryset", None)
            if queryset is not None and hasattr(queryset.model, "names"):
                field.queryset = queryset.prefetch_related("names")


class OrganisationForm(CodedForm):
    """An organisation: only a municipal one acts for municipalities, and only others are linked to one."""

    def clean(self) -> Any:
        cleaned = super().clean()
        kind = cleaned.get("kind")
        if kind and kind != Organisation.Kind.MUNICIPAL and cleaned.get("acts_for"):
            self.add_error("acts_for", ValidationError(_("Only a municipal organisation acts for municipalities.")))
        number = compact_business_id(cleaned.get("business_id") or "")
        if number and kind and kind != Organisation.Kind.MUNICIPAL:
            other = Organisation.objects.filter(business_id=number, kind=kind).exclude(pk=self.instance.pk).first()
            if other is not None:
                message = gettext("%(organisation)s already has this business id.") % {"organisation": other}
                self.add_error("business_id", ValidationError(message))
        return cleaned


def names_panel() -> InlinePanel:
    """The names, one row per language, at least one."""
    row = FieldRowPanel([FieldPanel("language"), FieldPanel("name")])
    return InlinePanel("names", heading=_("Names"), label=_("Name"), panels=[row], min_num=1)


def municipalities_panel(name: str = "municipalities") -> FieldPanel:
    return FieldPanel(name, widget=forms.CheckboxSelectMultiple(attrs={"class": "pm-columns"}))


class OrganisationAdmin(AdministratorsList):
    model = Organisation
    menu_icon = "group"
    names = (OrganisationName, "organisation", "name")
    list_display = ("own_name", "kind", "code", "business_id", "municipal_organisations", "closed")
    list_filter = ("kind", "gives_employment_services")
    search_fields = ("names__name", "code", "business_id")
    ordering = ("code",)
    instead_of_deleting = _("Close it instead, from the menu beside “Save”.")
    edit_handler = ObjectList(
        [
            names_panel(),
            MultiFieldPanel(
                [FieldPanel("kind"), FieldPanel("code"), FieldPanel("business_id"), FieldPanel("web")], heading=_("Identity")
            ),
            MultiFieldPanel(
                [FieldPanel("gives_employment_services"), municipalities_panel("acts_for")], heading=_("Employment services")
            ),
            InlinePanel(
                "municipal_links",
                heading=_("Links to municipal organisations"),
                label=_("Municipal organisation"),
                help_text=_("The municipal organisations that check and publish what this provider sends."),
                panels=[FieldRowPanel([FieldPanel("municipal_organisation", widget=forms.Select), FieldPanel("trusted")])],
            ),
        ],
        base_form_class=OrganisationForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("names", "municipal_links__municipal_organisation__names")

    @display(description=_("Municipal organisation"))
    def municipal_organisations(self, obj: Organisation) -> str:
        links = obj.municipal_links.all()
        return ", ".join(str(link.municipal_organisation) for link in links)

    @display(description=_("Closed"), ordering="closed_at")
    def closed(self, obj: Organisation) -> str:
        return date_format(obj.closed_at, "SHORT_DATE_FORMAT") if obj.closed_at else ""

    def users_of(self, obj: Organisation) -> list[str]:
        """Everything in any room that refers to the organisation, its own child rows apart."""
        found: list[str] = []
        for relation in obj._meta.related_objects:
            if relation.name in {"names", "municipal_links"}:
                continue
            rows = relation.related_model._base_manager.filter(**{relation.field.name: obj})
            found += [f"{capfirst(row._meta.verbose_name)} {row}" for row in rows[: BLOCKERS_SHOWN + 1]]
        return found


class MunicipalityAdmin(AdministratorsList):
    model = Municipality
    menu_icon = "home"
    permission_helper_class = NeverDeleted
    names = (MunicipalityName, "municipality", "name")
    list_display = ("own_name", "code", "areas", "counties")
    search_fields = ("names__name", "code")
    ordering = ("own_name",)
    edit_handler = ObjectList([FieldPanel("code"), names_panel()], base_form_class=CodedForm)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("names", "employment_areas__names", "counties__names")

    @display(description=_("Employment area"))
    def areas(self, obj: Municipality) -> str:
        return ", ".join(str(area) for area in obj.employment_areas.all())

    @display(description=_("Wellbeing services county"))
    def counties(self, obj: Municipality) -> str:
        return ", ".join(str(county) for county in obj.counties.all())


class _AreaAdmin(AdministratorsList):
    """A named set of municipalities."""

    list_display = ("own_name", "code", "its_municipalities")
    search_fields = ("names__name", "code", "municipalities__names__name")
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("names", "municipalities__names")

    @display(description=_("Municipalities"))
    def its_municipalities(self, obj: Any) -> str:
        return ", ".join(str(municipality) for municipality in obj.municipalities.all())


class EmploymentAreaAdmin(_AreaAdmin):
    model = EmploymentArea
    menu_icon = "site"
    names = (EmploymentAreaName, "area", "name")
    edit_handler = ObjectList(
        [FieldPanel("code"), names_panel(), municipalities_panel(), FieldPanel("responsible")], base_form_class=CodedForm
    )


class WellbeingCountyAdmin(_AreaAdmin):
    model = WellbeingCounty
    menu_icon = "site"
    names = (WellbeingCountyName, "county", "name")
    edit_handler = ObjectList([FieldPanel("code"), names_panel(), municipalities_panel()], base_form_class=CodedForm)


class OrganisationsGroup(ModelAdminGroup):
    menu_label = _("Organisations")
    menu_icon = "group"
    menu_order = 510
    items: ClassVar[tuple[Any, ...]] = (OrganisationAdmin, MunicipalityAdmin, EmploymentAreaAdmin, WellbeingCountyAdmin)
