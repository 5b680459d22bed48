"""Making language versions of a service, an instruction or an organisation's page: trees, texts, kinds."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.strings import StringValue, extract_strings

from accounts.models import User
from catalogue.models import ServicePage, VersionedPage
from catalogue.overlay import put_text, walk_texts


def ensure_branch(page: Page, locale: Locale) -> Page:
    """The version of the tree page `page` in `locale`, made as a draft copy, with those above it, where it is missing.

    Never an alias: the trees of languages are separate, and an alias would show its source's changes unreviewed.
    """
    existing = page.get_translation_or_none(locale)
    if existing is not None:
        return existing.specific
    parent = page.get_parent()
    if not parent.is_root():
        ensure_branch(parent.specific, locale)
    made: Page = page.specific.copy_for_translation(locale)
    return made


def free_slug(parent: Page, title: str, *, own: int | None = None) -> str:
    """A slug from `title` that no child of `parent` has, the page `own` (primary key) apart. One query."""
    base = slugify(title.translate(str.maketrans("äöåÄÖÅ", "aoaAOA")))[:80] or "service"
    taken = set(parent.get_children().filter(slug__startswith=base).exclude(pk=own).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{count}" for count in range(2, 10_000))) if slug not in taken)


@transaction.atomic
def write_version(*, original: VersionedPage, language: str, texts: Mapping[str, str], by: User | None = None) -> VersionedPage:
    """Make, or change, the version of `original` in `language`, as a draft.

    `texts`: key (as of `VersionedPage.texts`) → text in that language, rich texts as HTML; what is not named is empty.
    A new version whose every text matches the original's, paragraph by paragraph, becomes a translated one, whose
    segments wagtail-localize keeps; any other is a written one. A written version stays one; a translated
    one becomes a written one when its paragraphs no longer match.
    """
    locale = Locale.objects.get(language_code=language)
    kind = (
        type(original)
        .objects.filter(translation_key=original.translation_key, locale=locale)
        .values_list("version_kind", flat=True)
        .first()
    )
    if kind is None:
        ensure_branch(original.get_parent().specific, locale)
    version = original.get_translation_or_none(locale)
    version = original.copy_for_translation(locale) if version is None else version.specific.get_latest_revision_as_object()
    if kind != VersionedPage.Kind.WRITTEN and matches(original, texts):
        _keep_segments(original, locale, texts, by)
    elif version.version_kind != VersionedPage.Kind.WRITTEN:
        make_written(version=version)
    put_texts(version, original, texts)
    if kind is None and isinstance(version, ServicePage):
        version.slug = free_slug(version.get_parent(), version.title, own=version.pk)
    version.save_revision(user=by)
    return version


def put_texts(version: VersionedPage, original: VersionedPage, texts: Mapping[str, str]) -> None:
    """Give `version` the original's blocks with `texts`, and those texts only. Does not save."""
    for name in version.text_fields:
        setattr(version, name, texts.get(name, ""))
    for name in version.stream_fields:
        block = version._meta.get_field(name).stream_block
        raw = original.raw(name)
        for path, _block, _text in list(walk_texts(block, raw)):
            put_text(block, raw, path, texts.get("/".join((name, *path)), ""))
        setattr(version, name, block.to_python(raw))


def matches(original: VersionedPage, texts: Mapping[str, str]) -> bool:
    """Whether every text of `original` has one in `texts` with the same number of paragraphs and items, and the reverse."""
    own = {key: text for key, text in original.texts().items() if text.strip()}
    given = {key: text for key, text in texts.items() if text.strip()}
    return own.keys() == given.keys() and all(len(_strings(own[key])) == len(_strings(given[key])) for key in own)


def _strings(text: str) -> list[str]:
    """The strings that wagtail-localize makes of a text: its paragraphs and list items, or the plain text itself."""
    if not text.lstrip().startswith("<"):
        return [StringValue.from_plaintext(text).data]
    return [value.data for value, _attrs in extract_strings(text)[1]]


def _keep_segments(original: VersionedPage, locale: Locale, texts: Mapping[str, str], by: User | None) -> None:
    """Give wagtail-localize `texts` as the translations of the original's segments, for its editor to go on from."""
    source, made = TranslationSource.get_or_create_from_instance(original)
    if not made and (
        original.latest_revision_created_at is None or source.last_updated_at < original.latest_revision_created_at
    ):
        source.update_from_db()
    Translation.objects.get_or_create(source=source, target_locale=locale)
    strings = {key.replace("/", "."): _strings(text) for key, text in texts.items()}
    taken: dict[str, int] = {}
    for segment in StringSegment.objects.filter(source=source).select_related("context", "string").order_by("order"):
        path = segment.context.path
        place = taken.get(path, 0)
        taken[path] = place + 1
        candidates = strings.get(path, [])
        if place < len(candidates):
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                locale=locale,
                context=segment.context,
                defaults={
                    "data": candidates[place],
                    "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                    "last_translated_by": by,
                },
            )


def make_written(*, version: VersionedPage) -> None:
    """Turn a translated version into a written one: it keeps its texts, which are from now on edited as a page."""
    version.version_kind = VersionedPage.Kind.WRITTEN
    type(version).objects.filter(pk=version.pk).update(version_kind=version.version_kind)
    Translation.objects.filter(source__object__translation_key=version.translation_key, target_locale=version.locale).update(
        enabled=False
    )
