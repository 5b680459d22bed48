"""Vocabularies: concepts with a stable code, labels per language, and what other systems call them."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from accounts.languages import LanguageRow, best_text
from catalogue.querysets import ConceptQuerySet


class Vocabulary(models.TextChoices):
    SERVICE_CATEGORY = "service-category", _("Service categories")
    SERVICE_NEED = "service-need", _("Service needs")
    CLIENT_SITUATION = "client-situation", _("Client's situations")
    SECTOR = "sector", _("Sectors")
    DELIVERY_MODE = "delivery-mode", _("Delivery modes")
    SERVICE_ACCESSIBILITY = "service-accessibility", _("Accessibility of services")
    PLACE_ACCESSIBILITY = "place-accessibility", _("Accessibility of places")
    LANGUAGE = "language", _("Languages of service")
    CEFR_LEVEL = "cefr-level", _("Language levels")
    LEGAL_TASK = "legal-task", _("Legal tasks")
    KEYWORD = "keyword", _("Keywords")


class Concept(ClusterableModel):
    """One concept; a filter by it means the same in every language, whatever its labels are."""

    vocabulary = models.CharField(_("vocabulary"), max_length=30, choices=Vocabulary)
    code = models.CharField(
        _("code"), max_length=120, help_text=_("Never changes: services, addresses and other systems refer to it.")
    )
    parent = models.ForeignKey("self", models.PROTECT, verbose_name=_("parent"), null=True, blank=True, related_name="children")
    sort_order = models.PositiveIntegerField(_("order"), default=0)
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("Can no longer be chosen; services that have it keep it.")
    )

    objects = ConceptQuerySet.as_manager()

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        ordering = ("vocabulary", "sort_order", "code")
        constraints = (models.UniqueConstraint(fields=("vocabulary", "code"), name="concept_code_once"),)

    def __str__(self) -> str:
        return str(best_text({row.language: row.label for row in self.labels.all()})) or self.code

    def clean(self) -> None:
        """A parent is of the same vocabulary and has no parent itself: vocabularies have two levels at most."""
        super().clean()
        parent = self.parent
        if parent is None:
            return
        if parent.vocabulary != self.vocabulary:
            raise ValidationError({"parent": _("Choose a parent from the same vocabulary.")})
        if parent.parent_id or parent == self:
            raise ValidationError({"parent": _("A vocabulary has two levels at most: choose a concept of the first level.")})


class ConceptLabel(LanguageRow):
    concept = ParentalKey(Concept, related_name="labels")
    label = models.CharField(_("label"), max_length=200)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = (models.UniqueConstraint(fields=("concept", "language"), name="concept_label_once"),)

    def __str__(self) -> str:
        return self.label


class ConceptMapping(models.Model):
    """What a public code list or another system calls a concept."""

    class Scheme(models.TextChoices):
        PTV_SERVICE_CLASS = "ptv-service-class", _("Suomi.fi service class")
        PTV_LIFE_EVENT = "ptv-life-event", _("Suomi.fi life event")
        PTV_TARGET_GROUP = "ptv-target-group", _("Suomi.fi target group")
        KOKO = "koko", _("KOKO ontology")

    concept = ParentalKey(Concept, related_name="mappings")
    scheme = models.CharField(_("scheme"), max_length=30, choices=Scheme)
    value = models.CharField(_("code or URI"), max_length=200)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        constraints = (models.UniqueConstraint(fields=("concept", "scheme", "value"), name="concept_mapping_once"),)

    def __str__(self) -> str:
        return f"{self.get_scheme_display()}: {self.value}"


class VocabularyStamp(models.Model):
    """Changes with every change of a term, in the same transaction; see catalogue.terms."""

    stamp = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.stamp)


class _ProxyManager(models.Manager[Concept]):
    """The concepts of the one vocabulary that the proxy model stands for."""

    def get_queryset(self) -> "models.QuerySet[Concept]":
        return ConceptQuerySet(self.model, using=self._db).filter(vocabulary=self.model.for_vocabulary)


def _proxy(vocabulary: Vocabulary, class_name: str) -> type[Concept]:
    """A proxy of Concept for one vocabulary, so that each has an admin list, permissions and an address of its own."""
    meta = type(
        "Meta",
        (),
        {"proxy": True, "app_label": "catalogue", "verbose_name": vocabulary.label, "verbose_name_plural": vocabulary.label},
    )
    return type(
        class_name,
        (Concept,),
        {"__module__": __name__, "Meta": meta, "for_vocabulary": vocabulary.value, "objects": _ProxyManager()},
    )


VOCABULARY_PROXIES = {
    vocabulary: _proxy(vocabulary, "".join(part.title() for part in vocabulary.value.split("-"))) for vocabulary in Vocabulary
}
globals().update({model.__name__: model for model in VOCABULARY_PROXIES.values()})
