"""Says in the database that a long-running part is at work, and tells others when it last did."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone

from inbox.lib.models import Heartbeat

logger = logging.getLogger(__name__)

BEAT_SECONDS = 10
# Quiet for longer means dead or stuck. A worker may be busy with one job for as long as a job may take (RQ's time-out).
ALIVE_FOR = {
    "worker": timedelta(seconds=330),
    "errands": timedelta(seconds=330),
    "sender": timedelta(seconds=60),
    "sweep": timedelta(seconds=60),
}


def beat(name: str) -> None:
    """``name`` is at work now. Several processes of the same kind share one line: any of them alive will do."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def read(name: str) -> datetime | None:
    """When ``name`` last said that it is at work (UTC), None if it never did."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def read_all() -> dict[str, datetime]:
    """The last beat of everything that ever beat."""
    return dict(Heartbeat.objects.values_list("name", "at"))


class Pulse:
    """Beats for a loop that may call it as often as it likes. A database that is away costs the beat, not the loop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.next_at = 0.0

    def __call__(self) -> None:
        """Beat, unless that was done within the last ten seconds."""
        if time.monotonic() < self.next_at:
            return
        self.next_at = time.monotonic() + BEAT_SECONDS
        try:
            beat(self.name)
        except DatabaseError as error:
            logger.warning("no heartbeat", extra={"part": self.name, "reason": type(error).__name__})
