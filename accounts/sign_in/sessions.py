"""How long a session lasts: by role, counted from signing in."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.sign_in.roles import Role, roles_of
from accounts.standing import Standing, standing_of


def session_seconds(person: Standing) -> int:
    """For how many seconds she stays signed in: the shortest of what her roles give (SESSION_SECONDS). No query."""
    kinds = {"editor" if role not in (Role.ADMINISTRATOR, Role.EXPERT) else str(role) for role in roles_of(person)}
    return min((settings.SESSION_SECONDS[kind] for kind in kinds), default=settings.SESSION_COOKIE_AGE)


def limit_session(request: HttpRequest, user: User) -> None:
    """Let the session end at a fixed time, whether or not it is used: a stolen one cannot be kept alive. Cost: the standing."""
    request.session.set_expiry(timezone.now() + dt.timedelta(seconds=session_seconds(standing_of(user))))


def on_signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    limit_session(request, user)
