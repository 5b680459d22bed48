"""People, organisations and areas: one row each, with names per language in a child table."""

import datetime as dt
import hashlib
import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

from accounts.identifiers import compact_business_id, validate_business_id
from accounts.languages import LANGUAGE_TAG_LENGTH, LanguageRow, best_text
from accounts.querysets import InvitationQuerySet, MembershipQuerySet, OrganisationQuerySet, UserManager


class User(AbstractUser):
    """A person who signs in with an e-mail address. Name, title and home organisation are optional and give no right."""

    username = None  # type: ignore[assignment]  # Django's own way to do without one
    email = models.EmailField(_("e-mail address"), unique=True)
    title = models.CharField(_("job title"), max_length=120, blank=True)
    home_organisation = models.ForeignKey(
        "accounts.Organisation", models.SET_NULL, verbose_name=_("home organisation"), null=True, blank=True,
        related_name="residents", help_text=_("For information only: it gives no rights."),
    )  # fmt: skip
    preferred_language = models.CharField(
        _("preferred language"), max_length=LANGUAGE_TAG_LENGTH, choices=settings.WAGTAILADMIN_PERMITTED_LANGUAGES,
        default=settings.LANGUAGE_CODE, help_text=_("The language of the mails that the person gets."),
    )  # fmt: skip
    # The account's life, kept by accounts.activity and accounts.life.
    last_active_at = models.DateTimeField(_("last active"), null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True, editable=False)
    reminded_again_at = models.DateTimeField(_("reminded again"), null=True, blank=True, editable=False)
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True, editable=False)
    anonymised_at = models.DateTimeField(_("personal data removed"), null=True, blank=True, editable=False)
    deletion_asked_at = models.DateTimeField(_("asked for deletion"), null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # AbstractUser's manager wants a user name

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ("email",)
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_unique_any_case"),)

    def __str__(self) -> str:
        if self.anonymised_at is not None:
            return gettext("Removed person")
        return self.get_full_name() or self.email

    @property
    def last_seen(self) -> dt.datetime:
        """The last sign of life: a sign-in, a visit, a mailed link that was followed, or the making of the account."""
        return max(moment for moment in (self.date_joined, self.last_login, self.last_active_at) if moment is not None)

    def clean(self) -> None:
        super().clean()
        self.email = (self.email or "").strip().lower()

    def save(self, *args: object, **kwargs: object) -> None:
        """Save with the address in lower case, so that a person has one account."""
        self.email = (self.email or "").strip().lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through untouched


class NamedByLanguage:
    """A thing whose name stands in child rows, `names`, one per language."""

    # Given by the models that are named in this way: the child rows' manager, and the thing's code.
    names: Any
    code: Any

    @property
    def name(self) -> str:
        """The name in the active language, else the best other one. One query unless `names` is prefetched."""
        return str(best_text({row.language: row.name for row in self.names.all()}))

    def __str__(self) -> str:
        return self.name or str(self.code)


class NameRow(LanguageRow):
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Municipality(NamedByLanguage, ClusterableModel):
    """A Finnish municipality. Employment areas and counties are sets of these: neither nests in the other."""

    code = models.CharField(
        _("municipality code"), max_length=3, unique=True, help_text=_("Three digits, from Statistics Finland.")
    )

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ("code",)


class MunicipalityName(NameRow):
    municipality = ParentalKey(Municipality, related_name="names")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("municipality", "language"), name="municipality_name_once"),)


class EmploymentArea(NamedByLanguage, ClusterableModel):
    """Municipalities that arrange employment services together (Act 380/2023)."""

    code = models.SlugField(_("code"), unique=True)
    municipalities = ParentalManyToManyField(Municipality, verbose_name=_("municipalities"), related_name="employment_areas")
    responsible = models.ForeignKey(
        Municipality, models.PROTECT, verbose_name=_("responsible municipality"), related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("employment area")
        verbose_name_plural = _("employment areas")
        ordering = ("code",)


class EmploymentAreaName(NameRow):
    area = ParentalKey(EmploymentArea, related_name="names")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("area", "language"), name="employment_area_name_once"),)


class WellbeingCounty(NamedByLanguage, ClusterableModel):
    """A wellbeing services county: the municipalities whose health and social services it arranges."""

    code = models.CharField(_("county code"), max_length=2, unique=True)
    municipalities = ParentalManyToManyField(
        Municipality, verbose_name=_("municipalities"), related_name="counties", blank=True
    )

    class Meta:
        verbose_name = _("wellbeing services county")
        verbose_name_plural = _("wellbeing services counties")
        ordering = ("code",)


class WellbeingCountyName(NameRow):
    county = ParentalKey(WellbeingCounty, related_name="names")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("county", "language"), name="county_name_once"),)


