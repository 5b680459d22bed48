"""What the catalogue hears: one call each, no logic."""

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Revision
from wagtail.signals import page_published, page_unpublished

from accounts.models import Municipality, MunicipalityName, Organisation, User
from accounts.signals import (
    Closing,
    Consequence,
    Duty,
    closing_considered,
    member_leaving,
    organisation_closed,
    organisation_reopened,
    own_data_asked,
    provider_created,
)
from catalogue import actions, closing, queries
from catalogue.models import VOCABULARY_PROXIES, Concept, ConceptLabel, MunicipalGuide, ServicePage, WorkInstructionPage


def on_term_changed(sender: Any, **kwargs: Any) -> None:
    actions.change_vocabulary_stamp()


def on_published(sender: Any, instance: Any, **kwargs: Any) -> None:
    actions.record_publication(page=instance)


def on_unpublished(sender: Any, instance: Any, **kwargs: Any) -> None:
    actions.record_withdrawal(page=instance)


def on_instruction_saved(sender: Any, instance: WorkInstructionPage, **kwargs: Any) -> None:
    actions.restrict_to_signed_in(page=instance)


def on_revision_saved(sender: Any, instance: Revision, **kwargs: Any) -> None:
    if instance.content_type.model_class() in (WorkInstructionPage, MunicipalGuide):
        actions.close_files(documents=instance.as_object().documents)


def on_member_leaving(sender: Any, user: User, organisation: Organisation, **kwargs: Any) -> Duty | None:
    return actions.duty_of(user=user, organisation=organisation)


def on_provider_created(sender: Any, organisation: Organisation, by: User, **kwargs: Any) -> None:
    actions.add_organisation_pages(organisation=organisation, by=by)


def on_closing_considered(sender: Any, organisation: Organisation, **kwargs: Any) -> Consequence:
    return closing.consequence_of(organisation)


def on_organisation_closed(
    sender: Any, organisation: Organisation, heir: Organisation | None, by: User, **kwargs: Any
) -> Closing:
    return closing.close_services(organisation=organisation, heir=heir, by=by)


def on_organisation_reopened(sender: Any, organisation: Organisation, notes: dict[str, Any], **kwargs: Any) -> str | None:
    return closing.reopen_services(note=notes.get(closing.ROOM, {}))


def on_own_data_asked(sender: Any, user: User, **kwargs: Any) -> tuple[str, list[dict[str, Any]]]:
    return "responsible_for_services", queries.responsibilities_of(user)


def connect() -> None:
    """Connect the ears; called once when Django starts."""
    term_models: tuple[type[Model], ...] = (Concept, ConceptLabel, Municipality, MunicipalityName, *VOCABULARY_PROXIES.values())
    for model in term_models:
        post_save.connect(on_term_changed, sender=model, dispatch_uid=f"term-saved-{model.__name__}")
        post_delete.connect(on_term_changed, sender=model, dispatch_uid=f"term-deleted-{model.__name__}")
    for page_model in (ServicePage, WorkInstructionPage):
        page_published.connect(on_published, sender=page_model, dispatch_uid=f"published-{page_model.__name__}")
        page_unpublished.connect(on_unpublished, sender=page_model, dispatch_uid=f"unpublished-{page_model.__name__}")
    post_save.connect(on_instruction_saved, sender=WorkInstructionPage, dispatch_uid="instruction-saved")
    post_save.connect(on_revision_saved, sender=Revision, dispatch_uid="revision-saved")
    member_leaving.connect(on_member_leaving, dispatch_uid="member-leaving")
    provider_created.connect(on_provider_created, dispatch_uid="provider-created")
    closing_considered.connect(on_closing_considered, dispatch_uid="closing-considered")
    organisation_closed.connect(on_organisation_closed, dispatch_uid="organisation-closed")
    organisation_reopened.connect(on_organisation_reopened, dispatch_uid="organisation-reopened")
    own_data_asked.connect(on_own_data_asked, dispatch_uid="own-data-asked")
