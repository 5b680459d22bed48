"""When somebody who tried too often may try again."""

import math
import time

from allauth.account import app_settings
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext

APP = "allauth.account"


def wait_seconds(request: HttpRequest, action: str, *, key: str | None = None) -> int:
    """Seconds until `action` (a key of ACCOUNT_RATE_LIMITS) is open again to this visitor; 0 when it is.

    `key`: what is counted besides the network address, as django-allauth was given it. One query for each limit.
    """
    now, longest = time.time(), 0.0
    for rate in ratelimit.get_rates(app=APP, action=action):
        if rate.per == "user" or (rate.per == "key" and key is None):
            continue
        attempts = cache.get(ratelimit.get_cache_key(request, app=APP, action=action, rate=rate, key=key), [])
        counted = [moment for moment in attempts if moment > now - rate.duration]
        if len(counted) >= rate.amount:
            longest = max(longest, counted[rate.amount - 1] + rate.duration - now)
    return math.ceil(longest)


def longest_wait(action: str) -> int:
    """Seconds that `action` is closed at most, as the settings have it. No query."""
    rates = ratelimit.get_rates(app=APP, action=action, config=app_settings.RATE_LIMITS)
    return math.ceil(max((rate.duration for rate in rates), default=0))


def try_again(seconds: int) -> str:
    """The sentence that says when to try again."""
    minutes = max(1, math.ceil(seconds / 60))
    return ngettext(
        "There have been too many attempts. Try again in %(minutes)d minute.",
        "There have been too many attempts. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
