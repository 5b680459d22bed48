"""The editor's view of a service: sections in the order of the service model; a language version shows its texts only."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html_join
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
    TitleFieldPanel,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput, SlugInput

from accounts.languages import direction
from catalogue.fields import FilteredCheckboxes
from catalogue.permissions import SEE_MUNICIPAL_PERSON


class FactsPanel(MultiFieldPanel):
    """A section of facts: shown on the original only, because a version's own copies are never read."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.is_original) and super().is_shown()


class FactPanel(FieldPanel):
    """The same for a section of one field."""

    class BoundPanel(FieldPanel.BoundPanel):
        def is_shown(self) -> bool:
            return bool(self.instance.is_original) and super().is_shown()


class VersionTextsPanel(Panel):
    """The texts of a language version, each beside the original's (fields made by the form)."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "catalogue/admin/version_texts.html"

        def is_shown(self) -> bool:
            return not self.instance.is_original

        def get_context_data(self, parent_context: Any = None) -> Any:
            original = self.form.original
            return {
                **super().get_context_data(parent_context),
                "title": self.form["title"],
                "is_title_stale": "title" in self.form.stale,
                "texts": list(self.form.version_texts()),
                "original": original,
                "original_language": dict(settings.LANGUAGES).get(original.language, original.language),
                "original_direction": direction(original.language),
                "own_direction": direction(self.instance.language),
            }


class VersionedTabs(TabbedInterface):
    """The editor's tabs. Wagtail appends fields that it has given to no panel: not those that VersionTextsPanel shows."""

    class BoundPanel(TabbedInterface.BoundPanel):
        def render_missing_fields(self) -> str:
            known = {*self.panel.get_form_options()["fields"], *self.form.version_fields}
            return format_html_join("", "{}", ((self.form[name],) for name in self.form.fields if name not in known))


def counted(length: int, *, long: bool = False) -> forms.Widget:
    """The widget of a text whose characters are counted while it is typed (admin.js)."""
    attrs: dict[str, Any] = {"data-counter": length}
    return AdminAutoHeightTextInput(attrs={**attrs, "rows": 3}) if long else forms.TextInput(attrs=attrs)


CONTENT = [
    TitleFieldPanel(
        "title",
        heading=_("Name of the service"),
        placeholder=_("Name of the service"),
        help_text=_("The name by which clients know the service, at most 120 characters. Leave out abbreviations."),
        widget=counted(120),
    ),
    VersionTextsPanel(),
    FactPanel(
        "summary",
        help_text=_(
            "Say in one or two sentences what the service is and for whom, at most 250 characters. "
            "It is shown in search results."
        ),
        widget=counted(250, long=True),
    ),
    FactsPanel(
        [
            FieldPanel("categories", help_text=_("What the service is. Choose one or more.")),
            FieldPanel("needs", help_text=_("What the client needs when this service is the answer. Choose one or more.")),
            FieldPanel("for_persons"),
            FieldPanel("for_employers"),
            FieldPanel(
                "scope",
                help_text=_(
                    "Own: for one municipality or employment area. Joint: arranged by several of them together. "
                    "National: the same in the whole country. External: arranged by others than the employment services."
                ),
            ),
            FieldPanel("joint_organisations", widget=forms.CheckboxSelectMultiple),
        ],
        heading=_("What kind of service"),
    ),
    FactPanel(
        "languages",
        help_text=_("The languages in which the client is served, and how well the client needs to know each."),
    ),
    FactsPanel(
        [
            FieldPanel("is_charged"),
            FieldPanel("price"),
            FieldPanel("price_text", widget=counted(250, long=True)),
        ],
        heading=_("Price"),
        help_text=_("If the client pays something, give the price in euros or tell it in words."),
    ),
    FactPanel("target_group", help_text=_("Who the service is for: situation, age, home municipality, sector.")),
    FactPanel("delivery", help_text=_("How, where and when the service takes place.")),
    FactPanel("participation", help_text=_("How the client gets into the service, and what is asked of the client.")),
    FactPanel(
        "contacts",
        help_text=_("At least one way to get in touch. Phone numbers are checked and shown in one form."),
    ),
    FactPanel(
        "links",
        help_text=_("Pages and files that help the client. Files at most 50 MB: docx, xlsx, pptx, pdf, png, jpg, mp4."),
    ),
    FactsPanel(
        [MultipleChooserPanel("producers", chooser_field_name="organisation", label=_("Provider"))],
        heading=_("Providers"),
        help_text=_("The organisations that produce the service, at least one. The organiser may be one of them."),
    ),
    FactsPanel(
        [
            FieldPanel("provider_responsible", help_text=_("The organiser's own person who keeps the description up to date.")),
            FieldPanel(
                "responsible_municipality",
                help_text=_("The municipal organisation that checks and publishes the service."),
                widget=forms.Select,
            ),
            FieldPanel(
                "municipal_responsible",
                permission=SEE_MUNICIPAL_PERSON,
                help_text=_("Needed before the service can be published."),
            ),
        ],
        heading=_("Responsible"),
    ),
    FactsPanel(
        [InlinePanel("related_services", panels=[PageChooserPanel("related", "catalogue.ServicePage")], label=_("Service"))],
        heading=_("See also these services"),
        help_text=_("Readers see those that are published."),
    ),
    FactsPanel(
        [
            FieldPanel("legal_task", help_text=_("The task in the law that the service carries out, if any.")),
            FieldPanel("keywords", widget=FilteredCheckboxes, help_text=_("Words by which the service should also be found.")),
            FieldPanel("ptv_id", help_text=_("The identifier of the same service in the Finnish Service Catalogue (PTV).")),
        ],
        heading=_("Classification"),
        classname="collapsed",
    ),
]
SETTINGS = [
    PublishingPanel(),
    FieldPanel("slug", widget=SlugInput, help_text=_("The end of the service's address. The number before it never changes.")),
    FactsPanel(
        [
            FieldPanel(
                "review_interval", help_text=_("After so many days somebody is asked whether the service is still correct.")
            ),
            FieldPanel(
                "boost",
                permission="superuser",
                help_text=_("From 0 to 10: raises the service in search results. For administrators only."),
            ),
        ],
        heading=_("Upkeep"),
    ),
    FieldPanel("search_description", help_text=_("For search engines; without it they show the short description.")),
]

