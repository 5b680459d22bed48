import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Organisation, OrganisationName, ProviderLink, User
from tests.factories import MembershipFactory, MunicipalityFactory, OrganisationFactory, ProviderLinkFactory, UserFactory

pytestmark = pytest.mark.django_db
Kind = Organisation.Kind
NOKIA = "0112038-9"


# ------------------------------------------------------------------------------------------------------ kinds and ids


def test_there_are_the_kinds_of_organisations_that_the_region_has() -> None:
    assert set(Kind.values) == {
        "municipal", "municipality", "state", "wellbeing_county", "social_insurance", "pension", "school", "association",
        "company",
    }  # fmt: skip


@pytest.mark.parametrize("kind", Kind)
def test_only_an_employment_authority_is_municipal(kind: Organisation.Kind) -> None:
    organisation = OrganisationFactory(kind=kind)
    assert organisation.is_municipal == (kind == "municipal")
    assert Organisation.objects.municipal().filter(pk=organisation.pk).exists() == (kind == "municipal")


@pytest.mark.parametrize("typed", ["0112038-9", "01120389", " 0112038-9"])
def test_a_business_id_is_kept_in_one_form_when_the_organisation_is_checked(typed: str) -> None:
    organisation = OrganisationFactory.build(business_id=typed)
    organisation.full_clean()
    assert organisation.business_id == NOKIA


def test_a_business_id_with_a_wrong_check_digit_is_refused_at_its_field() -> None:
    with pytest.raises(ValidationError) as caught:
        OrganisationFactory.build(business_id="0112038-8").full_clean()
    assert list(caught.value.message_dict) == ["business_id"]


def test_an_organisation_needs_no_business_id_and_many_may_lack_it() -> None:
    OrganisationFactory.create_batch(2, company=True)
    OrganisationFactory.build(company=True).full_clean()


def test_two_companies_do_not_share_a_business_id() -> None:
    OrganisationFactory(company=True, business_id=NOKIA)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganisationFactory(company=True, business_id=NOKIA)


def test_departments_of_a_municipality_share_its_business_id() -> None:
    OrganisationFactory.create_batch(2, municipal=True, business_id=NOKIA)
    OrganisationFactory.build(municipal=True, business_id=NOKIA).full_clean()


def test_a_closed_organisation_is_not_open() -> None:
    closed, open_one = OrganisationFactory(closed_at=timezone.now()), OrganisationFactory()
    assert (closed.is_open, open_one.is_open) == (False, True)
    assert list(Organisation.objects.open()) == [open_one]


def test_the_organisations_that_act_for_a_municipality_are_the_municipal_ones() -> None:
    espoo, vantaa = MunicipalityFactory(code="049"), MunicipalityFactory(code="092")
    own = OrganisationFactory(municipal=True, acts_for=[espoo, vantaa])
    OrganisationFactory(municipal=True, acts_for=[vantaa])
    OrganisationFactory(acts_for=[espoo])
    assert list(Organisation.objects.acting_for(espoo)) == [own]


# --------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("language", "name"), [("fi", "Valmennus"), ("sv", "Träning"), ("fi-simple", "Valmennus"), ("en", "Valmennus")]
)
def test_a_name_is_in_the_readers_language_or_the_best_other_one(language: str, name: str) -> None:
    organisation = OrganisationFactory(names={"fi": "Valmennus", "sv": "Träning", "ru": "Тренинг"})
    with translation.override(language):
        assert organisation.name == str(organisation) == name


def test_a_name_in_a_language_outside_the_chain_is_better_than_none() -> None:
    organisation = OrganisationFactory(names={"ru": "Тренинг"})
    with translation.override("sv"):
        assert str(organisation) == "Тренинг"


def test_without_any_name_the_code_is_shown() -> None:
    organisation = OrganisationFactory(code="osuva", names={})
    assert organisation.name == ""
    assert str(organisation) == "osuva"


