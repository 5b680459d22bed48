"""What the front doors change when something below them changes."""

from wagtail.models import PageViewRestriction

from catalogue.actions import change_vocabulary_stamp
from home.models import ContentPage, HomePage, Notice, NoticeText, ToolLink, ToolLinkLabel

# The kinds of page that stand in a menu, or above one that does.
MENU_PAGES = (ContentPage, HomePage)
# What stands on the experts' noticeboard.
BOARD_MODELS = (Notice, NoticeText, ToolLink, ToolLinkLabel)


def renew_menus() -> None:
    """Let every process read the menus anew. One query."""
    change_vocabulary_stamp()


def renew_board() -> None:
    """Let every process read notices and tools anew. One query."""
    change_vocabulary_stamp()


def renew_menus_below(*, restriction: PageViewRestriction) -> None:
    """The same, where the restriction is that of a page which the menus know. Two queries at most."""
    if issubclass(restriction.page.specific_class or object, MENU_PAGES):
        renew_menus()
