"""``manage.py work``: worker, sender and sweep in one process, for one machine."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand, CommandParser

from inbox.management.commands import sender, sweep, worker
from inbox.management.parts import GRACE_SECONDS, run_until_told


class Command(BaseCommand):
    """The parts as threads: each alone would cost the 70 MB of a Django of its own."""

    help = "Worker, sender and sweep in one process; run them apart when one machine is not enough."

    def add_arguments(self, parser: CommandParser) -> None:
        """How long the work in hand may take after SIGTERM."""
        parser.add_argument("--grace", type=float, default=GRACE_SECONDS, help="seconds for work in hand after SIGTERM")

    def handle(self, **options: Any) -> None:
        """Until a signal comes."""
        run_until_told(grace=options["grace"], worker=worker.run, errands=worker.run_errands, sender=sender.run, sweep=sweep.run)
