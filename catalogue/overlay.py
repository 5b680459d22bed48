"""A language version laid over its original: facts from the original, texts from the version.

Works on the raw data of StreamFields (lists of {"type", "value", "id"}), guided by the block definitions, so that no block
value is built for it. Blocks and list items meet by their id, struct children by their name. A text that the version
lacks is taken from the original and keeps its language. Pure functions: no query.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any

from wagtail import blocks

BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')
EMPTY_PARAGRAPH = re.compile("<p></p>")


class Text(str):
    """A text that knows the language it is written in."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, value: str, language: str) -> "Text":
        text = super().__new__(cls, value)
        text.language = language
        return text


def is_text(block: blocks.Block) -> bool:
    return bool(getattr(block, "is_text", False))


def _by_id(items: object) -> dict[str, dict[str, Any]]:
    """Raw stream or list children by their id; whatever is not of that form is passed over."""
    if not isinstance(items, list):
        return {}
    return {item["id"]: item for item in items if isinstance(item, dict) and item.get("id")}


def lay_over(block: blocks.Block, original: Any, version: Any, original_language: str, version_language: str) -> Any:
    """The raw value of `block` with the texts of `version` laid over those of `original`; texts come as `Text`."""
    if is_text(block):
        text = version if isinstance(version, str) and version.strip() else None
        return Text(text, version_language) if text is not None else Text(original or "", original_language)
    if isinstance(block, blocks.StructBlock):
        own = original if isinstance(original, dict) else {}
        other = version if isinstance(version, dict) else {}
        return {
            name: lay_over(child, own.get(name), other.get(name), original_language, version_language)
            for name, child in block.child_blocks.items()
        }
    if isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        others = _by_id(version)
        laid = []
        for item in original if isinstance(original, list) else []:
            child = _child_block(block, item)
            if child is None or not isinstance(item, dict) or "value" not in item:
                continue
            other = others.get(item.get("id", ""), {})
            value = lay_over(child, item["value"], other.get("value"), original_language, version_language)
            laid.append({**item, "value": value})
        return laid
    return original


def _child_block(block: blocks.StreamBlock | blocks.ListBlock, item: Any) -> blocks.Block | None:
    if isinstance(block, blocks.ListBlock):
        return block.child_block
    return block.child_blocks.get(item.get("type")) if isinstance(item, dict) else None


def walk_texts(
    block: blocks.Block, raw: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], blocks.Block, str]]:
    """Every text of the raw value of `block`: (path of names and block ids, its block, the text)."""
    if is_text(block):
        yield path, block, raw if isinstance(raw, str) else ""
    elif isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from walk_texts(child, raw.get(name) if isinstance(raw, dict) else None, (*path, name))
    elif isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        for identifier, item in _by_id(raw).items():
            child = _child_block(block, item)
            if child is not None:
                yield from walk_texts(child, item.get("value"), (*path, identifier))


def put_text(block: blocks.Block, raw: Any, path: tuple[str, ...], text: str) -> bool:
    """Set, in place, the text at `path` of the raw value of `block`; False when no such text is there."""
    if not path:
        return False
    if isinstance(block, blocks.StructBlock):
        child = block.child_blocks.get(path[0])
        if child is None or not isinstance(raw, dict):
            return False
        if is_text(child) and len(path) == 1:
            raw[path[0]] = text
            return True
        return put_text(child, raw.get(path[0]), path[1:], text)
    if isinstance(block, blocks.StreamBlock | blocks.ListBlock):
        item = _by_id(raw).get(path[0])
        child = _child_block(block, item) if item is not None else None
        if item is None or child is None:
            return False
        if is_text(child) and len(path) == 1:
            item["value"] = text
            return True
        return put_text(child, item.get("value"), path[1:], text)
    return False


@lru_cache(maxsize=5000)
def text_hash(text: str) -> str:
    """A short fingerprint of a source text: changes when the text does, white space at its ends apart.

    How the rich text editor stores what nobody changed is not text: its keys of paragraphs (`data-block-key`), the empty
    paragraph of an empty field, quotes as entities.
    """
    said = EMPTY_PARAGRAPH.sub("", BLOCK_KEY.sub("", unescape(text)))
    return hashlib.sha256(said.strip().encode()).hexdigest()[:16]
