"""Refuses bodies that are too large, before anybody reads them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TOO_LARGE = b"This is larger than what is accepted here.\n"


class BodyLimit:
    """Answers 413 when Content-Length says too much, or when a body without one turns out too long.

    ``limit`` gives the most bytes that a path takes.
    """

    def __init__(self, app: App, limit: Callable[[str], int]) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        limit = self.limit(scope["path"])
        announced = _announced(scope)
        if announced is not None and announced > limit:
            await _refuse(send)
            return
        if announced is not None or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        counted = _Counted(receive, send, limit)
        await self.app(scope, counted.receive, counted.send)
        if counted.exceeded and not counted.answered:
            await _refuse(send)


class _Counted:
    """Counts a body without Content-Length while it is read; to the application a too long one looks like a lost caller."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._left = receive, send, limit
        self.exceeded = self.answered = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.exceeded = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        if not self.exceeded:
            self.answered = True
            await self._send(message)


def _announced(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            # Longer numbers are more than any limit, and Python refuses to read thousands of digits.
            return int(value.lstrip(b"0")[:18] or b"0")
    return None


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(TOO_LARGE)),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})
