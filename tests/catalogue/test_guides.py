"""The editor of municipal guides: who may write which, what is kept, and two who write at once."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.test.utils.form_data import rich_text

from accounts.models import Membership, Municipality, Organisation, User
from accounts.standing import Standing
from catalogue.actions import GuideChanged, change_lifecycle, write_guide
from catalogue.leaf_blocks import RICH_TEXT_FEATURES
from catalogue.models import MunicipalGuide, MunicipalGuideText, Service, ServicePage
from catalogue.permissions import Belonging, may_write_guide
from tests.catalogue.conftest import Keys
from tests.factories import (
    MembershipFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ServicePageFactory,
    UserFactory,
    target_group,
)

pytestmark = pytest.mark.django_db
# An editor of a municipal organisation that acts for Helsinki.
HELSINKI = Standing(1, municipal=frozenset({5}), residents=frozenset({"091"}), represents=frozenset({"091"}))


def address(service: int, code: str = "091") -> str:
    return f"/admin/guides/{service}/{code}/"


def written(texts: dict[str, str] | None = None, *, seen: int | None = None, **more: str) -> dict[str, str]:
    """The form as a browser sends it: `texts` by the field's name, the others empty."""
    names = ("guide_fi", "exceptions_fi", "guide_sv", "exceptions_sv")
    own = texts or {}
    sent = {name: rich_text(own.get(name, ""), features=RICH_TEXT_FEATURES) for name in names}
    return {**sent, "seen": "" if seen is None else str(seen), **more}


def texts_of(guide: Any) -> dict[str, tuple[str, str]]:
    return {row.language: (plain(row.guide), plain(row.exceptions)) for row in guide.texts.all()}


def plain(html: str) -> str:
    return html.partition(">")[2].rpartition("</")[0]


def add_editor(organisation: Organisation) -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, organisation=organisation, role=Membership.Role.EDITOR)
    return user


# ------------------------------------------------------------------------------------------------------------ the rule


@pytest.mark.parametrize(
    ("person", "service", "municipality", "allowed"),
    [
        (Standing(1, municipal=frozenset({5}), residents=frozenset({"091"}), represents=frozenset({"091"})), None, "091", True),
        (
            Standing(1, municipal=frozenset({5}), residents=frozenset({"091"}), represents=frozenset({"091"})),
            None,
            "049",
            False,
        ),
        # Only an expert for Espoo: she reads for its residents but does not write for them.
        (replace(HELSINKI, residents=frozenset({"091", "049"})), None, "049", False),
        (Standing(1, advises=frozenset({5}), residents=frozenset({"091"})), None, "091", False),
        (Standing(1, edits=frozenset({5})), None, "091", False),
        (Standing(1, is_administrator=True), None, "091", True),
        (Standing(1, is_administrator=True), frozenset({"049"}), "091", False),
        (Standing(), None, "091", False),
    ],
)
def test_a_guide_is_written_only_for_a_municipality_that_ones_organisation_acts_for(
    person: Standing, service: frozenset[str] | None, municipality: str, allowed: bool
) -> None:
    assert may_write_guide(person, Belonging(published=True, open_to=service), municipality) is allowed


def test_an_unpublished_foreign_services_guide_is_not_written() -> None:
    assert not may_write_guide(HELSINKI, Belonging(published=False, organiser=7), "091")
    assert may_write_guide(HELSINKI, Belonging(published=False, organiser=5), "091")


# ------------------------------------------------------------------------------------------------------------ the door


