"""The internal work instruction of a service, and the municipalities' own guides to it. Never public."""

from typing import Any, ClassVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import RevisionMixin

from accounts.languages import LanguageRow
from accounts.models import Municipality
from accounts.standing import standing_of
from catalogue.addresses import instruction_path
from catalogue.admin_forms import WorkInstructionForm
from catalogue.attachments import attached_documents, linked_documents
from catalogue.blocks import InternalContactBlock, LinksBlock
from catalogue.leaf_blocks import RICH_TEXT_FEATURES
from catalogue.models.services import Service
from catalogue.models.snippets import LegalSnippet
from catalogue.models.versions import VersionedPage
from catalogue.permissions import may_read_instructions
from catalogue.querysets import VersionedPageManager
from catalogue.service_panels import INSTRUCTION_EDIT_HANDLER
from catalogue.texts import INSTRUCTION_TRANSLATABLE_FIELDS


def _rich(label: Any, help_text: Any = "") -> RichTextField:
    return RichTextField(label, blank=True, features=RICH_TEXT_FEATURES, help_text=help_text)


class WorkInstructionPage(VersionedPage):
    """How an expert guides a client into the service. One per service page, in each language at most one."""

    referral = _rich(_("Referral"), _("How the client is guided into the service, step by step."))
    requirements = _rich(_("Requirements for taking part (for the expert)"))
    obligation = models.ForeignKey(
        LegalSnippet, models.PROTECT, verbose_name=_("Obligation"), null=True, blank=True, related_name="+",
        limit_choices_to={"kind": LegalSnippet.Kind.OBLIGATION},
    )  # fmt: skip
    obligation_text = _rich(_("About the obligation"))
    entries = _rich(_("Entries in the client information system"))
    statement = models.ForeignKey(
        LegalSnippet, models.PROTECT, verbose_name=_("Statement"), null=True, blank=True, related_name="+",
        limit_choices_to={"kind": LegalSnippet.Kind.STATEMENT},
    )  # fmt: skip
    statement_text = _rich(_("About status and benefits"))
    other_benefits = ParentalManyToManyField(
        LegalSnippet, verbose_name=_("Other benefits"), blank=True, related_name="+",
        limit_choices_to={"kind": LegalSnippet.Kind.BENEFIT},
    )  # fmt: skip
    consent_practice = _rich(_("Consent practice"))
    measures = _rich(_("Measures during participation"))
    exceptions = _rich(_("Exceptions"))
    is_archived = models.BooleanField(_("documents are archived"), default=False)
    archiving_link = models.URLField(_("archiving instructions"), blank=True)
    contacts = StreamField([("contact", InternalContactBlock())], blank=True, verbose_name=_("internal contacts"))
    links = StreamField(LinksBlock(), blank=True, verbose_name=_("internal links and attachments"))
    plan_text = models.TextField(_("plan text"), blank=True, help_text=_("Ready to paste into the client's plan."))

    objects = VersionedPageManager()

    text_fields: ClassVar[tuple[str, ...]] = (
        "title", "referral", "requirements", "obligation_text", "entries", "statement_text", "consent_practice",
        "measures", "exceptions", "plan_text",
    )  # fmt: skip
    stream_fields: ClassVar[tuple[str, ...]] = ("contacts", "links")
    exclude_fields_in_copy: ClassVar[list[str]] = ["version_kind", "state", "source_hashes"]

    parent_page_types: ClassVar[list[str]] = ["catalogue.ServicePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    base_form_class = WorkInstructionForm
    edit_handler = INSTRUCTION_EDIT_HANDLER
    # Nothing of an instruction enters Wagtail's index, so that no search can find it.
    search_fields: ClassVar[list[Any]] = []
    translatable_fields = INSTRUCTION_TRANSLATABLE_FIELDS

    class Meta:
        verbose_name = _("work instruction")
        verbose_name_plural = _("work instructions")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page, and note on a new one whether it is a language version of another instruction.

        Not in `full_clean`, which Wagtail does not call for a draft.
        """
        if self._state.adding and type(self).objects.filter(translation_key=self.translation_key).exists():
            self.version_kind = self.Kind.TRANSLATED
        super().save(*args, **kwargs)

    @classmethod
    def get_indexed_objects(cls) -> Any:
        return cls.objects.none()

    def get_indexed_instance(self) -> None:
        return None

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[Any]:
        return []

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """The address below that of the service."""
        parts = super().get_url_parts(request)
        return None if parts is None else (parts[0], parts[1], self.path_below_service)

    @property
    def path_below_service(self) -> str:
        service_page = self.get_parent().specific
        return instruction_path(self.language, service_page.service_id, service_page.slug)

    @property
    def documents(self) -> set[int]:
        """The files that this version names, by primary key. No query."""
        return attached_documents(self.raw("links")) | linked_documents(self.texts().values())

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever reaches it through the tree: sign in, be refused, or be sent on to its address."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        if not may_read_instructions(standing_of(request.user)):
            raise PermissionDenied
        return redirect(self.path_below_service)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        if not self.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().serve_preview(request, mode_name)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "catalogue/work_instruction.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from catalogue.previews import instruction_context

        return {**super().get_preview_context(request, mode_name), **instruction_context(self, request)}


class MunicipalGuide(RevisionMixin, ClusterableModel):
    """A municipality's own guide to a service: kept by its editors without touching the instruction."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="guides", verbose_name=_("service"))
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="guides", verbose_name=_("municipality"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("municipal guide")
        verbose_name_plural = _("municipal guides")
        constraints = (models.UniqueConstraint(fields=("service", "municipality"), name="municipal_guide_once"),)

    def __str__(self) -> str:
        return f"{self.service} {self.municipality}"

    @property
    def documents(self) -> set[int]:
        """The files that the guide links to, by primary key. One query at most."""
        return linked_documents(text for row in self.texts.all() for text in (row.guide, row.exceptions))


class MunicipalGuideText(LanguageRow):
    municipal_guide = ParentalKey(MunicipalGuide, related_name="texts")
    guide = _rich(_("Guide"))
    exceptions = _rich(_("Exceptions"))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = (models.UniqueConstraint(fields=("municipal_guide", "language"), name="municipal_guide_text_once"),)

    def __str__(self) -> str:
        return f"{self.municipal_guide} ({self.language})"