def test_an_organisation_has_one_name_in_each_language() -> None:
    organisation = OrganisationFactory(names={"fi": "Valmennus"})
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganisationName.objects.create(organisation=organisation, language="fi", name="Toinen")


def test_prefetched_names_cost_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    OrganisationFactory.create_batch(3)
    with django_assert_num_queries(2):
        assert len([str(organisation) for organisation in Organisation.objects.prefetch_related("names")]) == 3


# --------------------------------------------------------------------------------------------------------------- links


def test_a_provider_is_linked_to_a_municipal_organisation() -> None:
    link = ProviderLinkFactory()
    link.full_clean()
    assert list(link.provider.municipal_links.all()) == [link]
    assert list(link.municipal_organisation.provider_links.all()) == [link]
    assert not link.trusted


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.MUNICIPAL])
def test_a_link_leads_to_a_municipal_organisation_only(kind: Organisation.Kind) -> None:
    link = ProviderLink(provider=OrganisationFactory(), municipal_organisation=OrganisationFactory(kind=kind))
    for check in (link.full_clean, link.clean):
        with pytest.raises(ValidationError) as caught:
            check()
        assert "municipal_organisation" in caught.value.message_dict


def test_nobody_is_linked_to_itself() -> None:
    municipal = OrganisationFactory(municipal=True)
    link = ProviderLink(provider=municipal, municipal_organisation=municipal)
    with pytest.raises(ValidationError):
        link.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        link.save()


def test_a_link_exists_once() -> None:
    link = ProviderLinkFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderLinkFactory(provider=link.provider, municipal_organisation=link.municipal_organisation)


# --------------------------------------------------------------------------------------------------------- memberships


@pytest.mark.parametrize(
    ("organisation", "allowed"),
    [
        ({"municipal": True}, True),
        ({"municipal": True, "gives_employment_services": False}, True),
        ({"gives_employment_services": True}, True),
        ({"kind": Kind.WELLBEING_COUNTY, "gives_employment_services": True}, True),
        ({}, False),
        ({"company": True}, False),
        ({"kind": Kind.MUNICIPALITY}, False),
    ],
)
def test_experts_exist_only_where_employment_services_are_given(organisation: dict[str, object], allowed: bool) -> None:
    membership = MembershipFactory.build(
        user=UserFactory(), organisation=OrganisationFactory(**organisation), role=Membership.Role.EXPERT
    )
    if allowed:
        membership.full_clean()
    else:
        with pytest.raises(ValidationError) as caught:
            membership.full_clean()
        assert list(caught.value.message_dict) == ["role"]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("role", [Membership.Role.EDITOR, Membership.Role.MAIN_USER])
def test_every_organisation_may_have_editors_and_main_users(kind: Organisation.Kind, role: Membership.Role) -> None:
    MembershipFactory.build(user=UserFactory(), organisation=OrganisationFactory(kind=kind), role=role).full_clean()


def test_a_person_has_each_role_in_an_organisation_once() -> None:
    editor = MembershipFactory()
    MembershipFactory(user=editor.user, organisation=editor.organisation, role=Membership.Role.MAIN_USER)
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(user=editor.user, organisation=editor.organisation)


def test_a_blocked_person_and_a_closed_organisation_give_no_rights() -> None:
    in_force = MembershipFactory()
    MembershipFactory(user=UserFactory(is_active=False))
    MembershipFactory(organisation=OrganisationFactory(closed_at=timezone.now()))
    assert list(Membership.objects.in_force()) == [in_force]


def test_the_people_of_the_tests_are_who_they_are_said_to_be(
    expert: User, provider_editor: User, municipal_editor: User, outsider: User
) -> None:
    for person in (expert, provider_editor, municipal_editor, outsider):
        person.memberships.get().full_clean()
    municipal = expert.memberships.get().organisation
    assert municipal == municipal_editor.memberships.get().organisation
    assert provider_editor.memberships.get().organisation.municipal_links.get().municipal_organisation == municipal
    assert not outsider.memberships.get().organisation.municipal_links.exists()
