"""Questions about many pages, concepts and snippets."""

import datetime as dt
from typing import Any, Self

from django.db import models
from django.db.models import Q
from wagtail.models import PageManager
from wagtail.query import PageQuerySet


class ConceptQuerySet(models.QuerySet[Any]):
    def in_vocabulary(self, vocabulary: str) -> Self:
        return self.filter(vocabulary=vocabulary)

    def current(self) -> Self:
        """Those that may be chosen: not retired."""
        return self.filter(retired=False)


class LegalSnippetQuerySet(models.QuerySet[Any]):
    def in_force(self, day: dt.date) -> Self:
        """Those whose validity covers `day`."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


class VersionedPageQuerySet(PageQuerySet):
    def originals(self) -> Self:
        return self.filter(version_kind="original")

    def published(self) -> Self:
        """Language versions that the public may read: live, of a live original whose service is in force.

        A pk subquery keeps it usable with any further filter.
        """
        live_originals = self.model.objects.filter(version_kind="original", live=True, service__lifecycle="active")
        return self.filter(live=True, service__in=live_originals.values("service"))


VersionedPageManager = PageManager.from_queryset(VersionedPageQuerySet)
