"""The list of services in its view: hostile addresses, chosen filters, other languages' words, and what it costs."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db
LIST = "/fi/palvelut/"


@pytest.mark.parametrize(
    "query",
    [
        "q=%00&page=-1",
        "page=1000000000",
        "page=99999",
        "page=%D9%A3",
        "q=" + "x" * 10_000,
        urlencode({"q": "👩🏽‍🚒 \u202e \ufeff"}),
        "need=nothing&need=finding-work&need=finding-work&unknown=1",
        "municipality=&municipality=091&municipality=%00",
        "sort=updated&sort=evil",
        "q=%FF%FE&need=%C0",
        "q=<script>alert(1)</script>&sort=<b>",
        "&".join(f"need={count}" for count in range(900)),
        "=&&;;==",
    ],
)
def test_a_hostile_address_gets_the_list_and_no_error(numbers: dict[str, int], client: Client, query: str) -> None:
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_more_parameters_than_the_server_reads_are_a_bad_request(numbers: dict[str, int], client: Client) -> None:
    assert client.get(f"{LIST}?{'&'.join(['a=1'] * 2000)}").status_code == 400


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.text(max_size=8))
def test_any_words_get_an_answer_from_the_database(numbers: dict[str, int], words: str, page: str) -> None:
    response = Client().get(LIST, {"q": words, "page": page, "need": "language-skills"})
    assert response.status_code == 200


def test_the_list_shows_the_answer_with_its_question(numbers: dict[str, int], client: Client) -> None:
    response = client.get(LIST, {"q": "kielikurssi", "need": "language-skills"})
    assert [item.number for item in response.context["results"].cards] == [numbers["course"]]
    assert response.context["question"].words == "kielikurssi"
    assert f"/fi/palvelu/{numbers['course']}-kielikurssi/" in response.content.decode()


def test_a_card_in_another_language_is_marked_in_the_list(numbers: dict[str, int], client: Client) -> None:
    html = client.get("/en/services/", {"q": "kielikurssi"}).content.decode()
    assert 'lang="fi"' in html


def test_another_languages_word_leads_to_the_readers_own_with_the_question(client: Client) -> None:
    response = client.get("/sv/palvelut/?q=a&need=b")
    assert (response.status_code, response["Location"]) == (301, "/sv/tjanster/?q=a&need=b")
    assert client.get("/fi/services/")["Location"] == LIST


def test_the_list_answers_reading_only(client: Client) -> None:
    assert client.head(LIST).status_code == 200
    for method in (client.post, client.put, client.delete):
        assert method(LIST).status_code == 405


def test_ones_own_municipality_filters_until_it_is_removed_and_stays_removed(
    numbers: dict[str, int], client: Client, pages_of_three: None
) -> None:
    client.cookies["municipality"] = "091"
    response = client.get(LIST)
    assert response.context["results"].total == 2
    (chosen,) = response.context["chosen"]
    response = client.get(LIST + chosen.address)
    assert response.context["results"].total == 4
    second_page = response.context["pages"][1][1]
    assert client.get(LIST + second_page).context["results"].total == 4


def test_each_chosen_filter_has_the_address_of_the_list_without_it(numbers: dict[str, int], client: Client) -> None:
    response = client.get(f"{LIST}?need=language-skills&need=finding-work&audience=employers&q=e&page=1")
    addresses = {item.facet + item.label: item.address for item in response.context["chosen"]}
    assert len(addresses) == 3
    for address in addresses.values():
        assert len(client.get(LIST + address).context["chosen"]) == 2
