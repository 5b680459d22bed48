"""What the front doors add to the Wagtail admin: menus that show nobody what she may not enter; notices and tools."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from home.admin_doors import leads_anywhere
from home.viewsets import ExpertPageGroup

modeladmin_register(ExpertPageGroup)


def _keep_open(request: HttpRequest, items: list[Any]) -> None:
    """Leave out links behind shut doors, and groups of links of which none is open. One query at most, with the reach."""
    for item in list(items):
        children = getattr(item, "menu", None)
        if children is None:
            shown = leads_anywhere(request.user, str(item.url))
        else:
            shown = any(leads_anywhere(request.user, str(child.url)) for child in children.menu_items_for_request(request))
        if not shown:
            items.remove(item)


for _menu in ("construct_main_menu", "construct_settings_menu", "construct_reports_menu", "construct_help_menu"):
    hooks.register(_menu, _keep_open)
