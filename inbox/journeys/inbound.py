"""The story of a webhook: from the raw event that was kept to everything it changes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from time import monotonic

from django.db import DatabaseError, OperationalError, transaction

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record
from inbox.conversations.advance_many import advance_messages
from inbox.conversations.envelopes import Envelope, Said, StatusChanged, Unreadable
from inbox.conversations.receive_many import is_plain, take_messages
from inbox.conversations.sequence import hold
from inbox.lib.jobs import job, later
from inbox.whatsapp import intake
from inbox.whatsapp.models import RawEvent
from inbox.whatsapp.normalise import UnreadableBody, envelopes, read_body

from .files import fetch_file
from .take_in import CannotTakeIn, Numbers, take_in

log = logging.getLogger(__name__)
# Few enough that a number's counter is not held long, many enough that a commit is shared.
BATCH = 50
# Deadlocks and serialization failures pass; anything that fails so often is something else.
TRIES = 3
# One body may hold a thousand items; more than this at once saves nothing, and a statement takes only so many values.
RUN = 200
# Seconds. A job that never ended could not be told to stop, and would meet the queue's own time-out in the middle of an item.
LONG_ENOUGH = 20.0
Opened = tuple[RawEvent, list[Envelope]]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an event says, and its place there."""

    event: RawEvent
    place: str
    envelope: Envelope


@job
def process() -> None:
    """Take in raw events, batch by batch, until none waits or it is time to let the worker look up."""
    enough = monotonic() + LONG_ENOUGH
    while batch := intake.claim(BATCH):
        take_batch(batch)
        if monotonic() > enough:
            later(process)
            return


def take_batch(batch: list[RawEvent]) -> None:
    """One transaction for the events of each number; if the database refuses that, one for each event."""
    for events in by_number(batch):
        try:
            with transaction.atomic():
                take_events(events)
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
                take_event(event, items)
                intake.done([event.pk])
        except OperationalError:
            if attempt == TRIES:
                log.exception("event left for later", extra={"event": event.pk})
        else:
            return


def take_event(event: RawEvent, items: list[Envelope]) -> None:
    """Everything one body says, item by item; one that cannot be taken in is quarantined and its neighbours go on."""
    numbers = Numbers()
    for item in items_of(event, items):
        take_item(item, numbers)


def items_of(event: RawEvent, said: list[Envelope]) -> list[Item]:
    """What an event says, with the places by which quarantine names it."""
    return [Item(event, f"item {place}", envelope) for place, envelope in enumerate(said)]


def take_events(events: list[Opened]) -> None:
    """Everything that many events say: whatever may be taken in with its neighbours is, the rest one by one in its place."""
    numbers = Numbers()
    for run in runs(item for event, said in events for item in items_of(event, said)):
        left = take_at_once(run, numbers) if len(run) > 1 else run
        for item in left:
            take_item(item, numbers)


def runs(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Cut items into runs that may be taken in at once, never across an item that has to be taken alone.

    Within a run messages go before statuses. They may: those are the customers', these concern ours.
    """
    for line, stretch in groupby(items, line_of):
        together = list(stretch)
        for kind in (Said, StatusChanged) if line else (Envelope,):
            of_kind = [item for item in together if isinstance(item.envelope, kind)]
            size = RUN if line else 1
            yield from (of_kind[first : first + size] for first in range(0, len(of_kind), size))


def line_of(item: Item) -> tuple[int, str] | None:
    """The app and number of an item that may be taken in together with others of the same, else None."""
    envelope = item.envelope
    if isinstance(envelope, StatusChanged) or (isinstance(envelope, Said) and is_plain(envelope)):
        return item.event.app_id, envelope.number_key
    return None


def take_at_once(run: list[Item], numbers: Numbers) -> list[Item]:
    """Take a run in with a handful of statements for all; gives the items that have to be taken one by one after it.

    Those are all of them if one does not fit: one by one shows which, and only that one is set aside.
    """
    try:
        with transaction.atomic():
            left = take_run(run, numbers)
    except OperationalError:
        raise  # the database's trouble, not the items'
    except Exception as error:
        log.info("run taken apart", extra={"event": run[0].event.pk, "items": len(run), "error": type(error).__name__})
        return run
    return [run[place] for place in left]


def take_run(run: list[Item], numbers: Numbers) -> list[int]:
    """Take a run in; gives the places of the items left. Raises whatever the first unfit one raises."""
    number = numbers.of(run[0].event.app_id, run[0].envelope.number_key)
    hold(number.pk)
    saids = [item.envelope for item in run if isinstance(item.envelope, Said)]
    if not saids:
        return advance_messages(number, [item.envelope for item in run if isinstance(item.envelope, StatusChanged)])
    messages, left = take_messages(number, saids)
    with_file = {said.external_id for said in saids if said.media is not None}
    for message in messages:
        if message.external_id in with_file:
            later(fetch_file, message.attachment.pk)
    return left


def take_item(item: Item, numbers: Numbers) -> None:
    """One item in a savepoint."""
    event, place, envelope = item.event, item.place, item.envelope
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
            take_event(event, open_event(event))
            intake.done([event.pk])
            healed += not event.quarantined.filter(released_at__isnull=True).exists()
    return healed
