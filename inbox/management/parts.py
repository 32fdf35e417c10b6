"""Runs the long-lived parts (worker, sender, sweep), alone or together in one process, until a signal says stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

logger = logging.getLogger(__name__)

Part = Callable[[threading.Event], None]
LOOK_SECONDS = 0.2
GRACE_SECONDS = 25  # for work in hand; whoever stops us usually kills after 30


def run_until_told(*, grace: float = GRACE_SECONDS, **parts: Part) -> None:
    """Each part in a thread of its own; ends when all have ended after SIGTERM or SIGINT.

    A part that raises takes the process down with exit code 1, so that whoever supervises it starts everything afresh.
    What still runs ``grace`` seconds after the signal is abandoned: leases in the database hand its work to the next.
    """
    crew = Crew()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, crew.told)
    threads = [threading.Thread(target=crew.watch, args=item, name=item[0], daemon=True) for item in parts.items()]
    for thread in threads:
        thread.start()
    while not crew.stop.wait(LOOK_SECONDS):
        if crew.was_told:
            crew.stop.set()
    deadline = time.monotonic() + grace
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = [thread.name for thread in threads if thread.is_alive()]
    if late:
        logger.warning("abandoned after the grace period: %s", ", ".join(late))
    if late or crew.failed:
        sys.stdout.flush()
        logging.shutdown()
        os._exit(1)


class Crew:
    """The parts of one process and what they have in common: the order to stop."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.was_told = False
        self.failed: list[str] = []

    def told(self, number: int, frame: FrameType | None) -> None:
        """A signal came. Only noted: it may have interrupted the very lock that setting the event needs."""
        self.was_told = True

    def watch(self, name: str, part: Part) -> None:
        """Run a part; one that ends unasked ends them all."""
        try:
            part(self.stop)
        except Exception:
            logger.exception("%s failed", name)
        if not self.stop.is_set():
            self.failed.append(name)
            self.stop.set()
