"""The evaluation corpus: every description of a file as a published service, for measurements of the search.

An explicit exception to what publishing needs: a record of Suomi.fi has neither delivery mode nor contacts nor a responsible
person, and here it is published as it is. What the search filters by is derived from the record's classes; home municipality
does not matter, all ages are welcome. Hence the corpus lives in a database of its own, where no service is a real one.
Judged queries name a service by the identifier of its record (`ImportedRecord.external_id`).
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from tqdm import tqdm
from wagtail.models import Page, Revision
from wagtail.signal_handlers import disable_reference_index_auto_update

from accounts.models import Organisation, OrganisationName
from catalogue.models import CatalogueIndexPage, OrganisationPage, Service, ServicePage, VersionState
from catalogue.signals import service_changed
from catalogue.terms import Terms, terms
from catalogue.versions import put_texts
from exchange.actions import add_keywords, facts_of, fingerprints, streams_of, texts_of
from exchange.models import ImportedRecord
from exchange.ptv import LANGUAGES, Description

ORGANISATION = "corpus"
NAMES = {"fi": "Arviointiaineisto", "sv": "Utvärderingsmaterial", "en": "Evaluation corpus"}
SOURCE = ImportedRecord.Source.PTV_DESCRIPTION
BATCH = 25


def other_services() -> int:
    """How many services of the database are not of the corpus. Two queries."""
    below = Q(pk=None)
    for path in OrganisationPage.objects.filter(organisation__code=ORGANISATION).values_list("path", flat=True):
        below |= Q(path__startswith=path)
    return Service.objects.exclude(pk__in=ServicePage.objects.filter(below).values("service")).count()


def load_corpus(descriptions: Iterable[Description], *, progress: bool = False) -> int:
    """Publish those of `descriptions` that are not there yet; how many were added. A few hundredths of a second each.

    The site must have been prepared (languages, catalogue, vocabularies); the caller has seen to it that there are no
    `other_services`.
    """
    known_ids = set(ImportedRecord.objects.filter(source=SOURCE).values_list("external_id", flat=True))
    new = [description for description in descriptions if description.external_id not in known_ids]
    if not new:
        return 0
    add_keywords(keyword for description in new for keyword in description.keywords)
    parents = _organisation_pages()
    known = terms()
    bar = tqdm(total=len(new), desc="evaluation corpus", unit="service", disable=not progress)
    for start in range(0, len(new), BATCH):
        batch = new[start : start + BATCH]
        with transaction.atomic(), disable_reference_index_auto_update():
            services = [_publish(description, parents, known) for description in batch]
            # The index hears it as it hears all else; once for each service, when all its versions are there.
            for service in services:
                service_changed.send(sender=Service, service=service)
        bar.update(len(batch))
    bar.close()
    return len(new)


def _organisation_pages() -> dict[str, OrganisationPage]:
    """The pages of the corpus's organisation by language, made where they are missing."""
    organisation, made = Organisation.objects.get_or_create(code=ORGANISATION, defaults={"kind": Organisation.Kind.STATE})
    if made:
        OrganisationName.objects.bulk_create(
            OrganisationName(organisation=organisation, language=tag, name=name) for tag, name in NAMES.items()
        )
    key = uuid.uuid5(uuid.NAMESPACE_URL, ORGANISATION)
    pages = {page.locale.language_code: page for page in organisation.pages.select_related("locale")}
    for tag in LANGUAGES:
        if tag not in pages:
            index = CatalogueIndexPage.objects.select_related("locale").get(locale__language_code=tag)
            page = OrganisationPage(
                organisation=organisation, title=NAMES[tag], slug=ORGANISATION, locale=index.locale, translation_key=key
            )
            pages[tag] = index.add_child(instance=page)
    return pages


def _publish(description: Description, parents: Mapping[str, OrganisationPage], known: Terms) -> Service:
    """A service with its versions, all live, each with one revision, as if it had been published now. Twelve queries a page."""
    language = description.original_language
    own = description.texts[language]
    service = Service.objects.create(confirmed_at=timezone.now())
    common: dict[str, Any] = {"service": service, "translation_key": uuid.uuid4()}
    raw = streams_of(description, all_ages=True, any_municipality=True)
    original = ServicePage(
        locale=parents[language].locale,
        **common,
        **facts_of(description, known),
        **{name: own[name] for name in ("title", "summary", "price_text")},
        **{name: json.dumps(value) for name, value in raw.items()},
        ptv_id=description.external_id[:36],
    )
    pages, written = [], {}
    for tag in description.languages:
        texts = texts_of(original, description, tag)
        written[tag] = fingerprints(texts)
        page = original
        if tag != language:
            page = ServicePage(locale=parents[tag].locale, version_kind=ServicePage.Kind.WRITTEN, **common)
            put_texts(page, original, texts)
            page.remember_source(original)
        pages.append(_add(page, parents[tag]))
    _add_revisions(pages)
    ImportedRecord.objects.create(source=SOURCE, external_id=description.external_id, service=service, written=written)
    return service


def _add(page: ServicePage, parent: OrganisationPage) -> ServicePage:
    """Add `page` as a live one; its number makes its slug one of a kind."""
    page.slug = f"{slugify(page.title.translate(str.maketrans('äöåÄÖÅ', 'aoaAOA')))[:60] or 'service'}-{page.service_id}"
    page.live, page.state = True, VersionState.PUBLISHED
    page.first_published_at = page.last_published_at = page.latest_revision_created_at = timezone.now()
    added: ServicePage = parent.add_child(instance=page)
    return added


def _add_revisions(pages: list[ServicePage]) -> None:
    """Give each page the revision that it would have been published from."""
    kind, base = (ContentType.objects.get_for_model(model) for model in (ServicePage, Page))
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=kind,
            base_content_type=base,
            object_id=str(page.pk),
            created_at=page.last_published_at,
            object_str=str(page),
            content=page.serializable_data(),
        )
        for page in pages
    )
    for page, revision in zip(pages, revisions, strict=True):
        Page.objects.filter(pk=page.pk).update(latest_revision=revision, live_revision=revision)
