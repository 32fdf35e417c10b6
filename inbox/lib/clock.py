"""How old something is, in whole seconds."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def age(since: datetime | None, now: datetime | None = None) -> int:
    """Seconds from ``since`` to ``now``, never below 0; 0 for None."""
    if since is None:
        return 0
    return max(0, int(((now or timezone.now()) - since).total_seconds()))
