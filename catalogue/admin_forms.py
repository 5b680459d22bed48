"""The page forms of the catalogue: what is needed at each stage, and the texts of a language version."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.html import strip_tags
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import RichTextBlock, StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from catalogue.blocks import RICH_TEXT_FEATURES
from catalogue.completeness import Stage, missing, missing_in_instruction
from catalogue.overlay import put_text, walk_texts

NEEDED_NOW = _("This is needed before the service can be sent or published.")
VERSION_FIELDS = {"title", "slug", "seo_title", "search_description", "go_live_at", "expire_at", "comment_notifications"}


@dataclass(frozen=True, slots=True)
class VersionText:
    """One text of a version for the editor: its form field, and the original's text beside it."""

    field: BoundField
    source: str
    is_stale: bool


class StagedPageForm(WagtailAdminPageForm):
    """Lets a draft be saved half empty; sending and publishing name every missing field in one go, at the field."""

    @property
    def stage(self) -> Stage:
        """What the editor asked for with the button that was pressed."""
        if self.is_deferred_validation:
            return Stage.SAVE
        return Stage.PUBLISH if "action-publish" in self.data else Stage.SEND

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.stage > Stage.SAVE:
            self.add_missing()

    def add_missing(self) -> None:
        """Add an error for everything that the stage needs and the page lacks."""
        raise NotImplementedError

    def add_error_at(self, path: tuple[str, ...], label: object) -> None:
        """The error at the field of `path`, or, where the form does not show it, for the whole form, by name."""
        name = path[0]
        if name not in self.fields and name not in self.formsets:
            self.add_error(None, ValidationError(_("%(label)s is missing.") % {"label": label}))
        elif len(path) == 1:
            if name in self.fields:
                self.add_error(name, ValidationError(NEEDED_NOW, code="needed"))
            else:
                self.add_error(None, ValidationError(_("%(label)s is missing.") % {"label": label}))
        # Errors inside a block are gathered per StreamField, see add_block_errors.

    def add_block_errors(self, paths: list[tuple[str, ...]]) -> None:
        """Errors at the children of the single block of each StreamField named in `paths`."""
        by_stream: dict[str, list[str]] = {}
        for stream, child in paths:
            by_stream.setdefault(stream, []).append(child)
        for stream, children in by_stream.items():
            if self.errors.get(stream):
                continue
            errors = {child: ValidationError(NEEDED_NOW, code="needed") for child in children}
            value = getattr(self.instance, stream)
            if len(value):
                self.add_error(stream, StreamBlockValidationError(block_errors={0: StructBlockValidationError(block_errors=errors)}))
            else:
                self.add_error(stream, StreamBlockValidationError(non_block_errors=[ValidationError(NEEDED_NOW)]))


class VersionForm(StagedPageForm):
    """On a language version: only its texts, each as a field of its own; facts stay with the original."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._version_fields: dict[str, tuple[str, tuple[str, ...]]] = {}
        if self.instance.pk is not None and not self.instance.is_original:
            self._become_version_form()

    def _become_version_form(self) -> None:
        self._original = self.instance.original
        self._stale = set(self.instance.stale_texts(self._original))
        keep = VERSION_FIELDS | set(self.instance.text_fields)
        for name in [name for name in self.fields if name not in keep]:
            del self.fields[name]
        self.formsets = {name: formset for name, formset in self.formsets.items() if name == "comments"}
        for name in self.instance.text_fields:
            if name in self.fields:
                self._version_fields[name] = (name, ())
        for stream in self.instance.stream_fields:
            self._add_text_fields(stream)

    def _add_text_fields(self, stream: str) -> None:
        # Wagtail's rich text module needs the page models, which are not there yet when this module is loaded.
        from wagtail.admin.rich_text import get_rich_text_editor_widget

        block = self.instance._meta.get_field(stream).stream_block
        own = {path: text for path, _block, text in walk_texts(block, self.instance.raw(stream))}
        for path, text_block, _source in walk_texts(block, self._original.raw(stream)):
            name = "text-" + "-".join((stream, *path))
            rich = isinstance(text_block, RichTextBlock)
            self.fields[name] = forms.CharField(
                label=text_block.label,
                required=False,
                max_length=None if rich else text_block.field.max_length,
                initial=own.get(path, ""),
                widget=get_rich_text_editor_widget("default", features=RICH_TEXT_FEATURES) if rich else forms.TextInput(),
            )
            self._version_fields[name] = (stream, path)

    def version_texts(self) -> Iterator[VersionText]:
        """The texts to edit, in the order of the original's fields and blocks; the title is shown above them."""
        source = self._original.texts()
        for name, (field, path) in self._version_fields.items():
            key = "/".join((field, *path))
            if name != "title" and (source.get(key, "").strip() or self[name].initial):
                yield VersionText(self[name], strip_tags(source.get(key, "").replace("</p>", "\n").replace("</li>", "\n")), key in self._stale)

    def _post_clean(self) -> None:
        if self._version_fields:
            self._write_texts()
        super()._post_clean()

    def _write_texts(self) -> None:
        """Put the texts into the version's blocks: the original's structure, so that ids meet, with these texts."""
        for stream in self.instance.stream_fields:
            block = self.instance._meta.get_field(stream).stream_block
            raw = self._original.raw(stream)
            for path, _block, _text in list(walk_texts(block, raw)):
                put_text(block, raw, path, "")
            for name, (field, path) in self._version_fields.items():
                if field == stream and path and name in self.cleaned_data:
                    put_text(block, raw, path, self.cleaned_data[name] or "")
            setattr(self.instance, stream, block.to_python(raw))

    def text_field_at(self, path: tuple[str, ...]) -> str | None:
        """The name of the version's form field for the text (stream, child) or (field,)."""
        for name, (field, inner) in self._version_fields.items():
            if field == path[0] and (not inner or len(path) == 1 or inner[-1] == path[-1]):
                return name
        return None


class ServicePageForm(VersionForm):
    """The form of a service."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].max_length = 120

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"]).strip()
        if len(title) > 120:
            raise ValidationError(_("The name is too long: %(count)d characters, at most 120.") % {"count": len(title)})
        return title

    def add_missing(self) -> None:
        lacking = [item for item in missing(self.instance, self.stage) if item.path != ("producers",) or not self._has_producers()]
        if self._version_fields:
            for item in lacking:
                self.add_error(self.text_field_at(item.path), ValidationError(NEEDED_NOW, code="needed"))
            return
        for item in lacking:
            self.add_error_at(item.path, item.label)
        self.add_block_errors([item.path for item in lacking if len(item.path) == 2])
        if self.stage == Stage.PUBLISH:
            self._add_missing_of_instruction()

    def _has_producers(self) -> bool:
        formset = self.formsets.get("producers")
        return formset is not None and any(
            form.cleaned_data and not form.cleaned_data.get("DELETE") for form in formset.forms if form.is_valid()
        )

    def _add_missing_of_instruction(self) -> None:
        lacking = missing_in_instruction(self.instance.instruction(), self.stage)
        if lacking:
            names = ", ".join(str(item.label) for item in lacking)
            self.add_error(None, ValidationError(_t("The work instruction lacks: %(names)s.") % {"names": names}))


class WorkInstructionForm(VersionForm):
    """The form of a work instruction."""

    def add_missing(self) -> None:
        for item in missing_in_instruction(self.instance, self.stage):
            self.add_error_at(item.path, item.label)
