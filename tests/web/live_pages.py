"""Every address of the product together with those of live."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("inbox.web.live_urls")),
    path("", include("inbox.web.urls")),
    path("", include("inbox.urls")),
]
