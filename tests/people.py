"""The people of the tests, as fixtures; a client is pytest-django's `client`, whom nobody knows.

Asta is an expert of the municipal organisation, Pekka an editor of a provider linked to it, Minna an editor of the
municipal organisation, and Olli an editor of a provider that has nothing to do with them: he must see nothing of theirs.
"""

import pytest

from accounts.models import Membership, Organisation, User
from tests.factories import MembershipFactory, MunicipalityFactory, OrganisationFactory, UserFactory


def _member(first_name: str, organisation: Organisation, role: Membership.Role) -> User:
    user = UserFactory(first_name=first_name, email=f"{first_name.lower()}@example.org")
    MembershipFactory(user=user, organisation=organisation, role=role)
    return user


@pytest.fixture
def municipal_organisation(db: None) -> Organisation:
    """Helsinki's employment services."""
    return OrganisationFactory(
        municipal=True,
        code="helsinki-employment",
        names={
            "fi": "Helsingin työllisyyspalvelut",
            "sv": "Helsingfors sysselsättningstjänster",
            "en": "Helsinki employment services",
        },
        acts_for=[MunicipalityFactory(code="091")],
    )


@pytest.fixture
def provider(municipal_organisation: Organisation) -> Organisation:
    """An association that is linked to Helsinki."""
    return OrganisationFactory(
        code="valmennus", names={"fi": "Valmennus ry", "sv": "Träning rf"}, linked_to=[municipal_organisation]
    )


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(first_name="Aino", email="aino@example.org", administrator=True)


@pytest.fixture
def expert(municipal_organisation: Organisation) -> User:
    return _member("Asta", municipal_organisation, Membership.Role.EXPERT)


@pytest.fixture
def provider_editor(provider: Organisation) -> User:
    return _member("Pekka", provider, Membership.Role.EDITOR)


@pytest.fixture
def municipal_editor(municipal_organisation: Organisation) -> User:
    return _member("Minna", municipal_organisation, Membership.Role.EDITOR)


@pytest.fixture
def outsider(db: None) -> User:
    return _member("Olli", OrganisationFactory(code="muu"), Membership.Role.EDITOR)


@pytest.fixture
def main_user(municipal_organisation: Organisation) -> User:
    """Maija manages the users of the municipal organisation and of the providers that are linked to it alone."""
    return _member("Maija", municipal_organisation, Membership.Role.MAIN_USER)


@pytest.fixture
def provider_main_user(provider: Organisation) -> User:
    return _member("Paula", provider, Membership.Role.MAIN_USER)
