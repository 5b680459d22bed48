"""The language of a request, what may be kept of its answer, and the wider content policy that the editors' admin needs."""

from collections.abc import Callable
from typing import Any, TypeVar

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

ADMIN_PREFIX = "/admin/"
UNTRANSLATED_PREFIXES = (ADMIN_PREFIX, "/documents/", "/media/", "/static/")
ADMIN_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
}


class SiteLocaleMiddleware(LocaleMiddleware):
    """Django's, with three differences.

    Addresses of the admin and of files are never redirected to a language. `request.language` is the reader's language by
    the address, whereas the active one is that in which the interface speaks: readers of a language that the interface
    does not know get English words around their texts. And the admin gets its own content policy.
    """

    def process_request(self, request: HttpRequest) -> None:
        language = language_in_path(request)
        if language:
            # Django would ask for a folder of translations first, and send readers of Somali to /fi/so/.
            translation.activate(language)
            request.LANGUAGE_CODE = language
        else:
            super().process_request(request)
        request.language = translation.get_language()  # type: ignore[attr-defined]  # read by templates and views

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if translation.get_language() not in settings.INTERFACE_LANGUAGES:
            translation.activate("en")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(ADMIN_PREFIX):
            response._csp_replace = {"frame-ancestors": [SELF]}  # type: ignore[attr-defined]  # the editor shows previews in a frame
            response._csp_update = ADMIN_POLICY  # type: ignore[attr-defined]  # django-csp's own way to vary it
        if request.path_info.startswith(UNTRANSLATED_PREFIXES):
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
            return response
        language = getattr(request, "language", None) or settings.LANGUAGE_CODE
        response.headers.setdefault("Content-Language", language)
        if language_in_path(request):
            return response
        translation.activate(language)
        return super().process_response(request, response)


class PrivateAnswers:
    """Nothing that a signed-in person gets, and nothing internal, is kept by a browser, a proxy or a search engine.

    An answer is internal, whoever gets it, also where it is a refusal, when its view is marked by `internal` or when
    something on the way has set `request.is_internal`. The admin has headers of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_internal = getattr(request, "is_internal", False)
        if is_internal:
            response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        if is_internal or (not request.path_info.startswith(ADMIN_PREFIX) and self._is_signed_in(request)):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if getattr(view, "is_internal", False):
            request.is_internal = True  # type: ignore[attr-defined]  # read above

    def _is_signed_in(self, request: HttpRequest) -> bool:
        """No query for whoever brings no session."""
        return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


View = TypeVar("View", bound=Callable[..., Any])


def internal(view: View) -> View:
    """Mark a view whose answers are internal: see `PrivateAnswers`."""
    view.is_internal = True  # type: ignore[attr-defined]  # read there
    return view


def language_in_path(request: HttpRequest) -> str:
    """The declared language that the address begins with; "" where it begins with none."""
    first = request.path_info.split("/", 2)[1] if request.path_info.startswith("/") else ""
    return first if first in dict(settings.LANGUAGES) else ""
