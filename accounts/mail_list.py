"""The administrators' list of mails: what waits, what left, what failed and why. Never a text, which may hold a secret link."""

from typing import Any, ClassVar

import django_filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS, Email, Log
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn

from accounts.people_lists import ForAdministrators, ManagedList

STATES = {
    STATUS.queued: _("Waiting"),
    STATUS.requeued: _("Will be tried again"),
    STATUS.sent: _("Sent"),
    STATUS.failed: _("Failed"),
}
LONGEST_ERROR = 300


class MailFilterSet(WagtailFilterSet):
    status = django_filters.ChoiceFilter(label=_("State"), choices=list(STATES.items()))

    class Meta:
        model = Email
        fields: ClassVar[list[str]] = []


def _recipients(mail: Any) -> str:
    return ", ".join(mail.to)


def _state(mail: Any) -> Any:
    return STATES.get(mail.status, "")


def _error(mail: Any) -> str:
    """Why it did not leave when that was tried last; nothing once it has left."""
    return "" if mail.status == STATUS.sent else str(Truncator(mail.last_error or "").chars(LONGEST_ERROR))


class MailList(ForAdministrators, ManagedList):
    """Recipient, subject, state, error, time. Nobody changes anything here. Constant in queries."""

    model = Email
    page_title = _("Mails")
    header_icon = "mail"
    index_url_name = "mails:index"
    index_results_url_name = "mails:index_results"
    filterset_class = MailFilterSet
    search_fields = ("to", "subject")
    default_ordering = ("-created", "-pk")

    def get_base_queryset(self) -> QuerySet[Any]:
        failures = Log.objects.filter(email=OuterRef("pk"), status=STATUS.failed).order_by("-pk")
        mails: QuerySet[Any] = Email.objects.defer("message", "html_message", "context")
        return mails.annotate(last_error=Subquery(failures.values("message")[:1]))

    @cached_property
    def verbose_name_plural(self) -> str:
        return str(_("mails"))

    @cached_property
    def columns(self) -> list[Column]:
        return [
            Column("to", label=_("Recipient"), accessor=_recipients),
            Column("subject", label=_("Subject")),
            Column("state", label=_("State"), accessor=_state, sort_key="status"),
            Column("error", label=_("Error"), accessor=_error),
            DateColumn("created", label=_("Queued"), sort_key="created"),
        ]
