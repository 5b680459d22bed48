"""The form of a municipality's own guide."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text import get_rich_text_editor_widget

from catalogue.attachments import linked_documents, not_internal_alone
from catalogue.completeness import is_blank
from catalogue.leaf_blocks import RICH_TEXT_FEATURES
from catalogue.models import MunicipalGuide

# The languages in which municipalities write; what a guide has in others is kept as it is.
GUIDE_LANGUAGES = ("fi", "sv")
GUIDE_FIELDS = {"guide": _("Guide"), "exceptions": _("Exceptions")}


class GuideForm(forms.Form):
    """Guide and exceptions in each language of `GUIDE_LANGUAGES`, and which version of the guide the writer had before her.

    `seen` is the number of the guide's latest revision when the form was opened; empty when there was none.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, guide: MunicipalGuide | None, **kwargs: Any) -> None:
        self.stored = {row.language: row for row in guide.texts.all()} if guide else {}
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = guide.latest_revision_id if guide else None
        names = dict(settings.LANGUAGES)
        for language in GUIDE_LANGUAGES:
            for name, label in GUIDE_FIELDS.items():
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=f"{label} ({names[language]})",
                    required=False,
                    initial=getattr(self.stored.get(language), name, ""),
                    widget=get_rich_text_editor_widget("default", features=RICH_TEXT_FEATURES),
                )
        self.fields["empty"] = forms.BooleanField(
            label=_("Empty the guide"),
            required=False,
            help_text=_("Tick this only when you want to leave the guide without any text. Its history is kept."),
        )

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Language → name of the field → rich text; "" where nothing is written. Of a valid form."""
        return {language: {name: self._written(f"{name}_{language}") for name in GUIDE_FIELDS} for language in GUIDE_LANGUAGES}

    def _written(self, name: str) -> str:
        text = str(self.cleaned_data.get(name) or "")
        return "" if is_blank(text) else text

    def clean(self) -> dict[str, Any]:
        """All is emptied only by somebody who says so."""
        cleaned: dict[str, Any] = super().clean() or {}
        was = any(getattr(row, name) for row in self.stored.values() for name in GUIDE_FIELDS)
        is_empty = not any(text for by_name in self.texts.values() for text in by_name.values())
        if is_empty and was and not cleaned.get("empty"):
            self.add_error("empty", _("Every text is empty. Tick this if you want to empty the guide."))
        if problem := not_internal_alone(
            linked_documents(text for by_name in self.texts.values() for text in by_name.values())
        ):
            self.add_error(None, problem)
        return cleaned
