"""What the front doors hear: a page of the site, who may read it, or the noticeboard has changed; one call, no logic."""

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import PageViewRestriction
from wagtail.signals import post_page_move

from home import actions
from home.models import ToolLink


def on_page_changed(sender: Any, **kwargs: Any) -> None:
    actions.renew_menus()


def on_restriction_changed(sender: Any, instance: PageViewRestriction, **kwargs: Any) -> None:
    actions.renew_menus_below(restriction=instance)


def on_board_changed(sender: Any, **kwargs: Any) -> None:
    actions.renew_board()


def connect() -> None:
    """Connect the ears; called once when Django starts."""
    for model in actions.MENU_PAGES:
        for signal in (post_save, post_delete, post_page_move):
            signal.connect(on_page_changed, sender=model, dispatch_uid=f"menus-of-{model.__name__}")
    for signal in (post_save, post_delete):
        signal.connect(on_restriction_changed, sender=PageViewRestriction, dispatch_uid="menus-of-restricted")
    for board_model in actions.BOARD_MODELS:
        for signal in (post_save, post_delete):
            signal.connect(on_board_changed, sender=board_model, dispatch_uid=f"board-of-{board_model.__name__}")
    m2m_changed.connect(on_board_changed, sender=ToolLink.organisations.through, dispatch_uid="board-of-organisations")
