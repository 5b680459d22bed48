"""What the public templates need to show a page that is still being edited: drafts read like the real thing."""

from typing import Any

from django.http import HttpRequest

from accounts.standing import standing_of
from catalogue.addresses import instruction_path, localised_path
from catalogue.instruction_presentation import contents, present_guides, present_instruction
from catalogue.models import OrganisationPage, Service, ServicePage, WorkInstructionPage
from catalogue.permissions import may_read_instructions
from catalogue.presentation import present
from catalogue.terms import terms


def service_context(page: ServicePage, request: HttpRequest) -> dict[str, Any]:
    """The context of the public service page for a draft: an original as it stands, a version over its live original.

    Related services are left out: finding those that are published is the search's, a room of its own.
    """
    if not page.service_id:
        page.service = Service(number=0)
    request.alternates = {page.language: page.public_path}  # type: ignore[attr-defined]  # read by the frame around the page
    original = page.original
    presented = present(original, page, language=page.language)
    return {
        "service": presented,
        "related": (),
        "canonical": page.public_path,
        "can_read_instruction": may_read_instructions(standing_of(request.user)),
        "service_path": page.public_path,
        "instruction_path": instruction_path(page.language, page.service_id, page.slug),
    }


def instruction_context(page: WorkInstructionPage, request: HttpRequest) -> dict[str, Any]:
    """The context of the page of a work instruction, for whoever has been let in: a draft over its original's facts."""
    service = page.get_parent().specific
    own = sorted(standing_of(request.user).residents)
    instruction = present_instruction(page.original, page, language=page.language)
    guides = present_guides(service.service_id, language=page.language, known=terms(), own=own)
    return {
        "instruction": instruction,
        "guides": guides,
        "contents": contents(instruction, guides),
        "service": service,
        "service_path": service.public_path,
        "instruction_path": instruction_path(service.language, service.service_id, service.slug),
    }


def organisation_context(page: OrganisationPage) -> dict[str, Any]:
    """The context of an organisation's public page, without the list of its services."""
    language = page.locale.language_code
    return {
        "organisation": page.organisation,
        "services": (),
        "canonical": localised_path(language, "organisation", f"{page.organisation.code}/"),
    }
