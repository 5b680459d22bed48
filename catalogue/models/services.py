"""Services: the permanent row with number and life, and the page with facts and texts."""

import datetime as dt
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from accounts.models import Organisation
from catalogue.addresses import service_path
from catalogue.admin_forms import ServicePageForm
from catalogue.attachments import attached_documents, linked_documents
from catalogue.blocks import ContactBlock, DeliveryBlock, LanguagesBlock, LinksBlock, ParticipationBlock, TargetGroupBlock
from catalogue.fields import CodeField, CodesField
from catalogue.models.versions import VersionedPage
from catalogue.querysets import VersionedPageManager
from catalogue.service_panels import SERVICE_EDIT_HANDLER
from catalogue.texts import SERVICE_TRANSLATABLE_FIELDS
from catalogue.times import Time, from_raw, have_all_ended

TITLE_LENGTH = 120
SUMMARY_LENGTH = 250
REVIEW_INTERVAL_DAYS = 120


class Service(models.Model):
    """What is permanent about a service: its number, and what belongs to it as a whole rather than to a version."""

    class Lifecycle(models.TextChoices):
        ACTIVE = "active", _("In force")
        OUTDATED = "outdated", _("Outdated")
        ARCHIVED = "archived", _("Archived")

    number = models.BigAutoField(_("number"), primary_key=True)
    lifecycle = models.CharField(_("life cycle"), max_length=10, choices=Lifecycle, default=Lifecycle.ACTIVE, db_index=True)
    lifecycle_changed_at = models.DateTimeField(_("life cycle changed"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed as up to date"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("confirmed by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def is_in_force(self) -> bool:
        return self.lifecycle == self.Lifecycle.ACTIVE


class NextStart(models.Model):
    """Next start and free places: changed in seconds, without revision or review; expires by itself."""

    service = models.OneToOneField(Service, models.CASCADE, related_name="next_start", verbose_name=_("service"))
    starts_on = models.DateField(_("next start"))
    free_places = models.PositiveSmallIntegerField(_("free places"), null=True, blank=True)
    queue = models.BooleanField(_("queue"), default=False)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("changed by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("next start and free places")
        verbose_name_plural = _("next starts and free places")

    def __str__(self) -> str:
        return f"{self.service}: {self.starts_on}"

    def is_current(self, today: dt.date) -> bool:
        """Whether it is still worth telling: the day has not passed."""
        return self.starts_on >= today


class ServicePage(VersionedPage):
    """A service's public description: the original with its facts, or a language version with its texts."""

    class Scope(models.TextChoices):
        OWN = "own", _("Own municipality's")
        JOINT = "joint", _("Joint")
        NATIONAL = "national", _("National")
        EXTERNAL = "external", _("External")

    service = models.ForeignKey(Service, models.PROTECT, related_name="pages", editable=False, verbose_name=_("service"))

    # Texts
    summary = models.CharField(
        _("short description"), max_length=SUMMARY_LENGTH, blank=True,
        help_text=_("What the service is and for whom. It is shown in search results."),
    )  # fmt: skip
    price_text = models.CharField(
        _("about the price"), max_length=250, blank=True,
        help_text=_("What the price covers, discounts, how it is paid."),
    )  # fmt: skip
    target_group = StreamField(
        [("target_group", TargetGroupBlock())],
        max_num=1,
        blank=True,
        default=[("target_group", {})],
        verbose_name=_("target group"),
    )
    delivery = StreamField(
        [("delivery", DeliveryBlock())], max_num=1, blank=True, default=[("delivery", {})], verbose_name=_("delivery")
    )
    participation = StreamField(
        [("participation", ParticipationBlock())], max_num=1, blank=True, default=[("participation", {})],
        verbose_name=_("participation"),
    )  # fmt: skip
    contacts = StreamField([("contact", ContactBlock())], blank=True, verbose_name=_("contacts"))
    links = StreamField(LinksBlock(), blank=True, verbose_name=_("links and attachments"))

    # Facts
    categories = CodesField(_("service category"), vocabulary="service-category")
    needs = CodesField(_("service need"), vocabulary="service-need")
    for_persons = models.BooleanField(_("for personal clients"), default=True)
    for_employers = models.BooleanField(_("for employers"), default=False)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, blank=True)
    joint_organisations = ParentalManyToManyField(
        Organisation, verbose_name=_("joint with"), blank=True, related_name="joint_services",
        limit_choices_to={"kind": "municipal"},
        help_text=_("Other municipal organisations that may also edit a joint service."),
    )  # fmt: skip
    languages = StreamField(LanguagesBlock(), blank=True, verbose_name=_("languages of service"))
    is_charged = models.BooleanField(_("the service is charged"), default=False)
    price = models.DecimalField(
        _("price, euros"), max_digits=8, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    provider_responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("provider's responsible person"), null=True, blank=True,
        related_name="services_as_provider_responsible",
    )  # fmt: skip
    responsible_municipality = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("responsible municipality"), null=True, blank=True,
        related_name="responsible_services", limit_choices_to={"kind": "municipal"},
    )  # fmt: skip
    municipal_responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("municipality's responsible person"), null=True, blank=True,
        related_name="services_as_municipal_responsible",
    )  # fmt: skip
    legal_task = CodeField(_("legal task"), vocabulary="legal-task")
    ptv_id = models.CharField(_("PTV identifier"), max_length=36, blank=True)
    keywords = CodesField(_("keywords"), vocabulary="keyword")
    boost = models.PositiveSmallIntegerField(
        _("raise in search results"), default=0, validators=[MaxValueValidator(10)], help_text=_("0–10")
    )
    review_interval = models.PositiveSmallIntegerField(
        _("review interval, days"), default=REVIEW_INTERVAL_DAYS, validators=[MinValueValidator(1), MaxValueValidator(730)]
    )

    objects = VersionedPageManager()

    text_fields: ClassVar[tuple[str, ...]] = ("title", "summary", "price_text")
    stream_fields: ClassVar[tuple[str, ...]] = ("target_group", "delivery", "participation", "contacts", "links")
    unrevised_fields: ClassVar[tuple[str, ...]] = (*VersionedPage.unrevised_fields, "service")
    exclude_fields_in_copy: ClassVar[list[str]] = ["service", "version_kind", "state", "source_hashes"]

    parent_page_types: ClassVar[list[str]] = ["catalogue.OrganisationPage"]
    subpage_types: ClassVar[list[str]] = ["catalogue.WorkInstructionPage"]
    base_form_class = ServicePageForm
    edit_handler = SERVICE_EDIT_HANDLER
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("summary"), index.FilterField("service_id")]
    translatable_fields = SERVICE_TRANSLATABLE_FIELDS

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = (
            models.UniqueConstraint(
                fields=("service",), condition=models.Q(version_kind="original"), name="service_has_one_original"
            ),
        )

    def full_clean(self, exclude: Any = None, *args: Any, **kwargs: Any) -> None:
        """Also find, or make, the service that this page belongs to: a translation joins its original's.

        Not for a form, which leaves `service` out: what is only checked or previewed makes no service.
        """
        if not self.service_id and "service" not in (exclude or ()):
            self._join_service()
        super().full_clean(exclude, *args, **kwargs)

    def _join_service(self) -> None:
        sibling = ServicePage.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk).first()
        if sibling is not None:
            self.service_id = sibling.service_id
            self.version_kind = self.Kind.TRANSLATED
        else:
            self.service = Service.objects.create()
            self.version_kind = self.Kind.ORIGINAL

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page, and with a new one its service, or neither."""
        if not self.service_id:
            self._join_service()
        super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Save a revision, and the first choice of a responsible municipality at once: it is who may then publish."""
        revision = super().save_revision(*args, **kwargs)
        if self.is_original and self.responsible_municipality_id and not self.live:
            undecided = ServicePage.objects.filter(pk=self.pk, responsible_municipality=None)
            undecided.update(responsible_municipality=self.responsible_municipality_id)
        return revision

    @property
    def documents(self) -> set[int]:
        """The files that this version names, by primary key. No query."""
        return attached_documents(self.raw("links")) | linked_documents(self.texts().values())

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """In the tree a service leads to its permanent address, an archived one nowhere, and no instruction has a place."""
        if path_components or self.service.lifecycle == Service.Lifecycle.ARCHIVED:
            raise Http404
        return super().route(request, path_components)

    def instruction(self) -> Any:
        """The work instruction below this page, as last saved; None where there is none. Two queries at most."""
        child = self.get_children().type(apps.get_model("catalogue", "WorkInstructionPage")).first()
        return child.specific.get_latest_revision_as_object() if child else None

    @cached_property
    def organiser(self) -> Organisation | None:
        """Whose service it is: the organisation of the page above. One query."""
        return Organisation.objects.filter(pages__path=self.path[: -self.steplen]).first() if self.path else None

    @property
    def open_to(self) -> frozenset[str] | None:
        """The municipalities, by code, whose residents it is for; None when that does not matter. This page's own fact."""
        raw = self.target_group.get_prep_value()
        value = (raw[0].get("value") or {}) if raw else {}
        return None if value.get("any_municipality") else frozenset(value.get("municipalities") or ())

    def times(self) -> list[Time]:
        """When the service takes place, typed; from this page's own facts. No query."""
        return [
            from_raw(item["type"], item["value"])
            for block in self.raw("delivery")
            for item in (block["value"].get("times") or [])
        ]

    def has_ended(self, today: dt.date) -> bool:
        """Whether every time of the service has passed: such a service leaves the public lists."""
        return have_all_ended(self.times(), today)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """The permanent address, by number, wherever the page sits in the tree."""
        parts = super().get_url_parts(request)
        return None if parts is None else (parts[0], parts[1], self.public_path)

    @property
    def public_path(self) -> str:
        return service_path(self.language, self.service_id, self.slug)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Reached through the tree: send on to the permanent address."""
        return redirect(self.public_path, permanent=True)

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "catalogue/service_detail.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        from catalogue.previews import service_context

        return {**super().get_preview_context(request, mode_name), **service_context(self, request)}


class ServiceProducer(Orderable):
    """An organisation that produces the service."""

    page = ParentalKey(ServicePage, related_name="producers")
    organisation = models.ForeignKey(Organisation, models.CASCADE, verbose_name=_("provider"), related_name="produced_services")

    class Meta(Orderable.Meta):
        verbose_name = _("producer")
        verbose_name_plural = _("producers")

    def __str__(self) -> str:
        return str(self.organisation)


class RelatedService(Orderable):
    """A service that the reader may also want to see."""

    page = ParentalKey(ServicePage, related_name="related_services")
    related = models.ForeignKey(ServicePage, models.CASCADE, verbose_name=_("service"), related_name="related_from")

    class Meta(Orderable.Meta):
        verbose_name = _("related service")
        verbose_name_plural = _("related services")

    def __str__(self) -> str:
        return str(self.related)
