"""The addresses that pages ask when they were away."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import live

urlpatterns: list[URLPattern] = [
    path("live/since/", live.since, name="live_since"),
    path("live/counts/", live.counts, name="live_counts"),
]
