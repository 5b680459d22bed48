"""Places: reusable addresses with their accessibility."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from accounts.languages import LanguageRow, best_text
from accounts.models import Municipality, Organisation
from catalogue.fields import CodesField


class Place(ClusterableModel):
    """An address where services take place; kept once, used by many."""

    code = models.SlugField(_("code"), max_length=80, unique=True, null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, verbose_name=_("organisation"), null=True, blank=True, related_name="places"
    )
    municipality = models.ForeignKey(Municipality, models.PROTECT, verbose_name=_("municipality"), related_name="places")
    postal_code = models.CharField(_("postal code"), max_length=5, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    accessibility = CodesField(_("accessibility"), vocabulary="place-accessibility")

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ("code", "pk")

    def __str__(self) -> str:
        return str(best_text({row.language: row.name for row in self.names.all()})) or self.code or f"#{self.pk}"


class PlaceName(LanguageRow):
    """A place's name and address in one language: street names differ between Finnish and Swedish."""

    place = ParentalKey(Place, related_name="names")
    name = models.CharField(_("name"), max_length=160)
    street = models.CharField(_("street address"), max_length=160, blank=True)
    city = models.CharField(_("post office"), max_length=80, blank=True)
    directions = models.CharField(_("how to get there"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("name and address")
        verbose_name_plural = _("names and addresses")
        constraints = (models.UniqueConstraint(fields=("place", "language"), name="place_name_once"),)

    def __str__(self) -> str:
        return self.name
