"""Files and places in the admin: each editor has those of her own and linked organisations."""

from typing import Any

import pytest
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.permissions import policy_registry

from accounts.models import Municipality, Organisation
from catalogue.models import Place
from tests.factories import DocumentFactory, PlaceFactory
from tests.rights.world import World, person

pytestmark = pytest.mark.django_db
Document = get_document_model()


def choosable(name: str) -> set[str]:
    policy = policy_registry.get_by_type(Document)
    return set(policy.instances_user_has_permission_for(person(name), "choose").values_list("title", flat=True))


@pytest.fixture
def files(world: World) -> None:
    internal = Collection.get_first_root_node().add_child(name="Internal")
    CollectionViewRestriction.objects.create(collection=internal, restriction_type="login")
    for name in ("provider-editor", "municipal-editor", "outsider"):
        DocumentFactory(title=name, uploaded_by_user=person(name))
    DocumentFactory(title="sisäinen", uploaded_by_user=person("municipal-editor"), collection=internal)
    DocumentFactory(title="vanha")


def test_editors_choose_the_files_of_own_and_linked_organisations(files: None) -> None:
    assert choosable("provider-editor") == choosable("provider-main-user") == {"provider-editor"}
    assert choosable("municipal-editor") == {"provider-editor", "municipal-editor", "sisäinen"}
    assert choosable("outsider") == {"outsider"}
    assert choosable("expert") == choosable("of-closed") == choosable("blocked") == set()
    assert len(choosable("administrator")) == 5


@pytest.mark.parametrize("name", ["provider-editor", "outsider"])
def test_the_list_the_form_and_the_chooser_show_no_other_file(files: None, client: Client, name: str) -> None:
    client.force_login(person(name))
    for address in (
        "/admin/documents/",
        "/admin/documents/?q=si",
        "/admin/documents/chooser/",
        "/admin/documents/chooser/results/?q=si",
    ):
        body = client.get(address).content.decode()
        assert "sisäinen" not in body and "municipal-editor" not in body, address
    foreign = Document.objects.get(title="municipal-editor")
    for address in (f"/admin/documents/edit/{foreign.pk}/", f"/admin/documents/delete/{foreign.pk}/"):
        assert client.get(address).status_code in (302, 403), address
        assert client.post(address, {"title": "Kaapattu"}).status_code in (302, 403), address
    assert Document.objects.filter(title="municipal-editor").exists()


def place_form(place: dict[str, Any]) -> dict[str, Any]:
    rows = {"names-TOTAL_FORMS": "1", "names-INITIAL_FORMS": "0", "names-MIN_NUM_FORMS": "1", "names-MAX_NUM_FORMS": "9"}
    name = {"names-0-language": "fi", "names-0-name": "Toimipiste", "names-0-ORDER": "1", "names-0-id": ""}
    return {**rows, **name, "municipality": Municipality.objects.get(code="091").pk, "postal_code": "00100", **place}


def test_an_editor_keeps_the_places_of_her_reach(world: World, client: Client) -> None:
    organisations = {row.code: row for row in Organisation.objects.all()}
    own, foreign = PlaceFactory(organisation=organisations["silta"]), PlaceFactory(organisation=organisations["vieras"])
    client.force_login(person("provider-editor"))
    assert client.get(f"/admin/catalogue/place/edit/{own.pk}/").status_code == 200
    assert client.get(f"/admin/catalogue/place/edit/{foreign.pk}/").status_code in (302, 403)
    body = client.get("/admin/catalogue/place/").content.decode()
    assert f"/place/edit/{own.pk}/" in body and f"/place/edit/{foreign.pk}/" not in body
    for code, made in (("vieras", False), ("helsinki", False), ("", False), ("silta", True)):
        before = Place.objects.count()
        pk = organisations[code].pk if code else ""
        client.post("/admin/catalogue/place/create/", place_form({"organisation": pk}))
        assert (Place.objects.count() > before) is made, code


def test_a_place_is_deleted_by_administrators_alone(world: World, client: Client) -> None:
    place = PlaceFactory(organisation=Organisation.objects.get(code="silta"))
    client.force_login(person("municipal-main-user"))
    assert client.post(f"/admin/catalogue/place/delete/{place.pk}/").status_code == 403
    assert Place.objects.filter(pk=place.pk).exists()
