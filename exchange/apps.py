"""Tells Django of this room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
