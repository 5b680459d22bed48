"""Questions and their answers: words, filters, order, pages, and the list that shows them."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organisation, OrganisationName
from catalogue.models import NextStart, RelatedService, ServicePage
from catalogue.terms import terms
from search.forms import Question
from search.queries import Card, Results, newest, of_organisation, related_to, search, total_of
from tests.factories import (
    OrganisationFactory,
    ServicePageFactory,
    block,
    delivery,
)

pytestmark = pytest.mark.django_db
LIST = "/fi/palvelut/"


@pytest.fixture
def ask(numbers: dict[str, int]) -> Any:
    """Names of the services that answer a question, in order."""
    names = {number: name for name, number in numbers.items()}

    def asked(words: str = "", *, reader: str = "fi", sort: str = "relevance", **filters: str | tuple[str, ...]) -> list[str]:
        chosen = {facet: (codes,) if isinstance(codes, str) else codes for facet, codes in filters.items()}
        results = search(Question(reader, words=words, filters=chosen, sort=sort), known=terms())
        assert results.total == len(results.cards) == total_of(results.question)
        return [names[card.number] for card in results.cards]

    return asked


def card(number: int, language: str = "fi") -> Card:
    found = newest(language=language, known=terms(), count=99)
    return next(item for item in found if item.number == number)


def original(number: int) -> ServicePage:
    found: ServicePage = ServicePage.objects.get(service=number, version_kind="original")
    return found


# ------------------------------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kielikurssi", {"course"}),
        ("KIELIKURSSI", {"course"}),
        ("kurssi", {"course"}),
        ("kielikurssi olematon", set()),
        ("coach hjälper", {"coaching", "swedish"}),
        ("coach helps", {"coaching"}),
        ("job placement", set()),
        ("arbetsträning", {"coaching", "anywhere", "swedish"}),
        ("suomea kielikurssi", {"course"}),
        ("arbetsplatsbesök", {"swedish"}),
        ("ARBETSPLATSBESÖK", {"swedish"}),
        ("arbetsplatsbeso\u0308k", {"swedish"}),
        ("immigrant", {"course"}),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
        ("'; DROP TABLE search_servicedocument; --", set()),
        ('"', set()),
        ("👷‍♀️", set()),
        (" ".join(["a"] * 100), {"coaching", "course", "anywhere", "swedish"}),
    ],
)
def test_words_find_services_in_any_of_their_languages(ask: Any, words: str, found: set[str]) -> None:
    assert set(ask(words)) == found
    assert set(ask(words, reader="en")) == found


# ---------------------------------------------------------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"need": "language-skills"}, {"course", "anywhere"}),
        ({"need": ("language-skills", "finding-work")}, {"coaching", "course", "anywhere", "swedish"}),
        ({"need": "language-skills", "situation": "unemployed"}, {"anywhere"}),
        ({"situation": "immigrant"}, {"course"}),
        ({"category": "job-coaching"}, {"coaching", "anywhere", "swedish"}),
        ({"category": "everyday-life"}, {"course"}),
        ({"mode": "remote"}, {"course"}),
        ({"mode": ("remote", "at-a-place"), "audience": "employers"}, {"course", "anywhere"}),
        ({"audience": "persons"}, {"coaching", "anywhere", "swedish"}),
        ({"language": "ar"}, {"course"}),
        ({"sector": "construction"}, {"coaching", "anywhere", "swedish"}),
        ({"accessibility": "interpreter"}, {"coaching", "anywhere", "swedish"}),
        ({"price": "free"}, {"course"}),
        ({"price": "free", "audience": "persons"}, set()),
    ],
)
def test_any_code_inside_a_filter_will_do_and_all_filters_count_together(ask: Any, filters: Any, found: set[str]) -> None:
    assert set(ask(**filters)) == found


def test_a_first_level_category_finds_what_is_below_it(ask: Any) -> None:
    assert set(ask(category="job-search")) == {"coaching", "anywhere", "swedish"}


def test_a_service_for_any_municipality_answers_every_municipality(ask: Any) -> None:
    assert set(ask(municipality="091")) == {"coaching", "anywhere"}
    assert set(ask(municipality=("091", "710"))) == {"coaching", "anywhere", "swedish"}
    assert set(ask(municipality="092")) == {"anywhere"}


def test_words_and_filters_count_together(ask: Any) -> None:
    assert ask("kielikurssi", need="finding-work") == []
    assert ask("kielikurssi", need="language-skills", municipality="049") == ["course"]


# ------------------------------------------------------------------------------------------------------------------ order


def test_without_words_the_newest_come_first_and_the_raised_before_them(ask: Any, numbers: dict[str, int]) -> None:
    assert ask() == ["swedish", "anywhere", "course", "coaching"]
    raised = ServicePage.objects.get(service=numbers["course"], version_kind="original")
    raised.boost = 3
    raised.save_revision().publish(skip_permission_checks=True)
    assert ask()[0] == "course"
    republished = ServicePage.objects.get(service=numbers["coaching"], version_kind="original")
    republished.save_revision().publish(skip_permission_checks=True)
    assert ask(sort="updated") == ["coaching", "course", "swedish", "anywhere"]


def test_a_word_in_a_title_comes_before_a_word_in_a_text(ask: Any, numbers: dict[str, int]) -> None:
    """ "Palvelu" stands in the texts of all."""
    page = ServicePage.objects.get(service=numbers["coaching"], version_kind="original")
    page.title = "Palvelu, joka on vanhin"
    page.save_revision().publish(skip_permission_checks=True)
    ServicePage.objects.filter(pk=page.pk).update(last_published_at="2020-01-01T00:00Z")
    assert ask("palvelu")[0] == "coaching"
    assert len(ask("palvelu")) > 1


# ------------------------------------------------------------------------------------------------------------------ pages


def page_of(number: int) -> Results:
    return search(Question("fi", page=number), known=terms())


def test_pages_part_the_answer_without_loss_or_repetition(numbers: dict[str, int], pages_of_three: None) -> None:
    first, second = page_of(1), page_of(2)
    assert (first.total, first.pages, first.first, first.last) == (4, 2, 1, 3)
    assert (second.first, second.last) == (4, 4)
    assert {item.number for item in (*first.cards, *second.cards)} == set(numbers.values())


def test_a_page_beyond_the_last_answers_with_the_last(numbers: dict[str, int], pages_of_three: None) -> None:
    beyond = page_of(100_000)
    assert beyond.question.page == 2
    assert beyond.cards == page_of(2).cards


def test_no_answer_is_one_empty_page(numbers: dict[str, int]) -> None:
    results = search(Question("fi", words="olematonta", page=9), known=terms())
    assert (results.total, results.pages, results.cards, results.first, results.last) == (0, 1, (), 0, 0)
    assert results.question.page == 1


# ------------------------------------------------------------------------------------------------------------------ cards


def test_a_card_is_in_the_readers_language_or_marked_as_another(numbers: dict[str, int]) -> None:
    swedish = card(numbers["coaching"], "sv")
    assert (swedish.title, swedish.title.language, swedish.summary.language) == ("Arbetsträning", "sv", "sv")
    assert swedish.path == f"/sv/tjanst/{numbers['coaching']}-arbetstraning/"
    finnish = card(numbers["course"], "sv")
    assert (finnish.title, finnish.title.language) == ("Kielikurssi", "fi")
    assert finnish.path == f"/sv/tjanst/{numbers['course']}-kielikurssi/"
    assert card(numbers["swedish"], "fi").title.language == "sv"
    assert card(numbers["coaching"], "ar").title.language == "en"
    assert card(numbers["coaching"], "fi-simple").title.language == "fi"


def test_a_card_names_the_organiser_in_the_readers_language(numbers: dict[str, int]) -> None:
    assert card(numbers["coaching"], "sv").organiser == "Träning rf"
    name = OrganisationName.objects.get(organisation__code="valmennus", language="fi")
    name.name = "Uusi nimi ry"
    name.save()
    assert card(numbers["coaching"]).organiser == "Uusi nimi ry"


def test_a_card_has_the_facts_of_the_service(numbers: dict[str, int]) -> None:
    coaching, course = card(numbers["coaching"]), card(numbers["course"])
    assert [term.code for term in coaching.modes] == ["at-a-place"]
    assert [term.code for term in coaching.categories] == ["job-coaching"]
    assert [term.code for term in coaching.municipalities] == ["091"]
    assert (coaching.is_free, course.is_free) == (False, True)
    assert card(numbers["anywhere"]).any_municipality


def test_the_next_start_is_shown_until_its_day_has_passed(numbers: dict[str, int]) -> None:
    today = timezone.localdate()
    row = NextStart.objects.create(service_id=numbers["coaching"], starts_on=today, free_places=2)
    shown = card(numbers["coaching"]).next_start
    assert shown is not None
    assert shown.free_places == 2
    row.starts_on = today - dt.timedelta(days=1)
    row.save()
    assert card(numbers["coaching"]).next_start is None


@pytest.fixture
def course_ends(numbers: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The language course on single days, the last of them on 20 May 2031; gives a function that sets today."""
    days = [block("item", {"date": f"2031-05-{day}", "start": None, "end": None}) for day in ("20", "06")]
    times = [block("days", {"place": None, "remote": True, "note": "", "days": days})]
    page = ServicePage.objects.get(service=numbers["course"], version_kind="original")
    page.delivery = delivery(times=times)
    page.save_revision().publish(skip_permission_checks=True)

    def set_today(day: dt.date) -> None:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: day)

    return set_today


