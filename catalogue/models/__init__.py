"""The models of the catalogue, one module per noun."""

from catalogue.models.instructions import MunicipalGuide, MunicipalGuideText, WorkInstructionPage
from catalogue.models.organisations import CatalogueIndexPage, OrganisationPage
from catalogue.models.places import Place, PlaceName
from catalogue.models.services import NextStart, RelatedService, Service, ServicePage, ServiceProducer
from catalogue.models.snippets import LegalSnippet, LegalSnippetText
from catalogue.models.versions import VersionedPage, VersionState
from catalogue.models.vocabularies import (
    VOCABULARY_PROXIES,
    Concept,
    ConceptLabel,
    ConceptMapping,
    Vocabulary,
    VocabularyStamp,
)

__all__ = [
    "VOCABULARY_PROXIES",
    "CatalogueIndexPage",
    "Concept",
    "ConceptLabel",
    "ConceptMapping",
    "LegalSnippet",
    "LegalSnippetText",
    "MunicipalGuide",
    "MunicipalGuideText",
    "NextStart",
    "OrganisationPage",
    "Place",
    "PlaceName",
    "RelatedService",
    "Service",
    "ServicePage",
    "ServiceProducer",
    "VersionState",
    "VersionedPage",
    "Vocabulary",
    "VocabularyStamp",
    "WorkInstructionPage",
]