SERVICE_EDIT_HANDLER = VersionedTabs([ObjectList(CONTENT, heading=_("Content")), ObjectList(SETTINGS, heading=_("Settings"))])

INSTRUCTION_CONTENT = [
    TitleFieldPanel(
        "title",
        heading=_("Title"),
        placeholder=_("Work instruction"),
        help_text=_("Internal: only experts and municipal editors see the work instruction."),
    ),
    VersionTextsPanel(),
    FactsPanel(
        [
            FieldPanel("referral"),
            FieldPanel("requirements", help_text=_("What the expert checks before guiding the client into the service.")),
        ],
        heading=_("Referral"),
    ),
    FactsPanel(
        [
            FieldPanel("obligation", help_text=_("The standard text that the law fixes; experts read it on the page.")),
            FieldPanel("obligation_text"),
        ],
        heading=_("Obligation"),
    ),
    FactPanel("entries", help_text=_("What is written where, and when.")),
    FactsPanel(
        [
            FieldPanel("statement", help_text=_("Whether a labour-policy statement is given.")),
            FieldPanel("statement_text", help_text=_("How the service affects the client's status and unemployment benefit.")),
            FieldPanel("other_benefits", widget=forms.CheckboxSelectMultiple),
        ],
        heading=_("Statement and benefits"),
    ),
    FactsPanel(
        [FieldPanel("consent_practice"), FieldPanel("measures"), FieldPanel("exceptions")],
        heading=_("During the service"),
    ),
    FactsPanel([FieldPanel("is_archived"), FieldPanel("archiving_link")], heading=_("Archiving")),
    FactPanel("contacts", help_text=_("For experts only. Here persons may be named.")),
    FactPanel("links", help_text=_("For experts only. Files of an instruction are never public.")),
    FactPanel("plan_text"),
]
INSTRUCTION_SETTINGS = [PublishingPanel(), FieldPanel("slug", widget=SlugInput)]
INSTRUCTION_EDIT_HANDLER = VersionedTabs(
    [ObjectList(INSTRUCTION_CONTENT, heading=_("Content")), ObjectList(INSTRUCTION_SETTINGS, heading=_("Settings"))]
)
