"""What the front doors hear: a page of the site, or who may read it, has changed; one call, no logic."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import PageViewRestriction
from wagtail.signals import post_page_move

from home import actions


def on_page_changed(sender: Any, **kwargs: Any) -> None:
    actions.renew_menus()


def on_restriction_changed(sender: Any, instance: PageViewRestriction, **kwargs: Any) -> None:
    actions.renew_menus_below(restriction=instance)


def connect() -> None:
    """Connect the ears; called once when Django starts."""
    for model in actions.MENU_PAGES:
        for signal in (post_save, post_delete, post_page_move):
            signal.connect(on_page_changed, sender=model, dispatch_uid=f"menus-of-{model.__name__}")
    for signal in (post_save, post_delete):
        signal.connect(on_restriction_changed, sender=PageViewRestriction, dispatch_uid="menus-of-restricted")
