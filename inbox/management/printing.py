"""Prints lines of several processes to one terminal, and never makes them wait for it."""

from __future__ import annotations

import os
import queue
import sys
import threading

LINES_KEPT = 5000  # while the terminal or pipe does not take any; newer ones are dropped then


class Printer:
    """Writes in a thread of its own: a blocked terminal or a full pipe must not stop what runs."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.dropped = 0
        self.lines: queue.Queue[str | None] = queue.Queue(LINES_KEPT)
        self.thread = threading.Thread(target=self._write, daemon=True)
        self.thread.start()

    def say(self, line: str, name: str = "") -> None:
        """One line, with the speaker's name before it; no name for the supervisor's own words."""
        try:
            self.lines.put_nowait(f"{name:<{self.width}} | {line}\n" if name else f"{line}\n")
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what waits, as far as the terminal takes it within a second."""
        try:
            self.lines.put(None, timeout=0.5)
        except queue.Full:
            return
        self.thread.join(timeout=1)

    def _write(self) -> None:
        while (line := self.lines.get()) is not None:
            if self.dropped:
                line += f"({self.dropped} lines were dropped: nobody read them)\n"
                self.dropped = 0
            try:
                os.write(sys.stdout.fileno(), line.encode())
            except OSError:
                continue  # nobody listens any more
