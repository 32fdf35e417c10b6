"""Whose a socket is, what it may hear, and in which language and zone: asked when it opens and again whenever that may change."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language_from_request

from accounts.middleware import ZONE_COOKIE, zone_named
from accounts.models import User
from inbox.conversations.models import Number

from .fragments import Audience


async def visible_seqs(person: User) -> dict[int, int]:
    """How far each number is that a person may see."""
    seqs: dict[int, int] = await database_sync_to_async(_visible_seqs)(person)
    return seqs


async def person_of_session(key: str) -> User | None:
    """Whose session this is, if it is still good: it exists, its person is active and has the same password as then."""
    person: User | None = await database_sync_to_async(_person_of_session)(key)
    return person


def audience_of(person: User, scope: dict[str, Any]) -> Audience:
    """The language and zone in which the pages of this browser are written (see accounts.middleware)."""
    request = HttpRequest()
    request.COOKIES = scope.get("cookies", {})
    request.META["HTTP_ACCEPT_LANGUAGE"] = dict(scope["headers"]).get(b"accept-language", b"").decode("latin1")
    chosen = person.language if person.language in dict(settings.LANGUAGES) else get_language_from_request(request)
    zone = zone_named(person.timezone) or zone_named(request.COOKIES.get(ZONE_COOKIE, ""))
    return Audience(chosen, str(zone or timezone.get_default_timezone_name()))


def _visible_seqs(person: User) -> dict[int, int]:
    return dict(Number.objects.visible_to(person).order_by("pk").values_list("pk", "seq"))


def _person_of_session(key: str) -> User | None:
    session = SessionStore(key)
    person = User.objects.filter(pk=session.get(SESSION_KEY, 0), is_active=True).first()
    if person is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return None
    return person
