"""Every address of Parley."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from inbox.web import health, numbers

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("inbox.web.urls")),
    path("", include("inbox.web.live_urls")),
    path("settings/numbers/", numbers.numbers, name="numbers"),
    path("settings/numbers/<int:pk>/trial/", numbers.trial, name="number_trial"),
    path("", include("inbox.web.people_urls")),  # before allauth's, two of which it closes
    path("accounts/", include("allauth.urls")),
]
