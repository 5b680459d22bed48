"""The site's own pages, front page, content, news and municipalities; and what experts see on their front page."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from accounts.languages import LanguageRow, best_text
from accounts.models import Municipality, Organisation
from accounts.standing import standing_of
from catalogue.permissions import may_read_instructions

FEATURES = ["h3", "bold", "italic", "ul", "ol", "link", "document-link"]
CONTENT_TYPES = ["home.ContentPage", "home.NewsIndexPage", "home.MunicipalityPage"]


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=200)
    answer = blocks.RichTextBlock(label=_("Answer"), features=FEATURES)

    class Meta:
        label = _("Question and answer")
        icon = "help"


class BodyBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=160, icon="title")
    paragraph = blocks.RichTextBlock(label=_("Text"), features=FEATURES, icon="pilcrow")
    question = QuestionBlock()


class HomePage(Page):
    """The front page of one language, and the root of its tree."""

    lead = models.CharField(_("lead"), max_length=300, blank=True)

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["catalogue.CatalogueIndexPage", *CONTENT_TYPES]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("front page")

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return "home/expert_page.html" if self._is_for_expert(request) else "home/home_page.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.queries import expert_page_context, front_page_context

        own = expert_page_context if self._is_for_expert(request) else front_page_context
        return {**super().get_context(request, *args, **kwargs), **own(request, self)}

    @staticmethod
    def _is_for_expert(request: HttpRequest) -> bool:
        """Whoever may read instructions gets a front page of her own; who edits the page sees the public's in the preview."""
        return not getattr(request, "is_preview", False) and may_read_instructions(standing_of(request.user))


class ContentPage(Page):
    """A guide, frequently asked questions, a statement or a notice."""

    intro = models.CharField(_("introduction"), max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("content"))
    in_footer = models.BooleanField(_("in the footer"), default=False)

    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.ContentPage"]
    subpage_types: ClassVar[list[str]] = ["home.ContentPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    promote_panels: ClassVar[list[Any]] = [*Page.promote_panels, FieldPanel("in_footer")]

    class Meta:
        verbose_name = _("content page")
        verbose_name_plural = _("content pages")


class NewsIndexPage(Page):
    """The list of news in one language."""

    max_count_per_parent = 1
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["home.NewsPage"]

    class Meta:
        verbose_name = _("news list")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.queries import news_page

        return {**super().get_context(request, *args, **kwargs), "news": news_page(self, request.GET.get("page"))}


class NewsPage(Page):
    """One piece of news."""

    date = models.DateField(_("date"), default=timezone.localdate)
    intro = models.CharField(_("introduction"), max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("content"))

    parent_page_types: ClassVar[list[str]] = ["home.NewsIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("intro"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news items")


class MunicipalityPage(Page):
    """A municipality's own front door: its employment services, and the services open to its residents."""

    municipality = models.ForeignKey(Municipality, models.PROTECT, verbose_name=_("municipality"), related_name="pages")
    intro = StreamField(BodyBlock(), blank=True, verbose_name=_("introduction"))

    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("municipality"), FieldPanel("intro")]

    class Meta:
        verbose_name = _("municipality page")
        verbose_name_plural = _("municipality pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.queries import municipality_context

        return {**super().get_context(request, *args, **kwargs), **municipality_context(request, self)}


class Notice(ClusterableModel):
    """A short message of the administrators to experts, shown on their front page from one day to another."""

    class Importance(models.TextChoices):
        NORMAL = "normal", _("Normal")
        IMPORTANT = "important", _("Important")

    importance = models.CharField(_("importance"), max_length=10, choices=Importance, default=Importance.NORMAL)
    shown_from = models.DateField(_("shown from"), default=timezone.localdate)
    shown_to = models.DateField(_("shown to"), null=True, blank=True, help_text=_("The last day. Empty: until further notice."))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("-shown_from", "-pk")

    def __str__(self) -> str:
        return str(best_text({row.language: row.title for row in self.texts.all()})) or f"#{self.pk}"

    def clean(self) -> None:
        super().clean()
        if self.shown_from and self.shown_to and self.shown_to < self.shown_from:
            raise ValidationError({"shown_to": _("The last day is before the first day.")})


class NoticeText(LanguageRow):
    notice = ParentalKey(Notice, related_name="texts")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = (models.UniqueConstraint(fields=("notice", "language"), name="notice_text_once"),)

    def __str__(self) -> str:
        return self.title


class ToolLink(ClusterableModel):
    """A link to another tool of the experts: a guide to applying the law, the client system."""

    url = models.URLField(_("web address"))
    sort_order = models.PositiveIntegerField(_("order"), default=0, help_text=_("Smaller numbers come first."))
    organisations = ParentalManyToManyField(
        Organisation, verbose_name=_("only for these organisations"), blank=True, related_name="tool_links",
        help_text=_("None chosen: for everyone who may read work instructions."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("link to a tool")
        verbose_name_plural = _("links to tools")
        ordering = ("sort_order", "pk")

    def __str__(self) -> str:
        return str(best_text({row.language: row.label for row in self.labels.all()})) or self.url


class ToolLinkLabel(LanguageRow):
    tool = ParentalKey(ToolLink, related_name="labels")
    label = models.CharField(_("label"), max_length=120)
    description = models.CharField(_("description"), max_length=250, blank=True)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = (models.UniqueConstraint(fields=("tool", "language"), name="tool_link_label_once"),)

    def __str__(self) -> str:
        return self.label
