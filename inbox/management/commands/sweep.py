"""``manage.py sweep``: the nets under the line. Takes up what is due though nobody rang for it."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management import BaseCommand, CommandParser
from django.utils import timezone

from inbox.journeys import timers
from inbox.lib.heartbeat import Pulse
from inbox.management.pace import every
from inbox.management.parts import GRACE_SECONDS, run_until_told

ROUND_SECONDS = 1.0


class Sweep:
    """Goes round the nets and says that it lives. Two at once do no harm: every net claims what it takes."""

    def __init__(self) -> None:
        self.pulse = Pulse("sweep")

    def look(self) -> None:
        """One round."""
        self.pulse()
        timers.tick(timezone.now())


def run(stop: threading.Event) -> None:
    """Until ``stop``."""
    every(ROUND_SECONDS, Sweep().look, stop, name="sweep")


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
            Sweep().look()
        else:
            run_until_told(grace=options["grace"], sweep=run)
