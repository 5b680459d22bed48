"""The public pages that need more than one room: services, organisations, and the tree with its missing languages."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from wagtail import hooks
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve
from wagtail.views import serve_chain

from accounts.languages import language_chain
from accounts.standing import standing_of
from catalogue.addresses import instruction_path, localised_path, service_path
from catalogue.instruction_presentation import contents, present_guides, present_instruction
from catalogue.permissions import Act, may_read_instructions
from catalogue.presentation import present
from catalogue.queries import find_instruction, find_service
from catalogue.reach import reach_of
from home import queries
from home.middleware import internal
from search.queries import of_organisation, related_to

YEAR_SECONDS = 365 * 24 * 60 * 60


@require_safe
def service(request: HttpRequest, word: str, number: str, slug: str | None = None) -> HttpResponse:
    """A service by its number, in the reader's language or the best other one. Six queries at most."""
    language = queries.reader_language(request)
    found = find_service(_number(number), language)
    if found is None:
        raise Http404
    canonical = service_path(language, found.original.service_id, found.version.slug)
    if request.path != canonical:
        return redirect(canonical, permanent=True)
    request.alternates = {tag: service_path(tag, found.original.service_id, own) for tag, own in found.slugs.items()}  # type: ignore[attr-defined]  # read by queries.Frame
    if not found.is_in_force:
        return render(request, "catalogue/service_outdated.html", {"title": found.version.title}, status=410)
    known = queries.terms_of(request, found.stamp)
    presented = present(found.original, found.version, language=language, known=known)
    context = {
        "service": presented,
        "related": related_to(found.original.pk, language=language, known=known),
        "canonical": service_path(presented.language, presented.number, presented.slug),
        "can_read_instruction": may_read_instructions(standing_of(request.user)),
        "service_path": canonical,
        "instruction_path": instruction_path(language, presented.number, presented.slug),
    }
    return render(request, "catalogue/service_detail.html", context)


@internal
@require_safe
def work_instruction(request: HttpRequest, word: str, number: str, slug: str, instruction_word: str) -> HttpResponse:
    """A service's work instruction, or kind words where a public service has none. 14 queries at most.

    Answers alike whether or not there is a service and an instruction, to whoever may not read it.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    person = standing_of(request.user)
    if not may_read_instructions(person):
        raise PermissionDenied
    language = queries.reader_language(request)
    found = find_service(_number(number), language)
    if found and not found.is_in_force and not reach_of(request.user).may(Act.READ_INSTRUCTION, found.original.path):
        raise PermissionDenied
    if found is None:
        raise Http404
    request.alternates = {tag: instruction_path(tag, found.original.service_id, own) for tag, own in found.slugs.items()}  # type: ignore[attr-defined]  # read by queries.Frame
    known = queries.terms_of(request, found.stamp)
    own = queries.municipalities_of(request, known)
    written = find_instruction(found, language)
    instruction = present_instruction(written.original, written.version, language=language) if written else None
    guides = present_guides(found.original.service_id, language=language, known=known, own=[term.code for term in own])
    context = {
        "service": found.version,
        "instruction": instruction,
        "guides": guides,
        "contents": contents(instruction, guides),
        "own_municipalities": own,
        "guides_to_write": queries.guides_to_write(request, found, own),
        "service_path": service_path(language, found.original.service_id, found.version.slug),
        "instruction_path": instruction_path(language, found.original.service_id, found.version.slug),
    }
    return render(request, "catalogue/work_instruction.html", context)


def _number(digits: str) -> int:
    """The number of an address; one that no database could hold is simply not found."""
    if len(digits) > 15:
        raise Http404
    return int(digits)


@require_safe
def organisation(request: HttpRequest, word: str, code: str) -> HttpResponse:
    """An organisation's public page with its services. Seven queries at most."""
    language = queries.reader_language(request)
    page, alternates = queries.find_organisation_page(code, language)
    if page is None:
        raise Http404
    canonical = localised_path(language, "organisation", f"{code}/")
    if request.path != canonical:
        return redirect(canonical, permanent=True)
    request.alternates = alternates  # type: ignore[attr-defined]  # read by queries.Frame
    known = queries.terms_of(request)
    context = {
        "page": page,
        "organisation": page.organisation,
        "services": of_organisation(page.organisation_id, language=language, known=known),
        "canonical": alternates[page.locale.language_code],
    }
    return render(request, "catalogue/organisation_detail.html", context)


