"""Choosing a place in the editor: the chooser's views, its form widget and its block."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from accounts.choosers import WordsFilterForm, by_own_name


class PlaceFilterForm(WordsFilterForm):
    lookups = ("names__name", "names__street", "names__city", "postal_code", "municipality__names__name")


class _Places:
    """All places, in the alphabet, with street and municipality to tell them apart."""

    filter_form_class = PlaceFilterForm
    ordering = ("own_name", "pk")

    def get_object_list(self) -> Any:
        # This module is read before the models are, because their blocks need it.
        place, name = apps.get_model("catalogue", "Place"), apps.get_model("catalogue", "PlaceName")
        places = place.objects.select_related("municipality").prefetch_related("names", "municipality__names")
        return by_own_name(places, name.objects, "place")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]  # of the view
            Column("street", label=_("Street address"), accessor=_street),
            Column("municipality", label=_("Municipality")),
        ]


def _street(place: Any) -> str:
    return next((row.street for row in place.names.all()), "")


class PlaceChooseView(_Places, ChooseView):
    """The chooser with its search field."""


class PlaceChooseResultsView(_Places, ChooseResultsView):
    """The list in the chooser."""


class PlaceChooserViewSet(ChooserViewSet):
    model = "catalogue.Place"
    icon = "thumbtack"
    choose_one_text = _("Choose a place")
    choose_another_text = _("Choose another place")
    edit_item_text = _("Edit this place")
    choose_view_class = PlaceChooseView
    choose_results_view_class = PlaceChooseResultsView


place_chooser_viewset = PlaceChooserViewSet("place_chooser")
PlaceChooserBlock = place_chooser_viewset.get_block_class(name="PlaceChooserBlock", module_path="catalogue.place_chooser")
