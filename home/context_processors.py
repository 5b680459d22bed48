"""What every page's frame needs: languages, menu and footer. Lazy, so that pages without a frame pay nothing."""

from typing import Any

from django.http import HttpRequest

from home.queries import Frame


def site_frame(request: HttpRequest) -> dict[str, Any]:
    """`frame`: see home.queries.Frame. At most one query, when a template reads it."""
    return {"frame": Frame(request)}
