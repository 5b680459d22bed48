"""The second step of signing in: apps, recovery codes, and roles of which it is required."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import caches
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation, User
from accounts.sign_in.roles import Role, roles_of
from accounts.standing import standing_of
from tests.factories import PASSWORD, MembershipFactory, UserFactory, site_tree

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tree(db: None) -> None:
    site_tree()


def code_of(secret: str, *, steps: int = 0) -> str:
    """What an app shows now, or `steps` half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def secret(expert: User) -> str:
    """The secret of the expert's app, in use."""
    secret = generate_totp_secret()
    TOTP.activate(expert, secret)
    RecoveryCodes.activate(expert)
    return secret


def sign_in(client: Client, user: User, *, then: str = "") -> Any:
    return client.post("/en/sign-in/", {"login": user.email, "password": PASSWORD, **({"next": then} if then else {})})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --------------------------------------------------------------------------------------------------------- the second step


def test_the_password_alone_no_longer_signs_in(client: Client, expert: User, secret: str) -> None:
    response = sign_in(client, expert, then="/en/services/")
    assert response["Location"] == "/en/sign-in/code/"
    assert not is_signed_in(client)
    assert client.get("/en/second-factor/").status_code == 302
    assert "The code is wrong" in client.post("/en/sign-in/code/", {"code": "000000"}).content.decode()
    response = client.post("/en/sign-in/code/", {"code": code_of(secret)})
    assert response["Location"] == "/en/services/"
    assert is_signed_in(client)
    assert client.session.get_expiry_age() > 6 * 24 * 60 * 60, "an expert's session"


def test_a_code_works_once_in_all_processes(client: Client, expert: User, secret: str) -> None:
    code = code_of(secret)
    sign_in(client, expert)
    client.post("/en/sign-in/code/", {"code": code})
    caches["default"].clear()
    thief = Client()
    sign_in(thief, expert)
    assert thief.post("/en/sign-in/code/", {"code": code}).status_code == 200
    assert not is_signed_in(thief)


def test_a_recovery_code_works_once(expert: User, secret: str) -> None:
    codes = Authenticator.objects.get(user=expert, type="recovery_codes").wrap().get_unused_codes()
    for works in (True, False):
        client = Client()
        sign_in(client, expert)
        client.post("/en/sign-in/code/", {"code": codes[0]})
        assert is_signed_in(client) is works


def test_codes_cannot_be_guessed_for_long(client: Client, expert: User, secret: str) -> None:
    sign_in(client, expert)
    for _ in range(5):
        client.post("/en/sign-in/code/", {"code": "000000"})
    html = client.post("/en/sign-in/code/", {"code": code_of(secret)}).content.decode()
    assert "Try again in 15 minutes" in html
    assert not is_signed_in(client)


def test_somebody_who_was_blocked_between_the_steps_does_not_get_in(client: Client, expert: User, secret: str) -> None:
    sign_in(client, expert)
    User.objects.filter(pk=expert.pk).update(is_active=False)
    client.post("/en/sign-in/code/", {"code": code_of(secret)})
    assert client.get("/en/second-factor/").status_code == 302


def test_the_second_step_is_no_door_of_its_own(client: Client) -> None:
    assert client.get("/en/sign-in/code/")["Location"] == "/en/sign-in/"
    assert client.post("/en/sign-in/code/", {"code": "123456"})["Location"] == "/en/sign-in/"


# ------------------------------------------------------------------------------------------------------------- setting up


def set_up(client: Client) -> Any:
    """Take an app into use; the present password has been asked for shortly before, or is now."""
    page = client.get("/en/second-factor/app/")
    if page.status_code == 302:
        client.post(page["Location"], {"password": PASSWORD})
        page = client.get("/en/second-factor/app/")
    found = re.search(r'class="secret">(\w+)<', page.content.decode())
    assert found
    return client.post("/en/second-factor/app/", {"code": code_of(found[1])})