def test_a_service_leaves_every_list_the_day_after_its_last_day(ask: Any, numbers: dict[str, int], course_ends: Any) -> None:
    organiser = Organisation.objects.get(code="valmennus").pk
    relate(original(numbers["coaching"]), [original(numbers["course"])])

    def lists() -> list[bool]:
        known = terms()
        cards = (
            newest(language="fi", known=known, count=9),
            of_organisation(organiser, language="fi", known=known),
            related_to(original(numbers["coaching"]).pk, language="fi", known=known),
        )
        return ["course" in ask(), *(numbers["course"] in {item.number for item in found} for found in cards)]

    course_ends(dt.date(2031, 5, 20))
    assert lists() == [True] * 4
    course_ends(dt.date(2031, 5, 21))
    assert lists() == [False] * 4


def test_a_service_with_a_time_that_does_not_end_stays(ask: Any, numbers: dict[str, int], course_ends: Any) -> None:
    page = ServicePage.objects.get(service=numbers["course"], version_kind="original")
    times = [*page.raw("delivery")[0]["value"]["times"], block("agreed", {"place": None, "remote": True, "note": ""})]
    page.delivery = delivery(times=times)
    page.save_revision().publish(skip_permission_checks=True)
    course_ends(dt.date(2040, 1, 1))
    assert "course" in ask()


