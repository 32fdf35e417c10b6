"""Says who may answer customers, and lets that be given and withdrawn."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record

from .models import Clearance


def is_cleared(person: User) -> bool:
    """True while this person's clearance is in force."""
    return person.is_active and User.objects.filter(cleared_at(timezone.now()), pk=person.pk).exists()


def cleared_at(now: datetime) -> Q:
    """The condition that people meet whose clearance is in force at a time (aware)."""
    in_force = Q(clearance__until__isnull=True) | Q(clearance__until__gt=now)
    return in_force & Q(clearance__since__lte=now)


@transaction.atomic
def give(person: User, *, by: Actor, reason: str, until: datetime | None = None) -> Clearance:
    """Let a person answer customers, until a time or until withdrawn."""
    clearance, _ = Clearance.objects.update_or_create(
        person=person, defaults={"since": timezone.now(), "until": until, "reason": reason[:200]}
    )
    record(Code.CLEARANCE_GIVEN, by=by, target=("person", person.pk))
    return clearance


@transaction.atomic
def withdraw(person: User, *, by: Actor) -> None:
    """Let a person answer customers no longer."""
    if Clearance.objects.filter(person=person).delete()[0]:
        record(Code.CLEARANCE_WITHDRAWN, by=by, target=("person", person.pk))
