"""Reads general descriptions of the Suomi.fi Finnish Service Catalogue (PTV): checks each record, maps its classes.

The file is a JSON list of objects with `id`, `name`, `summary`, `description`, `user_instructions`, `restrictions`,
`charge_info` (each language → text), `laws`, `target_groups`, `service_classes`, `life_events`, `keywords` (lists of
[code, Finnish label]) and `employment_related`. What is wrong with a record is told as reasons; the record is then refused
whole. What is only of no use (a law without a web address) is left out and told.
"""

import csv
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from catalogue.texts import paragraphs
from catalogue.vocabulary_files import keyword_code

MAPPING_FILE = Path(__file__).parent / "data" / "ptv_mapping.csv"
TITLE_LENGTH, SUMMARY_LENGTH, PRICE_LENGTH, LABEL_LENGTH, KEYWORD_LENGTH = 120, 250, 250, 160, 120
LANGUAGES = ("fi", "sv", "en")
TEXT_FIELDS = ("name", "summary", "description", "user_instructions", "restrictions", "charge_info")
CLASS_FIELDS = {"service_classes": "service_class", "life_events": "life_event", "target_groups": "target_group"}
KOKO = "/onto/koko/"
_check_url = URLValidator(schemes=["http", "https"])


class BadFile(Exception):
    """The file as a whole cannot be read; the message says why and what was expected."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not imported: its place in the file (from 1), what it is called, and every reason."""

    place: int
    name: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Law:
    url: str
    labels: Mapping[str, str]

    def label(self, language: str, *, or_any: bool = False) -> str:
        """Its name in `language`; `or_any`: where there is none, that in another language, or the address."""
        own = self.labels.get(language, "")
        return own or (next(iter(self.labels.values()), self.url) if or_any else "")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A concept of a public ontology: `code` is the one that our vocabulary gives it, `label` is Finnish."""

    code: str
    uri: str
    label: str


@dataclass(frozen=True, slots=True)
class Description:
    """One checked record. `texts`: language → name of the text (title, summary, price_text, delivery, how, requirements)
    → text, rich ones as HTML; `terms`: vocabulary → codes; `left_out`: what the source has and a service has no use for."""

    external_id: str
    original_language: str
    employment_related: bool
    texts: Mapping[str, Mapping[str, str]]
    terms: Mapping[str, tuple[str, ...]]
    keywords: tuple[Keyword, ...] = ()
    laws: tuple[Law, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.texts)


@cache
def _mapping() -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """(scheme, Finnish label) → ((our vocabulary, code), …)."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    with MAPPING_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["scheme"], row["ptv_label"]), []).append((row["vocabulary"], row["code"]))
    return {key: tuple(value) for key, value in found.items()}


def read_file(path: Path) -> list[Any]:
    """The records of the file at `path`, unchecked. Raises BadFile."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not UTF-8 text: byte {error.start}.") from error
    except (ValueError, RecursionError) as error:  # not JSON; a number of thousands of digits; lists in lists in lists …
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise BadFile(f"{path} is not JSON that can be read{where}.") from error
    if not isinstance(data, list):
        raise BadFile(f"{path} holds no list of descriptions: its outermost value must be a list [ … ].")
    return data


def check_all(records: list[Any]) -> Iterator[Description | Refusal]:
    """Each record checked, in order. An id that came before is refused."""
    seen: dict[str, int] = {}
    for place, record in enumerate(records, start=1):
        checked = check(place, record)
        if isinstance(checked, Description):
            if checked.external_id in seen:
                name = checked.texts[checked.original_language]["title"]
                reason = f"the id {shown(checked.external_id)} already stands in record {seen[checked.external_id]}"
                yield Refusal(place, shown(name), (reason,))
                continue
            seen[checked.external_id] = place
        yield checked


def check(place: int, record: Any) -> Description | Refusal:
    """One record as a Description, or the reasons why it is none."""
    if not isinstance(record, dict):
        return Refusal(place, "?", ("it is not an object { … }",))
    reasons: list[str] = []
    left_out: list[str] = []
    external_id = record.get("id")
    if not isinstance(external_id, str) or not 0 < len(external_id) <= 100 or not _is_readable(external_id):
        reasons.append("“id” is not a text of 1 to 100 characters")
    raw = {name: _by_language(record, name, reasons) for name in TEXT_FIELDS}
    texts = {tag: _texts_of(raw, tag) for tag in LANGUAGES if raw["name"].get(tag, "").strip()}
    if not texts:
        reasons.append("it has no name in Finnish, Swedish or English")
    for tag, own in texts.items():
        for name, limit in (("title", TITLE_LENGTH), ("summary", SUMMARY_LENGTH)):
            if len(own[name]) > limit:
                reasons.append(f"the {name} in “{tag}” has {len(own[name])} characters, at most {limit} fit")
    nameless = {tag for by_language in raw.values() for tag, text in by_language.items() if text.strip()} - texts.keys()
    left_out += [f"the texts in “{shown(tag)}”, a language without a name or of no use here" for tag in sorted(nameless)]
    terms = _terms(record, reasons)
    laws = tuple(_laws(record, reasons, left_out))
    keywords = tuple(_keywords(record, reasons))
    employment_related = record.get("employment_related", False)
    if not isinstance(employment_related, bool):
        reasons.append("“employment_related” is neither true nor false")
    if reasons:
        title = next((own["title"] for own in texts.values()), str(external_id or "?")[:100])
        return Refusal(place, shown(title), tuple(reasons))
    return Description(
        external_id=str(external_id),
        original_language=next(iter(texts)),
        employment_related=employment_related,
        texts=texts,
        terms=terms,
        keywords=keywords,
        laws=laws,
        left_out=tuple(left_out),
    )


def shown(text: str) -> str:
    """The beginning of a text of the source, fit for a terminal: without what steers one, or has no form."""
    return "".join(letter if letter.isprintable() else "�" for letter in text[:80])


def _is_readable(text: str) -> bool:
    """No control characters but line ends and tabs, and no halves of surrogate pairs: neither can be stored everywhere."""
    return all(letter in "\n\r\t" or unicodedata.category(letter) not in ("Cc", "Cs") for letter in text)


def _by_language(record: Mapping[str, Any], name: str, reasons: list[str]) -> dict[str, str]:
    value = record.get(name, {})
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        reasons.append(f"“{name}” is not an object of language and text")
        return {}
    if not all(_is_readable(text) for text in value.values()):
        reasons.append(f"“{name}” has a control character")
    return value


def _texts_of(raw: Mapping[str, Mapping[str, str]], tag: str) -> dict[str, str]:
    """The texts of one language. A note on charges too long for the price field ends the text on taking part."""

    def plain(name: str) -> str:
        return raw[name].get(tag, "").strip()

    charge, how = " ".join(plain("charge_info").split()), plain("user_instructions")
    if len(charge) > PRICE_LENGTH:
        how, charge = f"{how}\n\n{charge}".strip(), ""
    return {
        "title": " ".join(plain("name").split()),
        "summary": " ".join(plain("summary").split()),
        "price_text": charge,
        "delivery": _rich(plain("description")),
        "how": _rich(how),
        "requirements": _rich(plain("restrictions")),
    }


def _rich(text: str) -> str:
    """Plain text as rich text. The empty line keeps a stranger's "<p>" from being taken for rich text of our own making."""
    return paragraphs(f"\n\n{text}")


