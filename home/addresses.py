"""Addresses of pages of the tree, without asking Wagtail for each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    path: str
    language: str = ""


def page_path(language: str, url_path: str) -> str:
    """The public path of a tree page for readers of `language`.

    `url_path` is Wagtail's: "/<slug of the language's front page>/rest/"; the front page's own slug is not in the address.
    """
    rest = url_path.lstrip("/").partition("/")[2]
    return f"/{language}/{rest}"
