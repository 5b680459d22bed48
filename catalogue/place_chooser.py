"""Choosing a place in the editor: the chooser's views, its form widget and its block."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet


class PlaceChooserViewSet(ChooserViewSet):
    model = "catalogue.Place"
    icon = "site"
    choose_one_text = _("Choose a place")
    choose_another_text = _("Choose another place")
    edit_item_text = _("Edit this place")


place_chooser_viewset = PlaceChooserViewSet("place_chooser")
PlaceChooserBlock = place_chooser_viewset.get_block_class(name="PlaceChooserBlock", module_path="catalogue.place_chooser")
