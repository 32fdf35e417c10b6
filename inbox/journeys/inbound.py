"""The story of a webhook: from the raw event that was kept to everything it changes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import DatabaseError, OperationalError, transaction

from inbox.conversations.envelopes import Envelope, Unreadable
from inbox.lib.jobs import job, later
from inbox.whatsapp import intake
from inbox.whatsapp.models import RawEvent
from inbox.whatsapp.normalise import UnreadableBody, envelopes, read_body

from .take_in import CannotTakeIn, Numbers, take_in

log = logging.getLogger(__name__)
# Few enough that a number's counter is not held long, many enough that a commit is shared.
BATCH = 50
# Deadlocks and serialization failures pass; anything that fails so often is something else.
TRIES = 3


@job
def process() -> None:
    """Take in every raw event that waits, batch by batch."""
    while batch := intake.claim(BATCH):
        take_batch(batch)
        if len(batch) == BATCH:
            later(process)  # another worker may help; if the bell is lost we go on alone anyway


def take_batch(batch: list[RawEvent]) -> None:
    """One transaction for the whole batch; if the database refuses that, one for each event."""
    try:
        with transaction.atomic():
            numbers = Numbers()
            for event in batch:
                take_event(event, numbers)
            intake.done(event.pk for event in batch)
    except DatabaseError:
        log.warning("batch taken apart", extra={"events": [event.pk for event in batch]})
        for event in batch:
            take_alone(event)


def take_alone(event: RawEvent) -> None:
    """One event in a transaction of its own, tried again when others were in the way."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                take_event(event, Numbers())
                intake.done([event.pk])
        except OperationalError:
            if attempt == TRIES:
                log.exception("event left for later", extra={"event": event.pk})
        else:
            return


def take_event(event: RawEvent, numbers: Numbers) -> None:
    """Everything one body says; an item that cannot be taken in is quarantined and its neighbours go on."""
    try:
        body = read_body(bytes(event.body))
    except UnreadableBody as unreadable:
        intake.quarantine(event, "body", str(unreadable))
        return
    for place, envelope in enumerate(envelopes(body)):
        take_item(event, f"item {place}", envelope, numbers)


def take_item(event: RawEvent, place: str, envelope: Envelope, numbers: Numbers) -> None:
    """One item in a savepoint."""
    if isinstance(envelope, Unreadable):
        intake.quarantine(event, envelope.where, envelope.reason)
        return
    try:
        with transaction.atomic():
            take_in(event.app_id, envelope, numbers)
    except OperationalError:
        raise  # the database's trouble, not the item's
    except CannotTakeIn as refusal:
        intake.quarantine(event, place, refusal.reason)
    except Exception as error:
        log.exception("item quarantined", extra={"event": event.pk, "place": place})
        intake.quarantine(event, place, f"{type(envelope).__name__}: {type(error).__name__}")


def replay(events: Iterable[RawEvent]) -> int:
    """Take quarantined or failed events in again; what was taken in before adds nothing. Gives how many came through whole."""
    healed = 0
    for event in events:
        with transaction.atomic():
            event.quarantined.filter(released_at__isnull=True).delete()
            take_event(event, Numbers())
            intake.done([event.pk])
            healed += not event.quarantined.filter(released_at__isnull=True).exists()
    return healed
