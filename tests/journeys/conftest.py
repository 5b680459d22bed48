"""A small living site for the walks: three services in several languages, one page of every type."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from wagtail.models import Locale, Page

from accounts.models import Municipality
from catalogue.building import confirm
from catalogue.models import NextStart, RelatedService, ServicePage
from home.models import ContentPage, HomePage, MunicipalityPage, NewsIndexPage, NewsPage
from tests.factories import PlaceFactory, ServicePageFactory, delivery, fresh, make_terms, meeting, site_tree


@dataclass(frozen=True)
class LivingSite:
    """The site's services: one in three languages with everything, one in Finnish only, one with Arabic."""

    coaching: ServicePage
    finnish_only: ServicePage
    arabic: ServicePage

    @property
    def pages(self) -> Mapping[str, str]:
        """One address of every type of page."""
        return {
            "front page": "/fi/",
            "front page in easy Finnish": "/fi-simple/",
            "list": "/fi/palvelut/",
            "list with filters": "/sv/tjanster/?need=finding-work&municipality=091&q=e",
            "empty list": "/en/services/?q=zzzzzz",
            "service": self.coaching.public_path,
            "service in another language than asked": self.finnish_only.public_path.replace("/fi/palvelu/", "/sv/tjanst/"),
            "service from right to left": self.arabic.public_path.replace("/fi/palvelu/", "/ar/service/"),
            "organisations": "/fi/organisaatiot/",
            "organisation": f"/en/organisation/{self.coaching.organiser.code if self.coaching.organiser else ''}/",
            "municipality": "/fi/helsinki/",
            "guide": "/fi/opas/",
            "frequently asked questions": "/fi/ukk/",
            "guide in another language than asked": "/sv/opas/",
            "news": "/fi/uutiset/",
            "news item": "/fi/uutiset/uusi/",
            "not found": "/fi/ei-ole/",
        }


def _body(*parts: tuple[str, Any]) -> str:
    return json.dumps([{"type": kind, "value": value, "id": str(uuid.uuid4())} for kind, value in parts])


def _add(parent: Page, page: Page) -> None:
    page.locale = Locale.objects.get(language_code="fi")
    parent.add_child(instance=page)
    page.save_revision().publish(skip_permission_checks=True)


def _content_pages() -> None:
    home = HomePage.objects.get(locale__language_code="fi")
    text = ("paragraph", "<p>Etsi palvelua omilla sanoillasi tai valitse tilanteesi.</p><ul><li>Rajaa kunnalla.</li></ul>")
    _add(
        home,
        ContentPage(
            title="Opas",
            slug="opas",
            intro="Näin löydät palvelun.",
            body=_body(("heading", "Aloita tästä"), text),
            show_in_menus=True,
        ),
    )
    question = ("question", {"question": "Maksaako tämä?", "answer": "<p>Useimmat palvelut ovat maksuttomia.</p>"})
    _add(home, ContentPage(title="Usein kysyttyä", slug="ukk", body=_body(question, question), in_footer=True))
    index = NewsIndexPage(title="Uutiset", slug="uutiset")
    _add(home, index)
    _add(index, NewsPage(title="Uusi palvelu", slug="uusi", intro="Palvelumanuaali on avattu.", body=_body(text)))
    helsinki = Municipality.objects.get(code="091")
    _add(home, MunicipalityPage(title="Helsinki", slug="helsinki", municipality=helsinki, intro=_body(text)))


@pytest.fixture
def living_site(transactional_db: None) -> LivingSite:
    site_tree()
    make_terms()
    place = PlaceFactory()
    coaching = ServicePageFactory(
        published=True, languages=("sv", "en"), instruction=True, delivery=delivery("fi", times=[meeting("fi", place=place)])
    )
    finnish_only = ServicePageFactory(
        published=True, organiser=coaching.organiser, title="Kielikahvila", needs=["language-skills"], for_employers=True
    )
    arabic = ServicePageFactory(published=True, organiser=coaching.organiser, title="Neuvonta", written=("ar",))
    coaching.related_services.set([RelatedService(related=finnish_only)])
    coaching.save_revision().publish(skip_permission_checks=True)
    confirm(coaching.service, by=None)
    NextStart.objects.create(service=coaching.service, starts_on="2099-01-07", free_places=4)
    _content_pages()
    return LivingSite(fresh(coaching), fresh(finnish_only), fresh(arabic))
