"""Views of the Wagtail admin: own services, who may do what (both with exports), and moving a service to another organiser."""

from typing import Any, ClassVar, cast

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView

from accounts.models import Organisation, User
from accounts.spreadsheets import HarmlessExport
from accounts.standing import standing_of
from catalogue.dashboard import STATES, own_services, state_of
from catalogue.models import OrganisationPage, Service, ServicePage
from catalogue.moves import destinations, move_service
from catalogue.reach import ORGANISATION_DEPTH
from catalogue.rights_report import reported_memberships, rights_of


class ServiceFilterSet(WagtailFilterSet):
    """By name and by state."""

    title = django_filters.CharFilter(label=_("Name of the service"), lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label=_("State"), choices=list(STATES.items()), method="in_state")

    class Meta:
        model = ServicePage
        fields: ClassVar[list[str]] = ["title", "state"]

    def in_state(self, queryset: "QuerySet[Any]", name: str, state: str) -> "QuerySet[Any]":
        if state in (Service.Lifecycle.OUTDATED, Service.Lifecycle.ARCHIVED):
            return queryset.filter(service__lifecycle=state)
        return queryset.filter(Q(service__lifecycle=Service.Lifecycle.ACTIVE), state=state)


def _state(page: ServicePage) -> Any:
    return STATES[state_of(page.service.lifecycle, page.state)]


def _organiser(page: Any) -> str:
    return str(page.organiser_title)


class ServiceListView(HarmlessExport, ReportView):
    """The services that the person may work on: filter, sort, export. A constant number of queries."""

    page_title = _("Services")
    header_icon = "list-ul"
    index_url_name = "service_admin_list"
    index_results_url_name = "service_admin_list_results"
    model = ServicePage
    filterset_class = ServiceFilterSet
    default_ordering = "-changed"
    is_searchable = False
    export_filename = "palvelut"
    no_results_message = _("There is nothing here, or nothing that matches your search.")
    list_export: ClassVar[list[str]] = ["service_id", "title", "organiser_title", "shown_state", "changed", "last_published_at"]
    export_headings: ClassVar[dict[str, Any]] = {
        "service_id": _("Number"),
        "title": _("Name of the service"),
        "organiser_title": _("Organiser"),
        "shown_state": _("State"),
        "changed": _("Changed"),
        "last_published_at": _("Published"),
    }

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("title", label=_("Name of the service"), url_name="wagtailadmin_pages:edit", sort_key="title"),
            Column("organiser", label=_("Organiser"), accessor=_organiser),
            Column("state", label=_("State"), accessor=_state),
            DateColumn("changed", label=_("Changed"), sort_key="changed"),
        ]

    def get_queryset(self) -> "QuerySet[Any]":
        above = OrganisationPage.objects.filter(path=Substr(OuterRef("path"), 1, ORGANISATION_DEPTH * ServicePage.steplen))
        found = own_services(self.request.user).select_related("service", "locale")
        self.queryset = found.annotate(
            changed=F("latest_revision_created_at"), organiser_title=Subquery(above.values("title")[:1])
        )
        return super().get_queryset()

    def to_row_dict(self, item: Any) -> Any:
        item.shown_state = _state(item)
        return super().to_row_dict(item)


class RightsReportView(HarmlessExport, ReportView):
    """Who may do what, and through which membership: for main users of their own, for administrators of all. Six queries."""

    page_title = _("Rights")
    header_icon = "lock"
    index_url_name = "rights_report"
    index_results_url_name = "rights_report_results"
    results_template_name = "catalogue/admin/rights_report_results.html"
    is_searchable = False
    export_filename = "oikeudet"
    parts: ClassVar[list[str]] = ["own", "linked", "responsible", "all_published", "organisation"]
    list_export: ClassVar[list[str]] = ["person", "email", "role", "of", *parts]
    export_headings: ClassVar[dict[str, Any]] = {
        "person": _("Person"),
        "email": _("E-mail address"),
        "role": _("Role"),
        "of": _("Organisation"),
        "own": _("Services of the organisation"),
        "linked": _("Services of linked providers"),
        "responsible": _("In addition, where the organisation is responsible"),
        "all_published": _("All published services"),
        "organisation": _("The organisation"),
    }

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = standing_of(request.user)
        if not (person.is_administrator or person.leads):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_queryset(self) -> "QuerySet[Any]":
        return reported_memberships(standing_of(self.request.user))

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        for membership in object_list:
            right = rights_of(membership)
            membership.rights = [(self.export_headings[part], acts) for part in self.parts if (acts := getattr(right, part))]
        return object_list

    def to_row_dict(self, item: Any) -> Any:
        right = rights_of(item)
        values = {
            "person": str(item.user),
            "email": item.user.email,
            "role": item.get_role_display(),
            "of": str(item.organisation),
        }
        return {**values, **{part: "; ".join(getattr(right, part)) for part in self.parts}}


def add_service_view(request: HttpRequest) -> HttpResponse:
    """Where a new service begins: whose it is, and the language that it is written in first. Five queries at most."""
    pages = OrganisationPage.objects.filter(organisation__closed_at=None).select_related("organisation", "locale")
    person = standing_of(request.user)
    if not person.is_administrator:
        pages = pages.filter(organisation__in=person.edits | person.linked_providers)
    named = pages.order_by("locale").prefetch_related("organisation__names")
    ordered = sorted(named, key=lambda page: (page.organisation.name.casefold(), page.organisation_id))
    return render(request, "catalogue/admin/add_service.html", {"pages": ordered})


class MoveForm(forms.Form):
    """Where to."""

    organiser = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("New organiser"), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, organisers: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = Organisation.objects.filter(pk__in=[row.pk for row in organisers]).prefetch_related("names")
        cast(forms.ModelChoiceField, self.fields["organiser"]).queryset = allowed


def move_service_view(request: HttpRequest, number: int) -> HttpResponse:
    """Move a service to another organiser, in all its languages at once. Refused alike for foreign and for missing ones."""
    person = cast(User, request.user)  # the admin lets nobody else in
    service = Service.objects.filter(pk=number, pages__version_kind=ServicePage.Kind.ORIGINAL).first()
    organisers = destinations(service=service, by=person) if service else []
    if service is None or not organisers:
        raise PermissionDenied
    page = ServicePage.objects.originals().get(service=service)
    form = MoveForm(request.POST or None, organisers=organisers)
    if request.method == "POST" and form.is_valid():
        move_service(service=service, organiser=form.cleaned_data["organiser"], by=person)
        words = gettext("“%(service)s” now belongs to %(organiser)s, in all its languages.")
        messages.success(request, words % {"service": page.title, "organiser": form.cleaned_data["organiser"]})
        return redirect("wagtailadmin_pages:edit", page.pk)
    return render(request, "catalogue/admin/move_service.html", {"page": page, "form": form})
