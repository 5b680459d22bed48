"""Every address of the Wagtail admin: open to whom the rules allow, shut to all others, and new ones shut until named."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, resolve, reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, ProviderLink
from accounts.standing import standing_of
from catalogue.permissions import Act, may, may_read_instructions
from catalogue.reach import reach_of
from home.admin_doors import DOORS, editors, is_open, leads_anywhere, visitors
from tests.rights.world import MEMBERSHIPS, PEOPLE, SERVICES, STATES, Record, World, person, secret

pytestmark = pytest.mark.django_db
EDITORS = ("provider-editor", "municipal-main-user")
# An argument for any address, by the name of the argument: of things that are not there.
ARGUMENTS = {
    "content_type_app_name": "catalogue", "content_type_model_name": "servicepage", "app_label": "catalogue",
    "model_name": "servicepage", "app_name": "catalogue", "action_name": "approve", "action": "delete", "type": "x",
    "model": "servicepage", "revision_id_a": "1", "revision_id_b": "2", "uidb64": "x", "token": "x-y", "tag_model_app": "x",
    "filter_spec": "width-1", "template": "x", "object_id": "1", "instance_pk": "1", "pk": "1", "code": "091",
}  # fmt: skip


def admin_addresses(
    resolver: URLResolver | None = None, prefix: str = "", spaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, str]]:
    """(name, an address) of every view below /admin/ that has a name."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            if prefix or route.startswith("admin/"):
                yield from admin_addresses(entry, route, (*spaces, entry.namespace) if entry.namespace else spaces)
        elif isinstance(entry, URLPattern) and route.startswith("admin/") and entry.name:
            name = ":".join((*spaces, entry.name))
            names = entry.pattern.regex.groupindex
            known = {argument: ARGUMENTS.get(argument, "1") for argument in names}
            positional = ["1"] * (entry.pattern.regex.groups - len(names))
            if name == "admin_password_reset":
                known = {"rest": ""}
            try:
                yield name, reverse(name, args=positional) if positional else reverse(name, kwargs=known)
            except NoReverseMatch:
                continue


ADDRESSES = dict(admin_addresses())


def test_the_addresses_are_all_there() -> None:
    assert len(ADDRESSES) > 280
    assert set(DOORS) <= set(ADDRESSES), "a door to nowhere"


@pytest.mark.walk
@pytest.mark.parametrize("name", EDITORS)
def test_what_no_door_names_is_for_administrators_alone(
    world: World, client: Client, name: str, record_property: Record
) -> None:
    client.force_login(person(name))
    answers = {view: client.get(address).status_code for view, address in ADDRESSES.items() if view not in DOORS}
    record_property("cells over HTTP", len(answers))
    assert {view: status for view, status in answers.items() if status != 403} == {}


