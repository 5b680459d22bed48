"""The administrators' lists of the catalogue: one per vocabulary, places and legal snippets."""

import re
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.admin import SimpleListFilter, display
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdminGroup

from accounts.models import Municipality, Organisation
from accounts.standing import standing_of
from accounts.viewsets import AdministratorsList, CodedForm
from catalogue.models import (
    VOCABULARY_PROXIES,
    Concept,
    ConceptLabel,
    LegalSnippet,
    LegalSnippetText,
    Place,
    PlaceName,
    Vocabulary,
    WorkInstructionPage,
)
from catalogue.permissions import OrganisationAct, may_enter_admin, may_with_organisation
from catalogue.usage import places_with_term, services_at_place, services_with_term

CODE = re.compile(r"[a-z0-9][a-z0-9.:_-]*")
ICONS = {
    Vocabulary.SERVICE_CATEGORY: "folder-open-1",
    Vocabulary.SERVICE_NEED: "help",
    Vocabulary.CLIENT_SITUATION: "user",
    Vocabulary.SECTOR: "cogs",
    Vocabulary.DELIVERY_MODE: "desktop",
    Vocabulary.SERVICE_ACCESSIBILITY: "tick-inverse",
    Vocabulary.PLACE_ACCESSIBILITY: "thumbtack",
    Vocabulary.LANGUAGE: "globe",
    Vocabulary.CEFR_LEVEL: "list-ol",
    Vocabulary.LEGAL_TASK: "clipboard-list",
    Vocabulary.KEYWORD: "tag",
}


def missing_languages(rows: Any) -> str:
    """The interface's languages in which there is no row, by their own names."""
    names, there = dict(settings.LANGUAGES), {row.language for row in rows}
    return ", ".join(names[tag] for tag in settings.INTERFACE_LANGUAGES if tag not in there)


# -------------------------------------------------------------------------------------------------- vocabularies


