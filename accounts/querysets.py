"""Questions about many people, organisations and areas."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    """Makes users from an e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of this e-mail address, in whatever case it was typed."""
        return self.get(email__iexact=username or "")

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make and save a user. Raises ValueError without an address. One INSERT."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make and save an administrator."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})


class OrganisationQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Those that have not been closed."""
        return self.filter(closed_at=None)

    def municipal(self) -> Self:
        """Employment authorities of municipalities, their departments and projects."""
        return self.filter(kind="municipal")

    def acting_for(self, municipality: Any) -> Self:
        """The municipal organisations that act for `municipality`."""
        return self.municipal().filter(acts_for=municipality)


class MembershipQuerySet(models.QuerySet[Any]):
    def in_force(self) -> Self:
        """Memberships that give rights today: of an active person in an open organisation."""
        return self.filter(user__is_active=True, organisation__closed_at=None)

    def main_users(self) -> Self:
        """Those that let a person manage users today."""
        return self.in_force().filter(role="main_user")


class InvitationQuerySet(models.QuerySet[Any]):
    def pending(self) -> Self:
        """Neither accepted nor withdrawn; the link may have expired and can be sent again."""
        return self.filter(accepted_at=None, withdrawn_at=None)
