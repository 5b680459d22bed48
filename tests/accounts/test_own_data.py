"""A person's own page: hers alone, corrected and taken along by her, and ended on her wish."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from post_office.models import Email

from accounts import invitations
from accounts.forms import OwnDataForm
from accounts.models import Invitation, Membership, Organisation, User
from tests.factories import MembershipFactory, OrganisationFactory, ServicePageFactory, UserFactory, site_tree

pytestmark = pytest.mark.django_db

PAGES = ("own_data", "own_data_download", "own_data_deletion")


@pytest.fixture
def ida(db: None) -> User:
    site_tree()
    return UserFactory(email="ida@example.org", first_name="Ida", title="Ohjaaja", preferred_language="en")


@pytest.fixture
def own(client: Client, ida: User) -> Client:
    client.force_login(ida)
    return client


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def data(**changes: Any) -> dict[str, Any]:
    fields = {"first_name": "Ida", "last_name": "Uusi", "title": "", "home_organisation": "", "preferred_language": "sv"}
    return {**fields, **changes}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_only_who_is_signed_in_gets_there(client: Client, ida: User, name: str, language: str) -> None:
    with translation.override(language):
        url = reverse(name)
    assert url.startswith(f"/{language}/")
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"?next={url}")
        assert ida.email not in answer.content.decode()
    client.force_login(ida)
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_are_private_and_kept_by_nobody(own: Client, name: str) -> None:
    answer = own.get(reverse(name))
    assert {"private", "no-store"} <= {part.strip() for part in answer["Cache-Control"].split(",")}
    assert answer["X-Robots-Tag"] == "noindex, nofollow"


def test_own_data_is_shown_with_roles(own: Client, ida: User, provider: Organisation) -> None:
    MembershipFactory(user=ida, organisation=provider, role=Membership.Role.EDITOR)
    MembershipFactory(user=ida, organisation=OrganisationFactory(names={"en": "Closed one"}, closed_at="2026-01-01T00:00Z"))
    text = own.get(reverse("own_data")).content.decode()
    for shown in (
        "ida@example.org",
        "Ida",
        "Ohjaaja",
        "Valmennus ry: Editor",
        "Closed one: Editor (the organisation is closed)",
    ):
        assert shown in text


def test_a_person_corrects_her_own_data(own: Client, ida: User, provider: Organisation) -> None:
    answer = own.post(reverse("own_data"), data(home_organisation=provider.pk))
    assert answer.status_code == 302
    user = again(ida)
    assert (user.last_name, user.title, user.home_organisation, user.preferred_language) == ("Uusi", "", provider, "sv")
    assert "Your data was saved." in own.get(answer["Location"]).content.decode()


def test_what_changed_meanwhile_is_not_turned_back(ida: User) -> None:
    form = OwnDataForm(data(), instance=again(ida))
    assert form.is_valid()
    User.objects.filter(pk=ida.pk).update(is_active=False, email="new@example.org")
    form.save()
    user = again(ida)
    assert (user.last_name, user.is_active, user.email) == ("Uusi", False, "new@example.org")


def test_nothing_else_can_be_changed(own: Client, ida: User, administrator: User) -> None:
    hostile = data(
        email="boss@example.org",
        is_superuser="on",
        is_staff="on",
        pk=administrator.pk,
        id=administrator.pk,
        user=administrator.pk,
    )
    own.post(reverse("own_data"), hostile)
    user = again(ida)
    assert (user.email, user.is_superuser, user.is_staff) == ("ida@example.org", False, False)
    assert again(administrator).last_name == "Esimerkki"


@pytest.mark.parametrize("wrong", [{"preferred_language": "xx"}, {"home_organisation": 10**6}, {"first_name": "x" * 151}])
def test_what_is_wrong_is_told_and_not_saved(own: Client, ida: User, wrong: dict[str, Any]) -> None:
    answer = own.post(reverse("own_data"), data(**wrong))
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert again(ida).last_name == "Esimerkki"


def test_a_closed_organisation_is_no_home_unless_it_was_one(own: Client, ida: User) -> None:
    closed = OrganisationFactory(closed_at="2026-01-01T00:00Z")
    assert own.post(reverse("own_data"), data(home_organisation=closed.pk)).status_code == 200
    User.objects.filter(pk=ida.pk).update(home_organisation=closed)
    assert own.post(reverse("own_data"), data(home_organisation=closed.pk)).status_code == 302


def test_the_page_asks_as_little_for_many_organisations_as_for_few(own: Client, ida: User) -> None:
    counts = []
    for many in (1, 14):
        for _number in range(many):
            MembershipFactory(user=ida)
        own.get(reverse("own_data"))
        with CaptureQueriesContext(connection) as queries:
            own.get(reverse("own_data"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_download_holds_what_is_kept_of_the_person_and_of_nobody_else(
    own: Client, ida: User, provider: Organisation, provider_main_user: User, outsider: User
) -> None:
    MembershipFactory(user=ida, organisation=provider, role=Membership.Role.MAIN_USER)
    invitations.invite(addresses=["uusi@example.org"], organisation=provider, role="editor", language="fi", by=again(ida))
    Invitation.objects.create(
        address=ida.email, organisation=OrganisationFactory(code="kutsuja"), role="editor", fingerprint="x"
    )
    page = ServicePageFactory(organiser=provider, provider_responsible=ida)
    page.save_revision(user=ida, log_action=True)
    answer = own.get(reverse("own_data_download"))
    assert answer["Content-Disposition"] == 'attachment; filename="own-data.json"'
    kept = json.loads(answer.content)
    assert kept["profile"]["email"] == "ida@example.org"
    assert kept["profile"]["title"] == "Ohjaaja"
    assert [(row["organisation"], row["role"]) for row in kept["memberships"]] == [("valmennus", "main_user")]
    assert [(row["organisation"], row["address"]) for row in kept["invitations_made"]] == [("valmennus", "uusi@example.org")]
    assert [row["organisation"] for row in kept["invitations_received"]] == ["kutsuja"]
    assert kept["edits"] == {"wagtail.edit": 1}
    assert kept["responsible_for_services"] == [{"number": page.service_id, "name": page.title}]
    text = answer.content.decode()
    for secret in (ida.password, provider_main_user.email, outsider.email, "fingerprint"):
        assert secret not in text


def test_asking_for_deletion_marks_the_account_and_tells_the_administrators_once(
    own: Client, ida: User, administrator: User, main_user: User
) -> None:
    User.objects.update(preferred_language="en")
    url = reverse("own_data_deletion")
    assert own.post(url, {}).status_code == 200
    assert again(ida).deletion_asked_at is None
    for _time in range(2):
        assert own.post(url, {"sure": "on"}).status_code == 302
    assert again(ida).deletion_asked_at is not None
    assert again(ida).is_active
    mail = Email.objects.get()
    assert mail.to == [administrator.email]
    assert "ida" not in mail.message.lower()
    assert "/people/accounts/" in mail.message
    assert "You asked for deletion on" in own.get(url).content.decode()


def test_the_request_can_be_taken_back(own: Client, ida: User, administrator: User) -> None:
    url = reverse("own_data_deletion")
    own.post(url, {"sure": "on"})
    for _time in range(2):
        assert own.post(url, {"take_back": "1"}).status_code == 302
    assert again(ida).deletion_asked_at is None
    assert Email.objects.count() == 2


def test_someone_who_is_blocked_gets_nothing(own: Client, ida: User) -> None:
    User.objects.filter(pk=ida.pk).update(is_active=False)
    for name in PAGES:
        assert own.get(reverse(name)).status_code == 302
