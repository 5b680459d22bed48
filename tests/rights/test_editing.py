"""What editors cannot do in the editor itself: publish for others, take a service over, see or name whom they should not."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Organisation
from catalogue.models import OrganisationPage, ServicePage
from tests.catalogue.editing import editor_form, form_data
from tests.rights.world import World, person

pytestmark = pytest.mark.django_db


def save(client: Client, page: Any, name: str, action: str = "", **changes: Any) -> ServicePage:
    """Save what `name` sees of `page`, with `changes`, as her browser would; the page as the database has it then."""
    client.force_login(person(name))
    latest = page.get_latest_revision_as_object()
    data = {**form_data(editor_form(latest, person(name))), **changes, **({action: "1"} if action else {})}
    assert client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data).status_code in (200, 302)
    found: ServicePage = ServicePage.objects.get(pk=page.pk)
    return found


def name_municipal_person(page: ServicePage) -> None:
    """Make Helsinki's editor the municipality's responsible person, published and in the draft."""
    page = page.get_latest_revision_as_object()
    page.municipal_responsible = person("municipal-editor")
    page.save_revision()
    ServicePage.objects.filter(pk=page.pk).update(municipal_responsible=person("municipal-editor"))


@pytest.mark.parametrize("name", ["provider-editor", "provider-main-user"])
def test_a_provider_publishes_nothing_old_or_new(world: World, client: Client, name: str) -> None:
    page = world.page("silta", "draft")
    assert not save(client, page, name, "action-publish").live
    parent = OrganisationPage.objects.get(pk=page.get_parent().pk)
    assert not parent.permissions_for_user(person(name)).can_publish_subpage()
    assert not page.permissions_for_user(person(name)).can_publish_subpage()
    live = world.page("silta", "published")
    assert save(client, live, name, "action-publish", summary="Kaapattu").summary != "Kaapattu"
    assert client.post(reverse("wagtailadmin_pages:unpublish", args=[live.pk])).status_code in (302, 403)
    assert ServicePage.objects.get(pk=live.pk).live


def test_no_new_service_is_published_in_one_go(world: World) -> None:
    for name in ("municipal-editor", "municipal-main-user"):
        parent = OrganisationPage.objects.get(organisation__code="helsinki", locale__language_code="fi")
        assert not parent.permissions_for_user(person(name)).can_publish_subpage()
        assert world.page("silta", "draft").permissions_for_user(person(name)).can_publish_subpage()


def test_the_municipalitys_responsible_person_is_not_shown_to_providers(world: World, client: Client) -> None:
    page = world.page("silta", "published")
    name_municipal_person(page)
    revision = ServicePage.objects.get(pk=page.pk).latest_revision_id
    addresses = (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", revision]),
        reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "earliest", revision]),
    )
    for name, sees in (("provider-editor", False), ("provider-main-user", False), ("municipal-main-user", True)):
        client.force_login(person(name))
        shown = ["Nimimunicipaleditor" in client.get(address).content.decode() for address in addresses]
        assert any(shown) is sees, name


def test_what_is_not_in_a_providers_form_is_not_taken_from_her_either(world: World, client: Client) -> None:
    page = world.page("silta", "draft")
    name_municipal_person(page)
    helsinki, espoo = (Organisation.objects.get(code=code).pk for code in ("helsinki", "espoo"))
    save(
        client, page, "provider-editor",
        municipal_responsible=person("provider-editor").pk, boost="9", responsible_municipality=espoo,
    )  # fmt: skip
    draft = ServicePage.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert draft.municipal_responsible == person("municipal-editor")
    assert draft.boost == 0
    assert draft.responsible_municipality_id == helsinki


def test_another_linked_municipality_takes_no_service_over(world: World, client: Client) -> None:
    """The joint service is Espoo's to answer for: Helsinki may edit it, and stays who it was."""
    page = world.page("joint", "draft")
    before, helsinki = page.responsible_municipality_id, Organisation.objects.get(code="helsinki").pk
    save(client, page, "municipal-editor", responsible_municipality=helsinki)
    found = ServicePage.objects.get(pk=page.pk)
    assert found.responsible_municipality_id == before
    assert found.get_latest_revision_as_object().responsible_municipality_id == before
    assert not found.permissions_for_user(person("municipal-editor")).can_publish()


def test_the_first_choice_of_a_responsible_municipality_counts_at_once(world: World, client: Client) -> None:
    page = world.page("silta", "draft")
    ServicePage.objects.filter(pk=page.pk).update(responsible_municipality=None)
    latest = page.get_latest_revision_as_object()
    latest.responsible_municipality = None
    latest.save_revision()
    assert ServicePage.objects.get(pk=page.pk).responsible_municipality is None
    assert not page.permissions_for_user(person("municipal-editor")).can_publish()
    helsinki = Organisation.objects.get(code="helsinki")
    save(client, ServicePage.objects.get(pk=page.pk), "provider-editor", responsible_municipality=helsinki.pk)
    found = ServicePage.objects.get(pk=page.pk)
    assert found.responsible_municipality == helsinki
    assert found.permissions_for_user(person("municipal-editor")).can_publish()


def test_nothing_is_sent_through_wagtails_own_workflow(world: World, client: Client) -> None:
    client.force_login(person("provider-editor"))
    body = client.get(reverse("wagtailadmin_pages:edit", args=[world.page("silta", "draft").pk])).content.decode()
    assert "action-submit" not in body


@pytest.mark.parametrize("name", ["provider-main-user", "municipal-main-user"])
def test_whose_page_it_is_changes_nobody_who_describes_an_organisation(world: World, client: Client, name: str) -> None:
    """Rights follow from the organisation of the page above a service."""
    page = OrganisationPage.objects.get(organisation__code="silta", locale__language_code="fi")
    client.force_login(person(name))
    data = form_data(editor_form(page, person(name))) | {"organisation": Organisation.objects.get(code="vieras").pk}
    data |= {"title": "Uusi nimi", "action-publish": "1"}
    assert client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data).status_code == 302
    page.refresh_from_db()
    assert (page.title, page.organisation.code) == ("Uusi nimi", "silta")
