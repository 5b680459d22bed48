"""A small region for the tests of rights: organisations, people of every role, and services in every relation and state.

Every text that somebody must not see carries a word of its own, so that a leak names itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.management import call_command
from django.utils import timezone

from accounts.models import Membership, Municipality, Organisation, ProviderLink, User
from catalogue.actions import change_lifecycle
from catalogue.models import MunicipalGuide, MunicipalGuideText, Service, ServicePage, WorkInstructionPage
from home.models import MunicipalityPage
from tests.factories import (
    MembershipFactory,
    MunicipalityFactory,
    OrganisationFactory,
    ServicePageFactory,
    UserFactory,
    WorkInstructionPageFactory,
    make_terms,
    site_tree,
)

ROLE = Membership.Role
# The fixture `record_property`: cells are told to the report of the run, which adds them up (scripts/run_tests.py).
Record = Callable[[str, object], None]
# The people: name → (role, organisation) of each membership.
MEMBERSHIPS: dict[str, tuple[tuple[Membership.Role, str], ...]] = {
    "expert": ((ROLE.EXPERT, "helsinki"),),
    "expert-elsewhere": ((ROLE.EXPERT, "espoo"),),
    "provider-editor": ((ROLE.EDITOR, "silta"),),
    "provider-main-user": ((ROLE.MAIN_USER, "silta"),),
    "shared-provider-editor": ((ROLE.EDITOR, "yhteinen"),),
    "municipal-editor": ((ROLE.EDITOR, "helsinki"),),
    "municipal-main-user": ((ROLE.MAIN_USER, "helsinki"),),
    "editor-and-expert": ((ROLE.EDITOR, "silta"), (ROLE.EXPERT, "espoo")),
    "outsider": ((ROLE.EDITOR, "vieras"),),
    "blocked": ((ROLE.MAIN_USER, "helsinki"),),
    "of-closed": ((ROLE.MAIN_USER, "suljettu"),),
    "without-role": (),
}
PEOPLE = (*MEMBERSHIPS, "administrator")
# The services: name → (organiser, responsible municipality, joint with).
SERVICES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "silta": ("silta", "helsinki", ()),
    "yhteinen": ("yhteinen", "helsinki", ()),
    "yhteinen-espoo": ("yhteinen", "espoo", ()),
    "helsinki": ("helsinki", "helsinki", ()),
    "joint": ("espoo", "espoo", ("helsinki",)),
    "vieras": ("vieras", "espoo", ()),
}
# Those that exist in Swedish too: a version takes twice the time of its original to make.
IN_SWEDISH = ("silta", "joint", "vieras")
STATES = ("draft", "published", "outdated", "archived")


# What a service has that not everybody may see: a change that waits, its instruction, and Helsinki's guide to it.
PARTS = ("draft", "instruction", "guide")


def secret(service: str, state: str, part: str) -> str:
    """The word that only this part (of PARTS) of this service carries."""
    return f"salasana{part}{service.replace('-', '')}{state}"


@dataclass(frozen=True)
class World:
    """Primary keys, so that no test changes another's objects: of services' and instructions' original pages."""

    services: dict[tuple[str, str], int]
    instructions: dict[tuple[str, str], int]

    def page(self, service: str, state: str) -> ServicePage:
        found: ServicePage = ServicePage.objects.get(pk=self.services[service, state])
        return found

    def instruction(self, service: str, state: str) -> WorkInstructionPage:
        found: WorkInstructionPage = WorkInstructionPage.objects.get(pk=self.instructions[service, state])
        return found


def person(name: str) -> User:
    """One of PEOPLE, read anew, as each request does."""
    found: User = User.objects.get(email=f"{name}@example.org")
    return found


def make_world() -> World:
    home = site_tree()
    make_terms()
    municipality = MunicipalityFactory(code="091")
    page = MunicipalityPage(title="Helsinki", slug="helsinki", locale=home.locale, municipality=municipality)
    home.add_child(instance=page)
    helsinki = OrganisationFactory(code="helsinki", municipal=True, pages=True, acts_for=[municipality])
    espoo = OrganisationFactory(code="espoo", municipal=True, pages=True, acts_for=[MunicipalityFactory(code="049")])
    found = {"helsinki": helsinki, "espoo": espoo}
    for code, linked_to in (("silta", [helsinki]), ("yhteinen", [helsinki, espoo]), ("vieras", [espoo]), ("suljettu", [])):
        found[code] = OrganisationFactory(code=code, pages=True, linked_to=linked_to)
    _make_people(found)
    Organisation.objects.filter(code="suljettu").update(closed_at=timezone.now())
    ProviderLink.objects.filter(provider__code="silta").update(trusted=True)
    services, instructions = {}, {}
    for name, (organiser, responsible, joint) in SERVICES.items():
        for state in STATES:
            page = _make_service(name, state, found[organiser], found[responsible], [found[code] for code in joint])
            services[name, state] = page.pk
            instructions[name, state] = page.get_children().type(WorkInstructionPage).get().pk
    # The suite leaves these alone; here each listing and search is to find all that it should not show.
    for index in ("update_index", "rebuild_references_index"):
        call_command(index, verbosity=0)
    return World(services, instructions)


def _make_people(organisations: dict[str, Organisation]) -> None:
    for name, memberships in MEMBERSHIPS.items():
        user = UserFactory(email=f"{name}@example.org", first_name=f"Nimi{name.replace('-', '')}", is_active=name != "blocked")
        for role, code in memberships:
            MembershipFactory(user=user, organisation=organisations[code], role=role)
    UserFactory(email="administrator@example.org", administrator=True)


def _make_service(
    name: str, state: str, organiser: Organisation, responsible: Organisation, joint: Iterable[Organisation]
) -> ServicePage:
    """One service with an instruction and a guide, and with a change that waits unpublished beside what is public."""
    languages = ("sv",) if name in IN_SWEDISH else ()
    page: ServicePage = ServicePageFactory(
        organiser=organiser, complete=True, published=state != "draft", title=f"Palvelu {name} {state}", languages=languages,
        responsible_municipality=responsible, joint_organisations=list(joint),
    )  # fmt: skip
    WorkInstructionPageFactory(
        service_page=page,
        published=state != "draft",
        referral=f"<p>{secret(name, state, 'instruction')}</p>",
        languages=languages,
    )
    guide = MunicipalGuide(service=page.service, municipality=Municipality.objects.get(code="091"))
    guide.texts.set([MunicipalGuideText(language="fi", guide=f"<p>{secret(name, state, 'guide')}</p>")])
    guide.save()
    page = ServicePage.objects.get(pk=page.pk)
    page.summary = secret(name, state, "draft")
    page.save_revision(user=person("administrator"))
    if state in ("outdated", "archived"):
        change_lifecycle(service=page.service, lifecycle=Service.Lifecycle(state))
    return page
