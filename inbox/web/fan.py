"""Frames and pipes: how one encoded frame reaches many browsers without being encoded again for each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from autobahn.websocket.protocol import PreparedMessage
from daphne.ws_protocol import WebSocketProtocol

Send = Callable[[dict[str, Any]], Awaitable[None]]

# Frames that a browser may leave unacknowledged before we stop feeding it (F43).
UNSEEN_FRAMES = 200
SLOW = 4008


class Frame:
    """A text frame, encoded once."""

    __slots__ = ("prepared", "text")

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
        self.prepared = PreparedMessage(self.text.encode(), isBinary=False, applyMask=False, doNotCompress=False)


class Pipe:
    """The way to one browser. ``offer`` never waits: the browser says what it has seen, and one that falls too far behind is
    cut off (it comes back and catches up) instead of being buffered for.

    Daphne writes without waiting and without end, so its buffers cannot tell us who is slow; acknowledgements can, through
    every proxy. On daphne a prepared message goes to the connection as it is: framing it again for each browser is most of
    what a frame costs there. Any other server gets ASGI messages, from a queue because its ``send`` may wait.
    """

    def __init__(self, send: Send) -> None:
        self.closed = False
        self._sent = self._seen = 0
        self._before = (0, 0)
        self._send = send
        self._protocol = _daphne_protocol(send)
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None

    def offer(self, frame: Frame) -> None:
        """Send a frame, or close with 4008 when too many are unseen."""
        if self.closed:
            return
        if self._sent - self._seen >= UNSEEN_FRAMES:
            self.close(SLOW)
            return
        self._sent += 1
        if self._protocol is None:
            self._put({"type": "websocket.send", "text": frame.text})
        elif self._protocol.state == WebSocketProtocol.STATE_OPEN:
            self._protocol.sendPreparedMessage(frame.prepared)

    def acknowledge(self, seen: int) -> bool:
        """Note how many frames the browser has seen since it connected; False if that cannot be."""
        if not self._seen <= seen <= self._sent:
            return False
        self._seen = seen
        return True

    def is_stuck(self) -> bool:
        """True if nothing was acknowledged since the last call although there was something to see. Asked once per beat."""
        sent_before, seen_before = self._before
        self._before = (self._sent, self._seen)
        return seen_before == self._seen < sent_before

    def close(self, code: int) -> None:
        """End the connection with a code; what was offered before still goes out first."""
        if not self.closed:
            self.closed = True
            self._put({"type": "websocket.close", "code": code})

    def drop(self) -> None:
        """The browser is gone: forget what still waits."""
        self.closed = True
        if self._writer is not None:
            self._writer.cancel()

    def _put(self, message: dict[str, Any]) -> None:
        self._queue.put_nowait(message)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_out())

    async def _write_out(self) -> None:
        while not self._queue.empty():
            await self._send(self._queue.get_nowait())


def _daphne_protocol(send: Send) -> WebSocketProtocol | None:
    """The connection behind an ASGI ``send`` of daphne, which is a partial of ``Server.handle_reply``."""
    protocol = next(iter(getattr(send, "args", ())), None)
    return protocol if isinstance(protocol, WebSocketProtocol) else None
