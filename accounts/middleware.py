"""Notes once a day that a signed-in person uses the site."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.activity import is_noted_today, record_activity
from accounts.models import User


class ActivityMiddleware:
    """One UPDATE with a person's first request of a day; on any other request, and for the public, no query at all.

    Only pages that ask who the reader is count: asking here would load the session of every visitor and make every public
    page differ by cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.session.accessed and not request.session.is_empty():
            user = request.user
            if isinstance(user, User) and user.is_authenticated and not is_noted_today(user):
                record_activity(user)
        return response
