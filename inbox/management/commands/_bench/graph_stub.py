"""The least that can stand in for Graph in a measurement: accepts every send after a fixed delay, kept alive."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json

_numbers = itertools.count(1)


class Stub(asyncio.Protocol):
    """One kept-alive connection; only what ``requests`` sends is understood."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request after the delay."""
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = self._waiting[:end].lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
            whole = end + 4 + length
            if len(self._waiting) < whole:
                return
            self._waiting = self._waiting[whole:]
            asyncio.get_running_loop().call_later(self._delay, self._answer)

    def _answer(self) -> None:
        body = json.dumps(
            {"messaging_product": "whatsapp", "contacts": [{"input": "+1"}], "messages": [{"id": f"wamid.bench{next(_numbers)}"}]}
        ).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        if not self._transport.is_closing():
            self._transport.write(head + body)


async def serve(delay: float) -> None:
    """Listen on a free port, print it, go on until killed."""
    server = await asyncio.get_running_loop().create_server(lambda: Stub(delay), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, required=True, help="seconds")
    asyncio.run(serve(parser.parse_args().delay))
