"""The administrators' lists of organisations and areas, and the choosers of organisations and people."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.choosers import choosable_users
from accounts.models import EmploymentArea, EmploymentAreaName, Municipality, Organisation, User, WellbeingCounty
from tests.factories import MembershipFactory, MunicipalityFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS = ("organisation", "municipality", "employmentarea", "wellbeingcounty")


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def editor_in_admin(client: Client, municipal_editor: User) -> Client:
    """Someone who may enter the admin and has every permission on organisations that a group can give."""
    municipal_editor.user_permissions.set(
        Permission.objects.filter(codename="access_admin") | Permission.objects.filter(content_type__model__in=LISTS)
    )
    client.force_login(municipal_editor)
    return client


def address(model: str, view: str = "index", *args: Any) -> str:
    return reverse(f"accounts_{model}_modeladmin_{view}", args=args)


def rows(formset: str, *values: dict[str, Any]) -> dict[str, Any]:
    """The rows of an inline form as a browser sends them."""
    data: dict[str, Any] = {f"{formset}-{part}_FORMS": 0 for part in ("INITIAL", "MIN_NUM")}
    data |= {f"{formset}-TOTAL_FORMS": len(values), f"{formset}-MAX_NUM_FORMS": 1000}
    for index, row in enumerate(values):
        data |= {f"{formset}-{index}-{key}": value for key, value in row.items()}
        data |= {f"{formset}-{index}-id": row.get("id", ""), f"{formset}-{index}-DELETE": ""}
    return data


def organisation_data(**changes: Any) -> dict[str, Any]:
    names = rows("names", {"language": "fi", "name": "Uusi ry"}, {"language": "sv", "name": "Ny rf"})
    return {"kind": "association", "code": "uusi", "business_id": "", "web": "", **names, **rows("municipal_links"), **changes}


# -------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize("model", LISTS)
def test_a_list_and_its_form_open_for_administrators(admin: Client, model: str) -> None:
    assert admin.get(address(model)).status_code == 200
    assert admin.get(address(model, "create")).status_code == 200


@pytest.mark.parametrize("model", LISTS)
def test_nobody_else_enters_a_list_whatever_a_group_gives(editor_in_admin: Client, model: str) -> None:
    assert editor_in_admin.get(reverse("wagtailadmin_home")).status_code == 200
    assert address(model) not in editor_in_admin.get(reverse("wagtailadmin_home")).content.decode()
    for view in ("index", "create"):
        assert editor_in_admin.get(address(model, view)).status_code == 403


def test_an_organisation_is_added_with_its_names(admin: Client) -> None:
    answer = admin.post(address("organisation", "create"), organisation_data())

    assert answer.status_code == 302
    organisation = Organisation.objects.get(code="uusi")
    assert {row.language: row.name for row in organisation.names.all()} == {"fi": "Uusi ry", "sv": "Ny rf"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"business_id": "1234567-2"}, "business_id"),
        ({"code": ""}, "code"),
        ({"acts_for": ["091"]}, "acts_for"),
    ],
)
def test_an_organisation_that_is_wrong_is_told_where(admin: Client, changes: dict[str, Any], field: str) -> None:
    municipality = MunicipalityFactory(code="091")
    if "acts_for" in changes:
        changes = {"acts_for": [municipality.pk]}
    answer = admin.post(address("organisation", "create"), organisation_data(**changes))

    assert list(answer.context["form"].errors) == [field]


def test_a_business_id_is_told_to_belong_to_another(admin: Client) -> None:
    OrganisationFactory(business_id="0201256-6", names={"en": "The first"})
    answer = admin.post(address("organisation", "create"), organisation_data(business_id="02012566"))

    assert answer.context["form"].errors["business_id"] == ["The first already has this business id."]


def test_two_names_in_one_language_are_refused(admin: Client) -> None:
    names = rows("names", {"language": "fi", "name": "Yksi"}, {"language": "fi", "name": "Kaksi"})
    answer = admin.post(address("organisation", "create"), organisation_data(**names))

    assert answer.status_code == 200
    assert answer.context["form"].formsets["names"].non_form_errors()


def test_a_code_never_changes(admin: Client) -> None:
    organisation = OrganisationFactory(code="vanha", names={"fi": "Vanha ry"})
    name = organisation.names.get()
    names = rows("names", {"language": "fi", "name": "Uudempi ry", "id": name.pk}) | {"names-INITIAL_FORMS": 1}

    answer = admin.post(address("organisation", "edit", organisation.pk), organisation_data(code="muu", **names))

    assert answer.status_code == 302
    organisation = Organisation.objects.get(pk=organisation.pk)
    assert (organisation.code, organisation.name) == ("vanha", "Uudempi ry")


def test_an_organisation_in_use_is_not_deleted_and_the_reason_is_told(admin: Client) -> None:
    organisation = OrganisationFactory(names={"en": "Needed ry"})
    MembershipFactory(organisation=organisation, user__first_name="Pekka", user__last_name="Malli")
    for ask in (admin.get, admin.post):
        answer = ask(address("organisation", "delete", organisation.pk), follow=True)
        told = answer.content.decode()
        assert "“Needed ry” cannot be deleted, because it is in use" in told
        assert "Close it instead" in told
    assert Organisation.objects.filter(pk=organisation.pk).exists()


def test_an_organisation_that_nothing_uses_is_deleted(admin: Client) -> None:
    organisation = OrganisationFactory()
    assert admin.get(address("organisation", "delete", organisation.pk)).status_code == 200
    assert admin.post(address("organisation", "delete", organisation.pk)).status_code == 302
    assert not Organisation.objects.exists()


def test_a_municipality_is_never_deleted(admin: Client) -> None:
    municipality = MunicipalityFactory()
    admin.post(address("municipality", "delete", municipality.pk))
    assert Municipality.objects.filter(pk=municipality.pk).exists()


def test_lists_are_searched_and_sorted_by_name(admin: Client) -> None:
    for code, name in (("a", "Öljy ry"), ("b", "Apu ry"), ("c", "Muu ry")):
        OrganisationFactory(code=code, names={"en": name})
    found = admin.get(address("organisation"), {"q": "apu"}).context["object_list"]
    assert [organisation.code for organisation in found] == ["b"]
    by_name = admin.get(address("organisation"), {"o": "0"}).context["object_list"]
    assert [organisation.code for organisation in by_name] == ["b", "c", "a"]


@pytest.mark.parametrize("model", LISTS)
def test_a_list_asks_as_little_for_many_as_for_one(admin: Client, model: str, django_assert_max_num_queries: Any) -> None:
    def make() -> None:
        municipality = MunicipalityFactory()
        linked = OrganisationFactory(linked_to=[OrganisationFactory(municipal=True)])
        area = EmploymentArea.objects.create(code=f"area-{linked.pk}", municipalities=[municipality])
        EmploymentAreaName.objects.create(area=area, language="fi", name="Alue")
        WellbeingCounty.objects.create(code=str(WellbeingCounty.objects.count()), municipalities=[municipality])

    make()
    admin.get(address(model))
    for _count in range(14):
        make()
    with django_assert_max_num_queries(20):
        admin.get(address(model))


# ----------------------------------------------------------------------------------------------------------- choosers


def test_an_organisation_is_found_by_any_of_its_names(admin: Client) -> None:
    OrganisationFactory(names={"fi": "Valmennus Veturi", "sv": "Träning Loket"})
    OrganisationFactory(names={"fi": "Muu ry"})

    results = admin.get(reverse("organisation_chooser:choose_results"), {"q": "loket trä"}).content.decode()

    assert "Valmennus Veturi" in results or "Träning Loket" in results
    assert "Muu ry" not in results


def test_a_closed_organisation_is_not_offered(admin: Client) -> None:
    OrganisationFactory(names={"fi": "Suljettu ry"}, closed_at="2026-01-01T00:00:00Z")

    assert "Suljettu ry" not in admin.get(reverse("organisation_chooser:choose")).json()["html"]


@pytest.mark.parametrize("words", ["maija", "malli", "Maija Malli", "maija.malli@"])
def test_a_person_is_found_by_name_and_address(admin: Client, words: str) -> None:
    UserFactory(first_name="Maija", last_name="Malli", email="maija.malli@example.org")
    UserFactory(first_name="Eino", last_name="Esimerkki", email="eino@example.org")

    results = admin.get(reverse("user_chooser:choose_results"), {"q": words}).content.decode()

    assert "maija.malli@example.org" in results
    assert "eino@example.org" not in results


def test_a_blocked_person_is_not_offered(admin: Client) -> None:
    UserFactory(email="gone@example.org", is_active=False)

    assert "gone@example.org" not in admin.get(reverse("user_chooser:choose")).json()["html"]


def test_people_of_other_organisations_are_not_told_by_name(
    editor_in_admin: Client, municipal_editor: User, expert: User, outsider: User
) -> None:
    assert set(choosable_users(municipal_editor)) == {municipal_editor, expert}
    html = editor_in_admin.get(reverse("user_chooser:choose")).json()["html"]
    assert expert.email in html
    assert outsider.email not in html
    assert editor_in_admin.get(reverse("user_chooser:chosen", args=[outsider.pk])).status_code == 404
    several = editor_in_admin.get(reverse("user_chooser:chosen_multiple"), {"id": [outsider.pk, expert.pk]})
    assert [item["title"] for item in several.json()["result"]] == [str(expert)]


def test_the_choosers_ask_as_little_for_many_as_for_few(admin: Client, django_assert_max_num_queries: Any) -> None:
    admin.get(reverse("user_chooser:choose"))
    for _count in range(9):
        MembershipFactory()
    for chooser in ("user_chooser", "organisation_chooser"):
        with django_assert_max_num_queries(15):
            admin.get(reverse(f"{chooser}:choose"))
