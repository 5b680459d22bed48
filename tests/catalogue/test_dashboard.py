"""Editors' own services: counted by state, listed, exported; in a constant number of queries."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, User
from catalogue.actions import change_lifecycle
from catalogue.dashboard import counts_by_state
from catalogue.models import OrganisationPage, Service, ServicePage
from tests.factories import ServicePageFactory, site_tree
from tests.people import municipal_editor, municipal_organisation, outsider, provider, provider_editor

__all__ = ["municipal_editor", "municipal_organisation", "outsider", "provider", "provider_editor"]

pytestmark = pytest.mark.django_db


def test_services_are_counted_by_state_with_those_of_the_whole_first(
    provider_editor: User, provider: Organisation, outsider: User
) -> None:
    site_tree()
    ServicePageFactory(organiser=provider)
    for lifecycle in (Service.Lifecycle.ACTIVE, Service.Lifecycle.OUTDATED):
        page = ServicePageFactory(organiser=provider, published=True, languages=("sv",))
        change_lifecycle(service=page.service, lifecycle=lifecycle)
    counts = {row.state: row.count for row in counts_by_state(provider_editor)}
    assert counts == {"draft": 1, "waiting": 0, "sent_back": 0, "published": 1, "outdated": 1, "archived": 0}
    assert sum(row.count for row in counts_by_state(outsider)) == 0


def test_the_list_is_filtered_by_state_and_name(client: Client, provider_editor: User, provider: Organisation) -> None:
    site_tree()
    ServicePageFactory(organiser=provider, title="Keskeneräinen")
    ServicePageFactory(organiser=provider, published=True, title="Valmis")
    client.force_login(provider_editor)
    assert "Valmis" not in client.get("/admin/services/?state=draft").content.decode()
    assert "Keskeneräinen" in client.get("/admin/services/?state=draft").content.decode()
    assert "Keskeneräinen" not in client.get("/admin/services/?title=valm").content.decode()
    for hostile in ("?state=nothing", "?p=999", "?ordering=x", "?title=%00"):
        assert client.get(f"/admin/services/{hostile}").status_code in (200, 404)


def test_the_export_opens_in_a_spreadsheet_without_running_anything(
    client: Client, provider_editor: User, provider: Organisation
) -> None:
    site_tree()
    ServicePageFactory(organiser=provider, title="=HYPERLINK(1)")
    client.force_login(provider_editor)
    response = client.get("/admin/services/?export=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response).decode())))
    assert rows[0] == ["Numero", "Palvelun nimi", "Järjestäjä", "Tila", "Muutettu", "Julkaistu"]
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert client.get("/admin/services/?export=xlsx").status_code == 200


def test_a_service_is_added_for_own_and_linked_organisations_alone(
    client: Client, municipal_editor: User, provider_editor: User, provider: Organisation
) -> None:
    site_tree()
    ServicePageFactory(organiser=provider)
    ServicePageFactory()
    own = {page.pk for page in OrganisationPage.objects.filter(organisation=provider)}
    for user in (provider_editor, municipal_editor):
        client.force_login(user)
        body = client.get("/admin/services/add/").content.decode()
        assert {int(pk) for pk in re.findall(r"/servicepage/(\d+)/", body)} == own
    assert client.get(f"/admin/pages/add/catalogue/servicepage/{min(own)}/").status_code == 200


@pytest.mark.parametrize("address", ["/admin/", "/admin/services/", "/admin/services/add/"])
def test_the_number_of_queries_does_not_grow(
    client: Client, municipal_editor: User, provider: Organisation, address: str
) -> None:
    site_tree()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    client.force_login(municipal_editor)
    ServicePageFactory(organiser=provider)
    queries()
    one = queries()
    for _ in range(9):
        ServicePageFactory(organiser=provider)
    ServicePage.objects.update(latest_revision_created_at=timezone.now() - timedelta(days=1))
    assert queries() == one
