"""Calls a webhook as fast as it answers, over kept-alive connections, each with one signed delivery under way at a time."""

from __future__ import annotations

import argparse
import asyncio
import hmac
import json
import time
from itertools import count
from statistics import quantiles
from typing import cast

try:
    from uvloop import new_event_loop
except ImportError:
    from asyncio import new_event_loop  # type: ignore[assignment]  # the same thing, slower

PADDING = b"x" * 900  # with the rest about 1 KB, the size of a text message's webhook
HEAD_END = b"\r\n\r\n"
SECONDS_TO_END = 30


class Load:
    """What all connections of one run share."""

    def __init__(self, secret: bytes, path: bytes, first: int, connections: int) -> None:
        self.secret, self.path = secret, path
        self.numbers = count(first)
        self.seconds: list[float] = []
        self.refused = 0
        self.open = connections
        self.stop_at = 0.0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def request(self) -> bytes:
        """A delivery that nobody sent before."""
        body = b'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}],"n":%d,"padding":"%s"}' % (
            next(self.numbers),
            PADDING,
        )
        return (
            b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
            b"X-Hub-Signature-256: sha256=%s\r\n\r\n%s"
        ) % (self.path, len(body), hmac.digest(self.secret, body, "sha256").hex().encode(), body)


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.heard = b""
        self.begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.WriteTransport", transport)
        self.go_on()

    def go_on(self) -> None:
        """Send the next delivery, or hang up when time is over."""
        self.begun = time.perf_counter()
        if self.begun < self.load.stop_at:
            self.transport.write(self.load.request())
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Wait for the whole answer, which may come in pieces."""
        self.heard += data
        head, separator, rest = self.heard.partition(HEAD_END)
        if not separator:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(rest) < length:
            return
        if self.heard[9:12] == b"200":
            self.load.seconds.append(time.perf_counter() - self.begun)
        else:
            self.load.refused += 1
        self.heard = b""
        self.go_on()

    def connection_lost(self, error: Exception | None) -> None:
        """The last one ends the run."""
        self.load.open -= 1
        if self.load.open == 0:
            self.load.over.set_result(None)


async def run(options: argparse.Namespace) -> dict[str, float]:
    """Rate per second, milliseconds of half and of 99 % of the calls, and how many were (not) answered 200."""
    load = Load(options.secret.encode(), options.path.encode(), options.first, options.connections)
    begun = time.perf_counter()
    load.stop_at = begun + options.seconds
    loop = asyncio.get_running_loop()
    for _ in range(options.connections):
        await loop.create_connection(lambda: Line(load), "127.0.0.1", options.port)
    async with asyncio.timeout(options.seconds + SECONDS_TO_END):
        await load.over
    took = time.perf_counter() - begun
    cuts = quantiles(load.seconds, n=100)
    return {
        "per_second": len(load.seconds) / took,
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
        "kept": len(load.seconds),
        "refused": load.refused,
    }


def main() -> None:
    """Run once and print the result; uvloop, where it is there, leaves more of the machine to the server."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--first", type=int, required=True)
    options = parser.parse_args()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        print(json.dumps(runner.run(run(options))))


if __name__ == "__main__":
    main()
