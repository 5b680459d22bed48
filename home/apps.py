"""Tells Django of this room and connects its ears."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from home import signal_handlers

        signal_handlers.connect()