class ConceptForm(CodedForm):
    """A concept of the vocabulary whose list the administrator is in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vocabulary = self.instance.for_vocabulary
        self.instance.vocabulary = vocabulary
        if "parent" in self.fields:
            first_level = Concept.objects.in_vocabulary(vocabulary).filter(parent=None).exclude(pk=self.instance.pk)
            self.fields["parent"].queryset = first_level.prefetch_related("labels")

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if self.fields["code"].disabled:
            return code
        if not CODE.fullmatch(code):
            raise ValidationError(
                _("Use small letters a–z, digits and the marks . : _ - only, and begin with a letter or a digit.")
            )
        if Concept.objects.in_vocabulary(self.instance.vocabulary).filter(code=code).exists():
            raise ValidationError(_("This vocabulary already has a concept with the code “%(code)s”.") % {"code": code})
        return code

    def clean_parent(self) -> Concept | None:
        parent: Concept | None = self.cleaned_data["parent"]
        if parent is not None and self.instance.pk and self.instance.children.exists():
            raise ValidationError(_("A concept that has others below it cannot stand below another one."))
        return parent


class MissingLanguageFilter(SimpleListFilter):
    """Concepts that have no label in a language."""

    title = _("Missing label")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = dict(settings.LANGUAGES)
        return [(tag, names[tag]) for tag in settings.INTERFACE_LANGUAGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.exclude(labels__language=self.value()) if self.value() else queryset


class VocabularyAdmin(AdministratorsList):
    """The list of one vocabulary's concepts."""

    added_name = _("Add a concept")
    names = (ConceptLabel, "concept", "label")
    list_display = ("own_name", "code", "its_parent", "languages_missing", "is_retired")
    list_filter = ("retired", MissingLanguageFilter)
    search_fields = ("labels__label", "code")
    ordering = ("sort_order", "code")
    instead_of_deleting = _("Retire it instead: services that have it keep it, and it can no longer be chosen.")
    edit_handler = ObjectList(
        [
            InlinePanel(
                "labels",
                heading=_("Labels"),
                label=_("Label"),
                help_text=_("One row per language. A language without a row shows the best other one."),
                panels=[FieldRowPanel([FieldPanel("language"), FieldPanel("label")]), FieldPanel("description")],
                min_num=1,
            ),
            MultiFieldPanel(
                [
                    FieldPanel("code"),
                    FieldPanel("parent", help_text=_("Leave empty for the first level.")),
                    FieldPanel("sort_order", help_text=_("Smaller numbers come first.")),
                    FieldPanel("retired"),
                ],
                heading=_("Place in the vocabulary"),
            ),
            InlinePanel(
                "mappings",
                heading=_("Mappings"),
                label=_("Mapping"),
                help_text=_("What public code lists and other systems call this concept."),
                panels=[FieldRowPanel([FieldPanel("scheme"), FieldPanel("value")])],
            ),
        ],
        base_form_class=ConceptForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("parent").prefetch_related("labels", "parent__labels")

    @display(description=_("parent"), ordering="parent__sort_order")
    def its_parent(self, obj: Concept) -> str:
        return str(obj.parent or "")

    @display(description=_("Languages missing"))
    def languages_missing(self, obj: Concept) -> str:
        return missing_languages(obj.labels.all())

    @display(description=_("retired"), ordering="retired")
    def is_retired(self, obj: Concept) -> str:
        return str(_("retired")) if obj.retired else ""

    def users_of(self, obj: Concept) -> list[str]:
        """Services and places that have the concept, and concepts below it."""
        return [
            *(page.get_admin_display_title() for page in services_with_term(obj.vocabulary, obj.code)),
            *(str(place) for place in places_with_term(obj.vocabulary, obj.code)),
            *(str(child) for child in obj.children.all()),
        ]


VOCABULARY_ADMINS = tuple(
    type(
        f"{model.__name__}Admin",
        (VocabularyAdmin,),
        {"model": model, "menu_icon": ICONS[vocabulary], "menu_label": vocabulary.label},
    )
    for vocabulary, model in VOCABULARY_PROXIES.items()
)


class VocabulariesGroup(ModelAdminGroup):
    menu_label = _("Vocabularies")
    menu_icon = "list-ul"
    menu_order = 520
    items: ClassVar[tuple[Any, ...]] = VOCABULARY_ADMINS


# -------------------------------------------------------------------------------------------------------- places


class MunicipalityFilter(SimpleListFilter):
    """Places of one municipality, of those that have any."""

    title = _("municipality")
    parameter_name = "municipality"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = Municipality.objects.filter(places__isnull=False).distinct().prefetch_related("names")
        return sorted(((row.code, row.name) for row in found), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(municipality__code=self.value()) if self.value() else queryset


class PlaceKeepers(PermissionHelper):
    """Editors keep the places of their own and linked organisations; all others, and deleting, are for administrators."""

    def user_has_any_permissions(self, user: Any) -> bool:
        return may_enter_admin(standing_of(user))

    def user_can_list(self, user: Any) -> bool:
        return self.user_has_any_permissions(user)

    def user_can_create(self, user: Any) -> bool:
        return self.user_has_any_permissions(user)

    def user_can_edit_obj(self, user: Any, obj: Place) -> bool:
        return may_with_organisation(standing_of(user), OrganisationAct.KEEP_PLACES, obj.organisation_id or 0)

    def user_can_delete_obj(self, user: Any, obj: Place) -> bool:
        return standing_of(user).is_administrator


class PlaceForm(CodedForm):
    """A place; an editor's is always of an own or linked organisation, and its code is the administrators' to give."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = standing_of(self.for_user)
        if person.is_administrator:
            return
        self.fields.pop("code", None)
        own = Organisation.objects.open().filter(pk__in=person.edits | person.linked_providers).prefetch_related("names")
        self.fields["organisation"].queryset = own
        self.fields["organisation"].required = True
        self.fields["organisation"].empty_label = None


class PlaceAdmin(AdministratorsList):
    """The list of reusable addresses."""

    model = Place
    permission_helper_class = PlaceKeepers
    menu_icon = "thumbtack"
    menu_order = 530
    names = (PlaceName, "place", "name")
    list_display = ("own_name", "address", "municipality", "organisation")
    list_filter = (MunicipalityFilter,)
    search_fields = ("names__name", "names__street", "names__city", "postal_code", "code", "municipality__names__name")
    ordering = ("own_name", "pk")
    instead_of_deleting = _("Choose another place for these services first.")
    edit_handler = ObjectList(
        [
            InlinePanel(
                "names",
                heading=_("Names and addresses"),
                label=_("Name and address"),
                help_text=_("One row per language: street names differ between Finnish and Swedish."),
                panels=[
                    FieldRowPanel([FieldPanel("language"), FieldPanel("name")]),
                    FieldRowPanel([FieldPanel("street"), FieldPanel("city")]),
                    FieldPanel("directions"),
                ],
                min_num=1,
            ),
            MultiFieldPanel(
                [
                    FieldPanel("municipality"),
                    FieldPanel("postal_code"),
                    FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
                ],
                heading=_("Where"),
            ),
            FieldPanel("accessibility"),
            MultiFieldPanel([FieldPanel("organisation"), FieldPanel("code")], heading=_("Upkeep")),
        ],
        base_form_class=PlaceForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        places = super().get_queryset(request).select_related("municipality", "organisation")
        person = standing_of(request.user)
        if not person.is_administrator:
            places = places.filter(organisation__in=person.edits | person.linked_providers)
        return places.prefetch_related("names", "municipality__names", "organisation__names")

    @display(description=_("address"), ordering="postal_code")
    def address(self, obj: Place) -> str:
        names = {row.language: row for row in obj.names.all()}
        row = names.get("fi") or next(iter(names.values()), None)
        return f"{row.street}, {obj.postal_code} {row.city}" if row else obj.postal_code

    def users_of(self, obj: Place) -> list[str]:
        return [page.get_admin_display_title() for page in services_at_place(obj)]


# ------------------------------------------------------------------------------------------------ legal snippets


class LegalSnippetAdmin(AdministratorsList):
    """The list of the standard texts that the law fixes."""

    model = LegalSnippet
    menu_icon = "openquote"
    menu_order = 540
    names = (LegalSnippetText, "snippet", "label")
    list_display = ("own_name", "kind", "code", "valid_from", "valid_to", "languages_missing")
    list_filter = ("kind",)
    search_fields = ("texts__label", "texts__text", "code")
    ordering = ("kind", "sort_order", "code")
    instead_of_deleting = _("End its validity instead: give it a last day.")
    edit_handler = ObjectList(
        [
            MultiFieldPanel([FieldPanel("kind"), FieldPanel("code"), FieldPanel("sort_order")], heading=_("Identity")),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")], heading=_("Validity")),
            InlinePanel(
                "texts",
                heading=_("Texts"),
                label=_("Text"),
                help_text=_("One row per language. The label is what the editor chooses by; the text is what experts read."),
                panels=[FieldRowPanel([FieldPanel("language"), FieldPanel("label")]), FieldPanel("text")],
                min_num=1,
            ),
        ],
        base_form_class=CodedForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("texts")

    @display(description=_("Languages missing"))
    def languages_missing(self, obj: LegalSnippet) -> str:
        return missing_languages(obj.texts.all())

    def users_of(self, obj: LegalSnippet) -> list[str]:
        instructions = WorkInstructionPage.objects.filter(Q(obligation=obj) | Q(statement=obj) | Q(other_benefits=obj))
        return [page.get_admin_display_title() for page in instructions.distinct()]
