"""The editor of a service: half-empty drafts, everything that is missing in one go, previews, related services."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalogue.models import OrganisationPage, RelatedService, Service, ServicePage, WorkInstructionPage
from tests.catalogue.editing import add_row, block_data, create, editor_form, errors_of, form_data, save
from tests.factories import (
    ConceptFactory,
    OrganisationFactory,
    ServicePageFactory,
    UserFactory,
    WorkInstructionPageFactory,
    add_version,
    contact,
    delivery,
    fresh,
    make_terms,
    meeting,
    stream,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def parent(db: None) -> OrganisationPage:
    make_terms()
    organisation = OrganisationFactory(municipal=True, pages=("fi",))
    return OrganisationPage.objects.get(organisation=organisation)


def new_service_data(parent: OrganisationPage, user: User, **changes: Any) -> dict[str, Any]:
    """What the form of a new service sends when nothing but `changes` was filled in."""
    page = ServicePage(locale=parent.locale)
    form = ServicePage.get_edit_handler().get_form_class()(instance=page, parent_page=parent, for_user=user)
    return {**form_data(form), "slug": "", **changes}


def stream_data(name: str, raw: str) -> dict[str, Any]:
    """The blocks `raw` (as factories make them) of the StreamField `name` as a browser sends them."""
    field = ServicePage._meta.get_field(name)
    return block_data(field.stream_block, field.stream_block.get_prep_value(field.to_python(raw)), name)


def without_editor_keys(page: ServicePage) -> str:
    """All blocks of `page`, without the keys that the rich text editor gives to paragraphs."""
    return re.sub(
        r' data-block-key=\\"\w+\\"', "", json.dumps({name: page.raw(name) for name in page.stream_fields}, sort_keys=True)
    )


NEEDED_TO_SEND = {
    "summary", "categories", "needs", "scope", "languages", "target_group/0/situations", "target_group/0/municipalities",
    "target_group/0/description", "delivery/0/modes", "delivery/0/description", "participation/0/how",
    "participation/0/requirements", "contacts", "producers", "provider_responsible", "responsible_municipality",
}  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- drafts


def test_a_title_is_enough_for_a_draft(editor: Client, parent: OrganisationPage, administrator: User) -> None:
    answer = create(editor, parent, "catalogue.servicepage", new_service_data(parent, administrator, title="Uusi palvelu"))

    assert answer.status_code == 302
    page = ServicePage.objects.get()
    assert (page.title, page.live, page.version_kind) == ("Uusi palvelu", False, "original")
    assert page.service_id


def test_the_blocks_that_a_new_service_begins_with_have_their_defaults(parent: OrganisationPage, administrator: User) -> None:
    data = new_service_data(parent, administrator)

    assert data["target_group-count"] == data["delivery-count"] == data["participation-count"] == 1
    assert data["target_group-0-value-all_ages"] == "on"
    assert "target_group-0-value-description" in data


def test_a_refused_new_service_leaves_no_number_behind(editor: Client, parent: OrganisationPage, administrator: User) -> None:
    answer = create(editor, parent, "catalogue.servicepage", new_service_data(parent, administrator, title=""))

    assert answer.status_code == 200
    assert not Service.objects.exists()


def test_a_too_long_name_is_refused_and_a_short_description_is_one_line(
    editor: Client, parent: OrganisationPage, administrator: User
) -> None:
    long = create(editor, parent, "catalogue.servicepage", new_service_data(parent, administrator, title="a" * 121))
    assert list(errors_of(long.context["form"])) == ["title"]

    fits = new_service_data(parent, administrator, title="a" * 120, summary="Apua\r\n työnhakuun")
    create(editor, parent, "catalogue.servicepage", fits)
    assert ServicePage.objects.get().summary == "Apua työnhakuun"


def test_texts_are_counted_and_never_cut(parent: OrganisationPage, administrator: User) -> None:
    form = ServicePage.get_edit_handler().get_form_class()(
        instance=ServicePage(locale=parent.locale), parent_page=parent, for_user=administrator
    )
    for name, length in (("title", 120), ("summary", 250), ("price_text", 250)):
        attrs = form.fields[name].widget.attrs
        assert attrs["data-counter"] == length
        assert "maxlength" not in attrs
        assert "{count}" in attrs["data-counter-left"]


# ------------------------------------------------------------------------------------------- sending and publishing


def test_publishing_names_everything_that_is_missing_at_its_field(editor: Client, administrator: User) -> None:
    page = ServicePageFactory()
    make_terms()
    answer = save(editor, page, form_data(editor_form(page, administrator)), "action-publish")

    found = errors_of(answer.context["form"])
    assert found.keys() == NEEDED_TO_SEND | {"municipal_responsible", ""}
    assert "The work instruction lacks" in found[""][0]
    assert not fresh(page).live


def test_sending_asks_for_less_than_publishing(administrator: User) -> None:
    page = ServicePageFactory()
    make_terms()
    form_class = page.get_edit_handler().get_form_class()
    data = {**form_data(editor_form(page, administrator)), "action-submit": "1"}
    form = form_class(data, instance=page, parent_page=page.get_parent().specific, for_user=administrator)

    assert not form.is_valid()
    assert errors_of(form).keys() == NEEDED_TO_SEND


def test_taking_back_what_was_sent_asks_for_nothing(administrator: User) -> None:
    page = ServicePageFactory()
    form_class = page.get_edit_handler().get_form_class()
    data = {**form_data(editor_form(page, administrator)), "action-cancel-workflow": "1"}
    form = form_class(data, instance=page, parent_page=page.get_parent().specific, for_user=administrator)

    assert form.is_valid(), errors_of(form)


def test_errors_inside_a_block_and_what_it_lacks_are_told_together(editor: Client, administrator: User) -> None:
    page = ServicePageFactory(complete=True, instruction=True)
    data = form_data(editor_form(page, administrator))
    data |= {"target_group-0-value-age_from": "60", "target_group-0-value-age_to": "20"}
    del data["target_group-0-value-situations"]
    data |= {"contacts-0-value-phone": "12", "summary": ""}

    found = errors_of(save(editor, page, data, "action-publish").context["form"])

    assert found.keys() == {"target_group/0/age_to", "target_group/0/situations", "contacts/0/phone", "summary"}


def test_a_faulty_block_is_judged_by_what_was_sent_not_by_what_was_there(editor: Client, administrator: User) -> None:
    page = ServicePageFactory(complete=True, instruction=True, contacts="[]")
    data = form_data(editor_form(page, administrator)) | stream_data("contacts", stream(contact(phone="12")))

    assert errors_of(save(editor, page, data, "action-publish").context["form"]).keys() == {"contacts/0/phone"}


def test_an_unfinished_time_is_marked_in_its_row(editor: Client, administrator: User) -> None:
    unfinished = meeting()
    unfinished["value"]["hours"][0]["value"]["end"] = None
    page = ServicePageFactory(complete=True, instruction=True, delivery=delivery(times=[meeting(called="whole"), unfinished]))
    data = form_data(editor_form(page, administrator))

    assert save(editor, page, data).status_code == 302
    found = errors_of(save(editor, page, data, "action-publish").context["form"])
    assert found.keys() == {"delivery/0/times/1/hours/0/end"}


def test_removing_the_last_provider_is_told_at_the_providers(editor: Client, administrator: User) -> None:
    page = ServicePageFactory(complete=True, instruction=True)
    data = form_data(editor_form(page, administrator)) | {"producers-0-DELETE": "1"}

    answer = save(editor, page, data, "action-publish")

    assert errors_of(answer.context["form"]).keys() == {"producers"}
    assert "This is needed before" in answer.content.decode()


def test_a_complete_service_is_published_from_the_form(editor: Client, administrator: User) -> None:
    page = ServicePageFactory(complete=True, instruction=True)
    before = without_editor_keys(page)

    answer = save(editor, page, form_data(editor_form(page, administrator)), "action-publish")

    assert answer.status_code == 302, errors_of(answer.context["form"])
    published = fresh(page)
    assert published.live
    assert without_editor_keys(published) == before
    assert published.producers.count() == 1


def test_the_list_of_errors_names_the_fields_inside_blocks(editor: Client, administrator: User) -> None:
    page = ServicePageFactory()
    make_terms()
    answer = save(editor, page, form_data(editor_form(page, administrator)), "action-publish")

    told = answer.content.decode()
    assert "Validation error in StreamBlock" not in told
    assert "Client&#x27;s situation, Home municipality, Description of the target group" in told


# ------------------------------------------------------------------------------------------------------------- fields


def test_a_retired_term_stays_with_the_service_that_has_it(editor: Client, administrator: User) -> None:
    old = ConceptFactory(vocabulary="keyword", code="koko-old", labels={"en": "Old word", "fi": "Vanha sana"}, retired=True)
    make_terms()
    page = ServicePageFactory(keywords=[old.code])
    other = ServicePageFactory()

    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert "Old word (retired)" in editor.get(address).content.decode()
    assert "Old word" not in editor.get(reverse("wagtailadmin_pages:edit", args=[other.pk])).content.decode()
    assert save(editor, page, form_data(editor_form(page, administrator))).status_code == 302
    assert fresh(page).keywords == [old.code]


def test_a_related_service_is_kept_as_its_original_and_is_another_one(editor: Client, administrator: User) -> None:
    other = ServicePageFactory(published=True)
    swedish = add_version(other, "sv")
    page = ServicePageFactory(organiser=other.organiser)
    data = form_data(editor_form(page, administrator))

    add_row(data, "related_services", related=page.pk)
    assert errors_of(save(editor, page, data, "action-publish").context["form"])["related_services/0/related"]

    data["related_services-0-related"] = swedish.pk
    assert save(editor, page, data).status_code == 302
    assert list(RelatedService.objects.filter(page=page).values_list("related", flat=True)) == [other.pk]


def test_the_editor_asks_as_little_of_the_database_for_many_people_as_for_few(
    editor: Client, administrator: User, django_assert_max_num_queries: Any
) -> None:
    page = ServicePageFactory(complete=True)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    editor.get(address)
    UserFactory.create_batch(30)
    OrganisationFactory.create_batch(15, municipal=True)

    with django_assert_max_num_queries(70):
        html = editor.get(address).content.decode()
    assert "person1@example.org" not in html.replace(page.provider_responsible.email, "")


# ----------------------------------------------------------------------------------------------------------- previews


def preview(client: Client, address: str, data: dict[str, Any]) -> Any:
    """The preview of what is in the form now."""
    assert client.post(address, data).json() == {"is_valid": True, "is_available": True}
    return client.get(address)


def test_a_draft_is_previewed_as_the_public_page(editor: Client, administrator: User) -> None:
    page = ServicePageFactory(complete=True, title="Vanha nimi")
    data = form_data(editor_form(page, administrator)) | {"title": "Uusi nimi", "is_charged": "on", "price": "17.00"}

    answer = preview(editor, reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk]), data)

    assert answer.status_code == 200
    assert "catalogue/service_detail.html" in [template.name for template in answer.templates]
    html = answer.content.decode()
    assert "<h1" in html
    assert "Uusi nimi" in html
    assert "Vanha nimi" not in html
    assert fresh(page).title == "Vanha nimi"


def test_a_service_is_previewed_before_it_is_saved(editor: Client, parent: OrganisationPage, administrator: User) -> None:
    address = reverse("wagtailadmin_pages:preview_on_add", args=["catalogue", "servicepage", parent.pk])
    answer = preview(editor, address, new_service_data(parent, administrator, title="Aivan uusi"))

    assert "Aivan uusi" in answer.content.decode()
    assert not Service.objects.exists()


def test_a_version_is_previewed_over_its_original(editor: Client, administrator: User) -> None:
    original = ServicePageFactory(published=True, written=("sv",))
    version = ServicePage.objects.get(translation_key=original.translation_key, version_kind="written")
    data = form_data(editor_form(version, administrator)) | {"title": "Nytt namn"}

    html = preview(editor, reverse("wagtailadmin_pages:preview_on_edit", args=[version.pk]), data).content.decode()

    assert "Nytt namn" in html
    assert "neuvonta@example.org" in html


def test_an_instruction_is_previewed_to_administrators_only(editor: Client, municipal_editor: User, rf: Any) -> None:
    instruction = WorkInstructionPageFactory()
    address = reverse("wagtailadmin_pages:view_draft", args=[instruction.pk])

    answer = editor.get(address)
    assert answer.status_code == 200
    assert "Soita valmentajalle." in answer.content.decode()

    editor.force_login(municipal_editor)
    request = rf.get("/")
    request.COOKIES["sessionid"] = editor.session.session_key
    refused = WorkInstructionPage.objects.get(pk=instruction.pk).make_preview_request(request)
    assert refused.status_code == 403
    assert "Soita valmentajalle." not in refused.content.decode()


def test_an_instruction_is_previewed_before_it_is_saved(editor: Client, administrator: User) -> None:
    service = ServicePageFactory()
    page = WorkInstructionPage(locale=service.locale)
    form = WorkInstructionPage.get_edit_handler().get_form_class()(instance=page, parent_page=service, for_user=administrator)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["catalogue", "workinstructionpage", service.pk])

    answer = preview(editor, address, {**form_data(form), "title": "Ohje", "plan_text": "Osallistut valmennukseen."})

    assert answer.status_code == 200
    assert "Osallistut valmennukseen." in answer.content.decode()


def test_an_organisation_page_is_previewed(editor: Client, parent: OrganisationPage) -> None:
    answer = editor.get(reverse("wagtailadmin_pages:view_draft", args=[parent.pk]))

    assert answer.status_code == 200
    assert parent.title in answer.content.decode()
