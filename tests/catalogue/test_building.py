import pytest
from django.db import transaction
from wagtail.models import Page

from home.site_tree import ensure_site
from tests.factories import site_tree

pytestmark = pytest.mark.django_db


def tree() -> list[tuple[object, ...]]:
    """Every page of the site, as far as an address or a language depends on it."""
    names = (
        "path",
        "numchild",
        "slug",
        "url_path",
        "title",
        "locale__language_code",
        "live",
        "alias_of",
        "content_type__model",
    )
    return list(Page.objects.order_by("path").values_list(*names))


def test_the_tree_of_the_factories_is_the_one_that_the_site_makes() -> None:
    bare = tree()
    with transaction.atomic():
        site_tree()
        ours = tree()
        ensure_site()
        assert tree() == ours
        transaction.set_rollback(True)
    assert tree() == bare != ours
    ensure_site()
    assert tree() == ours
