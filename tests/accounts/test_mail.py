"""The door for mails, the queue, the administrators' list of it, and the developers' page."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.core import mail as django_mail
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.test import Client
from django.urls import reverse
from post_office import mail as queue
from post_office.models import STATUS, Email, Log
from pytest_django import Settings

from accounts import mail
from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BROKEN = "tests.accounts.test_mail.BrokenBackend"


class BrokenBackend:
    """A server that takes nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send_messages(self, messages: list[EmailMessage]) -> int:
        raise ConnectionRefusedError("mail.example.org does not answer")


@pytest.fixture(autouse=True)
def letters(tmp_path: Path, settings: Settings) -> None:
    """A template of the tests' own: subject, then text."""
    (tmp_path / "emails").mkdir()
    (tmp_path / "emails" / "letter.txt").write_text(
        "{% load i18n %}{% translate 'Services' %}: {{ name }}\n\nHei {{ name }},\n{{ site }}/fi/\n", encoding="utf-8"
    )
    settings.TEMPLATES = [{**site_settings.TEMPLATES[0], "DIRS": [tmp_path, site_settings.BASE_DIR / "templates"]}]


def use_backend(settings: Settings, backend: str, **more: Any) -> None:
    settings.POST_OFFICE = {**site_settings.POST_OFFICE, "BACKENDS": {"default": backend}, **more}


def test_a_mail_waits_in_the_queue_until_the_command_sends_it(mailoutbox: list[EmailMessage]) -> None:
    row = mail.send(to="asta@example.org", template="letter", context={"name": "Asta"}, language="en")

    assert (row.to, row.subject, row.message) == (
        ["asta@example.org"], "Services: Asta", "Hei Asta,\nhttp://localhost:8000/fi/\n",
    )  # fmt: skip
    assert row.status == STATUS.queued
    assert mailoutbox == []
    queue.send_queued()
    assert [sent.subject for sent in mailoutbox] == ["Services: Asta"]
    assert Email.objects.get().status == STATUS.sent


@pytest.mark.parametrize(
    ("language", "subject"), [("fi", "Palvelut: Asta"), ("sv", "Tjänster: Asta"), ("en", "Services: Asta")]
)
def test_a_person_gets_mails_in_her_own_language(language: str, subject: str) -> None:
    user = UserFactory(preferred_language=language)
    assert mail.send(to=user, template="letter", context={"name": "Asta"}).subject == subject


def test_an_address_without_a_language_gets_finnish() -> None:
    assert mail.send(to="a@example.org", template="letter", context={"name": "x"}).subject == "Palvelut: x"
    assert User().preferred_language == "fi"


def test_names_are_not_escaped_and_add_no_header() -> None:
    row = mail.send(to="a@example.org", template="letter", context={"name": "R & D\r\nBcc: b@example.org"}, language="en")
    assert row.subject == "Services: R & D"
    assert "\n" not in row.subject
    assert "Bcc" not in row.email_message().message()
    assert "&amp;" not in row.message


def test_a_mail_goes_with_its_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        mail.send(to="a@example.org", template="letter", context={})
        raise RuntimeError
    assert not Email.objects.exists()


def test_a_mail_that_fails_is_tried_again_under_the_same_message_id(settings: Settings, mailoutbox: list[EmailMessage]) -> None:
    row = mail.send(to="a@example.org", template="letter", context={})
    assert row.message_id.endswith("@palvelumanuaali.example>")

    use_backend(settings, BROKEN)
    queue.send_queued()
    row.refresh_from_db()
    assert row.status == STATUS.requeued
    assert Log.objects.get().message == "mail.example.org does not answer"

    use_backend(settings, "django.core.mail.backends.locmem.EmailBackend")
    Email.objects.update(scheduled_time=None)
    queue.send_queued()
    # As if the process had died between the server's yes and our note of it.
    Email.objects.update(status=STATUS.queued)
    queue.send_queued()
    assert [sent.extra_headers["Message-ID"] for sent in mailoutbox] == [row.message_id] * 2


def test_a_mail_that_fails_for_good_is_kept(settings: Settings) -> None:
    mail.send(to="a@example.org", template="letter", context={})
    use_backend(settings, BROKEN, MAX_RETRIES=0)
    queue.send_queued()
    assert Email.objects.get().status == STATUS.failed


def test_mails_of_libraries_take_the_queue_too() -> None:
    assert site_settings.POST_OFFICE["BACKENDS"]["default"] != "post_office.EmailBackend"
    from palvelumanuaali.settings import base

    assert base.EMAIL_BACKEND == "post_office.EmailBackend"
    message = EmailMessage("Reset", "text", to=["a@example.org"], connection=get_connection(base.EMAIL_BACKEND))
    message.send()
    row = Email.objects.get()
    assert (row.status, row.subject) == (STATUS.queued, "Reset")
    assert row.message_id
    assert django_mail.outbox == []


def test_in_development_a_mail_leaves_as_soon_as_its_transaction_is_done(
    settings: Settings, mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
) -> None:
    settings.POST_OFFICE = {**site_settings.POST_OFFICE, "DEFAULT_PRIORITY": "now"}
    with django_capture_on_commit_callbacks(execute=True):
        mail.send(to="a@example.org", template="letter", context={})
        assert mailoutbox == []
    assert len(mailoutbox) == 1
    assert Email.objects.get().status == STATUS.sent


# ------------------------------------------------------------------------------------------- the administrators' list

LIST = "mails:index"


def test_administrators_see_the_queue_with_its_errors_and_never_a_text(
    client: Client, administrator: User, settings: Settings
) -> None:
    mail.send(to="a@example.org", template="letter", context={"name": "secret-name"}, language="en")
    Email.objects.update(subject="About services", message="https://example.org/secret-link/")
    use_backend(settings, BROKEN)
    queue.send_queued()
    client.force_login(administrator)

    page = client.get(reverse(LIST)).content.decode()

    for shown in ("a@example.org", "About services", "does not answer"):
        assert shown in page
    assert "secret-link" not in page
    assert client.get(reverse(LIST), {"status": STATUS.sent}).content.decode().count("a@example.org") == 0
    assert client.get(reverse(LIST), {"q": "secret-link"}).context["object_list"].count() == 0
    assert client.post(reverse(LIST)).status_code == 405


def test_nobody_else_sees_the_queue(client: Client, municipal_editor: User) -> None:
    client.force_login(municipal_editor)
    assert client.get(reverse(LIST)).status_code in (403, 404)
    assert client.get(reverse("mails:index_results")).status_code in (403, 404)
    assert reverse(LIST) not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_the_queue_asks_as_little_for_many_as_for_few(
    client: Client, administrator: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(administrator)
    for number in range(30):
        row = mail.send(to=f"a{number}@example.org", template="letter", context={})
        Log.objects.create(email=row, status=STATUS.failed, message="no")
    client.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))


# ----------------------------------------------------------------------------------------------- the developers' page


def test_a_developer_reads_the_mails_and_nobody_else(client: Client, settings: Settings, administrator: User) -> None:
    mail.send(to="a@example.org", template="letter", context={"name": "<b>Asta</b>"}, language="en")
    client.force_login(administrator)
    assert client.get("/mails/", follow=True).status_code in (403, 404)

    settings.DEBUG = True
    answer = client.get("/mails/")
    assert answer.status_code == 200
    assert "Hei &lt;b&gt;Asta&lt;/b&gt;" in answer.content.decode()