def test_an_organisations_services_are_those_it_arranges_or_produces(numbers: dict[str, int]) -> None:
    producer, nobody = OrganisationFactory(), OrganisationFactory()
    number = ServicePageFactory(published=True, producers=[producer]).service_id
    known = terms()
    assert {item.number for item in of_organisation(producer.pk, language="fi", known=known)} == {number}
    assert of_organisation(nobody.pk, language="fi", known=known) == ()
    valmennus = Organisation.objects.get(code="valmennus").pk
    assert {item.number for item in of_organisation(valmennus, language="fi", known=known)} == set(numbers.values())


def relate(page: ServicePage, others: list[ServicePage]) -> None:
    page.related_services.set([RelatedService(related=other) for other in others])
    page.save_revision().publish(skip_permission_checks=True)


def test_related_services_come_once_each_and_in_their_order(numbers: dict[str, int]) -> None:
    coaching, course, anywhere, swedish = (original(numbers[name]) for name in ("coaching", "course", "anywhere", "swedish"))
    draft = ServicePageFactory(organiser=coaching.organiser)
    relate(coaching, [swedish, course, draft, anywhere])
    relate(anywhere, [course, swedish, coaching])

    def related(page: ServicePage) -> list[int]:
        return [item.number for item in related_to(page.pk, language="fi", known=terms())]

    assert related(coaching) == [numbers["swedish"], numbers["course"], numbers["anywhere"]]
    assert related(anywhere) == [numbers["course"], numbers["swedish"], numbers["coaching"]]
    assert related(swedish) == []
    coaching.related_services.set(
        [RelatedService(related=course, sort_order=2), RelatedService(related=anywhere, sort_order=1)]
    )
    coaching.save_revision().publish(skip_permission_checks=True)
    assert related(coaching) == [numbers["anywhere"], numbers["course"]]
