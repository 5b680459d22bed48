"""Tells Django of this room, and connects its ears."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and organisations")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in
        from django.core.checks import register
        from django.db.models.signals import post_migrate

        from accounts.sign_in.roles import check_required_roles
        from accounts.sign_in.sessions import on_signed_in

        user_logged_in.connect(on_signed_in, dispatch_uid="limit the session")
        post_migrate.connect(_make_cache_table, sender=self, dispatch_uid="make the cache table")
        register(check_required_roles)
        # Wagtail's own forms for users and groups tick boxes that count for nothing here, make administrators and set
        # passwords. A view set without views takes their place: no address, no menu item, for nobody.
        stock = apps.get_app_config("wagtailusers")
        stock.user_viewset = stock.group_viewset = "wagtail.admin.viewsets.base.ViewSet"  # type: ignore[attr-defined]  # Wagtail's own door


def _make_cache_table(using: str, verbosity: int, **kwargs: object) -> None:
    """The table of the shared cache comes with `migrate`, so that nobody can forget it."""
    from django.core.management import call_command

    call_command("createcachetable", database=using, verbosity=max(verbosity - 1, 0))