class Organisation(NamedByLanguage, ClusterableModel):
    """Whoever arranges, produces or answers for services."""

    class Kind(models.TextChoices):
        MUNICIPAL = "municipal", _("Municipal organisation (employment authority)")
        MUNICIPALITY = "municipality", _("Other municipality")
        STATE = "state", _("State authority")
        WELLBEING_COUNTY = "wellbeing_county", _("Wellbeing services county")
        SOCIAL_INSURANCE = "social_insurance", _("Social insurance")
        PENSION = "pension", _("Pension institution")
        SCHOOL = "school", _("School")
        ASSOCIATION = "association", _("Association")
        COMPANY = "company", _("Company")

    code = models.SlugField(_("code"), max_length=60, unique=True, help_text=_("Stable, for addresses and exchanges."))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    business_id = models.CharField(
        _("business id"), max_length=9, blank=True, validators=[validate_business_id], help_text="1234567-8"
    )
    web = models.URLField(_("web address"), blank=True)
    acts_for = ParentalManyToManyField(
        Municipality, verbose_name=_("acts for"), related_name="acting_organisations", blank=True,
        help_text=_("The municipalities for which a municipal organisation arranges employment services."),
    )  # fmt: skip
    gives_employment_services = models.BooleanField(_("gives employment services"), default=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # What each room must know to take the closing back: room → its own note (accounts.closing).
    closing_notes = models.JSONField(default=dict, blank=True, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(
                fields=("business_id", "kind"), condition=~models.Q(business_id="") & ~models.Q(kind="municipal"),
                name="organisation_business_id_once",
            ),
        )  # fmt: skip

    @property
    def is_municipal(self) -> bool:
        return self.kind == self.Kind.MUNICIPAL

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def has_experts(self) -> bool:
        """Experts exist only where employment services are given (service-model: Who may do what)."""
        return self.is_municipal or self.gives_employment_services

    def clean(self) -> None:
        super().clean()
        self.business_id = compact_business_id(self.business_id)

    def clean_fields(self, exclude: object = None) -> None:
        self.business_id = compact_business_id(self.business_id)
        super().clean_fields(exclude=exclude)


class OrganisationName(NameRow):
    organisation = ParentalKey(Organisation, related_name="names")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "language"), name="organisation_name_once"),)


class ProviderLink(models.Model):
    """A provider's link to a municipal organisation, which then checks and publishes what the provider sends."""

    provider = ParentalKey(Organisation, related_name="municipal_links", verbose_name=_("provider"))
    municipal_organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="provider_links", verbose_name=_("municipal organisation"),
        limit_choices_to={"kind": Organisation.Kind.MUNICIPAL},
    )  # fmt: skip
    trusted = models.BooleanField(
        _("trusted"), default=False, help_text=_("May make minor changes to published services without review.")
    )

    class Meta:
        verbose_name = _("link to a municipal organisation")
        verbose_name_plural = _("links to municipal organisations")
        constraints = (
            models.UniqueConstraint(fields=("provider", "municipal_organisation"), name="provider_link_once"),
            models.CheckConstraint(
                condition=~models.Q(provider=models.F("municipal_organisation")), name="provider_link_not_to_itself"
            ),
        )

    def __str__(self) -> str:
        return f"{self.provider} → {self.municipal_organisation}"

    def clean(self) -> None:
        super().clean()
        if self.municipal_organisation_id and not self.municipal_organisation.is_municipal:
            raise ValidationError({"municipal_organisation": _("Choose a municipal organisation.")})


class Membership(models.Model):
    """A person's role in an organisation: the only source of rights besides being an administrator."""

    class Role(models.TextChoices):
        MAIN_USER = "main_user", _("Main user")
        EDITOR = "editor", _("Editor")
        EXPERT = "expert", _("Expert")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (models.UniqueConstraint(fields=("user", "organisation", "role"), name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.organisation}"

    def clean(self) -> None:
        super().clean()
        _check_role(self.role, self.organisation if self.organisation_id else None)


def _check_role(role: str, organisation: Organisation | None) -> None:
    """Raise ValidationError where an organisation without experts would get one."""
    if role == Membership.Role.EXPERT and organisation is not None and not organisation.has_experts:
        raise ValidationError(
            {"role": _("Only a municipal organisation, or one marked as giving employment services, has experts.")}
        )


class Invitation(models.Model):
    """A role in an organisation that waits for the person who reads the mails of an address.

    The link in the mail carries a secret of which only a fingerprint is kept: whoever reads the database cannot accept.
    """

    address = models.EmailField(_("e-mail address"))
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role)
    language = models.CharField(
        _("language of the mail"), max_length=LANGUAGE_TAG_LENGTH, choices=settings.WAGTAILADMIN_PERMITTED_LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )  # fmt: skip
    invited_by = models.ForeignKey(
        User, models.SET_NULL, related_name="invitations", verbose_name=_("invited by"), null=True, blank=True
    )
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = (
            models.UniqueConstraint(
                fields=("address", "organisation"), condition=models.Q(withdrawn_at=None, accepted_at=None),
                name="invitation_pending_once",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.address}: {self.get_role_display()}, {self.organisation}"

    def clean(self) -> None:
        super().clean()
        self.address = (self.address or "").strip().lower()
        _check_role(self.role, self.organisation if self.organisation_id else None)

    @property
    def expires_at(self) -> dt.datetime:
        """When the link that was sent last stops working."""
        return self.sent_at + dt.timedelta(days=settings.INVITATION_DAYS)

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    def new_secret(self) -> str:
        """A fresh secret for the link, valid from now on; that of an earlier link is dead. Does not save."""
        secret = secrets.token_urlsafe(32)
        self.fingerprint = fingerprint_of(secret)
        self.sent_at = timezone.now()
        return secret


def fingerprint_of(secret: str) -> str:
    """What is kept of a link's secret. It is 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(secret.encode()).hexdigest()