def _pairs(record: Mapping[str, Any], name: str, reasons: list[str]) -> list[tuple[str, str]]:
    value = record.get(name) or []
    ok = isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) and _is_readable(part) for part in pair)
        for pair in value
    )
    if not ok:
        reasons.append(f"“{name}” is not a list of [code, label]")
        return []
    return [(code.strip(), label.strip()) for code, label in value]


def _terms(record: Mapping[str, Any], reasons: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, scheme in CLASS_FIELDS.items():
        for code, label in _pairs(record, name, reasons):
            mapped = _mapping().get((scheme, label))
            if mapped is None:
                reasons.append(f"the {scheme.replace('_', ' ')} “{shown(label)}” ({shown(code)}) is unknown")
                continue
            for vocabulary, own in mapped:
                found.setdefault(vocabulary, []).append(own)
    return {vocabulary: tuple(dict.fromkeys(codes)) for vocabulary, codes in found.items()}


def _keywords(record: Mapping[str, Any], reasons: list[str]) -> Iterator[Keyword]:
    """Keywords once each. A number is one of KOKO's only in an address of KOKO: other ontologies number for themselves."""
    seen = set()
    for uri, label in _pairs(record, "keywords", reasons):
        code = keyword_code(uri) if KOKO in uri else uri
        if not 0 < len(code) <= KEYWORD_LENGTH or not 0 < len(label) <= KEYWORD_LENGTH:
            reasons.append(f"the keyword “{shown(label)}” ({shown(uri)}) is not of 1 to {KEYWORD_LENGTH} characters")
        elif code not in seen:
            seen.add(code)
            yield Keyword(code, uri, label)


def _laws(record: Mapping[str, Any], reasons: list[str], left_out: list[str]) -> Iterator[Law]:
    """Laws once each, by their web address: it is a fact, so that the first language's serves all."""
    value = record.get("laws") or []
    if not isinstance(value, list):
        reasons.append("“laws” is not a list")
        return
    seen = set()
    for law in value:
        names, links = _texts_in(law, "names"), _texts_in(law, "links")
        if names is None or links is None:
            reasons.append("a law in “laws” has no “names” and “links”, each an object of language and text")
            continue
        labels = {tag: " ".join(names[tag].split())[:LABEL_LENGTH] for tag in LANGUAGES if names.get(tag, "").strip()}
        url = next((links[tag].strip() for tag in LANGUAGES if _is_url(links.get(tag, "").strip())), "")
        if not url:
            left_out.append(f"the law “{shown(next(iter(labels.values()), '?'))}”, which has no web address")
        elif url not in seen:
            seen.add(url)
            yield Law(url, labels)


def _texts_in(law: Any, name: str) -> dict[str, str] | None:
    """The object of language and text that `law` has under `name`; None where it has none."""
    value = law.get(name) if isinstance(law, dict) else None
    ok = isinstance(value, dict) and all(isinstance(text, str) and _is_readable(text) for text in value.values())
    return value if ok else None


def _is_url(text: str) -> bool:
    try:
        _check_url(text)
    except ValidationError:
        return False
    return True
