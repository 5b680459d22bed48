"""Records of the Suomi.fi catalogue, real and invented, and an organisation to import them to."""

import copy
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker

from accounts.models import Membership, Organisation, User
from catalogue.actions import change_vocabulary_stamp
from catalogue.models import Concept
from exchange.ptv import _mapping
from tests.database import module_database
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory, site_tree

__all__ = ["module_database"]

DESCRIPTIONS = Path(__file__).resolve().parents[2] / "exchange" / "data" / "ptv_general_descriptions.json"
Record = dict[str, Any]
Report = tuple[str, CommandError | None]
RunImport = Callable[..., Report]

_RECORD: Record = {
    "id": "11111111-aaaa-bbbb-cccc-222222222222",
    "name": {"fi": "Työhönvalmennus", "sv": "Arbetsträning", "en": "Job coaching"},
    "summary": {"fi": "Valmentaja auttaa.", "sv": "En coach hjälper.", "en": "A coach helps."},
    "description": {"fi": "Tapaat.\n\nSe kestää.", "sv": "Du träffar.\n\nDet varar.", "en": "You meet.\n\nIt lasts."},
    "user_instructions": {"fi": "Soita meille.", "sv": "Ring oss.", "en": "Call us."},
    "restrictions": {"fi": "Olet työtön.", "sv": "Du är arbetslös.", "en": "You are unemployed."},
    "charge_info": {"fi": "Maksuton.", "sv": "Avgiftsfri.", "en": "Free of charge."},
    "laws": [
        {
            "names": {"fi": "Laki A", "sv": "Lag A"},
            "links": {"fi": "https://finlex.example/fi/a", "sv": "https://finlex.example/sv/a"},
        },
        {"names": {"fi": "Laki B", "sv": "Lag B", "en": "Act B"}, "links": {"fi": "https://finlex.example/fi/b"}},
    ],
    "target_groups": [["v2001", "Kansalaiset"]],
    "service_classes": [["v1036", "Sosiaalipalvelujen neuvonta- ja ohjauspalvelut"]],
    "life_events": [["v3018", "Työttömäksi jääminen"]],
    "keywords": [
        ["http://www.yso.fi/onto/koko/p62202", "etsivä nuorisotyö"],
        ["http://www.yso.fi/onto/yso/p15255", "aikuislukiot"],
    ],
    "employment_related": True,
}  # fmt: skip


def record(*languages: str, **changes: Any) -> Record:
    """A sound record in `languages` (default: Finnish alone, which is quick to import), with some of its fields replaced."""
    made = copy.deepcopy(_RECORD)
    for name, value in made.items():
        if isinstance(value, dict):
            made[name] = {tag: text for tag, text in value.items() if tag in (languages or ("fi",))}
    return {**made, **changes}


def real_records() -> list[Record]:
    found: list[Record] = json.loads(DESCRIPTIONS.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def prepared(module_database: DjangoDbBlocker) -> None:
    """A site with every term that the classes of the source map to (without labels), and an organisation to import to."""
    with module_database.unblock():
        site_tree()
        codes = {pair for pairs in _mapping().values() for pair in pairs if pair[0] != "audience"}
        Concept.objects.bulk_create(Concept(vocabulary=vocabulary, code=code) for vocabulary, code in sorted(codes))
        change_vocabulary_stamp()
        organisation = OrganisationFactory(code="tuoja", pages=True)
        MembershipFactory(user=UserFactory(email="tuoja@example.org"), organisation=organisation, role=Membership.Role.EDITOR)


@pytest.fixture
def organiser(prepared: None, db: None) -> Organisation:
    found: Organisation = Organisation.objects.get(code="tuoja")
    return found


@pytest.fixture
def responsible(prepared: None, db: None) -> User:
    return User.objects.get(email="tuoja@example.org")


@pytest.fixture
def run_import(organiser: Organisation, responsible: User, tmp_path: Path) -> RunImport:
    """Runs the command over records (or the text or bytes of a file); gives its report and the error that ended it, if any."""

    def run(content: list[Any] | str | bytes | Path, *options: str) -> Report:
        path = tmp_path / "descriptions.json"
        if isinstance(content, Path):
            path = content
        elif isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        report = StringIO()
        defaults = [f"--organisation={organiser.code}", f"--responsible={responsible.email}"]
        try:
            call_command("import_ptv_descriptions", str(path), *defaults, *options, stdout=report, verbosity=0, no_color=True)
        except CommandError as error:
            return report.getvalue(), error
        return report.getvalue(), None

    return run
