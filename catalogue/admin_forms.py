"""The page forms of the catalogue: what is needed at each stage, and the texts of a language version."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import RichTextBlock, StreamBlockValidationError
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.permissions import policy_registry
from wagtail.rich_text import expand_db_html

from accounts.languages import direction
from catalogue.attachments import FILES_NOT_YOURS, attached_documents, internal_among, linked_documents, not_internal_alone
from catalogue.block_errors import Path, with_message
from catalogue.completeness import Missing, Stage, missing, missing_in_instruction
from catalogue.leaf_blocks import RICH_TEXT_FEATURES
from catalogue.overlay import put_text, walk_texts
from catalogue.time_blocks import PROBLEM_TEXTS
from catalogue.times import from_raw

NEEDED_NOW = _("This is needed before the service can be sent or published.")
VERSION_FIELDS = {"title", "slug", "seo_title", "search_description", "go_live_at", "expire_at", "comment_notifications"}
COUNTER = {"data-counter-left": _("Characters left: {count}"), "data-counter-over": _("Characters too many: {count}")}


@dataclass(frozen=True, slots=True)
class VersionText:
    """One text of a version for the editor: its form field, and the original's text (as HTML where rich) beside it."""

    section: str
    field: BoundField
    source: str
    is_rich: bool
    is_stale: bool


