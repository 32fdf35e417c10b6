"""Rings after commits from a thread of its own, so that a slow or absent bell never holds up an answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)

# A ring costs the caller's process up to a millisecond of work; fifty a second are felt as at once and cost little.
SECONDS_BETWEEN_RINGS = 0.02


class Bell:
    """Folds any number of ``soon()`` into at least one later call of ``ring``, first at once and then at most fifty a second."""

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def soon(self) -> None:
        """Ask for a ring; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="intake-bell", daemon=True)
            self._thread.start()
        if not self._wanted.is_set():
            self._wanted.set()

    def stop(self) -> None:
        """Ring for the last time if that is wanted, and end the thread."""
        self._stopped.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._ring()
            except Exception:
                # The sweep finds what nobody rang for, so a lost ring costs seconds and never a message.
                logger.warning("intake.ring_failed", exc_info=True)
            if self._stopped.wait(SECONDS_BETWEEN_RINGS):
                return
