"""The line to Redis for what may be lost: one pool per process, and time-outs too short for anybody to notice."""

from __future__ import annotations

import logging
import time
from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Seconds. Whoever speaks here has already committed; a person waits for the answer.
TIMEOUT = 0.3
# Seconds between two complaints about the same loss; how often it happened is counted elsewhere.
QUIET_FOR = 60.0
# Above the threads of any of our processes; at the limit redis-py raises instead of waiting.
CONNECTIONS = 256

_complained: dict[str, float] = {}


def line() -> Redis:
    """A client for ``settings.REDIS_URL``; safe to share between threads, and after a fork. Raises ``redis.RedisError``."""
    return _client(settings.REDIS_URL)


def complain(logger: logging.Logger, what: str, error: Exception) -> None:
    """Write into the log that something was lost, unless that has been said within the last minute."""
    now = time.monotonic()
    if now - _complained.get(what, -QUIET_FOR) >= QUIET_FOR:
        _complained[what] = now
        logger.warning("%s: %s", what, type(error).__name__)


@cache
def _client(url: str) -> Redis:
    # One more try at once: a connection of the pool that a restart of Redis has cut fails only when it is used.
    again = Retry(NoBackoff(), 1)
    return Redis.from_url(url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, max_connections=CONNECTIONS, retry=again)
