"""Loads the demo's notices and links to tools of the experts' front page."""

import datetime as dt

from django.db import transaction

from accounts.models import Organisation
from home.demo import files
from home.models import Notice, NoticeText, ToolLink, ToolLinkLabel


@transaction.atomic
def load_expert_page() -> None:
    """All of it where there is nothing yet."""
    rows = files.read("expert_page")
    if not Notice.objects.exists():
        for row in rows["notices"]:
            notice = Notice(
                importance=row["importance"],
                shown_from=dt.date.fromisoformat(files.day(row["shown_from"])),
                shown_to=None if row["shown_to"] is None else dt.date.fromisoformat(files.day(row["shown_to"])),
            )
            notice.texts.set([NoticeText(language=tag, **own) for tag, own in row["texts"].items()])
            notice.save()
    if not ToolLink.objects.exists():
        for order, row in enumerate(rows["tools"]):
            tool = ToolLink(url=row["url"], sort_order=order)
            tool.labels.set([ToolLinkLabel(language=tag, **own) for tag, own in row["texts"].items()])
            tool.organisations.set(Organisation.objects.filter(code__in=row.get("organisations") or []))
            tool.save()
