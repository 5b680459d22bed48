"""The search document of a service: made at publication, the only other place where its facts stand."""

from django.db import models
from django.db.models import F

from accounts.models import Organisation
from catalogue.models import Service, ServicePage


class ServiceDocument(models.Model):
    """A published service as lists and search need it, one row each.

    `organiser_names`: language → name.
    `texts`: language → {"title", "summary", "slug"}; `facets`: facet → list of codes, as stored in `ServiceFacet`;
    `words`: all public texts of all languages, folded; `ends_on`: the last day of its times, after which it leaves the lists.
    """

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="document")
    page = models.OneToOneField(ServicePage, models.CASCADE, related_name="+")
    organiser = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    organiser_names = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    facets = models.JSONField(default=dict)
    titles = models.TextField(default="")
    words = models.TextField(default="")
    boost = models.PositiveSmallIntegerField(default=0)
    ends_on = models.DateField(null=True)
    updated_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        # Without them a list sorts, and a count reads, every row with all its words.
        indexes = (
            models.Index(F("boost").desc(), F("updated_at").desc(), F("service").desc(), name="document_in_list_order"),
            models.Index(fields=("ends_on",), name="document_by_last_day"),
        )

    def __str__(self) -> str:
        return f"#{self.pk}"


class ServiceFacet(models.Model):
    """One code of one facet of a document: what filters look at."""

    document = models.ForeignKey(ServiceDocument, models.CASCADE, related_name="facet_rows")
    facet = models.CharField(max_length=20)
    code = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("facet", "code", "document"), name="service_facet_once"),)

    def __str__(self) -> str:
        return f"{self.facet}={self.code}"
