"""Every address of the site, by room."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls

from accounts.sign_in.urls import doors
from accounts.views import sent_mails
from home import admin_views, views

explorer = require_admin_access(admin_views.Explorer.as_view())
explorer_results = require_admin_access(admin_views.Explorer.as_view(results_only=True))
urlpatterns: list[URLPattern | URLResolver] = [
    # Wagtail's explorer with filters that name nobody of other organisations; its own names lead here.
    path("admin/pages/", explorer, name="wagtailadmin_explore_root"),
    path("admin/pages/<int:parent_page_id>/", explorer, name="wagtailadmin_explore"),
    path("admin/pages/<int:parent_page_id>/results/", explorer_results, name="wagtailadmin_explore_results"),
    *doors,
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Wagtail's own pages for restricted pages; its door to the tree is ours below.
    *(pattern for pattern in wagtail_urls.urlpatterns if pattern.name not in ("wagtail_serve", "wagtailcore_login")),
    path("mails/", sent_mails, name="sent_mails"),
]
if settings.DEBUG:
    # Pictures alone. Documents are served by a view that asks who may have them: no web server may give out the others.
    urlpatterns += static(f"{settings.MEDIA_URL}images/", document_root=settings.MEDIA_ROOT / "images")
urlpatterns += i18n_patterns(
    path("", include("accounts.sign_in.urls")),
    path("", include("accounts.urls")),
    path("", include("search.urls")),
    path("", include("home.urls")),
    re_path(r"^((?:[\w-]+/)*)$", views.tree_page, name="wagtail_serve"),
)

handler403 = "home.views.forbidden"
handler404 = "home.views.not_found"
# Asked by django-allauth; Django itself knows no such handler.
handler429 = "accounts.sign_in.views.too_many_requests"