def test_an_app_is_taken_into_use_and_codes_are_given(
    client: Client, expert: User, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(expert)
    assert client.get("/en/second-factor/app/")["Location"].startswith("/en/sign-in/password/?next=")
    with django_capture_on_commit_callbacks(execute=True):
        response = set_up(client)
    assert response["Location"] == "/en/second-factor/codes/"
    html = client.get(response["Location"]).content.decode()
    assert html.count('class="secret"') == 10
    assert "no-store" in client.get(response["Location"])["Cache-Control"]
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert [message.to for message in mail.outbox] == [[expert.email]]


def test_secrets_are_not_readable_in_the_database(expert: User, secret: str) -> None:
    rows = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in rows
    assert Authenticator.objects.get(user=expert, type="totp").wrap().validate_code(code_of(secret))


def test_secrets_stay_readable_with_an_older_key(expert: User, secret: str, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-key"
    assert Authenticator.objects.get(user=expert, type="totp").wrap().validate_code(code_of(secret))


def test_a_factor_is_not_taken_away_without_the_password(client: Client, expert: User, secret: str) -> None:
    client.force_login(expert)
    for path in ("app/remove/", "codes/new/", "codes/", "passkeys/add/", "passkeys/1/remove/"):
        assert client.get(f"/en/second-factor/{path}")["Location"].startswith("/en/sign-in/password/?next="), path
        response = client.post(f"/en/second-factor/{path}")
        assert response.status_code == 405 or response["Location"].startswith("/en/sign-in/password/?next="), path
    assert Authenticator.objects.filter(user=expert).count() == 2


def test_nobody_removes_the_passkey_of_another(client: Client, expert: User, administrator: User) -> None:
    theirs = Authenticator.objects.create(user=administrator, type="webauthn", data={"name": "phone", "credential": {}})
    sign_in(client, expert)
    client.post("/en/sign-in/password/", {"password": PASSWORD})
    for response in (
        client.get(f"/en/second-factor/passkeys/{theirs.pk}/remove/"),
        client.post(f"/en/second-factor/passkeys/{theirs.pk}/remove/"),
    ):
        assert response.status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    "credential", ["", "x", "{}", "[]", '{"id": "AA", "rawId": "AA", "response": {}, "type": "public-key"}']
)
def test_an_invented_passkey_signs_in_nobody(client: Client, expert: User, credential: str) -> None:
    client.get("/en/sign-in/passkey/", headers={"accept": "application/json"})
    response = client.post("/en/sign-in/passkey/", {"credential": credential})
    assert response["Location"] == "/en/sign-in/"
    assert not is_signed_in(client)


# ------------------------------------------------------------------------------------------------------ required of roles


def test_roles_are_told_by_standing(
    administrator: User, expert: User, municipal_editor: User, provider_editor: User, provider: Organisation
) -> None:
    held = {
        user.first_name: set(roles_of(standing_of(user))) for user in (administrator, expert, municipal_editor, provider_editor)
    }
    assert held == {
        "Aino": {Role.ADMINISTRATOR},
        "Asta": {Role.EXPERT},
        "Minna": {Role.MUNICIPAL_EDITOR},
        "Pekka": {Role.PROVIDER_EDITOR},
    }
    leader = UserFactory()
    MembershipFactory(user=leader, organisation=provider, role=Membership.Role.MAIN_USER)
    assert roles_of(standing_of(leader)) == {Role.PROVIDER_MAIN_USER}


def test_whoever_needs_a_factor_sets_one_up_before_anything_else(client: Client, administrator: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["administrator"]
    sign_in(client, administrator)
    for path in (
        "/admin/",
        "/en/",
        "/fi/palvelut/",
        "/admin/api/main/pages/",
        "/documents/1/x/",
        "/en/password/",
        "/en/ei-ole/",
    ):
        assert client.get(path)["Location"].endswith("/second-factor/"), path
        assert client.post(path).status_code in (302, 403), path
    html = client.get("/en/second-factor/").content.decode()
    assert "Your role needs a second step" in html
    assert set_up(client).status_code == 302
    assert client.get("/en/second-factor/codes/").status_code == 200
    assert client.get("/admin/").status_code == 200
    assert "Your role needs" not in client.get("/en/second-factor/").content.decode()


def test_recovery_codes_alone_are_no_factor(client: Client, administrator: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["administrator"]
    RecoveryCodes.activate(administrator)
    client.force_login(administrator)
    assert client.get("/admin/").status_code == 302


def test_she_can_still_sign_out(client: Client, administrator: User, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["administrator"]
    client.force_login(administrator)
    client.post("/en/sign-out/")
    assert not is_signed_in(client)


def test_it_is_required_of_those_roles_alone(client: Client, settings: Any, expert: User, municipal_editor: User) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["municipal_editor"]
    client.force_login(expert)
    assert client.get("/en/").status_code == 200
    client.force_login(municipal_editor)
    assert client.get("/en/").status_code == 302


def test_a_role_given_later_requires_it_at_the_next_request(
    client: Client, settings: Any, expert: User, provider: Organisation
) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["provider_main_user"]
    client.force_login(expert)
    assert client.get("/en/").status_code == 200
    MembershipFactory(user=expert, organisation=provider, role=Membership.Role.MAIN_USER)
    assert client.get("/en/").status_code == 302


def test_by_default_nothing_is_required_and_nothing_is_asked(client: Client, expert: User, settings: Any) -> None:
    assert settings.SECOND_FACTOR_REQUIRED_FOR == []

    def queries() -> int:
        client.get("/en/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/en/").status_code == 200
        return len(captured)

    client.force_login(expert)
    without = queries()
    settings.SECOND_FACTOR_REQUIRED_FOR = ["expert"]
    TOTP.activate(expert, generate_totp_secret())
    assert queries() <= without + 2, "the standing, which the page itself may want too, and the factor"


def test_a_role_that_is_misspelt_is_an_error(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED_FOR = ["administrators"]
    assert "accounts.E001" in {problem.id for problem in run_checks()}
    settings.SECOND_FACTOR_REQUIRED_FOR = [str(role) for role in Role]
    assert "accounts.E001" not in {problem.id for problem in run_checks()}
