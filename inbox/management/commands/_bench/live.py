"""How many frames reach browsers in a second: the hub on daphne against a bare broadcaster, in turns."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from django.conf import settings
from redis.asyncio import Redis

from inbox.realtime import topics
from inbox.realtime.notices import Notice, pack

from .fan_servers import NUMBER
from .raw_socket import RawSocket

HERE = "inbox.management.commands._bench.fan_servers"
# Below what a browser may leave unacknowledged, so that nothing but sending is measured.
NOTICES = 190
ROUNDS = 5


@dataclass(frozen=True)
class FanOut:
    """Frames per second to a number of sockets, with so many notices published together; medians of interleaved rounds."""

    sockets: int
    together: int
    hub: float
    bare: float
    hub_rounds: list[float]
    bare_rounds: list[float]

    @property
    def ratio(self) -> float:
        """Hub ÷ bare."""
        return self.hub / self.bare


def fan_out(sockets: int, *, together: int = NOTICES, rounds: int = ROUNDS) -> FanOut:
    """Frames of 400 bytes to so many sockets, through the hub and through a bare broadcaster. Needs ``settings.REDIS_URL``
    to be served, and the package websockets (a development dependency).

    ``together`` notices are published at once, and the next when all sockets have those. Many together are what a worker
    says after a batch: daphne's transport then joins waiting frames into fewer writes to the kernel, which the bare
    broadcaster does not. One at a time shows the cost of a lone frame.
    """
    return asyncio.run(_fan_out(sockets, together, rounds))


async def _fan_out(sockets: int, together: int, rounds: int) -> FanOut:
    ports = free_port(), free_port()
    daphne = ["-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(ports[0]), f"{HERE}:hub"]
    speeds: tuple[list[float], list[float]] = ([], [])
    async with serving(daphne, ports[0]), serving(["-m", HERE, str(ports[1])], ports[1]):
        for _ in range(rounds):
            for port, found in zip(ports, speeds, strict=True):
                found.append(await _speed(port, sockets, together))
    hub, bare = speeds
    return FanOut(sockets, together, statistics.median(hub), statistics.median(bare), hub, bare)


async def _speed(port: int, sockets: int, together: int) -> float:
    everybody = [await RawSocket(f"ws://127.0.0.1:{port}/").connect() for _ in range(sockets)]
    async with Redis.from_url(settings.REDIS_URL) as client:
        await _until_heard(client, everybody)
        before = [each.frames for each in everybody]
        began = time.perf_counter()
        for first in range(0, NOTICES, together):
            told = min(first + together, NOTICES)
            async with client.pipeline(transaction=False) as pipe:
                for seq in range(10_001 + first, 10_001 + told):
                    pipe.publish(topics.notices(), pack([Notice(NUMBER, seq, seq, (), seq)]))
                await pipe.execute()
            await asyncio.gather(*(each.wait_for(count + told) for each, count in zip(everybody, before, strict=True)))
        took = time.perf_counter() - began
    for each in everybody:
        each.close()
    return sockets * NOTICES / took


async def _until_heard(client: Redis, everybody: Sequence[RawSocket]) -> None:
    for _ in range(50):
        await client.publish(topics.notices(), pack([Notice(NUMBER, 10_000, 10_000, (), 10_000)]))
        try:
            await asyncio.wait_for(asyncio.gather(*(each.wait_for(1) for each in everybody)), 1)
        except TimeoutError:
            continue
        await asyncio.sleep(0.2)
        return
    raise RuntimeError("nobody hears")


@asynccontextmanager
async def serving(arguments: Sequence[str], port: int) -> AsyncIterator[None]:
    """A Python program of ours, until it is no longer needed; it is up when its port answers."""
    own = {"DJANGO_SETTINGS_MODULE": "inbox.settings", "REDIS_URL": settings.REDIS_URL, "LOG_LEVEL": "WARNING"}
    with subprocess.Popen([sys.executable, *arguments], env=os.environ | own, cwd=settings.BASE_DIR) as process:
        try:
            while True:
                if process.poll() is not None:
                    raise RuntimeError(f"{arguments} ended with {process.returncode}")
                try:
                    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    break
                except OSError:
                    await asyncio.sleep(0.1)
            yield
        finally:
            process.send_signal(signal.SIGTERM)


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
