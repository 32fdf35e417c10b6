"""Asks an ASGI application one question and gathers the answer, as a server would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


@dataclass
class Answer:
    """What came back; ``read`` counts the pieces of the body that the application asked for."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    read: int = 0


async def ask(
    app: App,
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: Iterable[bytes] = (),
    query: str = "",
) -> Answer:
    """One HTTP request; the caller stays until the answer is whole."""
    answer = Answer()
    pieces = list(body)

    async def receive() -> Message:
        if answer.read > len(pieces):
            await asyncio.Event().wait()  # a caller who stays
        answer.read += 1
        if answer.read > len(pieces):
            return {"type": "http.request", "body": b"", "more_body": False}
        return {"type": "http.request", "body": pieces[answer.read - 1], "more_body": True}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    await app(scope, receive, send)
    return answer
