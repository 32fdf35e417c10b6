"""Speaks each person's language and tells the time of their zone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from .models import User
from .sessions import pulse

ZONE_COOKIE = "tz"  # written by the page's script: the browser knows its zone, a request does not say it


class PersonMiddleware:
    """Activates language and zone of whoever asks, for this request only. Comes after sign-in and LocaleMiddleware.

    Language: the person's, else what LocaleMiddleware found. Zone: the person's, else the browser's, else the server's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = _person(request)
        if person is not None and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = translation.get_language()
        zone = zone_named(person.timezone if person else "") or zone_named(unquote(request.COOKIES.get(ZONE_COOKIE, "")))
        with timezone.override(zone) if zone else nullcontext():
            return self.get_response(request)


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of this name, or None for a name that is empty or made up."""
    return ZoneInfo(name) if name in zone_names() else None


@cache
def zone_names() -> frozenset[str]:
    """Every zone's name that is worth offering, without historical aliases such as ``Etc`` and ``US``."""
    places = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return frozenset(name for name in available_timezones() if name == "UTC" or name.startswith(places))


def _person(request: HttpRequest) -> User | None:
    """Whoever is signed in; asks the database only when there is a session to ask about."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    person = request.user
    if not isinstance(person, User) or not pulse(request):
        return None
    return person
