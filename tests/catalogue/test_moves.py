"""Moving a service: by the responsible municipality, between own and linked organisations, in all languages or not at all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from wagtail.models import Page

from accounts.models import Organisation, User
from catalogue.models import ServicePage
from catalogue.moves import destinations, move_service
from tests.catalogue.conftest import Keys
from tests.factories import OrganisationFactory, ServicePageFactory, WorkInstructionPageFactory, site_tree
from tests.people import municipal_editor, municipal_organisation, outsider, provider, provider_editor

__all__ = ["Keys", "municipal_editor", "municipal_organisation", "outsider", "provider", "provider_editor"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(municipal_organisation: Organisation) -> Organisation:
    return OrganisationFactory(code="toinen", linked_to=[municipal_organisation], pages=True)


@pytest.fixture
def page(provider: Organisation) -> ServicePage:
    site_tree()
    found: ServicePage = ServicePageFactory(organiser=provider, published=True, languages=("sv", "en"))
    WorkInstructionPageFactory(service_page=found, published=True, languages=("sv",))
    return ServicePage.objects.get(pk=found.pk)


def test_it_moves_with_all_its_versions_and_keeps_its_address(
    page: ServicePage, other: Organisation, municipal_editor: User, client: Client
) -> None:
    path = page.public_path
    ServicePageFactory(organiser=other, title=page.title)
    move_service(service=page.service, organiser=other, by=municipal_editor)
    versions = list(ServicePage.objects.filter(service=page.service))
    assert len(versions) == 3
    assert {version.get_parent().specific.organisation for version in versions} == {other}
    assert all(version.get_parent().locale == version.locale for version in versions)
    assert sum(version.get_children().count() for version in versions) == 2
    assert not any(Page.find_problems())
    assert client.get(path, follow=True).context["service"].organiser.code == "toinen"
    assert client.get("/fi/palvelut/").context["results"].cards[0].organiser


def test_others_may_not_move_it(
    page: ServicePage, other: Organisation, provider_editor: User, outsider: User, municipal_editor: User
) -> None:
    stranger = OrganisationFactory(pages=True)
    for person, organiser in ((provider_editor, other), (outsider, other), (municipal_editor, stranger)):
        with pytest.raises(PermissionDenied):
            move_service(service=page.service, organiser=organiser, by=person)
    assert destinations(service=page.service, by=provider_editor) == []
    assert ServicePage.objects.get(pk=page.pk).path == page.path


def test_the_view_offers_what_is_allowed_and_moves(
    page: ServicePage, other: Organisation, municipal_editor: User, provider_editor: User, client: Client
) -> None:
    address = f"/admin/services/{page.service_id}/move/"
    client.force_login(provider_editor)
    for refused in (address, "/admin/services/999999/move/"):
        assert client.get(refused)["Location"] == "/admin/"
    assert address not in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    client.force_login(municipal_editor)
    assert address in client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert str(other) in client.get(address).content.decode()
    assert client.post(address, {"organiser": OrganisationFactory(pages=True).pk}).status_code == 200
    assert ServicePage.objects.get(pk=page.pk).path == page.path
    assert client.post(address, {"organiser": other.pk}).status_code == 302
    assert ServicePage.objects.get(pk=page.pk).organiser == other
