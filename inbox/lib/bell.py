"""A bell that wakes a long-running loop: rung through Redis after commit, and allowed to be lost.

Whoever waits also looks by itself every so often, so a Redis that is away makes things slower, never wrong.
"""

from __future__ import annotations

import logging
from threading import Event

import redis
from django.conf import settings
from django.db import transaction

from .redis_line import line

log = logging.getLogger(__name__)


def ring(name: str) -> None:
    """Wake whoever waits for this bell, once the running transaction has committed. Never raises."""
    transaction.on_commit(lambda: _ring(name), robust=True)


def _ring(name: str) -> None:
    try:
        line().publish(f"parley:bell:{name}", 1)
    except (redis.RedisError, OSError) as error:
        log.warning("bell not rung", extra={"bell": name, "error": type(error).__name__})


class Listener:
    """Waits for one bell, in one thread."""

    def __init__(self, name: str, wake: Event) -> None:
        self._name = name
        self._wake = wake

    def run(self, stop: Event) -> None:
        """Set ``wake`` at each ring until ``stop``; survives a Redis that comes and goes."""
        while not stop.is_set():
            try:
                self._listen(stop)
            except redis.RedisError:
                stop.wait(1)

    def _listen(self, stop: Event) -> None:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1)
        with client, client.pubsub(ignore_subscribe_messages=True) as subscription:
            subscription.subscribe(f"parley:bell:{self._name}")
            self._wake.set()  # a ring may have been missed while we were away
            while not stop.is_set():
                if subscription.get_message(timeout=1) is not None:
                    self._wake.set()
