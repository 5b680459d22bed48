import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries
from wagtail.documents import get_document_model

from catalogue.building import publish
from catalogue.models import NextStart, Place, Service, ServicePage, ServiceProducer
from catalogue.overlay import Text
from catalogue.presentation import PresentedContact, PresentedService, PresentedTime, present, rich_html
from catalogue.queries import find_service
from catalogue.terms import terms
from tests.catalogue.conftest import Keys
from tests.factories import (
    DocumentFactory,
    OrganisationFactory,
    PlaceFactory,
    ServicePageFactory,
    block,
    block_id,
    contact,
    delivery,
    make_terms,
    meeting,
    participation,
    stream,
    target_group,
)

pytestmark = pytest.mark.django_db
LINK = '<p>Katso <a linktype="page" id="{page}">sivu</a> ja <a linktype="document" id="{document}">esite</a>.</p>'


def seen(number: int, language: str = "fi") -> PresentedService:
    found = find_service(number, language)
    assert found is not None
    with translation.override(language):
        return present(found.original, found.version, language=language)


@pytest.fixture
def _in_finnish() -> Iterator[None]:
    with translation.override("fi"):
        yield


def change(page: ServicePage, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(page, name, value)
    publish(page, by=None)


def texts_of(service: PresentedService) -> dict[str, Text]:
    """Every text of the service by its name, those of contacts, times and links numbered."""
    found = {name: getattr(service, name) for name in service.__slots__ if isinstance(getattr(service, name), Text)}
    for name in ("contacts", "times", "links"):
        for place, row in enumerate(getattr(service, name)):
            found |= {f"{name}{place}.{key}": getattr(row, key) for key in ("name", "note", "label") if hasattr(row, key)}
    return found


# ---------------------------------------------------------------------------------------------------- all that is shown


@pytest.mark.usefixtures("_in_finnish")
def test_a_service_is_shown_with_all_that_it_has(manifold: Keys) -> None:
    service = seen(manifold.service)
    assert (service.number, service.slug, service.language, service.original_language) == (
        manifold.service, "tyohonvalmennus", "fi", "fi",
    )  # fmt: skip
    assert [str(term) for term in service.categories] == ["Työhönvalmennus"]
    assert [str(term) for term in service.needs] == ["Työn löytäminen"]
    assert [str(term) for term in service.situations] == ["Työtön"]
    assert [str(term) for term in service.municipalities] == ["Helsinki"]
    assert [str(term) for term in service.sectors] == ["Rakentaminen"]
    assert [str(term) for term in service.modes] == ["Paikan päällä"]
    assert [str(term) for term in service.accessibility] == ["Tulkkaus"]
    assert [str(term) for term in service.keywords] == ["työnhaku"]
    assert [(str(row.language), str(row.level)) for row in service.languages] == [("suomi", "B1 arki")]
    assert (service.all_ages, service.age_from, service.age_to, service.any_municipality) == (False, 18, 64, False)
    assert (service.is_charged, float(service.price or 0)) == (True, 12.5)
    assert (service.for_persons, service.for_employers, service.consent) == (True, False, True)
    assert service.organiser is not None
    assert [service.organiser.name] == [row.name for row in service.producers]
    assert service.updated == service.original_updated == manifold.page.last_published_at
    assert not service.is_stale


def test_an_empty_service_is_shown_without_a_fault(db: None) -> None:
    service = seen(ServicePageFactory(published=True, complete=False).service_id)
    assert service.title == "Työhönvalmennus"
    assert set(texts_of(service).values()) == {"Työhönvalmennus", ""}
    for name in ("categories", "producers", "languages", "times", "contacts", "links", "modes", "situations"):
        assert getattr(service, name) == (), name
    for name in ("price", "next_start", "next_occurrence"):
        assert getattr(service, name) is None, name


def test_broken_blocks_are_left_out_and_the_rest_is_shown(manifold: Keys) -> None:
    raw = json.loads(stream(contact()))
    ServicePage.objects.filter(pk=manifold.original).update(
        contacts=json.dumps([*raw, {"type": "gone", "value": {}, "id": "x"}]), participation="[]", links="[]"
    )
    service = seen(manifold.service)
    assert len(service.contacts) == 1
    assert (service.how, service.links) == ("", ())


def test_codes_that_are_in_no_vocabulary_are_passed_over(manifold: Keys) -> None:
    ServicePage.objects.filter(pk=manifold.original).update(
        needs=["gone", "finding-work"], languages=stream(block("language", {"language": "xx", "level": "b1"}))
    )
    service = seen(manifold.service)
    assert [term.code for term in service.needs] == ["finding-work"]
    assert service.languages == ()


# ---------------------------------------------------------------------------------------------------------------- query


@pytest.mark.parametrize(("count", "queries"), [(0, 1), (1, 3), (15, 3)])
def test_the_number_of_queries_does_not_grow_with_the_service(
    count: int, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_terms()
    number = _large_service(count)
    found = find_service(number, "sv")
    assert found is not None
    known = terms()
    with django_assert_num_queries(queries):
        service = present(found.original, found.version, language="sv", known=known)
        for row in service.times:
            assert row.place and row.place.address
        for link in service.links:
            assert link.url and link.label
        assert all(named.name for named in service.producers)
    assert [len(rows) for rows in (service.times, service.contacts, service.links, service.producers)] == [count] * 4


def _large_service(count: int) -> int:
    """A published service with `count` times at places, contacts, attachments and producers."""
    files = [block("attachment", {"document": DocumentFactory().pk, "label": "Esite"}) for _ in range(count)]
    page = ServicePageFactory(
        published=False,
        complete=True,
        producers=OrganisationFactory.create_batch(count),
        delivery=delivery(times=[meeting(place=PlaceFactory(), called=f"m{n}") for n in range(count)]),
        contacts=stream(*(contact(called=f"c{n}") for n in range(count))),
        links=stream(*files),
    )
    publish(page, by=None)
    return int(page.service_id)


def test_terms_cost_one_more_query_where_they_are_not_at_hand(
    manifold: Keys, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = find_service(manifold.service, "sv")
    assert found is not None
    known = terms()
    with django_assert_num_queries(3):
        present(found.original, found.version, language="sv", known=known)
    with django_assert_num_queries(4):
        present(found.original, found.version, language="sv")


# ------------------------------------------------------------------------------------------------------------- languages


def test_every_text_of_a_whole_version_is_in_its_language(manifold: Keys) -> None:
    for language in ("fi", "sv", "en"):
        texts = texts_of(seen(manifold.service, language))
        assert len(texts) == 14
        assert {name for name, value in texts.items() if value.language != language} == set(), language


def test_a_text_that_the_version_lacks_is_the_originals_and_says_its_language(manifold: Keys) -> None:
    texts = texts_of(seen(manifold.service, "fi-simple"))
    assert {name for name, value in texts.items() if value.language == "fi-simple"} == {"title", "summary"}
    assert {value.language for value in texts.values()} == {"fi-simple", "fi"}
    assert texts["how"] == "<p>Ilmoittaudu puhelimella.</p>"


def test_places_and_organisations_are_in_the_readers_language_even_where_the_version_is_not(manifold: Keys) -> None:
    manifold.version("sv").unpublish()
    service = seen(manifold.service, "sv")
    assert service.language == "fi"
    [time] = service.times
    assert time.place is not None
    assert (time.place.name, time.place.address) == ("Berghälls hus", "Exempelgatan 1, 00530 Helsingfors")
    assert service.organiser is not None and service.organiser.name.endswith(" rf")


def test_a_place_without_a_name_in_the_readers_language_is_shown_in_the_best_other_one(manifold: Keys) -> None:
    assert seen(manifold.service, "en").times[0].place.name == "Kallion talo"  # type: ignore[union-attr]  # it has one


@pytest.mark.usefixtures("_in_finnish")
def test_a_place_shows_its_accessibility(manifold: Keys) -> None:
    Place.objects.update(accessibility=["lift"])
    assert [str(term) for term in seen(manifold.service).times[0].place.accessibility] == ["Hissi"]  # type: ignore[union-attr]  # it has one


def test_a_place_or_file_that_is_gone_is_left_out(manifold: Keys) -> None:
    Place.objects.all().delete()
    get_document_model().objects.all().delete()
    service = seen(manifold.service)
    assert [time.place for time in service.times] == [None]
    assert [link.label for link in service.links] == ["Lue lisää"]


# ----------------------------------------------------------------------------------------------------- contacts, links


def shown(**values: str) -> PresentedContact:
    empty = Text("", "fi")
    return PresentedContact(**{"kind": "role", "name": empty, "note": empty, "phone": "", "email": "", "url": "", **values})  # type: ignore[arg-type]  # texts are strings


@pytest.mark.parametrize(
    ("kept", "shown_as"),
    [
        ("+358931011111", "09 31011111"),
        ("+358401234567", "040 1234567"),
        ("+358295025500", "029 5025500"),
        ("+46850829000", "+46 8 508 290 00"),
        ("", ""),
        ("kysy neuvonnasta", "kysy neuvonnasta"),
    ],
)
def test_a_phone_number_is_shown_as_finns_write_it_and_a_foreign_one_with_its_country(kept: str, shown_as: str) -> None:
    assert shown(phone=kept).phone_shown == shown_as


@pytest.mark.parametrize(
    ("url", "shown_as"),
    [
        ("https://www.example.org/", "www.example.org"),
        ("https://example.org/valmennus/", "example.org/valmennus"),
        ("http://example.org/a?b=c", "example.org/a"),
        ("", ""),
    ],
)
def test_a_web_address_is_shown_without_its_scheme(url: str, shown_as: str) -> None:
    assert shown(url=url).url_shown == shown_as


def test_links_and_attachments_come_in_their_order_with_size_and_kind(manifold: Keys) -> None:
    link, file = seen(manifold.service, "sv").links
    assert (link.url, link.label, link.size) == ("https://example.org/lue", "Läs mera", None)
    document = get_document_model().objects.get(pk=manifold.document)
    assert (file.url, file.size, file.extension) == (document.url, document.file_size, "pdf")


# ------------------------------------------------------------------------------------------------------------- rich text


def test_links_in_rich_text_lead_to_pages_and_files(manifold: Keys) -> None:
    html = LINK.format(page=manifold.page.get_parent().pk, document=manifold.document)
    change(
        manifold.page, participation=participation(how=html), delivery=delivery(description=html), target_group=target_group()
    )
    service = seen(manifold.service)
    document = get_document_model().objects.get(pk=manifold.document)
    for text in (service.how, service.delivery):
        assert f'href="{document.url}"' in text
        assert "/fi/organisaatio/" in text
        assert "linktype" not in text
        assert text.language == "fi"


def test_a_link_to_another_service_leads_to_its_permanent_address(manifold: Keys) -> None:
    other = ServicePageFactory(published=True)
    html = f'<p><a linktype="page" id="{other.pk}">toinen</a></p>'
    change(manifold.page, participation=participation(how=html))
    assert other.public_path in seen(manifold.service).how


def test_rich_text_without_links_costs_no_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert rich_html(Text("<p>Teksti</p>", "sv")).language == "sv"


# ----------------------------------------------------------------------------------------------------------------- times


def at(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Make it `moment`, local time."""
    local = dt.datetime.fromisoformat(moment).replace(tzinfo=timezone.get_default_timezone())
    monkeypatch.setattr(timezone, "localtime", lambda *_: local)


@pytest.mark.parametrize(
    ("moment", "date"),
    [
        ("2026-11-20T11:59", "2026-11-20"),  # a Friday
        ("2026-11-20T12:00", "2026-11-23"),
        ("2026-11-21T08:00", "2026-11-23"),
        ("2026-11-23T08:00", "2026-11-23"),
    ],
)
def test_the_next_occurrence_is_the_earliest_that_is_not_over(
    manifold: Keys, monkeypatch: pytest.MonkeyPatch, moment: str, date: str
) -> None:
    at(monkeypatch, moment)
    occurrence = seen(manifold.service).next_occurrence
    assert occurrence is not None
    assert (occurrence.date.isoformat(), occurrence.start) == (date, dt.time(9))


def test_of_several_times_the_earliest_is_next_and_a_past_one_is_not(manifold: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, "2026-11-20T08:00")
    past, later = (
        {"place": None, "remote": True, "note": "", "days": [block("item", {"date": date, "start": None, "end": None})]}
        for date in ("2026-11-19", "2026-12-01")
    )
    change(manifold.page, delivery=delivery(times=[block("days", past), block("days", later)]))
    occurrence = seen(manifold.service).next_occurrence
    assert occurrence is not None and occurrence.date == dt.date(2026, 12, 1)


def test_each_kind_of_time_gives_the_template_its_parts(manifold: Keys) -> None:
    where = {"place": None, "remote": True, "note": "Huom"}
    hours = [block("item", {"weekdays": ["0"], "start": "09:00", "end": "12:00"})]
    span = {"start": "2027-01-11", "end": "2027-03-31"}
    rows = [
        block("agreed", where),
        block("continuous", {**where, "hours": hours}),
        block("period", {**where, **span, "hours": hours}),
        block(
            "periods", {**where, "periods": [block("item", span), block("item", {"start": "2027-05-01", "end": "2027-05-31"})]}
        ),
        block("days", {**where, "days": [block("item", {"date": "2027-01-12", "start": "09:00", "end": None})]}),
    ]
    change(manifold.page, delivery=delivery(times=rows))

    def parts(time: PresentedTime) -> tuple[str, int, int, int]:
        return time.kind, len(time.hours), len(time.periods), len(time.days)

    times = seen(manifold.service, "sv").times
    assert [parts(time) for time in times] == [
        ("agreed", 0, 0, 0), ("continuous", 1, 0, 0), ("period", 1, 1, 0), ("periods", 0, 2, 0), ("days", 0, 0, 1),
    ]  # fmt: skip
    assert times[2].periods[0].start == dt.date(2027, 1, 11)
    assert {(str(time.note), time.note.language, time.remote) for time in times} == {("Huom", "fi", True)}


@pytest.mark.parametrize(("days", "is_shown"), [(-1, False), (0, True), (1, True)])
def test_a_next_start_is_shown_until_its_day_has_passed(manifold: Keys, days: int, is_shown: bool) -> None:
    starts_on = timezone.localdate() + dt.timedelta(days)
    NextStart.objects.create(service_id=manifold.service, starts_on=starts_on, free_places=3)
    for language in ("fi", "sv"):
        next_start = seen(manifold.service, language).next_start
        assert (next_start is not None) == is_shown
        if next_start:
            assert (next_start.starts_on, next_start.free_places) == (starts_on, 3)


# -------------------------------------------------------------------------------------------------------- organisations


def test_the_organiser_is_whose_page_stands_above_and_producers_keep_their_order(manifold: Keys) -> None:
    page = manifold.page
    first, second = OrganisationFactory(names={"sv": "Första"}), OrganisationFactory(names={"fi": "Toinen", "sv": "Andra"})
    page.producers.set([ServiceProducer(organisation=second, sort_order=1), ServiceProducer(organisation=first, sort_order=2)])
    publish(page, by=None)
    service = seen(manifold.service, "sv")
    assert [named.name for named in service.producers] == ["Andra", "Första"]
    assert service.organiser is not None
    assert service.organiser.pk == page.organiser.pk  # type: ignore[union-attr]  # it stands below a page
    assert service.organiser.code == page.organiser.code  # type: ignore[union-attr]  # the same


def test_an_organisation_without_a_name_is_shown_by_its_code(manifold: Keys) -> None:
    page = manifold.page
    page.producers.set([ServiceProducer(organisation=OrganisationFactory(code="nimeton", names={}))])
    publish(page, by=None)
    assert [named.name for named in seen(manifold.service).producers] == ["nimeton"]


def test_a_service_that_is_only_previewed_is_shown_too(manifold: Keys) -> None:
    page = manifold.page
    page.service = Service(number=0)
    page.title = "Esikatselu"
    assert present(page, page, language="fi").title == "Esikatselu"


def test_the_ids_of_blocks_are_those_of_the_factories(manifold: Keys) -> None:
    assert manifold.page.raw("contacts")[0]["id"] == block_id("desk")
    assert settings.LANGUAGE_CODE == "fi"
