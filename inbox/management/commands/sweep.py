"""``manage.py sweep``: the nets under the line. Takes up what is due though nobody rang for it."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.utils import timezone

from inbox.journeys import timers
from inbox.lib import heartbeat
from inbox.management.pace import every
from inbox.management.parts import GRACE_SECONDS, run_until_told

ROUND_SECONDS = 1.0
BEAT_ROUNDS = 10


def run(stop: threading.Event) -> None:
    """A round a second until ``stop``. Two sweeps at once do no harm: every net claims in the database what it takes."""
    rounds = 0

    def sweep_once() -> None:
        nonlocal rounds
        if rounds % BEAT_ROUNDS == 0:
            heartbeat.beat("sweep")
        rounds += 1
        timers.tick(timezone.now())

    every(ROUND_SECONDS, sweep_once, stop, name="sweep")


class Command(BaseCommand):
    """The sweep in the foreground, or one round of it."""

    help = "Take up what is due: lost rings, clocks, seals of the trail, retention."

    def add_arguments(self, parser: CommandParser) -> None:
        """--once is for cron and for the curious."""
        parser.add_argument("--once", action="store_true", help="one round, then end")
        parser.add_argument("--grace", type=float, default=GRACE_SECONDS, help="seconds for work in hand after SIGTERM")

    def handle(self, **options: Any) -> None:
        """Until a signal comes, or once."""
        if options["once"]:
            timers.tick(timezone.now())
        else:
            run_until_told(grace=options["grace"], sweep=run)
