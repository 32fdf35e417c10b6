"""Tells the sandbox's time, which can be moved forward.

Moving it forward ages everything the sandbox remembers: a person's last message becomes older (so that the
24-hour window closes), media URLs, tokens and pauses run out, retries fall due. What is stamped from then on
carries the true time, because the receiving product has no shifted clock.
"""

from __future__ import annotations

import time

from inbox.whatsapp.sandbox.store import Store

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0


class Clock:
    """`now` and every stored time are sandbox seconds; `outside` turns them into true Unix seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ahead = float(store.recall("clock.ahead", 0.0))
        self.speed = float(store.recall("clock.speed", 1.0))

    def now(self) -> float:
        return time.time() + self.ahead

    def outside(self, moment: float) -> int:
        return int(moment - self.ahead)

    def in_(self, seconds: float) -> float:
        """The moment `seconds` of simulated waiting from now, shortened by the speed."""
        return self.now() + seconds / self.speed

    def advance(self, seconds: float) -> None:
        self.ahead += seconds
        self._store.remember("clock.ahead", self.ahead)

    def run_at(self, speed: float) -> None:
        self.speed = speed
        self._store.remember("clock.speed", speed)
