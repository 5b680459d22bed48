"""Every kind of public address, asked by every kind of reader: what it answers, and that it tells no word it must not tell.

A cell is (who, which service, its state, which address). The cells are generated; ANSWERS says what each must be, and a new
state, address or reader without a line there fails.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver, reverse
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Page, ReferenceIndex

from accounts.models import Organisation
from catalogue.addresses import instruction_path, service_path
from catalogue.models import Service, ServicePage, WorkInstructionPage
from tests.factories import DocumentFactory, ServicePageFactory, block, stream
from tests.rights.world import PARTS, SERVICES, STATES, Record, World, person, secret

pytestmark = pytest.mark.django_db
Document = get_document_model()
VISITOR = "visitor"
READERS = (VISITOR, "expert", "provider-editor", "outsider", "municipal-editor", "without-role", "of-closed")
# Whom the rules let read instructions at all, and of them who reads those of an outdated service: who writes them.
READS_INSTRUCTIONS = ("expert", "municipal-editor")
# A provider's that is linked to the municipal editor's organisation, a joint one that names it, and one that is foreign to her.
KINDS = ("silta", "joint", "vieras")
# Those without any right differ from an outsider in how they came to have none: one kind of service tells that.
KINDS_OF = {"without-role": KINDS[:1], "of-closed": KINDS[:1]}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Hundreds of refusals would fill the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def client_of(reader: str) -> Client:
    client = Client()
    if reader != VISITOR:
        client.force_login(person(reader))
    return client


@pytest.fixture(scope="module")
def texts() -> set[str]:
    """Every word that no public page may ever show: of instructions and guides, and of what waits beside the published."""
    return {secret(service, state, part) for service in SERVICES for state in STATES for part in PARTS}


def told(response: Any) -> str:
    """Body and headers, where a leak could be."""
    body = b"".join(response) if response.streaming else response.content
    return f"{dict(response.headers)}{without_tokens(body.decode(errors='replace'))}"


def without_tokens(body: str) -> str:
    """A page without the tokens of its forms, which are new each time."""
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", body)


def leaks(response: Any, texts: set[str]) -> set[str]:
    found = told(response)
    return {text for text in texts if text in found} if "salasana" in found else set()


# ------------------------------------------------------------------------------------------------ services, cell by cell


def tree_path(page: Page, language: str) -> str:
    """Where the page stands in the tree, under the front page of `language`."""
    return f"/{language}/{page.url_path.strip('/').partition('/')[2]}/"


def swedish(page: Page) -> Any:
    return page.get_translations().get(locale__language_code="sv").specific


ADDRESSES: Mapping[str, Callable[[ServicePage, WorkInstructionPage], str]] = {
    "service": lambda page, instruction: service_path("fi", page.service_id, page.slug),
    "service in Swedish": lambda page, instruction: service_path("sv", page.service_id, swedish(page).slug),
    "service in Arabic": lambda page, instruction: service_path("ar", page.service_id, page.slug),
    "service by another slug": lambda page, instruction: service_path("fi", page.service_id, "muu"),
    "instruction": lambda page, instruction: instruction_path("fi", page.service_id, page.slug),
    "instruction in Swedish": lambda page, instruction: instruction_path("sv", page.service_id, swedish(page).slug),
    "instruction in Arabic": lambda page, instruction: instruction_path("ar", page.service_id, page.slug),
    "service in the tree": lambda page, instruction: tree_path(page, "fi"),
    "Swedish service in the tree": lambda page, instruction: tree_path(swedish(page), "sv"),
    "instruction in the tree": lambda page, instruction: tree_path(instruction, "fi"),
    "Swedish instruction in the tree": lambda page, instruction: tree_path(swedish(instruction), "sv"),
}
# What a kind of address answers to everybody, by the state of the service.
PUBLIC = {"draft": 404, "published": 200, "outdated": 410, "archived": 404}
MOVED = {"draft": 404, "published": 301, "outdated": 301, "archived": 404}
NOWHERE = dict.fromkeys(STATES, 404)
SIGN_IN = dict.fromkeys(STATES, 302)
REFUSED = dict.fromkeys(STATES, 403)
# Who may read instructions learns where there is none; those of an outdated service are for who may write them.
READ = {"draft": 404, "published": 200, "outdated": 403, "archived": 404}
WRITTEN = {**READ, "outdated": 200}

ALIKE = {
    **dict.fromkeys(("service", "service in Swedish", "service in Arabic"), PUBLIC),
    **dict.fromkeys(("service by another slug", "service in the tree", "Swedish service in the tree"), MOVED),
    **dict.fromkeys(("instruction in the tree", "Swedish instruction in the tree"), NOWHERE),
}
INSTRUCTIONS: Mapping[str, Mapping[str, Mapping[str, int]]] = {
    VISITOR: dict.fromkeys(KINDS, SIGN_IN),
    "expert": dict.fromkeys(KINDS, READ),
    "municipal-editor": {"silta": WRITTEN, "joint": WRITTEN, "vieras": READ},
    **{name: dict.fromkeys(KINDS, REFUSED) for name in ("provider-editor", "outsider", "without-role", "of-closed")},
}

Cell = tuple[str, str, str, str]
CELLS: tuple[Cell, ...] = tuple(
    (reader, *cell) for reader in READERS for cell in product(KINDS_OF.get(reader, KINDS), STATES, ADDRESSES)
)
ANSWERS: Mapping[Cell, int] = {
    **{
        (reader, kind, state, address): answers[state]
        for reader, kind, state, address in CELLS
        if (answers := ALIKE.get(address))
    },
    **{
        (reader, kind, state, address): answers[state]
        for reader, kinds in INSTRUCTIONS.items()
        for kind, answers in kinds.items()
        for state in STATES
        for address in ("instruction", "instruction in Swedish", "instruction in Arabic")
        if kind in KINDS_OF.get(reader, KINDS)
    },
}


def test_every_cell_has_an_expectation_and_none_is_lost() -> None:
    assert set(CELLS) == set(ANSWERS)
    assert len(CELLS) + len(READERS) * len(SITE_ADDRESSES) > 800


@pytest.mark.walk
@pytest.mark.parametrize("reader", READERS)
def test_each_service_answers_each_reader_as_the_rules_say(
    world: World, texts: set[str], reader: str, record_property: Record
) -> None:
    client = client_of(reader)
    record_property("cells over HTTP", sum(cell[0] == reader for cell in CELLS))
    wrong, leaked = {}, {}
    for kind, state in product(KINDS_OF.get(reader, KINDS), STATES):
        page, instruction = world.page(kind, state), world.instruction(kind, state)
        for address, make in ADDRESSES.items():
            response = client.get(make(page, instruction))
            expected = ANSWERS[reader, kind, state, address]
            # Its instruction with the guide, where it is answered at all, and nothing else of what is kept from the public.
            shown = address.startswith("instruction") and expected == 200
            may_show = {secret(kind, state, part) for part in ("instruction", "guide")} if shown else set()
            if response.status_code != expected:
                wrong[kind, state, address] = response.status_code
            if leaks(response, texts) != may_show:
                leaked[kind, state, address] = leaks(response, texts) or "shows nothing"
    assert wrong == {}
    assert leaked == {}


@pytest.mark.parametrize("reader", [name for name in READERS if name not in READS_INSTRUCTIONS])
def test_nothing_tells_whether_there_is_an_instruction(world: World, reader: str) -> None:
    """One service has an instruction, one has none, and one is not there: the same answer, but for the address itself."""
    without = ServicePageFactory(organiser=Organisation.objects.get(code="silta"), published=True, title="Ilman ohjetta")
    page = world.page("silta", "published")
    client = client_of(reader)
    answers = set()
    for number, slug in ((page.service_id, page.slug), (without.service_id, without.slug), (10**9, "ei-ole")):
        path = instruction_path("fi", number, slug)
        response = client.get(path)
        answers.add((response.status_code, told(response).replace(path.replace("/", "%2F"), "").replace(path, "")))
    assert len(answers) == 1
    shown = [client.get(found.public_path).content.decode() for found in (page, without)]
    assert ["tyoohje" in body for body in shown] == [False, False]
    in_the_tree = [client.get(f"{tree_path(found, 'fi')}asiantuntijan-tyoohje/").status_code for found in (page, without)]
    assert in_the_tree == [404, 404]


# ------------------------------------------------------------------------------------------------------------- the site

SITE_ADDRESSES: Mapping[str, int] = {
    "/fi/": 200, "/sv/": 200, "/ar/": 200,
    "/fi/palvelut/": 200, "/sv/tjanster/": 200, "/ar/services/": 200,
    "/fi/palvelut/?q=palvelu": 200, "/fi/palvelut/?municipality=091&audience=persons": 200, "/fi/palvelut/?page=2": 200,
    "/fi/organisaatio/silta/": 200, "/fi/organisaatio/vieras/": 200, "/sv/organisation/silta/": 200,
    "/fi/organisaatiot/": 200, "/fi/helsinki/": 200, "/fi/palvelut/silta/": 301,
    "/fi/ei-ole/": 404, "/fi/palvelu/999999999-x/": 404, "/fi/organisaatio/ei-ole/": 404,
    # What other sites have and this one does not: whoever adds one adds what it must not tell.
    "/sitemap.xml": 404, "/fi/sitemap.xml": 404, "/fi/rss/": 404, "/fi/feed/": 404, "/fi/atom/": 404, "/documents/": 404,
    "/fi/api/v2/pages/": 404, "/fi/api/v3/pages/": 404, "/fi/graphql/": 404,
}  # fmt: skip


# Every view outside the admin, by name, and where it is asked what it tells: a new one is first given a line here.
ELSEWHERE = "tests/accounts"
VIEWS: Mapping[str, str] = {
    **dict.fromkeys(("service", "work_instruction"), "ADDRESSES"),
    **dict.fromkeys(("services", "organisation", "organisations", "wagtail_serve"), "SITE_ADDRESSES"),
    "wagtaildocs_serve": "test_files_of_instructions_are_for_readers_of_instructions",
    "choose_municipality": "tests/home/test_municipality.py",
    # Wagtail's forms for the password of a page or a collection; neither opens an instruction or one of its files.
    "wagtailcore_authenticate_with_password": "tests/home/test_tree.py",
    "wagtaildocs_authenticate_with_password": "test_a_password_opens_no_file_of_an_instruction",
    # They know the one who asks, her own account and organisations; of services only what she answers for.
    **dict.fromkeys(("own_data", "own_data_download", "own_data_deletion", "keep_account"), ELSEWHERE),
    **dict.fromkeys(("invitation", "invitation_link", "sent_mails"), ELSEWHERE),
    **dict.fromkeys(("wagtailcore_login", "openid_connect_callback", "single_sign_on", "single_sign_on_refused"), ELSEWHERE),
    **dict.fromkeys(
        [f"account_{view}" for view in ("login", "logout", "reauthenticate", "change_password", "reset_password")]
        + [f"account_reset_password_{view}" for view in ("done", "from_key", "from_key_done")],
        ELSEWHERE,
    ),
    **dict.fromkeys(
        [f"mfa_{view}" for view in ("index", "authenticate", "reauthenticate", "activate_totp", "deactivate_totp")]
        + [f"mfa_{view}_recovery_codes" for view in ("view", "generate")]
        + [f"mfa_{view}_webauthn" for view in ("login", "reauthenticate", "list", "add", "remove")],
        ELSEWHERE,
    ),
}  # fmt: skip


def views_outside_the_admin(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern).lstrip("^")
        if route.startswith("admin/"):
            continue
        if isinstance(entry, URLResolver):
            yield from views_outside_the_admin(entry, route)
        else:
            yield entry.name or route


def test_every_view_outside_the_admin_is_asked_what_it_tells() -> None:
    assert set(views_outside_the_admin()) == set(VIEWS)


def test_every_state_is_in_the_matrix() -> None:
    """A page is a draft or published; what its service may be besides, has a column of its own."""
    assert set(STATES) == {"draft", "published", *Service.Lifecycle.values} - {Service.Lifecycle.ACTIVE}


@pytest.mark.parametrize("reader", READERS)
def test_the_rest_of_the_site_shows_what_is_published_alone(world: World, texts: set[str], reader: str) -> None:
    client = client_of(reader)
    for address, expected in SITE_ADDRESSES.items():
        response = client.get(address)
        assert response.status_code == expected, address
        assert leaks(response, texts) == set(), address
        body = told(response)
        assert not [state for state in STATES if state != "published" and f"Palvelu silta {state}" in body], address


@pytest.mark.parametrize("reader", READERS)
def test_a_word_that_the_public_may_not_read_finds_what_a_word_that_nobody_wrote_finds(world: World, reader: str) -> None:
    client, nobodys = client_of(reader), "salasanaeikukaan"
    addresses = ("/fi/palvelut/", "/sv/tjanster/")
    nothing = {address: without_tokens(client.get(address, {"q": nobodys}).content.decode()) for address in addresses}
    for service, state, part in product(KINDS, STATES, PARTS):
        word = secret(service, state, part)
        for address in addresses if state == "published" else addresses[:1]:
            found = without_tokens(client.get(address, {"q": word}).content.decode())
            assert found.replace(word, nobodys) == nothing[address], (address, word)


@pytest.mark.parametrize("address", ["/fi/", "/fi/palvelut/", "service", "/fi/organisaatio/silta/"])
def test_who_is_signed_in_costs_four_queries_more_at_most(world: World, address: str) -> None:
    path = address if address.startswith("/") else world.page("silta", "published").public_path
    costs = {}
    for reader in READERS:
        client = client_of(reader)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        costs[reader] = len(queries)
    assert max(costs.values()) <= costs[VISITOR] + 4, costs


# ---------------------------------------------------------------------------------------------------------------- files


@pytest.fixture
def files(world: World) -> dict[str, str]:
    """The address of a file of each kind: of anybody, of the restricted collection, of an instruction, and of both."""
    collection = Collection.get_first_root_node().add_child(name="Internal")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    kinds = dict.fromkeys(("public", "of an instruction", "of both", "named by a draft"), Collection.get_first_root_node())
    kinds["restricted"] = collection
    made = {kind: DocumentFactory(file_hash="f00", collection=place) for kind, place in kinds.items()}
    use(world.instruction("silta", "published"), made["of an instruction"], made["of both"], made["named by a draft"])
    use(world.page("silta", "published"), made["public"], made["of both"])
    # Anybody who may write a draft may name any file in it.
    use(world.page("silta", "draft"), made["named by a draft"])
    return {kind: Document.objects.get(pk=document.pk).url for kind, document in made.items()}


def use(page: Any, *documents: Any) -> None:
    page.links = stream(*(block("attachment", {"document": document.pk, "label": "Liite"}) for document in documents))
    page.save()
    ReferenceIndex.create_or_update_for_object(page)


@pytest.mark.parametrize("reader", READERS)
def test_files_of_instructions_are_for_readers_of_instructions(files: dict[str, str], reader: str) -> None:
    client = client_of(reader)
    # 304: as far as the file itself, which is not sent because the reader says that she has it.
    closed = 304 if reader in READS_INSTRUCTIONS else 302 if reader == VISITOR else 403
    answers = {kind: client.get(path, headers={"if-none-match": '"f00"'}) for kind, path in files.items()}
    assert {kind: answer.status_code for kind, answer in answers.items()} == {
        "public": 304, "of both": 304, "restricted": closed, "of an instruction": closed, "named by a draft": closed,
    }  # fmt: skip
    if reader == VISITOR:
        assert answers["restricted"]["Location"].startswith("/fi/sign-in/")
    number = files["restricted"].split("/")[2]
    assert client.get(f"/documents/{number}/muu.pdf").status_code == 404


def test_a_password_opens_no_file_of_an_instruction(files: dict[str, str]) -> None:
    """Whoever puts the files of instructions into a collection with a password gives nobody more than before."""
    restriction = CollectionViewRestriction.objects.get(collection__name="Internal")
    restriction.restriction_type, restriction.password = CollectionViewRestriction.PASSWORD, "kesämökki"
    restriction.save()
    instruction = Document.objects.get(pk=files["of an instruction"].split("/")[2])
    instruction.collection = restriction.collection
    instruction.save()
    client = client_of("outsider")
    form = reverse("wagtaildocs_authenticate_with_password", args=[restriction.pk])
    client.post(form, {"password": "kesämökki", "return_url": files["of an instruction"]})
    assert client.get(files["of an instruction"]).status_code == 403


def test_a_file_costs_nine_queries_at_most(files: dict[str, str]) -> None:
    client = client_of("expert")
    for path in files.values():
        client.get(path, headers={"if-none-match": '"f00"'})
        with CaptureQueriesContext(connection) as queries:
            client.get(path, headers={"if-none-match": '"f00"'})
        assert len(queries) <= 9, [query["sql"][:120] for query in queries]
