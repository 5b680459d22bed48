"""Legal snippets: standard texts that the law fixes, kept once with their validity."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from accounts.languages import LanguageRow, best_text
from catalogue.querysets import LegalSnippetQuerySet


class LegalSnippet(ClusterableModel):
    class Kind(models.TextChoices):
        OBLIGATION = "obligation", _("On the obligation to take part")
        STATEMENT = "statement", _("On statements")
        BENEFIT = "benefit", _("On benefits")

    code = models.CharField(_("code"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    sort_order = models.PositiveIntegerField(_("order"), default=0)

    objects = LegalSnippetQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal snippet")
        verbose_name_plural = _("legal snippets")
        ordering = ("kind", "sort_order", "code")

    def __str__(self) -> str:
        return str(best_text({row.language: row.label for row in self.texts.all()})) or self.code

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day of validity is before the first day.")})


class LegalSnippetText(LanguageRow):
    snippet = ParentalKey(LegalSnippet, related_name="texts")
    label = models.CharField(_("label"), max_length=200)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = (models.UniqueConstraint(fields=("snippet", "language"), name="legal_snippet_text_once"),)

    def __str__(self) -> str:
        return self.label
