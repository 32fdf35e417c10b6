"""Counts calls: 80 messages a second per number, one per six seconds per pair with debt, 5,000 an hour for management."""

from __future__ import annotations

import json
import threading
from collections import defaultdict

from inbox.whatsapp.sandbox.clock import HOUR, Clock
from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.store import Store

PER_SECOND = 80.0
PAIR_SECONDS = 6.0
PAIR_BURST = 45
MANAGEMENT_PER_HOUR = 5000


class Rates:
    """Buckets per number and per app; the debt of a pair lives in the store, so that a restart forgives nothing."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}
        self._management: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
        self.enforced = True

    def count_send(self, number_id: str) -> None:
        """Raises GraphError 130429 above 80 messages a second."""
        with self._lock:
            now = self._clock.now()
            left, at = self._buckets.get(number_id, (PER_SECOND, now))
            left = min(PER_SECOND, left + (now - at) * PER_SECOND * self._clock.speed)
            if left < 1 and self.enforced:
                self._buckets[number_id] = (left, now)
                raise GraphError(130429, "Cloud API message throughput has been reached.")
            self._buckets[number_id] = (left - 1, now)

    def count_pair(self, number_id: str, person_id: str) -> None:
        """Raises GraphError 131056 when a burst of 45 was borrowed and not yet repaid at one per six seconds."""
        now = self._clock.now()
        with self._store.together():
            row = self._store.one("SELECT debt, debt_at FROM pairs WHERE number_id = ? AND person_id = ?", number_id, person_id)
            debt = row["debt"] if row is not None else 0.0
            passed = (now - row["debt_at"]) * self._clock.speed if row is not None else 0.0
            debt = max(0.0, debt - passed / PAIR_SECONDS)
            if debt + 1 > PAIR_BURST and self.enforced:
                raise GraphError(
                    131056,
                    "Too many messages were sent from this phone number to the same phone number in a short period of time.",
                )
            self._store.run(
                "INSERT INTO pairs (number_id, person_id, debt, debt_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET debt = excluded.debt, debt_at = excluded.debt_at",
                number_id,
                person_id,
                debt + 1,
                now,
            )

    def count_management(self, app_id: str, waba_id: str) -> None:
        """Raises GraphError 80007 after 5,000 management calls of an app on a WABA within an hour."""
        with self._lock:
            window = self._management[f"{app_id}/{waba_id}"]
            now = self._clock.now()
            if now - window[0] > HOUR:
                window[0], window[1] = now, 0.0
            window[1] += 1
            if window[1] > MANAGEMENT_PER_HOUR:
                raise GraphError(80007, "The WhatsApp Business Account has reached its rate limit.")

    def headers(self, app_id: str, waba_id: str | None) -> dict[str, str]:
        """The usage headers of a Graph answer, in percent."""
        used = self._management[f"{app_id}/{waba_id}"][1] if waba_id else 0.0
        percent = int(100 * used / MANAGEMENT_PER_HOUR)
        usage = {"call_count": percent, "total_cputime": 0, "total_time": 0}
        headers = {"X-App-Usage": json.dumps(usage)}
        if waba_id:
            case = {"type": "whatsapp", **usage, "estimated_time_to_regain_access": 0}
            headers["X-Business-Use-Case-Usage"] = json.dumps({waba_id: [case]})
        return headers
