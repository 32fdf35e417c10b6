"""Does later what was promised: statuses, answers, reviews and webhook retries survive a restart here."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from inbox.whatsapp.sandbox.clock import Clock
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store

logger = logging.getLogger(__name__)

Deed = Callable[[Json], None]
WORKERS = 16  # deliveries wait on the receiver, so more threads than cores
LONGEST_NAP = 1.0  # seconds; the clock may be moved while we sleep
AT_ONCE = 64


class Agenda:
    """A persisted to-do list with a worker pool. A deed runs at least once, and again after a crash."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._deeds: dict[str, Deed] = {}
        self._wake = threading.Condition()
        self._going = False
        self._busy = 0
        self._rung = False
        self._wakes_at = float("inf")  # the sandbox moment until which the loop sleeps by itself
        self._thread: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None

    def on(self, kind: str, deed: Deed) -> None:
        self._deeds[kind] = deed

    def at(self, due: float, kind: str, payload: Json) -> None:
        """Promises `kind` at a sandbox moment; call `ring` after the surrounding transaction if it is now."""
        self._store.add("agenda", due=due, kind=kind, payload=json.dumps(payload))
        if due < self._wakes_at:
            self.ring()

    def soon(self, kind: str, payload: Json) -> None:
        self.at(self._clock.now(), kind, payload)

    def is_promised(self, kind: str, payload: Json) -> bool:
        """Whether the same deed is due and nobody has begun it."""
        found = self._store.one(
            "SELECT 1 FROM agenda WHERE claimed = 0 AND due <= ? AND kind = ? AND payload = ?",
            self._clock.now(),
            kind,
            json.dumps(payload),
        )
        return found is not None

    def ring(self) -> None:
        with self._wake:
            self._rung = True
            self._wake.notify_all()

    def start(self) -> None:
        self._store.run("UPDATE agenda SET claimed = 0")
        self._going = True
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="sandbox")
        self._thread = threading.Thread(target=self._loop, name="sandbox-agenda", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._going = False
        self.ring()
        if self._thread is not None:
            self._thread.join(2)
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def wait_idle(self, timeout: float) -> bool:
        """Waits until nothing is due or running; False when `timeout` seconds were not enough."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            # The store is asked outside the condition: its lock may be held by someone who wants to ring.
            if self._busy == 0 and self._nothing_left():
                return True
            with self._wake:
                self._wake.wait(0.05)
        return False

    def _nothing_left(self) -> bool:
        return self._store.one("SELECT 1 FROM agenda WHERE claimed = 1 OR due <= ?", self._clock.now() + 1.0) is None

    def _loop(self) -> None:
        while self._going:
            nap = self._start_what_is_due()
            with self._wake:
                self._wakes_at = self._clock.now() + nap
                if not self._rung and nap > 0:
                    self._wake.wait(nap)
                self._rung = False
                self._wakes_at = float("inf")  # while it looks, whatever comes must make it look again

    def _start_what_is_due(self) -> float:
        now = self._clock.now()
        with self._store.together():
            rows = self._store.all(
                "SELECT id, kind, payload FROM agenda WHERE claimed = 0 AND due <= ? ORDER BY due, id LIMIT ?", now, AT_ONCE
            )
            for row in rows:
                self._store.run("UPDATE agenda SET claimed = 1 WHERE id = ?", row["id"])
            later = self._store.one("SELECT MIN(due) AS due FROM agenda WHERE claimed = 0")
        for row in rows:
            with self._wake:
                self._busy += 1
            if self._pool is not None and self._going:
                self._pool.submit(self._do, row["id"], row["kind"], json.loads(row["payload"]))
        due = later["due"] if later is not None else None
        return LONGEST_NAP if due is None else max(0.0, min(LONGEST_NAP, due - self._clock.now()))

    def _do(self, number: int, kind: str, payload: Json) -> None:
        try:
            self._deeds[kind](payload)
        except Exception:
            logger.exception("sandbox.deed_failed", extra={"kind": kind, "agenda_id": number})
        finally:
            self._store.run("DELETE FROM agenda WHERE id = ?", number)
            with self._wake:
                self._busy -= 1
                self._wake.notify_all()