class StagedPageForm(WagtailAdminPageForm):
    """Lets a draft be saved half empty; sending and publishing name every missing field in one go, at the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _fill_new_blocks(kwargs.get("instance"))
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False  # Wagtail makes one from the title
        for field in self.fields.values():
            if "data-counter" in field.widget.attrs:
                count_characters(field.widget, field.widget.attrs["data-counter"])

    @property
    def stage(self) -> Stage:
        """What the editor asked for with the button that was pressed. To take back what was sent asks for nothing."""
        if self.is_deferred_validation or "action-cancel-workflow" in self.data:
            return Stage.SAVE
        return Stage.PUBLISH if "action-publish" in self.data else Stage.SEND

    def _post_clean(self) -> None:
        super()._post_clean()
        self._lacking_in_blocks: dict[str, list[str]] = {}
        if self.stage > Stage.SAVE:
            self._take_faulty_blocks()
            for item in self.lacking():
                self.add_missing(item)
        for name, errors in self.errors.as_data().items():
            if isinstance(errors[0], StreamBlockValidationError):
                errors[0].message = self._words_for_blocks(name)

    def _take_faulty_blocks(self) -> None:
        """Judge also the blocks that have an error of their own by what was sent, not by what was stored before."""
        for name in self.errors:
            if isinstance(self._field_of_model(name), StreamField):
                sent = self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
                setattr(self.instance, name, sent)

    def _field_of_model(self, name: str) -> Any:
        return next((field for field in self.instance._meta.fields if field.name == name), None)

    def lacking(self) -> Iterable[Missing]:
        """Everything that the stage needs and the page lacks."""
        raise NotImplementedError

    def add_missing(self, item: Missing) -> None:
        """The error at the field of `item`, or, where the form does not show it, for the whole form, by name."""
        name, *inner = item.path
        if name in self.formsets:
            self.formsets[name].non_form_errors().append(NEEDED_NOW)
        elif name not in self.fields:
            self.add_error(None, ValidationError(_("%(label)s is missing.") % {"label": item.label}))
        elif isinstance(self._field_of_model(name), StreamField):
            self._add_missing_in_blocks(name, inner, item.label)
        elif name not in self.errors:
            self.add_error(name, ValidationError(NEEDED_NOW, code="needed"))

    def _add_missing_in_blocks(self, name: str, inner: list[str], label: object) -> None:
        """The error of the StreamField `name`, with one more message at its field, or below the child `inner` of its block."""
        block, raw = self._field_of_model(name).stream_block, self.instance.raw(name)
        error = next(iter(self.errors.as_data().get(name, [])), None)
        path: Path = (0, *inner) if inner and raw else ()
        problems = list(_problems_of_times(raw)) if inner == ["times"] else []
        for place, message in problems or [(path, NEEDED_NOW)]:
            error = with_message(block, raw, place, message, error)
        self._lacking_in_blocks.setdefault(name, []).append(str(label))
        self.errors[name] = self.error_class([error], renderer=self.renderer)
        self.cleaned_data.pop(name, None)

    def _words_for_blocks(self, name: str) -> str:
        """What the list of errors above the form says of the blocks of `name`; the fields inside show their own."""
        if labels := self._lacking_in_blocks.get(name):
            return gettext("Needed before the service can be sent or published: %(fields)s.") % {"fields": ", ".join(labels)}
        return gettext("Check the marked fields.")


def _fill_new_blocks(page: Any) -> None:
    """Give the blocks that a new page begins with the defaults of their fields: the editor shows none that has no value."""
    if page is not None and page._state.adding:
        for name in page.stream_fields:
            setattr(page, name, page._meta.get_field(name).stream_block.to_python(page.raw(name)))


def _problems_of_times(raw: list[dict[str, Any]]) -> Iterator[tuple[Path, object]]:
    """(path in the delivery's blocks, message) of everything that is wrong in its times."""
    for index, item in enumerate(raw[0]["value"].get("times") or []):
        for problem in from_raw(item["type"], item["value"]).problems():
            yield (0, "times", index, *problem.path), PROBLEM_TEXTS[problem.code]


def count_characters(widget: forms.Widget, length: int) -> None:
    """Let the editor see how many of `length` characters are left. More may be typed: nothing pasted is cut in silence."""
    widget.attrs.update({"data-counter": length, **COUNTER})
    widget.attrs.pop("maxlength", None)


class VersionForm(StagedPageForm):
    """On a language version: only its texts, each as a field of its own; facts stay with the original."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The form's field of each text → (field of the page, path in its blocks); empty for an original.
        self.version_fields: dict[str, tuple[str, tuple[str, ...]]] = {}
        if self.instance.pk is not None and not self.instance.is_original:
            self._become_version_form()

    def named_documents(self, cleaned: Any) -> set[int]:
        """The files that the form's texts and lists of links name, by primary key. No query."""
        found = linked_documents(value for value in cleaned.values() if isinstance(value, str))
        for name in self.instance.stream_fields:
            if value := cleaned.get(name):
                raw = value.get_prep_value()
                found |= linked_documents(text for _path, _block, text in walk_texts(value.stream_block, raw))
                found |= attached_documents(raw) if name == "links" else set()
        return found

    def _become_version_form(self) -> None:
        self.original = self.instance.original
        self.stale = set(self.instance.stale_texts(self.original))
        keep = VERSION_FIELDS | set(self.instance.text_fields)
        for name in [name for name in self.fields if name not in keep]:
            del self.fields[name]
        for name in [name for name in self.formsets if name != "comments"]:
            del self.formsets[name]
        for name in self.instance.text_fields:
            if name in self.fields:
                self.version_fields[name] = (name, ())
        for stream in self.instance.stream_fields:
            self._add_text_fields(stream)
        for name in self.version_fields:
            self.fields[name].widget.attrs.update(lang=self.instance.language, dir=direction(self.instance.language))

    def _add_text_fields(self, stream: str) -> None:
        # Wagtail's rich text module needs the page models, which are not there yet when this module is loaded.
        from wagtail.admin.rich_text import get_rich_text_editor_widget

        block = self.instance._meta.get_field(stream).stream_block
        own = {path: text for path, _block, text in walk_texts(block, self.instance.raw(stream))}
        for path, text_block, _source in walk_texts(block, self.original.raw(stream)):
            name = "text-" + "-".join((stream, *path))
            if isinstance(text_block, RichTextBlock):
                widget, length = get_rich_text_editor_widget("default", features=RICH_TEXT_FEATURES), None
            else:
                widget, length = forms.TextInput(), text_block.field.max_length
            self.fields[name] = forms.CharField(
                label=text_block.label, required=False, max_length=length, initial=own.get(path, ""), widget=widget
            )
            if length:
                count_characters(self.fields[name].widget, length)
            self.version_fields[name] = (stream, path)

    def version_texts(self) -> Iterator[VersionText]:
        """The texts to edit, in the order of the original's fields and blocks; the title is shown above them."""
        source = self.original.texts()
        for name, (field, path) in self.version_fields.items():
            key = "/".join((field, *path))
            text = source.get(key, "")
            if name == "title" or not (text.strip() or self[name].initial):
                continue
            is_rich = not isinstance(self.fields[name].widget, forms.TextInput | forms.Textarea)
            yield VersionText(
                section=capfirst(self._field_of_model(field).verbose_name) if path else "",
                field=self[name],
                source=expand_db_html(text) if is_rich else text,
                is_rich=is_rich,
                is_stale=key in self.stale,
            )

    def _post_clean(self) -> None:
        if self.version_fields:
            self._write_texts()
        super()._post_clean()

    def _write_texts(self) -> None:
        """Put the texts into the version's blocks: the original's structure, so that ids meet, with these texts."""
        for stream in self.instance.stream_fields:
            block = self.instance._meta.get_field(stream).stream_block
            raw = self.original.raw(stream)
            for path, _block, _text in list(walk_texts(block, raw)):
                put_text(block, raw, path, "")
            for name, (field, path) in self.version_fields.items():
                if field == stream and path and name in self.cleaned_data:
                    put_text(block, raw, path, self.cleaned_data[name] or "")
            setattr(self.instance, stream, block.to_python(raw))

    def add_missing(self, item: Missing) -> None:
        if not self.version_fields:
            super().add_missing(item)
        elif self._text_field_at(item.path) not in self.errors:
            self.add_error(self._text_field_at(item.path), ValidationError(NEEDED_NOW, code="needed"))

    def _text_field_at(self, path: tuple[str, ...]) -> str | None:
        """The name of the version's form field for the text (stream, child) or (field,)."""
        for name, (field, inner) in self.version_fields.items():
            if field == path[0] and (not inner or len(path) == 1 or inner[-1] == path[-1]):
                return name
        return None


class ServicePageForm(VersionForm):
    """The form of a service."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("responsible_municipality", "joint_organisations"):
            if name in self.fields:
                field = self.fields[name]
                field.queryset = field.queryset.prefetch_related("names")
        self._keep_responsibility()

    def _keep_responsibility(self) -> None:
        """The responsible municipality alone hands the service to another one (service-model: Who may do what).

        What counts is what stands in the database, not in a draft: by that the rules say who is responsible.
        """
        if "responsible_municipality" not in self.fields or self.instance.pk is None or self.for_user is None:
            return
        present = type(self.instance).objects.filter(pk=self.instance.pk).values_list("responsible_municipality", flat=True)[0]
        if present is not None and not self.instance.permissions_for_user(self.for_user).can_publish():
            self.fields["responsible_municipality"].disabled = True
            self.initial["responsible_municipality"] = present

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"]).strip()
        if len(title) > 120:
            raise ValidationError(_("The name is too long: %(count)d characters, at most 120.") % {"count": len(title)})
        return title

    def clean_summary(self) -> str:
        """On one line, however it was typed."""
        return " ".join(str(self.cleaned_data["summary"]).split())

    def clean(self) -> Any:
        self._check_related_services()
        cleaned = super().clean() or {}
        named = self.named_documents(cleaned)
        if problem := internal_among(named):
            self.add_error(None, problem)
        elif self._new_documents_not_hers(named):
            self.add_error(None, FILES_NOT_YOURS)
        return cleaned

    def _new_documents_not_hers(self, named: set[int]) -> bool:
        """Whether the form names a file that the page has not had yet and the editor may not choose. One query at most."""
        new = named - self.instance.documents
        if not new or self.for_user is None:
            return False
        choosable = policy_registry.get_by_type(get_document_model()).instances_user_has_permission_for(self.for_user, "choose")
        return bool(choosable.filter(pk__in=new).count() < len(new))

    def _check_related_services(self) -> None:
        """A related service is another one, and is kept as its original, whichever language version was chosen."""
        formset = self.formsets.get("related_services")
        for row in formset.forms if formset is not None else ():
            chosen = row.cleaned_data.get("related") if row.is_valid() else None
            if chosen is None or row.cleaned_data.get("DELETE"):
                continue
            if chosen.translation_key == self.instance.translation_key:
                row.add_error("related", ValidationError(_("Choose another service than this one.")))
            row.instance.related = chosen.specific.original

    def lacking(self) -> Iterable[Missing]:
        formset = self.formsets.get("producers")
        for item in missing(self.instance, self.stage):
            if formset is None or item.path != ("producers",):
                yield item
        if formset is not None and not any(_is_kept(row) for row in formset.forms):
            yield Missing(("producers",), _("Providers"))
        if self.stage == Stage.PUBLISH and not self.version_fields:
            self._add_missing_of_instruction()

    def _add_missing_of_instruction(self) -> None:
        lacking = missing_in_instruction(self.instance.instruction(), self.stage)
        if lacking:
            names = ", ".join(str(item.label) for item in lacking)
            self.add_error(None, ValidationError(gettext("The work instruction lacks: %(names)s.") % {"names": names}))


def _is_kept(row: Any) -> bool:
    return bool(row.is_valid() and row.cleaned_data and not row.cleaned_data.get("DELETE"))


class WorkInstructionForm(VersionForm):
    """The form of a work instruction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        for name in ("obligation", "statement", "other_benefits"):
            if name in self.fields:
                field = self.fields[name]
                chosen = field.queryset.filter(pk__in=self._chosen(name))
                field.queryset = (field.queryset.in_force(today) | chosen).distinct().prefetch_related("texts")

    def clean(self) -> Any:
        """Also for a draft: what it names is closed as soon as it is saved, and must not be public anywhere else."""
        cleaned = super().clean() or {}
        if problem := not_internal_alone(self.named_documents(cleaned)):
            self.add_error(None, problem)
        return cleaned

    def _chosen(self, name: str) -> list[Any]:
        """The snippets that the instruction already has, which it keeps when their validity ends."""
        value = self.initial.get(name) or []
        return [getattr(item, "pk", item) for item in (value if isinstance(value, Iterable) else [value])]

    def lacking(self) -> Iterable[Missing]:
        return missing_in_instruction(self.instance, self.stage)
