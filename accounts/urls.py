"""Addresses of this room's public pages, below the language."""

from django.urls import path

from accounts import own_data_views, views

urlpatterns = [
    path("invitation/", views.invitation, name="invitation"),
    path("invitation/<str:secret>/", views.invitation_link, name="invitation_link"),
    path("keep-account/<str:token>/", views.keep_account, name="keep_account"),
    path("own-data/", own_data_views.own_data, name="own_data"),
    path("own-data/download/", own_data_views.download, name="own_data_download"),
    path("own-data/deletion/", own_data_views.deletion, name="own_data_deletion"),
]
