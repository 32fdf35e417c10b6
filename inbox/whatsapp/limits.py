"""How fast we may send, and how long to wait before another try (protocol section 7)."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from inbox.whatsapp.errors import WireError

PAIR_RATE = 1 / 6  # one message per six seconds to one customer
PAIR_BURST = 10  # Meta lends up to 45; we borrow less, because it is paid back by silence
PAIRS_KEPT = 10_000
WAIT_MOST = timedelta(hours=1)
PAIR_WAIT_MOST = timedelta(minutes=5)
JITTER = 0.5  # each wait lasts between half and all of its step

Clock = Callable[[], float]


class Bucket:
    """A token bucket: ``rate`` sends a second, ``burst`` at once after a rest. Safe to share between threads."""

    def __init__(self, rate: float, burst: float, *, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rate = rate
        self._burst = max(1.0, burst)
        self._tokens = self._burst
        self._at = clock()

    def take(self) -> bool:
        """Takes one token if there is one."""
        with self._lock:
            self._refill()
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

    def delay(self) -> float:
        """Seconds until a token will be there; 0 if there is one now."""
        with self._lock:
            self._refill()
            return max(0.0, (1 - self._tokens) / self._rate)

    def set_rate(self, rate: float) -> None:
        """Changes the rate from now on, for example by ``Usage.pace``."""
        with self._lock:
            self._refill()
            self._rate = rate

    def is_full(self) -> bool:
        """True after a rest long enough to have forgotten everything."""
        with self._lock:
            self._refill()
            return self._tokens >= self._burst

    def drain(self) -> None:
        """Empties it: WhatsApp said that we are too fast."""
        with self._lock:
            self._refill()
            self._tokens = 0.0

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now


class PairLimit:
    """One bucket per customer of a number. Forgets customers whose bucket has filled up again."""

    def __init__(self, rate: float = PAIR_RATE, burst: float = PAIR_BURST, *, clock: Clock = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._lock = threading.Lock()
        self._buckets: dict[int, Bucket] = {}

    def take(self, contact_id: int) -> bool:
        """Takes one token of a customer if there is one."""
        return self._bucket(contact_id).take()

    def delay(self, contact_id: int) -> float:
        """Seconds until the next message to a customer may go; 0 for now."""
        with self._lock:
            bucket = self._buckets.get(contact_id)
        return bucket.delay() if bucket is not None else 0.0

    def drain(self, contact_id: int) -> None:
        """WhatsApp answered 131056: nothing more for this customer until time has refilled a token."""
        self._bucket(contact_id).drain()

    def _bucket(self, contact_id: int) -> Bucket:
        with self._lock:
            if len(self._buckets) >= PAIRS_KEPT:
                self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full()}
            if contact_id not in self._buckets:
                self._buckets[contact_id] = Bucket(self._rate, self._burst, clock=self._clock)
            return self._buckets[contact_id]


def pair_wait(attempt: int) -> timedelta:
    """How long to leave a customer alone after the pair limit: 4^X seconds for repeat X (from 0), at most five minutes."""
    return min(timedelta(seconds=4 ** min(max(0, attempt), 10)), PAIR_WAIT_MOST)


def backoff(attempt: int, seed: str, *, first: timedelta, factor: int = 2, most: timedelta = WAIT_MOST) -> timedelta:
    """The wait before repeat ``attempt`` (from 0): grows by ``factor``, spread by ``seed`` so that many do not come at once.

    The same seed and attempt always give the same wait, between half of the step and all of it.
    """
    step = min(first * float(factor) ** min(max(0, attempt), 24), most)
    return step * (1 - JITTER * _share(f"{seed}:{attempt}"))


def next_try(error: WireError, attempt: int, seed: str) -> timedelta | None:
    """How long to wait before the next try by itself, or None to leave it.

    ``attempt`` is how many tries there have been, the failed one included. None means: permanent, tried often enough, held
    until the connection is mended, or of unknown outcome; look at ``error`` to see which.
    """
    told = error.explain()
    if error.sent == "maybe" or not told.transient or attempt >= told.tries:
        return None
    wait = pair_wait(attempt - 1) if told.factor == 4 else backoff(attempt - 1, seed, first=told.wait, factor=told.factor)
    return max(wait, timedelta(seconds=error.retry_after or 0))


def _share(word: str) -> float:
    """A number from 0 to 1 that depends on a word only."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big") / 0xFFFFFFFF
