"""Choosing a person or an organisation in the editor: a list to search, because a drop-down of thousands is no choice."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, ChosenMultipleView, ChosenView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from accounts.models import Membership, Organisation, OrganisationName, User


class WordsFilterForm(BaseFilterForm):
    """Leaves the objects of which every word that was typed occurs in one of `lookups`."""

    lookups: ClassVar[tuple[str, ...]] = ()

    q = forms.CharField(label=_("Search term"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Search")}))

    def filter(self, objects: Any) -> Any:
        objects = super().filter(objects)
        words = self.cleaned_data["q"].split()
        self.is_searching, self.search_query = bool(words), self.cleaned_data["q"]
        for word in words:
            found = objects.model.objects.filter(reduce(or_, (Q(**{f"{lookup}__icontains": word}) for lookup in self.lookups)))
            objects = objects.filter(pk__in=found.values("pk"))
        return objects


def by_own_name(objects: Any, rows: Any, owner: str, text: str = "name", nameless: str = "code") -> Any:
    """`objects` annotated with `own_name`, their name in the active language, for sorting; `nameless` where there is none.

    `rows` are the child rows that hold the names, `owner` their key to the object, `text` the name's field.
    """
    own = rows.filter(**{owner: OuterRef("pk"), "language": get_language()})
    return objects.annotate(own_name=Coalesce(Subquery(own.values(text)[:1]), nameless, output_field=CharField()))


# ------------------------------------------------------------------------------------------------- organisations


class OrganisationFilterForm(WordsFilterForm):
    lookups = ("names__name", "code", "business_id")


class _OpenOrganisations:
    """Organisations that have not been closed, in the alphabet."""

    filter_form_class = OrganisationFilterForm
    ordering = "own_name"

    def get_object_list(self) -> Any:
        return by_own_name(Organisation.objects.open().prefetch_related("names"), OrganisationName.objects, "organisation")

    @property
    def columns(self) -> list[Column]:
        return [*super().columns, Column("kind", label=_("Kind"), accessor="get_kind_display")]  # type: ignore[misc]  # of the view


class OrganisationChooseView(_OpenOrganisations, ChooseView):
    """The chooser with its search field."""


class OrganisationChooseResultsView(_OpenOrganisations, ChooseResultsView):
    """The list in the chooser."""


class OrganisationChooserViewSet(ChooserViewSet):
    model = Organisation
    icon = "group"
    choose_one_text = _("Choose an organisation")
    choose_another_text = _("Choose another organisation")
    edit_item_text = _("Edit this organisation")
    choose_view_class = OrganisationChooseView
    choose_results_view_class = OrganisationChooseResultsView


# -------------------------------------------------------------------------------------------------------- people


def choosable_users(viewer: User) -> QuerySet[User]:
    """The active people whom `viewer` may see by name: all for an administrator, else those of an own organisation.

    service-model: across organisations people see each other as organisation and role, not by name.
    """
    users = User.objects.filter(is_active=True)
    if viewer.is_superuser:
        return users
    own = viewer.memberships.in_force().values("organisation")
    return users.filter(pk__in=Membership.objects.in_force().filter(organisation__in=own).values("user"))


class UserFilterForm(WordsFilterForm):
    lookups = ("first_name", "last_name", "email")


def _organisations_of(user: User) -> str:
    return ", ".join(dict.fromkeys(str(membership.organisation) for membership in user.memberships.all()))


class _ChoosableUsers:
    """The people whom the viewer may name, with their organisations to tell namesakes apart."""

    filter_form_class = UserFilterForm
    ordering = ("last_name", "first_name", "email")
    request: Any

    def get_object_list(self) -> QuerySet[User]:
        return choosable_users(self.request.user).prefetch_related("memberships__organisation__names")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]  # of the view
            Column("email", label=_("E-mail address")),
            Column("organisations", label=_("Organisation"), accessor=_organisations_of),
        ]


class UserChooseView(_ChoosableUsers, ChooseView):
    """The chooser with its search field."""


class UserChooseResultsView(_ChoosableUsers, ChooseResultsView):
    """The list in the chooser."""


class UserChosenView(ChosenView):
    """Tells the name of the chosen one; of nobody whom the list would not have shown."""

    def get_object(self, pk: str) -> User:
        return choosable_users(self.request.user).get(pk=pk)


class UserChosenMultipleView(ChosenMultipleView):
    """The same for several."""

    def get_objects(self, pks: Iterable[str]) -> QuerySet[User]:
        return choosable_users(self.request.user).filter(pk__in=pks)


class UserChooserViewSet(ChooserViewSet):
    model = User
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    edit_item_text = _("Edit this person")
    choose_view_class = UserChooseView
    choose_results_view_class = UserChooseResultsView
    chosen_view_class = UserChosenView
    chosen_multiple_view_class = UserChosenMultipleView


organisation_chooser_viewset = OrganisationChooserViewSet("organisation_chooser")
user_chooser_viewset = UserChooserViewSet("user_chooser")
