"""What the search hears: a publication, its end, a move or a renamed organisation; one call each."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_unpublished, post_page_move

from accounts.models import OrganisationName
from catalogue.models import OrganisationPage, Service, ServicePage
from catalogue.signals import service_changed
from search import actions


def on_service_page(sender: Any, instance: ServicePage, **kwargs: Any) -> None:
    actions.index_services([instance.service_id])


def on_service(sender: Any, service: Service, **kwargs: Any) -> None:
    actions.index_services([service.pk])


def on_page_moved(sender: Any, instance: Any, **kwargs: Any) -> None:
    pages = ServicePage.objects.descendant_of(instance, inclusive=True)
    actions.index_services(pages.values_list("service_id", flat=True))


def on_organisation_named(sender: Any, instance: OrganisationName, **kwargs: Any) -> None:
    actions.rename_organiser(instance.organisation)


def connect() -> None:
    """Connect the ears; called once when Django starts."""
    page_published.connect(on_service_page, sender=ServicePage, dispatch_uid="index-published")
    page_unpublished.connect(on_service_page, sender=ServicePage, dispatch_uid="index-unpublished")
    post_delete.connect(on_service_page, sender=ServicePage, dispatch_uid="index-deleted")
    for named in (post_save, post_delete):
        named.connect(on_organisation_named, sender=OrganisationName, dispatch_uid="index-organisation-named")
    service_changed.connect(on_service, dispatch_uid="index-service-changed")
    for model in (ServicePage, OrganisationPage):
        post_page_move.connect(on_page_moved, sender=model, dispatch_uid=f"index-moved-{model.__name__}")
