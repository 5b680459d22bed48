"""Signs of life of an account: how they are noted, and the mailed link that gives one without a sign-in."""

import datetime as dt

from django.core import signing
from django.utils import timezone

from accounts.models import User

KEEP_SALT = "accounts.keep-account"


def record_activity(user: User, *, now: dt.datetime | None = None) -> bool:
    """Note that an active person was here, which ends what was begun to end the account; False for anyone else. One query.

    For whatever shows that the account is used: a visit, an accepted invitation, a mailed link that was followed.
    """
    noted = {"last_active_at": now or timezone.now(), "reminded_at": None, "reminded_again_at": None}
    if not User.objects.filter(pk=user.pk, is_active=True).update(**noted):
        return False
    for name, value in noted.items():
        setattr(user, name, value)
    return True


def is_noted_today(user: User) -> bool:
    """Was activity noted on this day already? No query."""
    return user.last_active_at is not None and timezone.localdate(user.last_active_at) >= timezone.localdate()


def keep_token(user: User) -> str:
    """What stands in the link of the reminder that `user` got last: works until the next step, or a sign of life."""
    return signing.dumps([user.pk, _last_reminder(user)], salt=KEEP_SALT)


def user_of_token(token: str) -> User | None:
    """The person of a reminder's link while it works; None for any other text. One query at most."""
    try:
        pk, reminder = signing.loads(token, salt=KEEP_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and reminder and _last_reminder(user) == reminder else None


def _last_reminder(user: User) -> str:
    """The moment of the last reminder that nothing has answered, as text; "" where there is none."""
    last = user.reminded_again_at or user.reminded_at
    return "" if last is None or last <= user.last_seen else last.astimezone(dt.UTC).isoformat()
