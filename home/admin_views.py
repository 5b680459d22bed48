"""Views of the Wagtail admin that show a person her own and name nobody of other organisations."""

from functools import cached_property
from typing import Any

from wagtail.admin.ui.tables import Column
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet


class QuietFilters(GenericPageFilterSet):
    """The explorer's filters without those that list people of every organisation by name (service-model)."""

    owner = None
    edited_by = None
    site = None


class Explorer(ExplorableIndexView):
    """Wagtail's explorer; for editors without people's names and without actions on many pages at once."""

    @cached_property
    def filterset_class(self) -> Any:
        return super().filterset_class if self.request.user.is_superuser else QuietFilters

    @cached_property
    def columns(self) -> list[Column]:
        columns: list[Column] = super().columns
        return columns if self.request.user.is_superuser else [column for column in columns if column.name != "bulk_actions"]
