"""The editor's view of a service: sections in the order of the service model; a language version shows its texts only."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    InlinePanel,
    MultiFieldPanel,
    MultipleChooserPanel,
    ObjectList,
    PageChooserPanel,
    Panel,
    PublishingPanel,
    TabbedInterface,
)
from wagtail.admin.widgets import SlugInput


class FactsPanel(MultiFieldPanel):
    """A section of facts: shown on the original only, because a version's own copies are never read."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.is_original) and super().is_shown()


class VersionTextsPanel(Panel):
    """The texts of a language version, each beside the original's (fields made by the form)."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/admin/version_texts.html"

        def is_shown(self) -> bool:
            return not self.instance.is_original

        def get_context_data(self, parent_context: Any = None) -> Any:
            context = super().get_context_data(parent_context)
            context["texts"] = self.form.version_texts()
            return context


def counted(name: str, length: int) -> FieldPanel:
    """A text field with a counter of the characters that are left."""
    from django import forms

    return FieldPanel(name, widget=forms.TextInput(attrs={"maxlength": length, "data-counter": length}))


CONTENT = [
    counted("title", 120),
    VersionTextsPanel(),
    FactsPanel([counted("summary", 250)], heading=_("Short description")),
    FactsPanel(
        [
            FieldPanel("categories"),
            FieldPanel("needs"),
            FieldPanel("for_persons"),
            FieldPanel("for_employers"),
            FieldPanel("scope"),
            FieldPanel("joint_organisations"),
        ],
        heading=_("What kind of service"),
    ),
    FactsPanel([FieldPanel("languages")], heading=_("Languages of service")),
    FactsPanel([FieldPanel("is_charged"), FieldPanel("price"), counted("price_text", 250)], heading=_("Price")),
    FactsPanel([FieldPanel("target_group")], heading=_("Target group")),
    FactsPanel([FieldPanel("delivery")], heading=_("Delivery")),
    FactsPanel([FieldPanel("participation")], heading=_("Participation")),
    FactsPanel([FieldPanel("contacts")], heading=_("Contacts")),
    FactsPanel([FieldPanel("links")], heading=_("Links and attachments")),
    FactsPanel(
        [MultipleChooserPanel("producers", chooser_field_name="organisation", label=_("Provider"))], heading=_("Providers")
    ),
    FactsPanel(
        [FieldPanel("provider_responsible"), FieldPanel("responsible_municipality"), FieldPanel("municipal_responsible")],
        heading=_("Responsible"),
    ),
    FactsPanel(
        [InlinePanel("related_services", panels=[PageChooserPanel("related", "catalogue.ServicePage")], label=_("Service"))],
        heading=_("See also these services"),
    ),
    FactsPanel(
        [FieldPanel("legal_task"), FieldPanel("keywords"), FieldPanel("ptv_id")],
        heading=_("Classification"),
        classname="collapsed",
    ),
]
SETTINGS = [
    PublishingPanel(),
    FieldPanel("slug", widget=SlugInput),
    FactsPanel([FieldPanel("review_interval"), FieldPanel("boost", permission="superuser")], heading=_("Upkeep")),
    FieldPanel("search_description"),
]

SERVICE_EDIT_HANDLER = TabbedInterface(
    [ObjectList(CONTENT, heading=_("Content")), ObjectList(SETTINGS, heading=_("Settings"))]
)
