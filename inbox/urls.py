"""Every address of Parley."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("inbox.web.people_urls")),  # before allauth's, two of which it closes
    path("accounts/", include("allauth.urls")),
]
