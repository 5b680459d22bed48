"""The one door for mails: written in the recipient's language, kept in the queue, sent by `manage.py send_queued_mail`.

A mail becomes a row of the database in the same transaction as what it tells of: both last or neither does. Only sending it
is left for later, so nothing is lost, and whatever is sent twice carries the same Message-ID.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from post_office import mail
from post_office.models import Email
from post_office.settings import get_default_priority

from accounts.models import User


def send(*, to: User | str, template: str, context: Mapping[str, Any], language: str = "") -> Email:
    """Queue the mail `templates/emails/<template>.txt` for a person or an address. About four queries.

    The template's first line is the subject; it also gets `site`, the site's own address without a slash at its end.
    `language`: else the person's preferred one, else the site's first. Raises ValidationError where the address is none.
    """
    own = to.preferred_language if isinstance(to, User) else ""
    with translation.override(language or own or settings.LANGUAGE_CODE):
        subject, body = _render(template, context)
    row: Email = mail.send(
        recipients=to.email if isinstance(to, User) else to,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=subject,
        message=body,
        # Never at once: a mail on its way cannot be called back when the transaction fails.
        priority="medium",
    )
    if get_default_priority() == "now":
        transaction.on_commit(row.dispatch)
    return row


def site_address() -> str:
    """Where links in mails lead: scheme and host, without a slash at the end."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/")


def _render(template: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body. Plain text: nothing is escaped for HTML, and a subject has one line whatever a name contains."""
    compiled: Any = get_template(f"emails/{template}.txt")
    text = compiled.template.render(Context({**context, "site": site_address()}, autoescape=False))
    subject, _newline, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"
