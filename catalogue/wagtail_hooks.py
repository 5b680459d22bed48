"""What the catalogue adds to the Wagtail admin: lists, choosers, and the editor's own style and script."""

from typing import Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from catalogue.place_chooser import place_chooser_viewset
from catalogue.viewsets import LegalSnippetAdmin, PlaceAdmin, VocabulariesGroup

for _list in (VocabulariesGroup, PlaceAdmin, LegalSnippetAdmin):
    modeladmin_register(_list)


@hooks.register("register_admin_viewset")
def register_place_chooser() -> Any:
    return place_chooser_viewset


@hooks.register("insert_global_admin_css")
def admin_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("insert_global_admin_js")
def admin_script() -> SafeString:
    return format_html('<script src="{}" defer></script>', static("js/admin.js"))
