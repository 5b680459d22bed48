import pytest
from wagtail.models import Page, Site

from home.site_tree import ensure_site

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
    ours = tree()
    ensure_site()
    assert tree() == ours
    Site.objects.all().delete()
    for page in Page.objects.filter(depth=2):
        page.delete()
    Page.get_first_root_node().add_child(instance=Page(title="Welcome", slug="welcome"))
    ensure_site()
    assert tree() == ours
