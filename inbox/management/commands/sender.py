"""``manage.py sender``: hands what waits in the outbox to WhatsApp."""

from __future__ import annotations

import threading
from typing import Any

from django.core.management import BaseCommand, CommandParser

from inbox.lib.heartbeat import Pulse
from inbox.management.parts import GRACE_SECONDS, run_until_told
from inbox.replies.outbox import pump


def run(stop: threading.Event) -> None:
    """Send until ``stop``, and say that we live."""
    pump.run(stop, Pulse("sender"))


class Command(BaseCommand):
    """One sender in the foreground."""

    help = "Send what waits in the outbox. SIGTERM lets the sends in hand end."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long the sends in hand may take after SIGTERM."""
        parser.add_argument("--grace", type=float, default=GRACE_SECONDS, help="seconds for work in hand after SIGTERM")

    def handle(self, **options: Any) -> None:
        """Until a signal comes."""
        run_until_told(grace=options["grace"], sender=run)
