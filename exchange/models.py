"""What came from where: the memory of imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.models import Service


class ImportedRecord(models.Model):
    """A record of another system that a service was made from.

    `written`: language → text key → fingerprint of what the import wrote last, so that a later run can tell an edited
    text from an untouched one.
    """

    class Source(models.TextChoices):
        PTV_DESCRIPTION = "ptv-description", _("Suomi.fi general description")
        DEMO = "demo", _("Demo content")

    source = models.CharField(_("source"), max_length=30, choices=Source)
    external_id = models.CharField(_("identifier in the source"), max_length=100)
    service = models.ForeignKey(Service, models.CASCADE, related_name="imported_records", verbose_name=_("service"))
    written = models.JSONField(default=dict)
    imported_at = models.DateTimeField(_("imported"), auto_now=True)

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        constraints = (models.UniqueConstraint(fields=("source", "external_id"), name="imported_record_once"),)

    def __str__(self) -> str:
        return f"{self.source}: {self.external_id}"
