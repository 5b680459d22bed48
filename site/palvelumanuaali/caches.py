"""A cache in memory, but for what all web processes must agree on."""

from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

# What django-allauth keeps: attempts, locks, codes that were used, tokens that were seen.
SHARED_PREFIXES = ("allauth", "jwt:")


def _is_shared(key: Any) -> bool:
    return str(key).startswith(SHARED_PREFIXES)


class CacheWithSharedLimits(LocMemCache):
    """Django's cache in memory. Keys of SHARED_PREFIXES are those of the cache `shared`, which is in the database.

    Were the limits of signing in kept in memory, each process would count for itself, and a restart would forgive all.
    """

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if _is_shared(key):
            return caches["shared"].add(key, value, timeout, version)
        return super().add(key, value, timeout, version)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return caches["shared"].get(key, default, version) if _is_shared(key) else super().get(key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        if _is_shared(key):
            caches["shared"].set(key, value, timeout, version)
        else:
            super().set(key, value, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return caches["shared"].delete(key, version) if _is_shared(key) else super().delete(key, version)
