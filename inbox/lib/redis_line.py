"""The line to Redis for what may be lost: one pool per process, and time-outs too short for anybody to notice."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Seconds. Whoever speaks here has already committed; a person waits for the answer.
TIMEOUT = 0.3
# Above the threads of any of our processes; at the limit redis-py raises instead of waiting.
CONNECTIONS = 256


def line() -> Redis:
    """A client for ``settings.REDIS_URL``; safe to share between threads, and after a fork. Raises ``redis.RedisError``."""
    return _client(settings.REDIS_URL)


@cache
def _client(url: str) -> Redis:
    # One more try at once: a connection of the pool that a restart of Redis has cut fails only when it is used.
    again = Retry(NoBackoff(), 1)
    return Redis.from_url(
        url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, max_connections=CONNECTIONS, retry=again
    )
