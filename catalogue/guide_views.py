"""The editor of a municipality's own guide, in the Wagtail admin for the sake of its rich text."""

from dataclasses import replace
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from accounts.languages import best_language
from accounts.models import Municipality, User
from accounts.standing import standing_of
from catalogue.actions import GuideChanged, write_guide
from catalogue.addresses import instruction_path
from catalogue.forms import GuideForm
from catalogue.models import MunicipalGuide, ServicePage
from catalogue.permissions import may_write_guide
from catalogue.reach import reach_of

REVISIONS_SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
def municipal_guide(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Write the guide of the municipality `code` to the service `number`.

    What is not hers to write is not found, like what is not there: Wagtail's admin would answer a refusal by a redirect.
    """
    original, municipality = _find(request, number, code)
    guide = MunicipalGuide.objects.filter(service=original.service_id, municipality=municipality).first()
    form = GuideForm(request.POST if request.method == "POST" else None, guide=guide)
    if request.method == "POST" and form.is_valid():
        try:
            write_guide(
                service=original.service,
                municipality=municipality,
                texts=form.texts,
                seen=form.cleaned_data["seen"],
                by=cast(User, request.user),
            )
        except GuideChanged:
            guide = MunicipalGuide.objects.filter(service=original.service_id, municipality=municipality).first()
            form = _anew(request, form, guide)
        else:
            messages.success(request, gettext("The guide has been saved. Experts see it now."))
            return redirect(request.path)
    return render(request, "catalogue/admin/municipal_guide.html", _context(original, municipality, guide, form))


def _find(request: HttpRequest, number: str, code: str) -> tuple[ServicePage, Municipality]:
    """The original of the service and the municipality, if this person may write that guide; else 404. Six queries at most."""
    found = ServicePage.objects.originals().select_related("service", "locale")
    original = found.filter(service=int(number)).first() if len(number) <= 15 else None
    municipality = Municipality.objects.filter(code=code).prefetch_related("names").first()
    if original is None or municipality is None:
        raise Http404
    published = original.live and original.service.is_in_force
    service = replace(reach_of(request.user).belonging(original.path), published=published, open_to=original.open_to)
    if not may_write_guide(standing_of(request.user), service, code):
        raise Http404
    return original, municipality


def _anew(request: HttpRequest, form: GuideForm, guide: MunicipalGuide | None) -> GuideForm:
    """The form with what she wrote, over the guide as somebody else has saved it meanwhile, which she has now before her."""
    data = request.POST.copy()
    data["seen"] = str(guide.latest_revision_id or "") if guide else ""
    again = GuideForm(data, guide=guide)
    again.is_valid()
    again.add_error(
        None,
        gettext(
            "Somebody else has changed this guide while you were writing. Your text is below and has not been saved. "
            "Compare it with the guide as it is now, under the form, and save again."
        ),
    )
    return again


def _context(
    original: ServicePage, municipality: Municipality, guide: MunicipalGuide | None, form: GuideForm
) -> dict[str, Any]:
    title = gettext("Guide of %(municipality)s") % {"municipality": municipality}
    pages = {page.language: page for page in ServicePage.objects.filter(service=original.service_id).select_related("locale")}
    shown = pages[best_language(pages, get_language()) or original.language]
    back = instruction_path(shown.language, original.service_id, shown.slug)
    revisions = guide.revisions.select_related("user").order_by("-created_at", "-pk")[:REVISIONS_SHOWN] if guide else ()
    return {
        "form": form,
        "media": form.media,
        "page_title": title,
        "header_title": f"{title}: {shown.title}",
        "page_subtitle": shown.title,
        "header_icon": "doc-full",
        "action_url": "",
        "submit_button_label": gettext("Save"),
        "submit_button_active_label": gettext("Saving…"),
        "instruction_path": back,
        "stored": [row for row in guide.texts.all() if row.guide or row.exceptions] if guide and form.errors else (),
        "revisions": revisions,
    }
