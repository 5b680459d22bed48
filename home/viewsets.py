"""The administrators' lists of what experts see on their front page: notices and links to tools."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail_modeladmin.options import ModelAdminGroup

from accounts.viewsets import AdministratorsList, CodedForm
from home.models import Notice, NoticeText, ToolLink, ToolLinkLabel

ONE_ROW_PER_LANGUAGE = _("One row per language. A language without a row shows the best other one.")


class NoticeAdmin(AdministratorsList):
    model = Notice
    menu_icon = "warning"
    added_name = _("Add a notice")
    names = (NoticeText, "notice", "title")
    nameless = "importance"
    list_display = ("own_name", "importance", "shown_from", "shown_to")
    list_filter = ("importance",)
    search_fields = ("texts__title", "texts__text")
    ordering = ("-shown_from", "-pk")
    edit_handler = ObjectList(
        [
            InlinePanel(
                "texts",
                heading=_("Texts"),
                label=_("Text"),
                help_text=ONE_ROW_PER_LANGUAGE,
                panels=[FieldRowPanel([FieldPanel("language"), FieldPanel("title")]), FieldPanel("text")],
                min_num=1,
            ),
            MultiFieldPanel(
                [FieldPanel("importance"), FieldRowPanel([FieldPanel("shown_from"), FieldPanel("shown_to")])],
                heading=_("When it is shown"),
            ),
        ],
        base_form_class=CodedForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("texts")


class ToolLinkAdmin(AdministratorsList):
    model = ToolLink
    menu_icon = "link-external"
    added_name = _("Add a link")
    names = (ToolLinkLabel, "tool", "label")
    nameless = "url"
    list_display = ("own_name", "url", "for_whom", "sort_order")
    search_fields = ("labels__label", "url")
    ordering = ("sort_order", "pk")
    edit_handler = ObjectList(
        [
            InlinePanel(
                "labels",
                heading=_("Labels"),
                label=_("Label"),
                help_text=ONE_ROW_PER_LANGUAGE,
                panels=[FieldRowPanel([FieldPanel("language"), FieldPanel("label")]), FieldPanel("description")],
                min_num=1,
            ),
            MultiFieldPanel([FieldPanel("url"), FieldPanel("sort_order")], heading=_("Link")),
            FieldPanel("organisations", widget=forms.SelectMultiple(attrs={"size": 12})),
        ],
        base_form_class=CodedForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("labels", "organisations__names")

    @display(description=_("For whom"))
    def for_whom(self, obj: ToolLink) -> str:
        return ", ".join(str(organisation) for organisation in obj.organisations.all())


class ExpertPageGroup(ModelAdminGroup):
    menu_label = _("Experts' front page")
    menu_icon = "home"
    menu_order = 550
    items: ClassVar[tuple[Any, ...]] = (NoticeAdmin, ToolLinkAdmin)
