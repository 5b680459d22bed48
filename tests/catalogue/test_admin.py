"""The administrators' lists of vocabularies, places and legal snippets."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from accounts.models import User
from catalogue.models import (
    VOCABULARY_PROXIES,
    Concept,
    ConceptLabel,
    LegalSnippet,
    LegalSnippetText,
    Place,
    Vocabulary,
    VocabularyStamp,
)
from catalogue.usage import places_with_term, services_at_place, services_with_term
from tests.factories import (
    ConceptFactory,
    LegalSnippetFactory,
    MunicipalityFactory,
    PlaceFactory,
    ServicePageFactory,
    WorkInstructionPageFactory,
    delivery,
    fresh,
    make_terms,
    meeting,
)

pytestmark = pytest.mark.django_db

LISTS = (*(model._meta.model_name for model in VOCABULARY_PROXIES.values()), "place", "legalsnippet")


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def address(model: str, view: str = "index", *args: Any) -> str:
    return reverse(f"catalogue_{model}_modeladmin_{view}", args=args)


def rows(formset: str, *values: dict[str, Any]) -> dict[str, Any]:
    """The rows of an inline form as a browser sends them; those with an id are old."""
    data: dict[str, Any] = {
        f"{formset}-TOTAL_FORMS": len(values),
        f"{formset}-INITIAL_FORMS": sum("id" in row for row in values),
        f"{formset}-MIN_NUM_FORMS": 0,
        f"{formset}-MAX_NUM_FORMS": 1000,
    }
    for index, row in enumerate(values):
        data |= {f"{formset}-{index}-{key}": value for key, value in {"id": "", "DELETE": "", **row}.items()}
    return data


def concept_data(**changes: Any) -> dict[str, Any]:
    labels = rows("labels", {"language": "fi", "label": "Uusi", "description": ""})
    return {"code": "new-one", "parent": "", "sort_order": "5", **labels, **rows("mappings"), **changes}


# -------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize("model", LISTS)
def test_a_list_and_its_form_open_for_administrators(admin: Client, model: str) -> None:
    assert admin.get(address(model)).status_code == 200
    assert admin.get(address(model, "create")).status_code == 200


@pytest.mark.parametrize("model", [model for model in LISTS if model != "place"])
def test_nobody_else_enters_a_list_whatever_a_group_gives(client: Client, municipal_editor: User, model: str) -> None:
    municipal_editor.user_permissions.set(
        Permission.objects.filter(codename="access_admin") | Permission.objects.filter(content_type__model=model)
    )
    client.force_login(municipal_editor)
    for view in ("index", "create"):
        assert client.get(address(model, view)).status_code == 403


def test_the_admin_speaks_the_three_languages_and_brings_its_own_style(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    for language in ("fi", "sv", "en"):
        UserProfile.objects.update_or_create(user=administrator, defaults={"preferred_language": language})
        html = client.get(reverse("wagtailadmin_home")).content.decode()
        assert f'<html lang="{language}"' in html
        assert "/static/css/admin.css" in html
        assert "/static/js/admin.js" in html


def test_a_list_shows_one_vocabulary_with_parents_and_missing_languages(admin: Client) -> None:
    make_terms()
    ConceptFactory(code="only-finnish", labels={"fi": "Vain suomeksi"})
    html = admin.get(address("serviceneed")).content.decode()

    assert "Finding work" in html
    assert "svenska, English, selkosuomi" in html
    assert "Job coaching" not in html
    assert "Job search" in admin.get(address("servicecategory"), {"q": "coaching"}).content.decode()


def test_a_vocabulary_is_searched_by_label_and_code_and_filtered_by_missing_language(admin: Client) -> None:
    ConceptFactory(code="alpha", labels={"fi": "Ensimmäinen", "sv": "Första"})
    ConceptFactory(code="beta", labels={"fi": "Toinen"}, retired=True)

    def found(**query: str) -> list[str]:
        return [concept.code for concept in admin.get(address("serviceneed"), query).context["object_list"]]

    assert found(q="första") == found(q="alph") == ["alpha"]
    assert found(missing="sv") == ["beta"]
    assert found(retired__exact="1") == ["beta"]
    assert found(o="-1") == ["beta", "alpha"]


@pytest.mark.parametrize("model", ["serviceneed", "place", "legalsnippet"])
def test_a_list_asks_as_little_for_many_as_for_one(admin: Client, model: str, django_assert_max_num_queries: Any) -> None:
    def make() -> None:
        ConceptFactory(parent=ConceptFactory())
        PlaceFactory()
        LegalSnippetFactory()

    make()
    admin.get(address(model))
    for _count in range(14):
        make()
    with django_assert_max_num_queries(20):
        admin.get(address(model))


# ----------------------------------------------------------------------------------------------------------- concepts


def test_a_new_concept_belongs_to_the_vocabulary_of_its_list(admin: Client) -> None:
    answer = admin.post(address("clientsituation", "create"), concept_data(vocabulary="service-need"))

    assert answer.status_code == 302
    concept = Concept.objects.get()
    assert (concept.vocabulary, concept.code, str(concept)) == (Vocabulary.CLIENT_SITUATION, "new-one", "Uusi")


def test_a_changed_label_is_seen_by_every_process(admin: Client) -> None:
    concept = ConceptFactory(labels={"fi": "Vanha"})
    before = VocabularyStamp.objects.get().stamp
    label = ConceptLabel.objects.get()
    labels = rows("labels", {"id": label.pk, "language": "fi", "label": "Uusi nimi", "description": ""})

    admin.post(address("serviceneed", "edit", concept.pk), concept_data(**labels))

    assert ConceptLabel.objects.get().label == "Uusi nimi"
    assert VocabularyStamp.objects.get().stamp != before


def test_a_code_never_changes_and_stands_once(admin: Client) -> None:
    concept = ConceptFactory(code="kept", labels={})
    admin.post(address("serviceneed", "edit", concept.pk), concept_data(code="other"))
    assert Concept.objects.get().code == "kept"

    again = admin.post(address("serviceneed", "create"), concept_data(code="kept"))
    assert again.context["form"].errors["code"] == ["This vocabulary already has a concept with the code “kept”."]
    assert admin.post(address("clientsituation", "create"), concept_data(code="kept")).status_code == 302


@pytest.mark.parametrize("code", ["With Space", "ääkkönen", "-begins", "Capital", "a/b"])
def test_a_code_has_plain_letters_only(admin: Client, code: str) -> None:
    answer = admin.post(address("serviceneed", "create"), concept_data(code=code))

    assert list(answer.context["form"].errors) == ["code"]


def test_a_concept_needs_a_label_and_one_per_language(admin: Client) -> None:
    assert admin.post(address("serviceneed", "create"), concept_data(**rows("labels"))).status_code == 200
    twice = rows("labels", *({"language": "fi", "label": label, "description": ""} for label in ("Yksi", "Kaksi")))
    assert admin.post(address("serviceneed", "create"), concept_data(**twice)).status_code == 200
    assert not Concept.objects.exists()


def test_a_parent_is_of_the_first_level_of_the_same_vocabulary(admin: Client) -> None:
    first = ConceptFactory(labels={})
    second = ConceptFactory(parent=first)
    other = ConceptFactory(vocabulary="sector")

    offered = admin.get(address("serviceneed", "create")).context["form"].fields["parent"].queryset
    assert set(offered) == {first}
    for parent in (second, other):
        answer = admin.post(address("serviceneed", "create"), concept_data(parent=parent.pk))
        assert list(answer.context["form"].errors) == ["parent"]
    below = ConceptFactory(labels={})
    answer = admin.post(address("serviceneed", "edit", first.pk), concept_data(parent=below.pk))
    assert list(answer.context["form"].errors) == ["parent"]


def test_an_unused_concept_is_deleted(admin: Client) -> None:
    concept = ConceptFactory()
    admin.post(address("serviceneed", "delete", concept.pk))
    assert not Concept.objects.exists()


def test_every_term_of_a_service_is_known_to_be_used() -> None:
    page = ServicePageFactory(complete=True)
    for vocabulary, code in (
        ("service-category", "job-coaching"),
        ("service-need", "finding-work"),
        ("client-situation", "unemployed"),
        ("municipality", "091"),
        ("sector", "construction"),
        ("delivery-mode", "at-a-place"),
        ("service-accessibility", "interpreter"),
        ("language", "fi"),
        ("cefr-level", "b1"),
        ("legal-task", "tyonvalitys"),
        ("keyword", "koko-p1"),
    ):
        assert services_with_term(vocabulary, code) == [page], vocabulary


def test_a_concept_that_a_service_uses_is_not_deleted_and_the_reason_is_told(admin: Client) -> None:
    ServicePageFactory(complete=True, title="Käyttäjä")
    concept = Concept.objects.get(vocabulary="client-situation", code="unemployed")
    for ask in (admin.get, admin.post):
        told = ask(address("clientsituation", "delete", concept.pk), follow=True).content.decode()
        assert "cannot be deleted, because it is in use: Käyttäjä." in told
        assert "Retire it instead" in told
    assert Concept.objects.filter(pk=concept.pk).exists()


def test_a_concept_that_only_an_unpublished_change_uses_is_not_deleted(admin: Client) -> None:
    page = ServicePageFactory(published=True)
    page.needs = ["language-skills"]
    page.save_revision()
    assert fresh(page).needs == ["finding-work"]
    concept = Concept.objects.get(code="language-skills")

    admin.post(address("serviceneed", "delete", concept.pk))

    assert Concept.objects.filter(pk=concept.pk).exists()


def test_the_use_of_a_term_is_not_guessed_from_its_letters() -> None:
    make_terms()
    ServicePageFactory(complete=True, title="Sanassa on sv ja remote", summary="remote")

    assert services_with_term("delivery-mode", "remote") == []
    assert services_with_term("language", "sv") == []
    assert len(services_with_term("delivery-mode", "at-a-place")) == 1


# ------------------------------------------------------------------------------------------------ places and snippets


def place_data(**changes: Any) -> dict[str, Any]:
    name = {"language": "fi", "name": "Uusi talo", "street": "Katu 1", "city": "Helsinki", "directions": ""}
    place = {"municipality": MunicipalityFactory(code="091").pk, "postal_code": "00100", "code": "", "organisation": ""}
    return {**place, "latitude": "60.17", "longitude": "24.94", **rows("names", name), **changes}


def test_a_place_is_added_with_address_and_accessibility(admin: Client) -> None:
    make_terms()
    answer = admin.post(address("place", "create"), place_data(accessibility=["lift"]))

    assert answer.status_code == 302
    place = Place.objects.get()
    assert (str(place), place.accessibility, place.postal_code) == ("Uusi talo", ["lift"], "00100")
    assert place.code is None


def test_an_unknown_accessibility_is_refused(admin: Client) -> None:
    assert list(admin.post(address("place", "create"), place_data(accessibility=["no"])).context["form"].errors) == [
        "accessibility"
    ]


def test_a_place_and_its_accessibility_are_kept_while_they_are_used(admin: Client) -> None:
    make_terms()
    place, other = PlaceFactory(accessibility=["lift"]), PlaceFactory()
    page = ServicePageFactory(complete=True, delivery=delivery(times=[meeting(place=place)]))

    assert services_at_place(place) == [page]
    assert services_at_place(other) == []
    assert places_with_term("place-accessibility", "lift") == [place]
    admin.post(address("place", "delete", place.pk))
    admin.post(address("placeaccessibility", "delete", Concept.objects.get(code="lift").pk))
    admin.post(address("place", "delete", other.pk))
    assert list(Place.objects.all()) == [place]
    assert Concept.objects.filter(code="lift").exists()


def test_a_place_is_found_in_the_chooser_by_name_street_and_municipality(admin: Client) -> None:
    PlaceFactory()
    names = {"fi": {"name": "Tikkurilan talo", "street": "Asematie 2", "city": "Vantaa", "directions": ""}}
    PlaceFactory(names=names, municipality=MunicipalityFactory(code="092"))
    for words in ("tikkurilan", "asematie", "vantaa talo"):
        results = admin.get(reverse("place_chooser:choose_results"), {"q": words}).content.decode()
        assert "Tikkurilan talo" in results
        assert "Kallion talo" not in results


def test_a_legal_snippet_is_kept_while_an_instruction_has_it(admin: Client) -> None:
    instruction = WorkInstructionPageFactory()
    benefit, unused = (LegalSnippetFactory(kind=LegalSnippet.Kind.BENEFIT) for _number in range(2))
    instruction.other_benefits.add(benefit)
    instruction.save()
    for snippet in (instruction.obligation, benefit, unused):
        told = admin.post(address("legalsnippet", "delete", snippet.pk), follow=True).content.decode()
        assert ("End its validity instead" in told) is (snippet is not unused)
    assert set(LegalSnippet.objects.all()) == {instruction.obligation, instruction.statement, benefit}


def test_a_legal_snippet_ends_after_it_begins(admin: Client) -> None:
    texts = rows("texts", {"language": "fi", "label": "Nimi", "text": "Teksti"})
    data = {"kind": "benefit", "code": "benefit.new", "sort_order": "0", "valid_from": "2026-02-01", **texts}

    wrong = admin.post(address("legalsnippet", "create"), {**data, "valid_to": "2026-01-01"})
    assert list(wrong.context["form"].errors) == ["valid_to"]
    assert admin.post(address("legalsnippet", "create"), {**data, "valid_to": "2026-03-01"}).status_code == 302
    assert LegalSnippetText.objects.get().label == "Nimi"
