"""A WebSocket client that costs next to nothing, so that what is measured is the server."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Callable
from urllib.parse import urlsplit

SEEN_EVERY = 40


class RawSocket(asyncio.Protocol):
    """One connection. ``hear`` gets each text frame as bytes, and should be quick; without it frames are only counted."""

    def __init__(self, url: str, cookie: str = "", hear: Callable[[bytes], None] | None = None) -> None:
        self.parts = urlsplit(url)
        self.cookie = cookie
        self.hear = hear
        self.frames = 0
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.wanted = 0
        self.enough: asyncio.Future[None] | None = None
        self.acknowledges = False
        self._bytes = bytearray()

    async def connect(self) -> RawSocket:
        """Open it; raises ConnectionError with the server's answer when that is not 101."""
        host, port = self.parts.hostname or "127.0.0.1", self.parts.port or 80
        await asyncio.get_running_loop().create_connection(lambda: self, host, port)
        await self.open
        return self

    def wait_for(self, frames: int) -> asyncio.Future[None]:
        """Done when so many frames have come since the beginning."""
        self.wanted = frames
        self.enough = asyncio.get_running_loop().create_future()
        self._look()
        return self.enough

    def close(self) -> None:
        """Hang up."""
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        lines = [
            f"GET {self.parts.path} HTTP/1.1",
            f"Host: {self.parts.netloc}",
            f"Origin: http://{self.parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
        ]
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits learns of it."""
        for waiting in (self.open, self.enough):
            if waiting is not None and not waiting.done():
                waiting.set_exception(ConnectionError(f"closed after {self.frames} frames"))

    def data_received(self, data: bytes) -> None:
        """Count what is whole."""
        self._bytes += data
        if not self.open.done() and not self._shake_hands():
            return
        place = 0
        while (frame := self._frame_at(place)) is not None:
            kind, start, place = frame
            if kind == 1:
                self.frames += 1
                if self.hear is not None:
                    self.hear(bytes(self._bytes[start:place]))
                if self.acknowledges and self.frames % SEEN_EVERY == 0:
                    self._send(json.dumps({"do": "seen", "frames": self.frames}).encode())
        del self._bytes[:place]
        self._look()

    def _shake_hands(self) -> bool:
        head, found, rest = bytes(self._bytes).partition(b"\r\n\r\n")
        if not found:
            return False
        self._bytes = bytearray(rest)
        if b" 101 " in head.split(b"\r\n")[0]:
            self.open.set_result(None)
            return True
        self.open.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
        return False

    def _frame_at(self, place: int) -> tuple[int, int, int] | None:
        """Kind, start and end of the frame at a place, if it is whole (RFC 6455, section 5.2)."""
        if len(self._bytes) < place + 2:
            return None
        kind, length, start = self._bytes[place] & 15, self._bytes[place + 1] & 127, place + 2
        if length > 125:
            more = 2 if length == 126 else 8
            length, start = int.from_bytes(self._bytes[start : start + more], "big"), start + more
        return (kind, start, start + length) if len(self._bytes) >= start + length else None

    def _send(self, payload: bytes) -> None:
        # A mask of zeros is allowed and spares the work; nothing here needs to be unpredictable to proxies.
        self.transport.write(bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload)

    def _look(self) -> None:
        if self.enough is not None and not self.enough.done() and self.frames >= self.wanted:
            self.enough.set_result(None)
