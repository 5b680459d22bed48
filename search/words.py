"""Words as they are compared: lower case, without accents that a keyboard may lack, ä ö å kept apart."""

import re
import unicodedata
from html import unescape

_TAG = re.compile(r"<[^>]+>")


def fold(text: str) -> str:
    """`text` in lower case, in composed form, white space folded; the same for documents and questions."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def plain(html: str) -> str:
    """Rich text without its tags."""
    return unescape(_TAG.sub(" ", html))
