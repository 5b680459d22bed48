"""Messages at fields inside blocks: Wagtail takes one error for a StreamField, shaped like the blocks of its value."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

Path = tuple[str | int, ...]


def with_message(
    block: blocks.Block, raw: Any, path: Path, message: Any, error: ValidationError | None = None
) -> ValidationError:
    """`error` of the raw value of `block` (None: none yet) with `message` at `path`, names and indexes below it.

    What already has an error keeps it: who mends that one sees the other at the next try.
    """
    kind = _error_class(block)
    if kind is None or not path:
        return error or (kind(non_block_errors=[message]) if kind else ValidationError(message, code="needed"))
    if error is not None and not isinstance(error, kind):
        return error
    child, child_raw = _child(block, raw, path[0])
    if child is None:
        return error or kind(non_block_errors=[message])
    children = dict(error.block_errors) if error is not None else {}
    children[path[0]] = with_message(child, child_raw, path[1:], message, children.get(path[0]))
    return kind(block_errors=children, non_block_errors=error.non_block_errors if error is not None else None)


def _error_class(block: blocks.Block) -> Any:
    if isinstance(block, blocks.StructBlock):
        return StructBlockValidationError
    if isinstance(block, blocks.StreamBlock):
        return StreamBlockValidationError
    return ListBlockValidationError if isinstance(block, blocks.ListBlock) else None


def _child(block: blocks.Block, raw: Any, key: str | int) -> tuple[blocks.Block | None, Any]:
    """The child of `block` under `key` and its raw value; None where there is none."""
    if isinstance(block, blocks.StructBlock):
        return block.child_blocks.get(key), (raw or {}).get(key)
    if not isinstance(key, int) or not raw or key >= len(raw):
        return None, None
    child = block.child_block if isinstance(block, blocks.ListBlock) else block.child_blocks.get(raw[key]["type"])
    return child, raw[key]["value"]
