"""Pages that exist once and are read in many languages: one original with the facts, and versions with texts."""

import copy
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PagePermissionTester

from catalogue.overlay import Text, lay_over, text_hash, walk_texts


class VersionState(models.TextChoices):
    """Where a version stands on its way to publication (service-model: States)."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for approval")
    SENT_BACK = "sent_back", _("Sent back")
    PUBLISHED = "published", _("Published")


class VersionedPage(Page):
    """The abstract base of such pages.

    `text_fields` name the plain and rich text fields that differ by language, `stream_fields` the StreamFields whose
    text blocks do. All other fields are facts: read from the original only.
    """

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("Original")
        TRANSLATED = "translated", _("Translated")
        WRITTEN = "written", _("Written separately")

    version_kind = models.CharField(_("kind of version"), max_length=10, choices=Kind, default=Kind.ORIGINAL, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT, editable=False)
    source_hashes = models.JSONField(default=dict, editable=False, blank=True)

    text_fields: ClassVar[tuple[str, ...]] = ("title",)
    stream_fields: ClassVar[tuple[str, ...]] = ()
    # What belongs to the page as a whole and not to one of its revisions.
    unrevised_fields: ClassVar[tuple[str, ...]] = ("version_kind", "state", "source_hashes")

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        from catalogue.page_policy import RulesTester

        return RulesTester(user, self)

    @property
    def is_original(self) -> bool:
        return self.version_kind == self.Kind.ORIGINAL

    @cached_property
    def language(self) -> str:
        """The BCP 47 tag of this version's texts. One query unless `locale` is loaded."""
        return str(self.locale.language_code).lower()

    @property
    def original(self) -> Self:
        """The page that has the facts: this one, or the original among its translations. At most one query."""
        if self.is_original:
            return self
        return (
            type(self)
            .objects.select_related("locale")
            .get(translation_key=self.translation_key, version_kind=self.Kind.ORIGINAL)
        )

    def raw(self, name: str) -> list[dict[str, Any]]:
        """The raw data of the StreamField `name`, safe to change."""
        return copy.deepcopy(list(getattr(self, name).get_prep_value()))

    def texts(self) -> dict[str, str]:
        """Every text of this page by its key: a field's name, or field/block id/…/name."""
        found = {name: getattr(self, name) or "" for name in self.text_fields}
        for name in self.stream_fields:
            block = self._meta.get_field(name).stream_block
            raw = getattr(self, name).get_prep_value()
            found.update({"/".join((name, *path)): text for path, _block, text in walk_texts(block, raw)})
        return found

    def laid_over(self, version: Self) -> dict[str, Any]:
        """This original's translatable fields with the texts of `version` laid over them.

        Returns field name → `Text`, or for a StreamField its raw data with `Text` leaves. No query.
        """
        own, other = self.language, version.language
        laid: dict[str, Any] = {}
        for name in self.text_fields:
            text = getattr(version, name)
            laid[name] = Text(text, other) if text else Text(getattr(self, name) or "", own)
        for name in self.stream_fields:
            block = self._meta.get_field(name).stream_block
            raw = getattr(self, name).get_prep_value()
            other_raw = raw if version is self else getattr(version, name).get_prep_value()
            laid[name] = lay_over(block, raw, other_raw, own, other)
        return laid

    def remember_source(self, original: Self) -> None:
        """Note which texts of `original` this version was approved for. Does not save."""
        self.source_hashes = {key: text_hash(text) for key, text in original.texts().items() if text.strip()}

    def stale_texts(self, original: Self | None = None) -> list[str]:
        """Keys of the original's texts that changed or came since this version was approved; empty for an original.

        One query unless `original` is given.
        """
        if self.is_original or not self.source_hashes:
            return []
        source = (original or self.original).texts()
        return [key for key, text in source.items() if text.strip() and self.source_hashes.get(key) != text_hash(text)]

    def with_content_json(self, content: Any) -> Any:
        """A revision as a page; what belongs to the page as a whole keeps its present value."""
        page = super().with_content_json(content)
        for name in self.unrevised_fields:
            attname = self._meta.get_field(name).attname
            setattr(page, attname, getattr(self, attname))
        return page

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """Save a revision: a changed page is a draft again, unless it waits for approval or was sent back."""
        revision = super().save_revision(*args, **kwargs)
        if self.state == VersionState.PUBLISHED and self.has_unpublished_changes:
            self.state = VersionState.DRAFT
            type(self).objects.filter(pk=self.pk).update(state=self.state)
        return revision
