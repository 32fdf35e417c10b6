"""How people come in: allauth without open sign-up, and one-time links from the console."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.account.signals import user_logged_in
from allauth.core import context, ratelimit
from allauth.core.internal import ratelimit as counting
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.forms import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.realtime import push

from .actors import actor
from .models import SigninLink, User
from .tokens import digest_of, fresh_token

LINK_LIFE = timedelta(minutes=15)  # long enough to switch windows, too short to be worth stealing


class ClosedDoor(DefaultAccountAdapter):
    """Nobody signs up by themselves: people are invited. Coming in and going out leave entries."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only addresses of this very host; allauth would also follow other hosts that we serve."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count tries per account and address besides allauth's own limits.

        Five wrong passwords close the door for one address only, so a stranger cannot lock anybody else out; the limit
        on the account as a whole (ACCOUNT_RATE_LIMITS) is wide and meant for tries from many addresses.
        """
        super().pre_authenticate(request, **credentials)
        if not ratelimit.consume(request, action="login_failed_here", key=self._here(request, credentials)):
            raise ValidationError(self.error_messages["too_many_login_attempts"])

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person with these credentials; one who knew the password starts again from nought."""
        person: User | None = super().authenticate(request, **credentials)
        if person is not None:
            ratelimit.clear(request, action="login_failed_here", key=self._here(request, credentials))
        return person

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down that somebody tried; not with which email, which may be a stranger's or a typing slip."""
        with transaction.atomic():
            record(Code.PERSON_SIGNIN_FAILED, by=Actor("stranger", None, "", self.get_client_ip(request)), method="password")

    def set_password(self, user: User, password: str) -> None:
        """Keep the new password and let open pages of sessions that this ends look again."""
        with transaction.atomic():
            super().set_password(user, password)
            record(
                Code.PERSON_PASSWORD_CHANGED,
                by=actor(user, self.get_client_ip(context.request)),
                target=("person", user.pk),
            )
            push.to_person(user.pk, push.ACCESS_CHANGED)

    def login(self, request: HttpRequest, user: User) -> None:
        """Rotate the session and write down that somebody came in, by whichever way."""
        with transaction.atomic():
            super().login(request, user)
            record(
                Code.PERSON_SIGNED_IN,
                by=actor(user, self.get_client_ip(request)),
                target=("person", user.pk),
                method=_method_of(request),
            )

    def logout(self, request: HttpRequest) -> None:
        """End this session, and its open pages within a second."""
        person = request.user
        with transaction.atomic():
            if isinstance(person, User):
                UserSession.objects.filter(session_key=request.session.session_key).delete()
                origin = self.get_client_ip(request)
                record(Code.PERSON_SIGNED_OUT, by=actor(person, origin), target=("person", person.pk))
                push.to_person(person.pk, push.ACCESS_CHANGED)
            super().logout(request)

    def _here(self, request: HttpRequest, credentials: dict[str, Any]) -> str:
        return f"{str(credentials.get('email', '')).lower()} {self.get_client_ip(request)}"


class Sessions(DefaultUserSessionsAdapter):
    """Ending other sessions of one's own closes their pages too."""

    def end_sessions(self, sessions: list[UserSession]) -> None:
        """End them in the database, then let the sockets look again."""
        with transaction.atomic():
            super().end_sessions(sessions)
            for person_id in {session.user_id for session in sessions}:
                push.to_person(person_id, push.ACCESS_CHANGED)


class LinkRefused(Exception):
    """A sign-in link that opens nothing: ``reason`` is "used", "expired" or "unknown"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def make_link(person: User, life: timedelta = LINK_LIFE) -> str:
    """An address that signs this person in once within ``life``. For the console: it passes by password and codes."""
    token, digest = fresh_token()
    with transaction.atomic():
        link = SigninLink.objects.create(person=person, digest=digest, expires_at=timezone.now() + life)
        record(
            Code.PERSON_LINK_MADE,
            by=actor(None, "signin_link"),
            target=("person", person.pk),
            link=link.pk,
            minutes=int(life.total_seconds() // 60),
        )
    return settings.PUBLIC_URL + reverse("signin_link", args=[token])


def enter_by_link(request: HttpRequest, token: str) -> User:
    """Sign the link's person in, in a fresh session, and use the link up; of two at once only one gets in.

    :raises LinkRefused: used, expired, unknown, or made for somebody who is no longer active
    """
    with transaction.atomic():
        person = _use_up(token, timezone.now())
        admit(request, person, method="link")
    return person


def admit(request: HttpRequest, person: User, *, method: str) -> None:
    """Sign a person in whom a link has proved: new session key, a row in the list of sessions, an entry."""
    request.session.flush()
    # Fresh proof: who has just come in by a link may add a passkey without being asked again at once.
    record_authentication(request, person, method=method, reauthenticated=True)
    ClosedDoor(request).login(request, person)
    user_logged_in.send(sender=User, request=request, user=person)


def may_miss(request: HttpRequest) -> bool:
    """Whether this address may go on trying links that open nothing; those that open are not counted.

    allauth's public function counts no GET, and here the GET is the try.
    """
    return bool(counting.consume(request, app="allauth.account", action="link_missed", limit_get=True))


def _use_up(token: str, now: datetime) -> User:
    link = SigninLink.objects.select_related("person").filter(digest=digest_of(token)).first()
    if link is None or not link.person.is_active:
        raise LinkRefused("unknown")
    if link.used_at is not None:
        raise LinkRefused("used")
    if link.expires_at <= now:
        raise LinkRefused("expired")
    if SigninLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now) != 1:
        raise LinkRefused("used")
    return link.person


def _method_of(request: HttpRequest) -> str:
    """By which way, as allauth noted last: "link", "invitation", "password", or the kind of second step."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or [{}]
    return str(records[-1].get("type") or records[-1].get("method") or "unknown")
