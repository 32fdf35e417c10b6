"""Takes quarantined items in again, after whatever was wrong with them has been mended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.db.models import Q

from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.journeys.inbound import replay
from inbox.whatsapp.models import RawEvent


class Command(BaseCommand):
    """``manage.py replay [--event ID]``."""

    help = "List what is in quarantine and take it in again; what was taken in before adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which events, and whether to look only."""
        parser.add_argument("--event", type=int, help="only this raw event")
        parser.add_argument("--list", action="store_true", help="only say what is in quarantine")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or replay and say how many came through."""
        held = Q(quarantined__released_at__isnull=True, quarantined__isnull=False)
        events = RawEvent.objects.filter(held | Q(state=RawEvent.State.FAILED)).distinct()
        if options["event"]:
            events = events.filter(pk=options["event"])
        if options["list"]:
            for event in events:
                if event.state == RawEvent.State.FAILED:
                    self.stdout.write(f"event {event.pk}: {event.reason}")
                for item in event.quarantined.filter(released_at__isnull=True):
                    self.stdout.write(f"event {event.pk}, {item.place}: {item.reason}")
            return
        waiting = list(events)
        healed = replay(waiting)
        self.note(waiting)
        self.stdout.write(f"{healed} of {len(waiting)} events came through whole.")

    def note(self, events: list[RawEvent]) -> None:
        """An entry for each event that was tried again."""
        with transaction.atomic():
            for event in events:
                record(Code.EVENT_REPLAYED, by=Actor("console", None, "manage.py replay"), target=("raw_event", event.pk))