@pytest.mark.parametrize(
    ("person", "status"),
    [("municipal_editor", 200), ("administrator", 200), ("expert", 403), ("provider_editor", 404), ("outsider", 404)],
)
def test_only_editors_of_the_municipality_get_the_form(
    client: Client, manifold: Keys, person: str, status: int, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert client.get(address(manifold.service)).status_code == status
    client.post(address(manifold.service), written({"guide_fi": "<p>Näin</p>"}))
    assert MunicipalGuide.objects.exists() is (status == 200)


def test_the_public_is_asked_to_sign_in(client: Client, manifold: Keys) -> None:
    assert client.get(address(manifold.service))["Location"].startswith("/fi/sign-in/")


def test_another_municipalitys_guide_is_refused_like_one_of_nothing(
    client: Client, manifold: Keys, municipal_editor: User
) -> None:
    espoo = MunicipalityFactory(code="049")
    closed_to_helsinki = ServicePageFactory(published=True, target_group=target_group(municipalities=["049"]))
    draft = ServicePageFactory(target_group=target_group(any_municipality=True))
    gone = ServicePageFactory(published=True)
    change_lifecycle(service=gone.service, lifecycle=Service.Lifecycle.ARCHIVED)
    client.force_login(municipal_editor)
    refused = [
        address(manifold.service, espoo.code), address(manifold.service, "999"), address(10**9), address(10**30),
        address(closed_to_helsinki.service_id), address(draft.service_id), address(gone.service_id),
    ]  # fmt: skip
    for path in refused:
        assert client.get(path).status_code == 404
        assert client.post(path, written({"guide_fi": "<p>Näin</p>"})).status_code == 404
    assert not MunicipalGuide.objects.exists()


def test_an_expert_elsewhere_who_edits_here_does_not_write_for_the_other(
    client: Client, manifold: Keys, municipal_editor: User
) -> None:
    page = ServicePage.objects.get(pk=manifold.original)
    page.target_group = target_group(any_municipality=True)
    page.save_revision().publish(skip_permission_checks=True)
    espoo = OrganisationFactory(municipal=True, acts_for=[MunicipalityFactory(code="049")])
    MembershipFactory(user=municipal_editor, organisation=espoo, role=Membership.Role.EXPERT)
    client.force_login(municipal_editor)
    assert client.get(address(manifold.service, "091")).status_code == 200
    assert client.get(address(manifold.service, "049")).status_code == 404


def test_the_form_takes_the_same_queries_for_a_long_history(client: Client, manifold: Keys, municipal_editor: User) -> None:
    client.force_login(municipal_editor)
    counts = []
    for _ in range(2):
        for _again in range(5):
            guide = MunicipalGuide.objects.first()
            client.post(address(manifold.service), written({"guide_fi": "<p>a</p>"}, seen=guide and guide.latest_revision_id))
        with CaptureQueriesContext(connection) as captured:
            client.get(address(manifold.service))
        counts.append(len(captured))
    assert counts[0] == counts[1]


# ----------------------------------------------------------------------------------------------------------- the texts


def test_a_guide_is_saved_in_both_languages_with_its_history(client: Client, manifold: Keys, municipal_editor: User) -> None:
    client.force_login(municipal_editor)
    first = {"guide_fi": "<p>Näin</p>", "exceptions_fi": "<p>Paitsi</p>", "guide_sv": "<p>Så här</p>"}
    assert client.post(address(manifold.service), written(first)).status_code == 302
    guide = MunicipalGuide.objects.get()
    assert texts_of(guide) == {"fi": ("Näin", "Paitsi"), "sv": ("Så här", "")}
    assert client.post(address(manifold.service), written({"guide_fi": "<p>Uusi</p>"}, seen=guide.latest_revision_id))
    assert texts_of(MunicipalGuide.objects.get()) == {"fi": ("Uusi", "")}
    revisions = list(guide.revisions.order_by("pk"))
    assert [revision.user for revision in revisions] == [municipal_editor] * 2
    assert texts_of(revisions[0].as_object()) == {"fi": ("Näin", "Paitsi"), "sv": ("Så här", "")}


def test_texts_in_other_languages_are_kept(client: Client, manifold: Keys, municipal_editor: User) -> None:
    guide = MunicipalGuide(service_id=manifold.service, municipality=Municipality.objects.get(code="091"))
    guide.texts.set([MunicipalGuideText(language="en", guide="<p>Like this</p>")])
    guide.save()
    client.force_login(municipal_editor)
    client.post(address(manifold.service), written({"guide_fi": "<p>Näin</p>"}))
    assert texts_of(MunicipalGuide.objects.get()) == {"en": ("Like this", ""), "fi": ("Näin", "")}


def test_what_no_editor_can_write_is_not_kept(client: Client, manifold: Keys, municipal_editor: User) -> None:
    client.force_login(municipal_editor)
    hostile = '<p>Näin<script>alert(1)</script><a href="javascript:alert(1)">x</a></p>'
    client.post(address(manifold.service), written({"guide_fi": hostile}))
    for row in MunicipalGuideText.objects.all():
        assert "<script" not in row.guide and "javascript:" not in row.guide


def test_a_guide_is_emptied_only_by_somebody_who_says_so(client: Client, manifold: Keys, municipal_editor: User) -> None:
    client.force_login(municipal_editor)
    client.post(address(manifold.service), written({"guide_fi": "<p>Näin</p>"}))
    seen = MunicipalGuide.objects.get().latest_revision_id
    answer = client.post(address(manifold.service), written(seen=seen))
    assert answer.status_code == 200 and "empty" in answer.context["form"].errors
    assert texts_of(MunicipalGuide.objects.get()) == {"fi": ("Näin", "")}
    assert client.post(address(manifold.service), written(seen=seen, empty="on")).status_code == 302
    guide = MunicipalGuide.objects.get()
    assert texts_of(guide) == {}
    assert guide.revisions.count() == 2


# ------------------------------------------------------------------------------------------------------- two at a time


@pytest.mark.parametrize("is_new", [True, False])
def test_whoever_saves_second_is_told_and_nothing_is_lost(
    client: Client, manifold: Keys, municipal_editor: User, municipal_organisation: Organisation, is_new: bool
) -> None:
    second = add_editor(municipal_organisation)
    client.force_login(municipal_editor)
    if not is_new:
        client.post(address(manifold.service), written({"guide_fi": "<p>Vanha</p>"}))
    seen = None if is_new else MunicipalGuide.objects.get().latest_revision_id
    client.post(address(manifold.service), written({"guide_fi": "<p>Ensimmäinen</p>"}, seen=seen))
    client.force_login(second)
    answer = client.post(address(manifold.service), written({"guide_fi": "<p>Toinen</p>"}, seen=seen))
    assert answer.status_code == 200
    assert texts_of(MunicipalGuide.objects.get()) == {"fi": ("Ensimmäinen", "")}
    html = answer.content.decode()
    assert "Toinen" in html and "Ensimmäinen" in html
    present = int(answer.context["form"]["seen"].value())
    assert client.post(address(manifold.service), written({"guide_fi": "<p>Molemmat</p>"}, seen=present)).status_code == 302
    assert texts_of(MunicipalGuide.objects.get()) == {"fi": ("Molemmat", "")}


def test_the_action_writes_nothing_over_a_later_version(manifold: Keys, municipal_editor: User) -> None:
    keys: dict[str, Any] = {
        "service": Service.objects.get(pk=manifold.service),
        "municipality": Municipality.objects.get(code="091"),
        "by": municipal_editor,
    }
    write_guide(**keys, texts={"fi": {"guide": "<p>Yksi</p>", "exceptions": ""}}, seen=None)
    with pytest.raises(GuideChanged):
        write_guide(**keys, texts={"fi": {"guide": "<p>Kaksi</p>", "exceptions": ""}}, seen=None)
    assert texts_of(MunicipalGuide.objects.get()) == {"fi": ("Yksi", "")}


# ---------------------------------------------------------------------------------------------- from the page to the form


def test_the_page_leads_editors_to_their_own_guide_only(
    client: Client, manifold: Keys, municipal_editor: User, expert: User
) -> None:
    page = f"/fi/palvelu/{manifold.service}-x/tyoohje/"
    client.force_login(expert)
    assert "/admin/guides/" not in client.get(page).content.decode()
    client.force_login(municipal_editor)
    response = client.get(page)
    assert [link.path for link in response.context["guides_to_write"]] == [address(manifold.service)]
    assert address(manifold.service) in response.content.decode()
