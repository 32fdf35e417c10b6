"""Hands kept raw events to workers under a lease, and writes down what became of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import router, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from inbox.whatsapp.models import Quarantined, RawEvent

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5  # an event that ended its worker so often is set aside instead of ending the next one
PURGED_AT_ONCE = 500
REASON_LENGTH = 300
PLACE_LENGTH = 200


def claim(limit: int, lease: timedelta = LEASE) -> list[RawEvent]:
    """The oldest new events that nobody holds, at most ``limit``, now held by the caller until the lease ends.

    PostgreSQL skips rows that others are claiming; on SQLite the transaction is the only writer from its beginning.
    """
    now = timezone.now()
    until = now + lease
    with transaction.atomic(using=router.db_for_write(RawEvent)):
        claimed = _alone(list(_free(now).select_for_update(skip_locked=True).order_by("pk")[:limit]))
        taken = RawEvent.objects.filter(pk__in=[event.pk for event in claimed])
        taken.update(lease_until=until, attempts=F("attempts") + 1)
    for event in claimed:
        event.lease_until = until
        event.attempts += 1
    return claimed


def done(ids: Iterable[int]) -> None:
    """These events were taken in (or what could not be is in quarantine)."""
    RawEvent.objects.filter(pk__in=list(ids)).update(
        state=RawEvent.State.DONE, done_at=timezone.now(), lease_until=None, reason=""
    )


def quarantine(event: RawEvent, place: str, reason: str) -> Quarantined:
    """Set one item of the event aside, with its place in the body; a repeat renews the reason and adds nothing."""
    row, _ = Quarantined.objects.update_or_create(
        raw_event=event, place=place[:PLACE_LENGTH], defaults={"reason": reason[:REASON_LENGTH], "released_at": None}
    )
    return row


def release_expired(now: datetime | None = None) -> int:
    """Frees events whose worker went away, and gives up on those that were tried too often. Gives how many were freed."""
    now = now or timezone.now()
    expired = RawEvent.objects.filter(state=RawEvent.State.NEW, lease_until__lte=now)
    expired.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=RawEvent.State.FAILED, lease_until=None, reason=f"given up after {MOST_ATTEMPTS} attempts that never ended"
    )
    return expired.update(lease_until=None)


def purge(before: datetime) -> int:
    """Deletes events taken in before that time, unless an item of theirs still waits in quarantine. Gives how many.

    Only what is done goes: new and failed events are promises that are not yet kept.
    """
    old = (
        RawEvent.objects.filter(state=RawEvent.State.DONE, done_at__lt=before)
        .exclude(quarantined__in=Quarantined.objects.filter(released_at__isnull=True))
        .order_by("pk")
    )
    total = 0
    while pks := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        RawEvent.objects.filter(pk__in=pks).delete()
        total += len(pks)
    return total


def _alone(found: list[RawEvent]) -> list[RawEvent]:
    """An event whose worker did not come back is taken by itself: if it ends the next one too, it takes no neighbours along."""
    if found and found[0].attempts:
        return found[:1]
    return list(takewhile(lambda event: not event.attempts, found))


def _free(now: datetime) -> QuerySet[RawEvent]:
    return RawEvent.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now), state=RawEvent.State.NEW)
