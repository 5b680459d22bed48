"""Addresses of this room's public pages, below the language."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("invitation/", views.invitation, name="invitation"),
    path("invitation/<str:secret>/", views.invitation_link, name="invitation_link"),
]
