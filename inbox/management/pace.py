"""Does something every so often, whatever happens to a single round."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections

logger = logging.getLogger(__name__)


def every(seconds: float, do: Callable[[], None], stop: threading.Event, *, name: str) -> None:
    """Call ``do`` until ``stop``; a round that raises is logged, and the next one comes all the same."""
    while not stop.is_set():
        began = time.monotonic()
        close_old_connections()
        try:
            do()
        except DatabaseError as error:
            logger.warning("round skipped: database", extra={"part": name, "reason": type(error).__name__})
        except Exception:
            logger.exception("round failed", extra={"part": name})
        stop.wait(max(0.0, seconds - (time.monotonic() - began)))
