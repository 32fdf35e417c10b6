"""The addresses of messages' files."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import media

urlpatterns: list[URLPattern] = [
    path("media/<int:pk>/", media.show, name="attachment"),
    path("media/<int:pk>/thumb/", media.thumb, name="attachment_thumb"),
]
