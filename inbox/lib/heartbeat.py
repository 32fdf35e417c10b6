"""Says in the database that a long-running part is at work, and tells others when it last did."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from inbox.lib.models import Heartbeat

# Quiet for longer means dead or stuck. A worker may be busy with one job for as long as a job may take (RQ's time-out).
ALIVE_FOR = {
    "worker": timedelta(seconds=330),
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