@pytest.mark.walk
def test_who_edits_nothing_enters_nowhere(world: World, client: Client, record_property: Record) -> None:
    client.force_login(person("expert"))
    answers = {view: client.get(address).status_code for view, address in ADDRESSES.items() if DOORS.get(view) is not visitors}
    record_property("cells over HTTP", len(answers))
    assert {view: status for view, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("name", ["expert", "expert-elsewhere", "without-role", "of-closed"])
def test_no_door_is_open_to_who_edits_nothing(world: World, name: str, record_property: Record) -> None:
    user = person(name)
    record_property("cells by the rules", len(ADDRESSES))
    for view, address in ADDRESSES.items():
        if DOORS.get(view) is not visitors:
            assert not is_open(user, view, resolve(address.partition("?")[0]).kwargs), view


@pytest.mark.walk
def test_who_is_not_signed_in_is_asked_to_sign_in_everywhere(world: World, client: Client, record_property: Record) -> None:
    record_property("cells over HTTP", len(ADDRESSES))
    for view, address in ADDRESSES.items():
        if DOORS.get(view) is not visitors:
            response = client.get(address)
            assert response.status_code == 302 and "/sign-in/?next=" in response["Location"], view


def test_a_blocked_person_is_a_stranger(world: World, client: Client) -> None:
    user = person("municipal-editor")
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/admin/").status_code == 302


# ------------------------------------------------------------------------------------------- page by page, door by door

PAGE_DOORS = sorted(
    view for view, door in DOORS.items() if door not in (visitors, editors) and view.startswith("wagtailadmin_pages:")
)


def allowed_pages(world: World, name: str) -> set[tuple[str, str, str]]:
    """(service, state, "service" or "instruction") of every page whose drafts this person may see, by the rules alone."""
    user = person(name)
    found = set()
    for (service, state), pk in world.services.items():
        path = world.page(service, state).path
        assert pk
        belonging = reach_of(user).belonging(path)
        if may(reach_of(user).standing, Act.SEE_DRAFTS, belonging):
            found.add((service, state, "service"))
        if may(reach_of(user).standing, Act.WRITE_INSTRUCTION, belonging):
            found.add((service, state, "instruction"))
    return found


# What each person's reach must be, written down by hand: the services whose drafts, and whose instructions, are hers to see.
REACH: dict[str, tuple[set[str], set[str]]] = {
    "provider-editor": ({"silta"}, set()),
    "provider-main-user": ({"silta"}, set()),
    "shared-provider-editor": ({"yhteinen", "yhteinen-espoo"}, set()),
    "editor-and-expert": ({"silta"}, set()),
    "outsider": ({"vieras"}, set()),
    "municipal-editor": (set(SERVICES) - {"vieras"}, set(SERVICES) - {"vieras"}),
    "municipal-main-user": (set(SERVICES) - {"vieras"}, set(SERVICES) - {"vieras"}),
    "administrator": (set(SERVICES), set(SERVICES)),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_the_reach_of_each_person(world: World, name: str) -> None:
    services, instructions = REACH.get(name, (set(), set()))
    expected = {(service, state, "service") for service in services for state in STATES}
    expected |= {(service, state, "instruction") for service in instructions for state in STATES}
    assert allowed_pages(world, name) == expected


@pytest.mark.parametrize("name", [name for name in PEOPLE if name != "blocked"])
def test_every_page_in_every_state_is_open_to_its_editors_alone(world: World, name: str, record_property: Record) -> None:
    """The door of each service's and instruction's editor, and of their Swedish versions'."""
    user, allowed, count = person(name), allowed_pages(world, name), 0
    for service, state in world.services:
        for kind, page in (("service", world.page(service, state)), ("instruction", world.instruction(service, state))):
            for version in page.get_translations(inclusive=True):
                count += 1
                opened = is_open(user, "wagtailadmin_pages:edit", {"page_id": version.pk})
                assert opened is ((service, state, kind) in allowed), (service, state, kind, version.locale.language_code)
    record_property("cells by the rules", count)


@pytest.mark.parametrize("name", ["provider-editor", "municipal-editor", "outsider"])
def test_the_editor_opens_for_own_and_linked_services_alone(world: World, client: Client, name: str) -> None:
    client.force_login(person(name))
    allowed = allowed_pages(world, name)
    for service in ("silta", "joint", "vieras"):
        for kind, page in (("service", world.page(service, "draft")), ("instruction", world.instruction(service, "outdated"))):
            response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
            expected = 200 if (service, "draft", kind) in allowed else 403
            assert response.status_code == expected, (service, kind)


@pytest.mark.parametrize("view", PAGE_DOORS)
@pytest.mark.parametrize("name", ["provider-editor", "municipal-editor"])
def test_each_door_answers_for_own_and_for_foreign_pages(
    world: World, client: Client, view: str, name: str, record_property: Record
) -> None:
    """One page for each kind of answer: own, linked, joint, foreign, and the instruction below each."""
    record_property("cells over HTTP", 8)
    client.force_login(person(name))
    allowed = allowed_pages(world, name)
    for service in ("silta", "helsinki", "joint", "vieras"):
        for kind, page in (
            ("service", world.page(service, "published")),
            ("instruction", world.instruction(service, "published")),
        ):
            response = client.get(address_of(view, page.pk, page.latest_revision_id))
            if (service, "published", kind) in allowed:
                # The view's own answer: it may still refuse what this person may not do with the page.
                assert response.status_code in (200, 302, 403, 404, 405), (service, kind, response.status_code)
            else:
                assert response.status_code == 403, (service, kind)
                assert "salasana" not in response.content.decode()


def address_of(view: str, page: int, revision: int) -> str:
    return re.sub(r"/1(?=/|$)", f"/{page}", ADDRESSES[view].replace("1...2", f"{revision}...{revision}"), count=1).replace(
        "/revisions/1/", f"/revisions/{revision}/"
    )


def test_a_foreign_revision_does_not_come_in_through_an_own_page(world: World, client: Client) -> None:
    client.force_login(person("provider-editor"))
    own, foreign = world.page("silta", "published"), world.page("vieras", "published").latest_revision_id
    instruction = world.instruction("silta", "published").latest_revision_id
    for revision in (foreign, instruction, 10**9):
        for view in ("revisions_view", "revisions_revert"):
            assert client.get(reverse(f"wagtailadmin_pages:{view}", args=[own.pk, revision])).status_code == 403
        compare = reverse("wagtailadmin_pages:revisions_compare", args=[own.pk, revision, own.latest_revision_id])
        assert client.get(compare).status_code == 403


# ------------------------------------------------------------------------------------------------------------ listings

LISTINGS = (
    "/admin/",
    "/admin/services/",
    "/admin/services/?export=csv",
    "/admin/pages/",
    "/admin/pages/?q=palvelu",
    "/admin/pages/search/?q=palvelu",
    "/admin/pages/search/?q=salasana",
    "/admin/choose-page/search/?q=palvelu",
    "/admin/choose-page/search/?q=salasana",
    "/admin/choose-page/?page_type=catalogue.servicepage",
    "/admin/choose-page/search/?q=Palvelu&page_type=catalogue.servicepage",
    "/admin/api/main/pages/?limit=20",
    "/admin/api/main/pages/?limit=20&offset=20",
    "/admin/api/main/pages/?type=catalogue.WorkInstructionPage",
    "/admin/documents/",
    "/admin/organisation_chooser/choose/",
    "/admin/user_chooser/choose/",
)


@pytest.mark.parametrize("name", ["provider-editor", "municipal-editor", "outsider", "editor-and-expert"])
def test_listings_show_nothing_that_is_not_hers(world: World, client: Client, name: str, record_property: Record) -> None:
    record_property("cells over HTTP", len(LISTINGS) * len(world.services) * 2)
    client.force_login(person(name))
    allowed = allowed_pages(world, name)
    for address in LISTINGS:
        response = client.get(address, follow=True)
        assert response.status_code in (200, 403, 404), address
        body = b"".join(response).decode() if response.streaming else response.content.decode()
        chooser = "choose-page" in address
        for service, state in world.services:
            if (service, state, "instruction") not in allowed:
                assert secret(service, state, "instruction") not in body, address
                assert secret(service, state, "guide") not in body, address
            if (service, state, "service") not in allowed:
                assert secret(service, state, "draft") not in body, address
                if not (chooser and state == "published"):
                    assert f"Palvelu {service} {state}" not in body, address
        for other in MEMBERSHIPS:
            if other in ("outsider", "expert-elsewhere", "of-closed", "blocked") and other != name:
                assert f"Nimi{other.replace('-', '')}" not in body, f"{other} is named at {address}"


@pytest.mark.parametrize("name", ["provider-editor", "municipal-editor"])
def test_her_own_are_in_the_list_in_the_explorer_and_in_its_search(world: World, client: Client, name: str) -> None:
    client.force_login(person(name))
    body = client.get("/admin/services/").content.decode()
    parent = world.page("silta", "draft").get_parent().pk
    explorer = client.get(f"/admin/pages/{parent}/").content.decode()
    found = client.get("/admin/pages/search/?q=palvelu+silta").content.decode()
    for state in STATES:
        assert f"Palvelu silta {state}" in body
        assert f"Palvelu silta {state}" in explorer
        assert f"Palvelu silta {state}" in found
    assert client.get(f"/admin/pages/{world.page('vieras', 'draft').get_parent().pk}/").status_code == 403


def test_the_menu_shows_no_tool_of_administrators(world: World, client: Client) -> None:
    for name in ("provider-editor", "municipal-main-user"):
        client.force_login(person(name))
        body = client.get("/admin/").content.decode()
        for tool in (
            "/admin/reports/",
            "/admin/users/",
            "/admin/groups/",
            "/admin/sites/",
            "/admin/workflows/",
            "/admin/images/",
        ):
            assert tool not in body, tool
        assert "/admin/services/" in body


# --------------------------------------------------------------------------------------------------------------- queries


@pytest.mark.parametrize("count", [3, 150])
@pytest.mark.parametrize(("name", "queries"), [("provider-editor", 3), ("municipal-editor", 3), ("administrator", 1)])
def test_the_rights_of_an_admin_page_cost_three_queries_at_most_however_many_organisations_there_are(
    world: World, name: str, queries: int, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    _link_to_helsinki(count)
    user, page = person(name), world.page("silta", "published")
    with django_assert_num_queries(queries):
        assert is_open(user, "wagtailadmin_pages:edit", {"page_id": page.pk})
        assert page.permissions_for_user(user).can_edit()
        assert leads_anywhere(user, "/admin/services/")
        assert user.has_perm("wagtailadmin.access_admin")


@pytest.mark.parametrize("count", [3, 150])
@pytest.mark.parametrize("name", ["expert", "provider-editor", "municipal-main-user"])
def test_the_rights_of_a_public_page_cost_two_queries_at_most_however_many_organisations_there_are(
    world: World, name: str, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _link_to_helsinki(count)
    user, path = person(name), world.page("silta", "outdated").path
    with django_assert_max_num_queries(2):
        may_read_instructions(standing_of(user))
        reach_of(user).may(Act.READ_INSTRUCTION, path)


def _link_to_helsinki(count: int) -> None:
    providers = Organisation.objects.bulk_create(
        Organisation(code=f"o{number}", kind=Organisation.Kind.COMPANY) for number in range(count)
    )
    helsinki = Organisation.objects.get(code="helsinki")
    ProviderLink.objects.bulk_create(ProviderLink(provider=row, municipal_organisation=helsinki) for row in providers)
