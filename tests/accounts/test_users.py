import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import PASSWORD, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["Aino.Virtanen@Example.ORG", " aino.virtanen@example.org ", "AINO.VIRTANEN@EXAMPLE.ORG"])
def test_an_address_is_kept_in_lower_case_however_it_is_saved(typed: str) -> None:
    user = UserFactory(email=typed)
    assert User.objects.get(pk=user.pk).email == "aino.virtanen@example.org"


def test_an_address_is_kept_in_lower_case_by_the_command_line_too() -> None:
    assert User.objects.create_user("Aino@Example.org").email == "aino@example.org"
    assert User.objects.create_superuser("Root@Example.org").email == "root@example.org"


def test_a_form_puts_the_address_into_lower_case_before_it_compares() -> None:
    UserFactory(email="aino@example.org")
    with pytest.raises(ValidationError) as caught:
        UserFactory.build(email="AINO@example.org").full_clean()
    assert "email" in caught.value.message_dict


def test_the_database_itself_refuses_an_address_that_differs_in_case_only() -> None:
    UserFactory(email="aino@example.org")
    with pytest.raises(IntegrityError):
        User.objects.bulk_create([User(email="Aino@Example.org")])


@pytest.mark.parametrize("typed", ["aino@example.org", "Aino@example.org", "AINO@EXAMPLE.ORG"])
def test_she_signs_in_with_her_address_in_any_case(typed: str) -> None:
    user = UserFactory(email="Aino@Example.org")
    assert authenticate(username=typed, password=PASSWORD) == user


def test_a_wrong_password_or_a_blocked_account_does_not_sign_in() -> None:
    UserFactory(email="aino@example.org")
    UserFactory(email="pois@example.org", is_active=False)
    assert authenticate(username="aino@example.org", password=PASSWORD.upper()) is None
    assert authenticate(username="pois@example.org", password=PASSWORD) is None


def test_the_sign_in_page_takes_an_address_in_capitals(client: Client, administrator: User) -> None:
    answer = client.post(reverse("account_login"), {"login": administrator.email.upper(), "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(administrator.pk)


def test_a_user_without_an_address_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_a_made_user_has_no_rights_and_an_administrator_has() -> None:
    user, administrator = User.objects.create_user("a@example.org"), User.objects.create_superuser("b@example.org")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert (administrator.is_staff, administrator.is_superuser) == (True, True)
    assert not user.has_usable_password()


def test_a_person_is_called_by_name_and_else_by_address() -> None:
    assert str(UserFactory.build(first_name="Aino", last_name="Virtanen")) == "Aino Virtanen"
    assert str(UserFactory.build(first_name="", last_name="", email="aino@example.org")) == "aino@example.org"


def test_a_home_organisation_that_is_deleted_leaves_its_people() -> None:
    user = UserFactory(home_organisation=OrganisationFactory())
    user.home_organisation.delete()
    user.refresh_from_db()
    assert user.home_organisation is None
