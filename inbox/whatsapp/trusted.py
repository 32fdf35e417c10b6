"""Remembers for a few seconds which Meta apps may knock, and with which secrets, so that a webhook costs no query."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from django.db import Error, connection
from django.utils import timezone

from inbox.whatsapp.models import App

logger = logging.getLogger(__name__)

SECONDS_REMEMBERED = 5.0  # a withdrawn secret is refused after this time everywhere; a new one works at once
KEY = re.compile(r"[-a-zA-Z0-9_]{1,40}")
Answer = TypeVar("Answer")


class CannotLook(Exception):
    """The database does not say which apps there are."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """What a callback needs to know of an app. ``secrets`` has the old one too while rotating."""

    app_id: int
    secrets: tuple[str, ...]
    verify_token: str
    read_at: float  # time.monotonic()


class TrustedApps:
    """The apps by key. All queries run in one thread; callers that ask for the same key at the same time share one query."""

    def __init__(self) -> None:
        self._known: dict[str, Trusted] = {}
        self._asking: dict[str, asyncio.Task[Trusted | None]] = {}
        self._thread: ThreadPoolExecutor | None = None

    def remembered(self, key: str) -> Trusted | None:
        """The app if it was read a moment ago. Never waits."""
        trusted = self._known.get(key)
        if trusted is not None and time.monotonic() - trusted.read_at < SECONDS_REMEMBERED:
            return trusted
        return None

    async def read(self, key: str) -> Trusted | None:
        """The app as the database has it now; None when there is none. Raises CannotLook."""
        if not KEY.fullmatch(key):
            return None
        asking = self._asking.get(key)
        if asking is None or asking.get_loop() is not asyncio.get_running_loop():
            asking = asyncio.ensure_future(self._ask(key))
            self._asking[key] = asking
        return await asyncio.shield(asking)

    async def mark_verified(self, app_id: int) -> None:
        """Write down that Meta's handshake succeeded just now; a database that is away is no reason to fail it."""
        try:
            await self._in_thread(lambda: App.objects.filter(pk=app_id).update(verified_at=timezone.now()))
        except Error:
            logger.exception("webhook.verified_not_noted", extra={"app_id": app_id})

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._thread.shutdown()
            self._thread = None

    async def _ask(self, key: str) -> Trusted | None:
        try:
            trusted = await self._in_thread(lambda: _read(key))
        except Exception as error:
            raise CannotLook(type(error).__name__) from error
        finally:
            self._asking.pop(key, None)
        if trusted is None:
            self._known.pop(key, None)
        else:
            self._known[key] = trusted
        return trusted

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="webhook-apps")
        return await asyncio.get_running_loop().run_in_executor(self._thread, _alone, work)


def _alone(work: Callable[[], Answer]) -> Answer:
    """No request ends here that would give the connection back, so it is given back after each piece of work."""
    try:
        return work()
    finally:
        connection.close()


def _read(key: str) -> Trusted | None:
    app = App.objects.filter(key=key).first()
    if app is None:
        return None
    secrets = tuple(secret for secret in (app.secret, app.old_secret) if secret)
    return Trusted(app.pk, secrets, app.verify_token, time.monotonic())
