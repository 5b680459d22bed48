import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Revision

from catalogue.actions import change_lifecycle
from catalogue.building import confirm, publish
from catalogue.models import Service, ServicePage, VersionedPage, VersionState, WorkInstructionPage
from catalogue.signals import service_changed
from tests.catalogue.conftest import Keys
from tests.factories import ServicePageFactory, UserFactory, add_version, fresh

pytestmark = pytest.mark.django_db


def state(page: VersionedPage) -> tuple[str, bool]:
    """(state, whether it is public) as the database has them."""
    return fresh(page).state, fresh(page).live


# -------------------------------------------------------------------------------------------------------- each version's


def test_a_new_service_is_a_draft_that_nobody_sees() -> None:
    assert state(ServicePageFactory()) == ("draft", False)


def test_a_draft_may_be_half_empty_and_saved_again() -> None:
    page = ServicePageFactory()
    page.summary = ""
    page.save_revision()
    assert state(page) == ("draft", False)


def test_publishing_makes_it_published() -> None:
    page = ServicePageFactory(complete=True)
    publish(page, by=None)
    assert state(page) == ("published", True)


def test_a_changed_service_is_a_draft_again_and_its_published_version_stays_public(manifold: Keys) -> None:
    page = manifold.page
    page.title = "Muutettu"
    page.save_revision()
    assert page.state == "draft"
    assert state(page) == ("draft", True)
    assert fresh(page).title == "Työhönvalmennus"
    publish(fresh(page).get_latest_revision_as_object(), by=None)
    assert state(page) == ("published", True)
    assert fresh(page).title == "Muutettu"


@pytest.mark.parametrize("before", [VersionState.WAITING, VersionState.SENT_BACK, VersionState.DRAFT])
def test_a_change_while_it_waits_or_was_sent_back_leaves_that_state(manifold: Keys, before: VersionState) -> None:
    ServicePage.objects.filter(pk=manifold.original).update(state=before)
    page = manifold.page
    page.title = "Muutettu"
    page.save_revision()
    assert state(page) == (before, True)
    publish(page, by=None)
    assert state(page) == ("published", True)


def test_each_version_has_a_state_of_its_own(manifold: Keys) -> None:
    version = manifold.version("sv")
    version.title = "Ny"
    version.save_revision()
    assert {language: state(manifold.version(language))[0] for language in ("fi", "sv", "en", "fi-simple")} == {
        "fi": "published", "sv": "draft", "en": "published", "fi-simple": "published",
    }  # fmt: skip


def test_a_page_that_is_taken_from_the_public_is_a_draft(manifold: Keys) -> None:
    manifold.page.unpublish()
    assert state(manifold.page) == ("draft", False)
    instruction = WorkInstructionPage.objects.get(pk=manifold.instruction)
    instruction.unpublish()
    assert state(instruction) == ("draft", False)


@pytest.mark.parametrize("before", [VersionState.WAITING, VersionState.SENT_BACK])
def test_a_page_that_waits_goes_on_waiting_when_it_is_taken_from_the_public(manifold: Keys, before: VersionState) -> None:
    ServicePage.objects.filter(pk=manifold.original).update(state=before)
    manifold.page.unpublish()
    assert state(manifold.page) == (before, False)


def test_a_page_that_is_to_be_published_later_is_published_when_its_time_comes() -> None:
    page = ServicePageFactory(complete=True)
    page.go_live_at = timezone.now() + dt.timedelta(1)
    publish(page, by=None)
    assert state(page) == ("draft", False)
    Revision.objects.filter(object_id=page.pk).update(approved_go_live_at=timezone.now() - dt.timedelta(1))
    ServicePage.objects.filter(pk=page.pk).update(go_live_at=timezone.now() - dt.timedelta(1))
    revision = fresh(page).latest_revision
    revision.content["go_live_at"] = None
    revision.save()
    call_command("publish_scheduled")
    assert state(page) == ("published", True)


def test_publishing_a_version_remembers_the_texts_that_it_answers_to() -> None:
    original = ServicePageFactory(published=True)
    version = add_version(original, "sv", published=False)
    assert fresh(version).source_hashes == {}
    publish(version, by=None)
    assert set(fresh(version).source_hashes) == {key for key, text in original.texts().items() if text}
    assert fresh(original).source_hashes == {}


# ------------------------------------------------------------------------------------- what is outside of the revisions


@pytest.mark.parametrize(
    ("name", "value"),
    [("state", "waiting"), ("version_kind", "written"), ("source_hashes", {"title": "x"}), ("service_id", None)],
)
def test_an_older_revision_does_not_bring_back_what_belongs_to_the_whole_page(manifold: Keys, name: str, value: Any) -> None:
    page = manifold.version("sv")
    revision = page.save_revision()
    value = Service.objects.create().pk if name == "service_id" else value
    ServicePage.objects.filter(pk=page.pk).update(**{name: value})
    restored = Revision.objects.get(pk=revision.pk).as_object()
    assert getattr(restored, name) == value
    assert restored.title == page.title


def test_a_revision_that_claims_another_state_or_service_is_not_believed(manifold: Keys) -> None:
    page = manifold.page
    revision = page.save_revision()
    other = Service.objects.create()
    revision.content |= {"state": "published", "version_kind": "written", "service": other.pk, "source_hashes": {"x": "y"}}
    revision.save()
    restored = Revision.objects.get(pk=revision.pk).as_object()
    assert (restored.state, restored.version_kind, restored.service_id, restored.source_hashes) == (
        "draft", "original", manifold.service, {},
    )  # fmt: skip


# --------------------------------------------------------------------------------------------------- the whole service's


@pytest.mark.parametrize("lifecycle", [Service.Lifecycle.OUTDATED, Service.Lifecycle.ARCHIVED])
def test_the_life_cycle_belongs_to_the_whole_service_and_leaves_the_versions_states(
    manifold: Keys, lifecycle: Service.Lifecycle
) -> None:
    service = Service.objects.get(pk=manifold.service)
    before = timezone.now()
    change_lifecycle(service=service, lifecycle=lifecycle)
    again = Service.objects.get(pk=manifold.service)
    assert (again.lifecycle, again.is_in_force) == (lifecycle, False)
    assert before <= again.lifecycle_changed_at <= timezone.now()
    assert {page.state for page in ServicePage.objects.filter(service=service)} == {"published"}
    assert not ServicePage.objects.filter(service=service).published().exists()
    change_lifecycle(service=again, lifecycle=Service.Lifecycle.ACTIVE)
    assert ServicePage.objects.filter(service=service).published().count() == 4


def test_the_rooms_above_hear_of_a_changed_life_cycle(manifold: Keys) -> None:
    heard: list[tuple[int, str]] = []

    def listen(sender: Any, service: Service, **kwargs: Any) -> None:
        heard.append((service.pk, service.lifecycle))

    service_changed.connect(listen)
    try:
        change_lifecycle(service=Service.objects.get(pk=manifold.service), lifecycle=Service.Lifecycle.OUTDATED)
    finally:
        service_changed.disconnect(listen)
    assert heard == [(manifold.service, "outdated")]


def test_a_confirmation_is_noted_with_its_time_and_person(manifold: Keys) -> None:
    user, before = UserFactory(), timezone.now()
    confirm(Service.objects.get(pk=manifold.service), by=user)
    service = Service.objects.get(pk=manifold.service)
    assert service.confirmed_at is not None
    assert before <= service.confirmed_at <= timezone.now()
    assert service.confirmed_by == user
