"""The bare site: languages, a front page and a catalogue in each of the interface's languages."""

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from catalogue.models import CatalogueIndexPage
from home.models import HomePage

TITLES = {"fi": "Palvelumanuaali", "sv": "Palvelumanuaali", "en": "Palvelumanuaali", "fi-simple": "Palvelumanuaali"}


@transaction.atomic
def ensure_site() -> HomePage:
    """Make what is missing of the tree; the front page of the default language. Changes nothing that is there."""
    for tag in settings.INITIAL_LANGUAGES:
        Locale.objects.get_or_create(language_code=tag)
    home = HomePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).first()
    if home is None:
        home = _first_home()
    for tag in settings.INTERFACE_LANGUAGES:
        locale = Locale.objects.get(language_code=tag)
        own_home = _version(home, locale, slug=tag)
        index = CatalogueIndexPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).first()
        if index is None:
            index = CatalogueIndexPage(title="Palvelut", slug="palvelut", locale=locale)
            own_home.add_child(instance=index)
        _version(index, locale, slug="palvelut")
    return HomePage.objects.get(pk=home.pk)


def _first_home() -> HomePage:
    """The front page of the default language, in place of the page that Wagtail's own migration leaves there."""
    root = Page.get_first_root_node()
    home = HomePage(
        title=TITLES[settings.LANGUAGE_CODE],
        slug=settings.LANGUAGE_CODE,
        locale=Locale.objects.get(language_code=settings.LANGUAGE_CODE),
    )
    root.add_child(instance=home)
    welcome = Page.objects.filter(depth=2, content_type__app_label="wagtailcore").first()
    Site.objects.update_or_create(
        is_default_site=True, defaults={"root_page": home, "hostname": "localhost", "site_name": "Palvelumanuaali"}
    )
    if welcome is not None:
        welcome.delete()
    return HomePage.objects.get(pk=home.pk)


def _version(page: Page, locale: Locale, *, slug: str) -> Page:
    """The live version of `page` in `locale`."""
    version = page.get_translation_or_none(locale)
    if version is None:
        version = page.specific.copy_for_translation(locale)
        version.slug = slug
        version.save_revision().publish(skip_permission_checks=True)
    return version.specific
