"""Where a person is signed in, how long that lasts, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from inbox.audit.codes import Code
from inbox.audit.record import record
from inbox.realtime import push

from .actors import actor
from .models import User

IDLE_LIFE = timedelta(hours=12)  # a shift and a break; check 15 of the security list
WHOLE_LIFE = timedelta(days=7)
PULSE = timedelta(minutes=5)  # how exact "last seen" is: a write every five minutes, not at every request

_BEGAN, _SEEN = "began_at", "seen_at"


def pulse(request: HttpRequest, now: datetime | None = None) -> bool:
    """Note that a signed-in person was here; end a session that slept or lasted too long.

    Returns whether the session goes on.
    """
    now = now or timezone.now()
    session, stamp = request.session, int(now.timestamp())
    began, seen = session.get(_BEGAN, stamp), session.get(_SEEN, 0)
    slept = seen and stamp - seen > IDLE_LIFE.total_seconds()
    if slept or stamp - began > WHOLE_LIFE.total_seconds():
        UserSession.objects.filter(session_key=session.session_key).delete()
        logout(request)
        return False
    if stamp - seen >= PULSE.total_seconds():
        session[_BEGAN], session[_SEEN] = began, stamp
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=now)
    return True


def sessions_of(person: User) -> list[UserSession]:
    """Where somebody is signed in now, the one used last first."""
    sessions: list[UserSession] = UserSession.objects.purge_and_list(person)
    return sorted(sessions, key=lambda session: session.last_seen_at, reverse=True)


def last_seen(people: Sequence[User]) -> dict[int, datetime]:
    """When each of these people was here last (to within five minutes), by person id; one query."""
    rows = UserSession.objects.filter(user__in=people).order_by("last_seen_at").values_list("user_id", "last_seen_at")
    return dict(rows)


def end_session(person: User, pk: int, by: User, *, origin: str = "") -> bool:
    """End one of a person's sessions; False when it is not theirs or gone already."""
    with transaction.atomic():
        session = UserSession.objects.filter(user=person, pk=pk).first()
        if session is None:
            return False
        session.end()
        record(Code.PERSON_SESSION_ENDED, by=actor(by, origin), target=("person", person.pk), sessions=1)
        push.to_person(person.pk, push.ACCESS_CHANGED)
    return True


def end_all_sessions(person: User) -> int:
    """End every session of a person, in the caller's transaction; how many there were."""
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    return len(sessions)