@require_safe
def organisations(request: HttpRequest, word: str) -> HttpResponse:
    """All organisations with a public page, by kind, and the municipalities' own pages. Four queries."""
    language = queries.reader_language(request)
    request.alternates = {tag: localised_path(tag, "organisations") for tag in settings.INTERFACE_LANGUAGES}  # type: ignore[attr-defined]  # read by queries.Frame
    context = {"kinds": queries.organisations(language), "municipalities": queries.municipality_pages(language)}
    return render(request, "catalogue/organisation_list.html", context)


@require_POST
def choose_municipality(request: HttpRequest) -> HttpResponse:
    """Remember the visitor's own municipality in a cookie (or forget it), and go back to where the visitor was."""
    language = queries.reader_language(request)
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = f"/{language}/"
    response = HttpResponseRedirect(target)
    code = request.POST.get("municipality", "")
    if code and queries.terms_of(request).get("municipality", code):
        response.set_cookie(
            queries.MUNICIPALITY_COOKIE, code, max_age=YEAR_SECONDS, samesite="Lax", httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    else:
        response.delete_cookie(queries.MUNICIPALITY_COOKIE)
    return response


def tree_page(request: HttpRequest, path: str) -> HttpResponse:
    """A page of the tree; where the reader's language lacks it, the best other version at the same address, marked."""
    home = None if path else queries.home_of(queries.reader_language(request))
    try:
        # The front page is found in one query; Wagtail's routing would take five.
        response = _serve(request, home, [], {}) if home else wagtail_serve(request, path)
    except Http404:
        other = _tree_page_of_other_language(request, path)
        if other is None:
            raise
        response = other
    if isinstance(response, TemplateResponse) and response.context_data and "page" in response.context_data:
        page = response.context_data["page"]
        request.alternates = alternates = queries.tree_alternates(page)  # type: ignore[attr-defined]  # read by queries.Frame
        response.context_data["canonical"] = alternates.get(page.locale.language_code)
    return response


def _serve(request: HttpRequest, page: Page, args: list[Any], kwargs: dict[str, Any]) -> HttpResponse:
    """Serve `page` as Wagtail does: whoever restricts it, or hooks in before it, is asked first."""
    chain = serve_chain
    for link in reversed(hooks.get_hooks("on_serve_page")):
        chain = link(chain)
    for ask in hooks.get_hooks("before_serve_page"):
        refusal = ask(page, request, args, kwargs)
        if isinstance(refusal, HttpResponse):
            return refusal
    response: HttpResponse = chain(page, request, args, kwargs)
    return response


def _tree_page_of_other_language(request: HttpRequest, path: str) -> HttpResponse | None:
    """The page at `path` of another language's tree; a redirect when the reader's language has it under another path."""
    language = queries.reader_language(request)
    parts = [part for part in path.split("/") if part]
    for other in language_chain(language)[1:]:
        home = queries.home_of(other)
        if home is None:
            continue
        try:
            page, args, kwargs = home.route(request, parts)
        except Http404:
            continue
        own = queries.tree_alternates(page).get(language)
        if own and own != request.path:
            return redirect(own)
        response: Any = _serve(request, page, args, kwargs)
        return response
    return None


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    request.alternates = queries.front_pages()  # type: ignore[attr-defined]  # read by queries.Frame
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    request.alternates = queries.front_pages()  # type: ignore[attr-defined]  # read by queries.Frame
    return render(request, "403.html", status=403)
