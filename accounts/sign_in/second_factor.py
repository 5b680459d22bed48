"""Who must have a second factor, and who has one."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.sign_in.roles import roles_of
from accounts.standing import standing_of

# Recovery codes only stand in for one of these.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_required_of(user: User | AnonymousUser) -> bool:
    """Does a role of hers require a second factor? Cost: the standing; nothing where no role is named."""
    required = set(settings.SECOND_FACTOR_REQUIRED_FOR)
    return bool(required) and bool(required & roles_of(standing_of(user)))


def is_missing(user: User | AnonymousUser) -> bool:
    """Is one required of her that she has not set up? Cost: the standing, and one query where one is required."""
    return is_required_of(user) and not get_adapter().is_mfa_enabled(user, FACTORS)
