"""Takes due deliveries from the outbox with a lease: the oldest of each conversation only, so that order is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from inbox.replies.models import Delivery
from inbox.whatsapp.models import Connection

# Longer than waiting behind one slow send and then being one, or handing up a large file: only a dead process outlives it.
LEASE = timedelta(seconds=240)


def claim(limit: int) -> list[Delivery]:
    """Up to ``limit`` deliveries, each the head of its conversation's line, leased to the caller; oldest first."""
    if limit <= 0:
        return []
    now = timezone.now()
    with transaction.atomic():
        due = list(lock(due_heads(now))[:limit])
        for delivery in due:
            delivery.state, delivery.lease_until, delivery.handed_over = Delivery.State.SENDING, now + LEASE, False
        if due:
            Delivery.objects.filter(pk__in=[delivery.pk for delivery in due]).update(
                state=Delivery.State.SENDING, lease_until=now + LEASE, handed_over=False
            )
    return due


def held(*deliveries: Delivery) -> QuerySet[Delivery]:
    """Those of one claim whose rows still bear its lease. A process that stood still for longer than its lease, as on a laptop
    that slept, finds there that others were free to take them, and must keep its hands off.
    """
    leases = {delivery.lease_until for delivery in deliveries}
    return Delivery.objects.filter(
        pk__in=[delivery.pk for delivery in deliveries], state=Delivery.State.SENDING, lease_until__in=leases
    )


def due_heads(now: datetime) -> QuerySet[Delivery]:
    """What may be sent now: due, on a working connection, with nothing older of the same conversation still open."""
    older = Delivery.objects.filter(
        conversation=OuterRef("conversation"),
        pk__lt=OuterRef("pk"),
        state__in=(Delivery.State.QUEUED, Delivery.State.SENDING),
    )
    working = Connection.objects.filter(number=OuterRef("number")).filter(
        Q(state=Connection.State.READY) | Q(state=Connection.State.PAUSED, paused_until__lte=now)
    )
    return (
        Delivery.objects.filter(Exists(working), ~Exists(older), state=Delivery.State.QUEUED, due_at__lte=now)
        .select_related(
            "number__connection",
            "message__contact",
            "message__attachment",
        )
        .prefetch_related("message__contact__handles")
        .order_by("pk")
    )


def lock(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Let several senders claim at once without waiting for each other, where the database can (SQLite has one writer anyway)."""
    if connection.features.has_select_for_update_skip_locked:
        return deliveries.select_for_update(skip_locked=True, of=("self",))
    return deliveries


def mark_handed_over(deliveries: list[Delivery]) -> list[Delivery]:
    """Note, before the first byte leaves, that it may: from here on a crash means "unknown", not "again".

    Gives those that are still ours to send.
    """
    if held(*deliveries).update(handed_over=True) == len(deliveries):
        return deliveries
    ours = set(held(*deliveries).filter(handed_over=True).values_list("pk", flat=True))
    return [delivery for delivery in deliveries if delivery.pk in ours]


def put_back(delivery: Delivery, due_at: datetime) -> None:
    """Return a claimed delivery that was not handed over to the line."""
    held(delivery).update(state=Delivery.State.QUEUED, due_at=due_at, lease_until=None, handed_over=False)
