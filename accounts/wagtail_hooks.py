"""What the room of people and organisations adds to the Wagtail admin."""

from typing import Any

from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from accounts.choosers import organisation_chooser_viewset, user_chooser_viewset
from accounts.viewsets import OrganisationsGroup

modeladmin_register(OrganisationsGroup)


@hooks.register("register_admin_viewset")
def register_choosers() -> list[Any]:
    return [organisation_chooser_viewset, user_chooser_viewset]
