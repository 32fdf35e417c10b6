"""Keeps each number and each contact below WhatsApp's limits, so that we wait instead of being refused.

Each sender process keeps its own buckets: with N senders, set the connection's ``sends_per_second`` to an N-th.
"""

from __future__ import annotations

from inbox.replies.models import Delivery
from inbox.whatsapp.limits import Bucket, PairLimit


class Pace:
    """A token bucket per number and one per contact on it."""

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[int, Bucket]] = {}
        self._pairs: dict[int, PairLimit] = {}

    def wait(self, delivery: Delivery) -> float:
        """Seconds until this delivery may go; 0 means that it may go now, and is counted as gone."""
        number, pairs = self._of(delivery)
        wait = max(number.delay(), pairs.delay(delivery.contact_id))
        if wait > 0:
            return wait
        number.take()
        pairs.take(delivery.contact_id)
        return 0.0

    def _of(self, delivery: Delivery) -> tuple[Bucket, PairLimit]:
        rate = max(1, delivery.number.connection.sends_per_second)
        known, bucket = self._numbers.get(delivery.number_id, (0, None))
        if bucket is None or known != rate:
            bucket = Bucket(rate, burst=rate)
            self._numbers[delivery.number_id] = (rate, bucket)
        return bucket, self._pairs.setdefault(delivery.number_id, PairLimit())
