"""What a browser sends when an editor presses a button, and where the answer shows errors."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail import blocks
from wagtail.blocks.base import BlockField
from wagtail.models import Page
from wagtail.test.utils.form_data import rich_text

from accounts.models import User
from catalogue.leaf_blocks import RICH_TEXT_FEATURES

Data = dict[str, Any]


def editor_form(page: Any, user: User) -> Any:
    """The form that the editor shows for `page`."""
    form_class = page.get_edit_handler().get_form_class()
    return form_class(instance=page, parent_page=page.get_parent().specific, for_user=user)


def form_data(form: Any) -> Data:
    """Every field of `form` as a browser would send it, untouched."""
    data: Data = {}
    for name, field in form.fields.items():
        if isinstance(field, BlockField):
            data |= block_data(field.block, _filled(form[name].value()), name)
        else:
            data |= _field_data(form[name])
    for formset in getattr(form, "formsets", {}).values():
        data |= _formset_data(formset)
    return data


def _filled(value: Any) -> Any:
    """The raw data of a StreamField's value, with the defaults of what was never said, as the editor fills them in."""
    return [{"type": child.block_type, "value": child.block.get_prep_value(child.value), "id": child.id} for child in value]


def _field_data(bound: Any) -> Data:
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, forms.CheckboxInput):
        return {bound.html_name: "on"} if value else {}
    sent = widget.format_value(value)
    if isinstance(widget, forms.Select) and not widget.allow_multiple_selected:
        sent = sent[0] if sent else ""
    return {bound.html_name: "" if sent is None else sent}


def _formset_data(formset: Any) -> Data:
    data: Data = {
        f"{formset.prefix}-TOTAL_FORMS": len(formset.forms),
        f"{formset.prefix}-INITIAL_FORMS": formset.initial_form_count(),
        f"{formset.prefix}-MIN_NUM_FORMS": 0,
        f"{formset.prefix}-MAX_NUM_FORMS": 1000,
    }
    for index, row in enumerate(formset.forms):
        data |= {key: value for bound in row for key, value in _field_data(bound).items()}
        data |= {f"{row.prefix}-ORDER": index + 1, f"{row.prefix}-DELETE": ""}
    return data


def add_row(data: Data, formset: str, **fields: Any) -> None:
    """Add a row to the formset of `data`."""
    index = int(data[f"{formset}-TOTAL_FORMS"])
    data[f"{formset}-TOTAL_FORMS"] = index + 1
    data |= {f"{formset}-{index}-{name}": value for name, value in fields.items()}
    data |= {f"{formset}-{index}-id": "", f"{formset}-{index}-ORDER": index + 1, f"{formset}-{index}-DELETE": ""}


def block_data(block: blocks.Block, raw: Any, prefix: str) -> Data:
    """The raw value of `block` as the editor's form sends it."""
    if isinstance(block, blocks.StructBlock):
        found: Data = {}
        for name, child in block.child_blocks.items():
            found |= block_data(child, (raw or {}).get(name), f"{prefix}-{name}")
        return found
    if isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        found = {f"{prefix}-count": len(raw or ())}
        for index, item in enumerate(raw or ()):
            of_list = isinstance(block, blocks.ListBlock)
            child = block.child_block if of_list else block.child_blocks[item["type"]]
            own = f"{prefix}-{index}"
            found |= {f"{own}-deleted": "", f"{own}-order": index, f"{own}-id": item["id"] or "", f"{own}-type": item["type"]}
            found |= block_data(child, item["value"], f"{own}-value")
        return found
    if isinstance(block, blocks.RichTextBlock):
        return {prefix: rich_text(raw or "", features=RICH_TEXT_FEATURES)}
    if isinstance(block, blocks.BooleanBlock):
        return {prefix: "on"} if raw else {}
    if isinstance(block, blocks.MultipleChoiceBlock):
        return {prefix: raw} if raw else {}
    return {prefix: "" if raw is None else raw}


def save(client: Client, page: Page, data: Data, button: str = "") -> Any:
    """Send the editor of `page`; `button` as "action-publish", else it saves a draft."""
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {**data, **({button: "1"} if button else {})})


def create(client: Client, parent: Page, model: str, data: Data, button: str = "") -> Any:
    """Send the editor of a new page of `model` (catalogue.servicepage) below `parent`."""
    address = reverse("wagtailadmin_pages:add", args=[*model.split("."), parent.pk])
    return client.post(address, {**data, **({button: "1"} if button else {})})


def errors_of(form: Any) -> dict[str, list[str]]:
    """Every error that `form` shows: field, or field/index/child …, or "" for the whole form → messages."""
    found: dict[str, list[str]] = {}
    for name, errors in form.errors.as_data().items():
        for error in errors:
            for path, message in _messages(error, "" if name == "__all__" else name):
                found.setdefault(path, []).append(message)
    for name, formset in form.formsets.items():
        for message in formset.non_form_errors():
            found.setdefault(name, []).append(str(message))
        for index, row in enumerate(formset.forms):
            for field, messages in row.errors.items():
                found.setdefault(f"{name}/{index}/{field}", []).extend(map(str, messages))
    return found


def _messages(error: ValidationError, path: str) -> Iterator[tuple[str, str]]:
    children = getattr(error, "block_errors", None)
    own: Iterable[str] = getattr(error, "non_block_errors", error.messages)
    yield from ((path, str(message)) for message in own)
    for key, child in (children or {}).items():
        yield from _messages(child, f"{path}/{key}")
