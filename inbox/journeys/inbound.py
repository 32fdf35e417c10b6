"""The story of a webhook: from the raw event that was kept to everything it changes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.db import DatabaseError, OperationalError, transaction

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record
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
Opened = tuple[RawEvent, list[Envelope]]


@job
def process() -> None:
    """Take in every raw event that waits, batch by batch."""
    while batch := intake.claim(BATCH):
        take_batch(batch)
        if len(batch) == BATCH:
            later(process)  # another worker may help; if the bell is lost we go on alone anyway


def take_batch(batch: list[RawEvent]) -> None:
    """One transaction for the events of each number; if the database refuses that, one for each event."""
    for events in by_number(batch):
        try:
            with transaction.atomic():
                numbers = Numbers()
                for event, items in events:
                    take_event(event, items, numbers)
                intake.done(event.pk for event, _items in events)
        except DatabaseError:
            log.warning("batch taken apart", extra={"events": [event.pk for event, _items in events]})
            for event, items in events:
                take_alone(event, items)


def by_number(batch: list[RawEvent]) -> list[list[Opened]]:
    """The events with what they say, those of one number together: a transaction that held the counters of several numbers
    could wait for another that holds them the other way round.
    """
    groups: dict[str, list[Opened]] = {}
    for event in batch:
        items = open_event(event)
        groups.setdefault(items[0].number_key if items else "", []).append((event, items))
    return list(groups.values())


def open_event(event: RawEvent) -> list[Envelope]:
    """Everything one body says; a body that cannot be read says nothing but that."""
    try:
        return list(envelopes(read_body(bytes(event.body)), event.received_at))
    except UnreadableBody as unreadable:
        return [Unreadable("", event.received_at, "body", str(unreadable))]


def take_alone(event: RawEvent, items: list[Envelope]) -> None:
    """One event in a transaction of its own, tried again when others were in the way."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                take_event(event, items, Numbers())
                intake.done([event.pk])
        except OperationalError:
            if attempt == TRIES:
                log.exception("event left for later", extra={"event": event.pk})
        else:
            return


def take_event(event: RawEvent, items: list[Envelope], numbers: Numbers) -> None:
    """Everything one body says; an item that cannot be taken in is quarantined and its neighbours go on."""
    for place, envelope in enumerate(items):
        take_item(event, f"item {place}", envelope, numbers)


def take_item(event: RawEvent, place: str, envelope: Envelope, numbers: Numbers) -> None:
    """One item in a savepoint."""
    if isinstance(envelope, Unreadable):
        set_aside(event, envelope.where, envelope.reason)
        return
    try:
        with transaction.atomic():
            take_in(event.app_id, envelope, numbers)
    except OperationalError:
        raise  # the database's trouble, not the item's
    except CannotTakeIn as refusal:
        set_aside(event, place, refusal.reason)
    except Exception as error:
        log.exception("item quarantined", extra={"event": event.pk, "place": place})
        set_aside(event, place, f"{type(envelope).__name__}: {type(error).__name__}")


def set_aside(event: RawEvent, place: str, reason: str) -> None:
    """Quarantine one item, and say so in the trail."""
    row = intake.quarantine(event, place, reason)
    record(Code.EVENT_QUARANTINED, by=WIRE, target=("raw_event", event.pk), quarantined=row.pk)


def replay(events: Iterable[RawEvent]) -> int:
    """Take quarantined or failed events in again; what was taken in before adds nothing. Gives how many came through whole."""
    healed = 0
    for event in events:
        with transaction.atomic():
            event.quarantined.filter(released_at__isnull=True).delete()
            take_event(event, open_event(event), Numbers())
            intake.done([event.pk])
            healed += not event.quarantined.filter(released_at__isnull=True).exists()
    return healed
