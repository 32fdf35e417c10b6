"""Tells the sandbox's time, which can be moved forward.

Moving it forward ages everything the sandbox remembers: a person's last message becomes older (so that the
24-hour window closes), media URLs, tokens and pauses run out, retries fall due. What is stamped from then on
carries the true time, because the receiving product has no shifted clock.
"""

from __future__ import annotations

import math
import time

from inbox.whatsapp.sandbox.store import Store

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
FARTHEST_AHEAD = 366 * DAY
SLOWEST, FASTEST = 0.01, 10000.0
LAST_MOMENT = 4102444800.0  # the year 2100: calendars can still write it


class Clock:
    """`now` and every stored time are sandbox seconds; `outside` turns them into true Unix seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # What is stored may be from a time when anything was taken.
        self.ahead = _between(0.0, float(store.recall("clock.ahead", 0.0)), FARTHEST_AHEAD, otherwise=0.0)
        self.speed = _between(SLOWEST, float(store.recall("clock.speed", 1.0)), FASTEST, otherwise=1.0)

    def now(self) -> float:
        return time.time() + self.ahead

    def outside(self, moment: float) -> int:
        return int(_between(0.0, moment - self.ahead, LAST_MOMENT, otherwise=0.0))

    def in_(self, seconds: float) -> float:
        """The moment `seconds` of simulated waiting from now, shortened by the speed."""
        return self.now() + seconds / self.speed

    def advance(self, seconds: float) -> None:
        """Moves forward, never back. Raises ValueError for what is no number or leads further than 366 days in all."""
        if not abs(seconds) <= FARTHEST_AHEAD or self.ahead + seconds > FARTHEST_AHEAD:
            raise ValueError("The clock goes at most 366 days ahead.")
        self.ahead += max(0.0, seconds)
        self._store.remember("clock.ahead", self.ahead)

    def run_at(self, speed: float) -> None:
        """Shortens waits from now on; from 0.01 to 10,000 times. Raises ValueError for what is no number."""
        if not math.isfinite(speed):
            raise ValueError("The speed is no number.")
        self.speed = min(FASTEST, max(SLOWEST, speed))
        self._store.remember("clock.speed", self.speed)


def _between(least: float, value: float, most: float, *, otherwise: float) -> float:
    return otherwise if math.isnan(value) else min(most, max(least, value))
