"""Tells Django of this room and connects its ears."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from search import signal_handlers

        signal_handlers.connect()
