"""Reads how close we are to Meta's call limits, so that we slow down before we are cut off (protocol section 7)."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

SLOW_ABOVE, PAUSE_ABOVE = 80, 95  # per cent of what Meta allows
SLOWEST = 0.1
PAUSE = timedelta(minutes=1)  # when the headers do not say how long
PAUSE_MOST = timedelta(hours=1)
METERS = ("call_count", "total_cputime", "total_time")


class Usage:
    """The last word of the usage headers for one account. Safe to share between threads.

    ``app`` and ``account`` are per cent. The app's share counts for every call, the account's for management calls only.
    """

    def __init__(self, clock: Callable[[], datetime] = timezone.now) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.app = 0
        self.account = 0
        self._app_until: datetime | None = None
        self._account_until: datetime | None = None

    def take(self, headers: Mapping[str, str]) -> None:
        """Reads an answer's headers (lower-case names); what cannot be read is passed over."""
        app = _parsed(headers.get("x-app-usage"))
        account = _parsed(headers.get("x-business-use-case-usage"))
        with self._lock:
            if app is not None:
                self.app, self._app_until = self._judged([app])
            if account is not None:
                lists = [entries for entries in account.values() if isinstance(entries, list)]
                self.account, self._account_until = self._judged([entry for entries in lists for entry in entries])

    @property
    def pause_until(self) -> datetime | None:
        """Until when nothing at all should be called; None while there is no need to wait."""
        return self._running(self._app_until)

    @property
    def management_pause_until(self) -> datetime | None:
        """Until when templates, numbers and profiles should be left alone; None while there is no need to wait."""
        waits = [until for until in (self.pause_until, self._running(self._account_until)) if until is not None]
        return max(waits, default=None)

    @property
    def pace(self) -> float:
        """What to multiply the sending rate by: 1 up to 80 per cent, falling to 0.1 at 95."""
        if self.app <= SLOW_ABOVE:
            return 1.0
        return max(SLOWEST, 1.0 - (1.0 - SLOWEST) * (self.app - SLOW_ABOVE) / (PAUSE_ABOVE - SLOW_ABOVE))

    def _judged(self, meters: Iterable[Any]) -> tuple[int, datetime | None]:
        percent, minutes = 0, 0
        for meter in meters:
            if isinstance(meter, dict):
                percent = max([percent, *(_whole(meter.get(name)) for name in METERS)])
                minutes = max(minutes, _whole(meter.get("estimated_time_to_regain_access")))
        if percent <= PAUSE_ABOVE and not minutes:
            return percent, None
        wait = timedelta(minutes=min(minutes, 60)) if minutes else PAUSE
        return percent, self._clock() + min(wait, PAUSE_MOST)

    def _running(self, until: datetime | None) -> datetime | None:
        return until if until is not None and until > self._clock() else None


@functools.lru_cache(maxsize=1024)
def usage_of(graph_url: str, waba_id: str) -> Usage:
    """The one meter of an account in this process."""
    return Usage()


def _parsed(header: str | None) -> dict[str, Any] | None:
    try:
        parsed = json.loads(header) if header else None
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and value == value and 0 <= value < 1_000_000 else 0
