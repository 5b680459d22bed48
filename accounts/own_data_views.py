"""A person's own page: what is kept of her, to be corrected and taken along, and how she asks for deletion.

Each of these answers only of the one who is signed in: no address names a person.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import own_data as data
from accounts.forms import DeletionForm, OwnDataForm
from accounts.models import User
from accounts.private_pages import alternates, private


def _person(request: HttpRequest) -> User:
    """The one who is signed in, fresh, so that a form that fails leaves the request's own untouched. One query."""
    return User.objects.get(pk=request.user.pk or 0)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: HttpRequest) -> HttpResponse:
    """See and correct own data; the roles, which others give, only to be seen. Constant in queries."""
    request.alternates = alternates("own_data")  # type: ignore[attr-defined]  # read by home.queries.frame
    user = _person(request)
    form = OwnDataForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect(f"{reverse('own_data')}?saved")
    context = {
        "form": form,
        "address": user.email,
        "memberships": user.memberships.select_related("organisation").prefetch_related("organisation__names"),
        "asked_at": user.deletion_asked_at,
        "is_saved": "saved" in request.GET,
    }
    return private(render(request, "accounts/own_data.html", context))


@never_cache
@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Everything that is kept of the person, as a file."""
    response = JsonResponse(data.kept_of(_person(request)), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="own-data.json"'
    return private(response)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: HttpRequest) -> HttpResponse:
    """Ask for deletion, or take it back."""
    request.alternates = alternates("own_data_deletion")  # type: ignore[attr-defined]  # read by home.queries.frame
    user = _person(request)
    if request.method == "POST" and "take_back" in request.POST:
        data.take_deletion_back(user=user)
        return redirect("own_data_deletion")
    form = DeletionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data.ask_for_deletion(user=user)
        return redirect("own_data_deletion")
    context = {"form": form, "asked_at": user.deletion_asked_at}
    return private(render(request, "accounts/own_data_deletion.html", context))
