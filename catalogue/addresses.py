"""The words of public addresses per language, and the paths made of them.

/<language>/<word>/…: the words are settings of the site, not interface strings, because an address must never change with a
new wording of the interface. Every language understands every word; the reader is sent on to the right one.
"""

from django.conf import settings

WORDS: dict[str, dict[str, str]] = {
    "services": {"fi": "palvelut", "sv": "tjanster", "en": "services"},
    "service": {"fi": "palvelu", "sv": "tjanst", "en": "service"},
    "instruction": {"fi": "tyoohje", "sv": "arbetsinstruktion", "en": "work-instruction"},
    "organisations": {"fi": "organisaatiot", "sv": "organisationer", "en": "organisations"},
    "organisation": {"fi": "organisaatio", "sv": "organisation", "en": "organisation"},
    "municipality": {"fi": "kunta", "sv": "kommun", "en": "municipality"},
}


def word(thing: str, language: str) -> str:
    """The address word for `thing` in `language`: its own, that of its base language, or the English one."""
    by_language = WORDS[thing]
    return by_language.get(language) or by_language.get(language.split("-")[0]) or by_language["en"]


def all_words(thing: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(WORDS[thing].values()))


def localised_path(language: str, thing: str, rest: str = "") -> str:
    """The path of `thing` for readers of `language`; `rest` follows its word and brings its own closing slash."""
    return f"/{language.lower()}/{word(thing, language)}/{rest}"


def service_path(language: str, number: int, slug: str) -> str:
    """The permanent public address of a service."""
    return localised_path(language, "service", f"{number}-{slug}/")


def instruction_path(language: str, number: int, slug: str) -> str:
    """The address of a service's work instruction, below that of the service."""
    return f"{service_path(language, number, slug)}{word('instruction', language)}/"


def is_known_language(language: str) -> bool:
    return language.lower() in dict(settings.LANGUAGES)
