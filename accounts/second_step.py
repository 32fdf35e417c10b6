"""Writes down when somebody adds or removes a passkey, an authenticator app or recovery codes.

allauth offers no method to override for this, only signals of its own; they tell of the library's deeds, not of ours.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.db import transaction
from django.http import HttpRequest

from inbox.audit.codes import Code
from inbox.audit.record import record

from .actors import actor, origin_of
from .models import User


def listen() -> None:
    """Hear of every change from now on."""
    authenticator_added.connect(_added, dispatch_uid="accounts.second_step")
    authenticator_removed.connect(_removed, dispatch_uid="accounts.second_step")
    authenticator_reset.connect(_reset, dispatch_uid="accounts.second_step")


def _added(*, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    _record(request, user, authenticator, "added")


def _removed(*, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    _record(request, user, authenticator, "removed")


def _reset(*, request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    _record(request, user, authenticator, "renewed")


def _record(request: HttpRequest, user: User, authenticator: Authenticator, change: str) -> None:
    with transaction.atomic():
        record(
            Code.PERSON_SECOND_STEP_CHANGED,
            by=actor(user, origin_of(request)),
            target=("person", user.pk),
            method=str(authenticator.type),
            change=change,
        )
