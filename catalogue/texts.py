"""Plain text into rich text, and what wagtail-localize translates of a page."""

from html import escape
from itertools import groupby

from wagtail_localize.fields import SynchronizedField, TranslatableField


def paragraphs(text: str) -> str:
    """Plain text as the rich text that the editor would make of it: blank lines part paragraphs, "- " begins a list item.

    What this function has made already comes back as it is.
    """
    if text.startswith(("<p>", "<ul>")):
        return text
    parts: list[str] = []
    for chunk in (part.strip() for part in text.replace("\r\n", "\n").split("\n\n")):
        lines = [line.strip() for line in chunk.split("\n") if line.strip()]
        for is_item, group in groupby(lines, key=lambda line: line.startswith(("- ", "• ", "* "))):
            if is_item:
                parts.append("<ul>" + "".join(f"<li>{escape(line[2:].strip())}</li>" for line in group) + "</ul>")
            else:
                parts.append("<p>" + escape(" ".join(group)) + "</p>")
    return "".join(parts)


def _fields(texts: tuple[str, ...], facts: tuple[str, ...]) -> list[TranslatableField | SynchronizedField]:
    return [
        *(TranslatableField(name) for name in texts),
        *(SynchronizedField(name, overridable=False) for name in facts),
    ]


SERVICE_TRANSLATABLE_FIELDS = _fields(
    (
        "title",
        "slug",
        "seo_title",
        "search_description",
        "summary",
        "price_text",
        "target_group",
        "delivery",
        "participation",
        "contacts",
        "links",
    ),
    (
        "for_persons",
        "for_employers",
        "scope",
        "is_charged",
        "price",
        "provider_responsible",
        "responsible_municipality",
        "municipal_responsible",
    ),
)
INSTRUCTION_TRANSLATABLE_FIELDS = _fields(
    (
        "title",
        "slug",
        "referral",
        "requirements",
        "obligation_text",
        "entries",
        "statement_text",
        "consent_practice",
        "measures",
        "exceptions",
        "plan_text",
        "contacts",
        "links",
    ),
    ("obligation", "statement"),
)
