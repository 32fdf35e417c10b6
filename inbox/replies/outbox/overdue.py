"""Deals with deliveries that nobody looks after any more: leases of dead processes, and messages that waited for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from inbox.audit.codes import Code
from inbox.audit.record import SYSTEM, record
from inbox.conversations import status
from inbox.conversations.models.message import Status
from inbox.conversations.sequence import hold
from inbox.replies.models import Delivery
from inbox.whatsapp.errors import NO_CONNECTION

# A message that could not leave for this long is old news; the person who wrote it decides (protocol section 8.1).
GIVE_UP_AFTER = timedelta(hours=24)
# What ended its process so often before a byte left is a fault of ours, and must not block its conversation for ever.
MOST_STARTS = 8
BUILT_WRONGLY = 100
AT_ONCE = 200


def release_expired() -> int:
    """What never left is queued again, what may have left is unknown. Gives how many leases had ended."""
    now = timezone.now()
    expired = Delivery.objects.filter(state=Delivery.State.SENDING, lease_until__lt=now)
    hopeless = expired.filter(handed_over=False, attempts__gte=MOST_STARTS)
    ended = sum(end(delivery, hopeless, Status.FAILED, BUILT_WRONGLY) for delivery in hopeless[:AT_ONCE])
    ended += expired.filter(handed_over=False).update(
        state=Delivery.State.QUEUED, due_at=now, lease_until=None, attempts=F("attempts") + 1
    )
    gone = expired.filter(handed_over=True)
    return ended + sum(end(delivery, gone, Status.UNKNOWN, None) for delivery in gone[:AT_ONCE])


def give_up_stale(now: datetime) -> int:
    """Messages that wait for a day, because a token is gone or an account locked, fail and say why. Gives how many."""
    stale = Delivery.objects.filter(state=Delivery.State.QUEUED, created_at__lt=now - GIVE_UP_AFTER)
    return sum(end(delivery, stale, Status.FAILED, delivery.error_code or NO_CONNECTION) for delivery in stale[:AT_ONCE])


@transaction.atomic
def end(delivery: Delivery, among: QuerySet[Delivery], outcome: Status, code: int | None) -> int:
    """Let one delivery end as failed or unknown, if it still is among those that are to; 1 if it did."""
    hold(delivery.number_id)
    now = timezone.now()
    state = Delivery.State.FAILED if outcome == Status.FAILED else Delivery.State.UNKNOWN
    if not among.filter(pk=delivery.pk).update(state=state, lease_until=None, error_code=code):
        return 0
    status.advance(delivery.message, outcome, now, code=code)
    if outcome == Status.FAILED:
        target = ("message", delivery.message_id)
        record(Code.MESSAGE_FAILED, by=SYSTEM, target=target, number_id=delivery.number_id, error=code)
    return 1
