"""The hub of a web process: hears notices once, renders each once per audience, and hands the frame to every entitled socket."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connections
from prometheus_client import Counter, Gauge
from redis.asyncio import Redis

from inbox.realtime import topics
from inbox.realtime.notices import Notice, merge, unpack

from .fan import SLOW, Frame, Pipe

BEAT = 25.0
# Seconds within which a right that was taken away is noticed even if nobody told us.
RECHECK = 60.0
BACKOFF = (0.2, 10.0)
# A new socket waits so long for the subscription; then it starts deaf.
PATIENCE = 1.0
# A subscription that hears nothing for so long is asked whether it is still there, and has as long to answer.
QUIET = 5.0

SOCKETS = Gauge("parley_live_sockets", "Open sockets")
FRAMES = Counter("parley_live_frames", "Frames handed to sockets")
UNRENDERED = Counter("parley_live_unrendered", "Notices that could not be rendered; pages catch up")

logger = logging.getLogger(__name__)

# (conversation, messages) for one audience -> what a frame says of them, or None for a conversation that is gone.
Render = Callable[[Sequence[tuple[int, Sequence[int]]], Any], dict[int, dict[str, Any]]]


class Recheck(Protocol):
    """Looks again at whether a socket may stay and what it may see."""

    async def __call__(self) -> None:
        """May change the socket's numbers or close it."""


@dataclass(eq=False)
class Socket:
    """One browser's socket, as the hub knows it."""

    person: int
    pipe: Pipe
    audience: Hashable
    recheck: Recheck
    numbers: frozenset[int] = field(default_factory=frozenset)


class Hub:
    """One per event loop. It listens to Redis while it has sockets, and costs nothing while it has none."""

    def __init__(self, render: Render) -> None:
        self.sockets: set[Socket] = set()
        self._render = render
        self._by_number: dict[int, set[Socket]] = {}
        self._heard: list[Notice] = []
        self._wake = asyncio.Event()
        self._listening = asyncio.Event()
        self._missed = False
        self._tasks: list[asyncio.Task[None]] = []
        self._thread: ThreadPoolExecutor | None = None

    async def join(self, socket: Socket) -> None:
        """Add a socket; returns once notices are being heard, or soon after without that while Redis is away."""
        self.sockets.add(socket)
        self.move(socket, socket.numbers)
        SOCKETS.inc()
        if not self._tasks:
            self._thread = ThreadPoolExecutor(1, "live-render")
            self._tasks = [asyncio.create_task(work()) for work in (self._listen, self._speak, self._beat, self._check)]
        try:
            await asyncio.wait_for(self._listening.wait(), PATIENCE)
        except TimeoutError:
            self._missed = True

    def move(self, socket: Socket, numbers: frozenset[int]) -> None:
        """From now on the socket hears of these numbers only."""
        for number in socket.numbers:
            self._by_number.get(number, set()).discard(socket)
        socket.numbers = numbers
        for number in numbers:
            self._by_number.setdefault(number, set()).add(socket)

    async def leave(self, socket: Socket) -> None:
        """Take a socket away; the last one turns off the light."""
        if socket not in self.sockets:
            return
        self.move(socket, frozenset())
        self.sockets.discard(socket)
        SOCKETS.dec()
        if not self.sockets:
            await self._rest()

    @property
    def is_deaf(self) -> bool:
        """True while Redis is away."""
        return not self._listening.is_set()

    def of_person(self, person: int) -> int:
        """How many sockets of a person are open here."""
        return sum(socket.person == person for socket in self.sockets)

    def say(self, sockets: Iterable[Socket], content: dict[str, Any]) -> None:
        """Encode once, offer to each."""
        frame = Frame(content)
        offered = 0
        for socket in sockets:
            socket.pipe.offer(frame)
            offered += 1
        FRAMES.inc(offered)

    def beat(self) -> None:
        """Let every browser know that we are there, and let go of those that stopped answering."""
        for socket in self.sockets:
            if socket.pipe.is_stuck():
                socket.pipe.close(SLOW)
        self.say(list(self.sockets), {"type": "beat"})

    async def check(self) -> None:
        """Ask every socket to look at its rights again."""
        for socket in list(self.sockets):
            try:
                await socket.recheck()
            except Exception:
                # The database blinked. Nobody's rights are looked at by halves, and the next look must still come.
                logger.exception("rights not looked at")

    async def _rest(self) -> None:
        tasks, self._tasks = self._tasks, []
        thread, self._thread = self._thread, None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._listening.clear()
        self._missed = False
        self._heard.clear()
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, connections.close_all)
            thread.shutdown()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            self.beat()

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(RECHECK * random.uniform(0.8, 1))
            await self.check()

    async def _listen(self) -> None:
        least, most = BACKOFF
        pause = least
        while True:
            try:
                await self._subscribed()
            except Exception as error:  # whatever it was, the hub must learn to hear again
                if self._listening.is_set():
                    pause = least
                    self._listening.clear()
                    self._missed = True
                    self.say(list(self.sockets), {"type": "deaf"})
                    logger.warning("hub is deaf", extra={"reason": type(error).__name__})
            # Spread out, so that a Redis that comes back is not met by all processes at once.
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = min(pause * 2, most)

    async def _subscribed(self) -> None:
        client = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_keepalive=True)
        async with client, client.pubsub() as subscription:
            await subscription.subscribe(topics.notices())
            asked = False
            while True:
                message = await subscription.get_message(timeout=QUIET)
                if message is None and asked:
                    raise TimeoutError
                asked = message is None
                if message is None:
                    await asyncio.wait_for(subscription.ping(), QUIET)
                elif message["type"] == "subscribe":
                    self._now_hearing()
                elif message["type"] == "message":
                    self._hear(message["data"])

    def _now_hearing(self) -> None:
        self._listening.set()
        if self._missed:
            # Whatever was said while we were away, the sockets that waited through it must ask for.
            self._missed = False
            self.say(list(self.sockets), {"type": "resync"})

    def _hear(self, data: bytes) -> None:
        try:
            self._heard += unpack(data)
        except ValueError:
            logger.warning("not a notice")
            return
        self._wake.set()

    async def _speak(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            # Whatever came while the last frames were made is merged: a busy conversation is rendered as it is now, once.
            notices, self._heard = merge(self._heard), []
            for number in {notice.n for notice in notices}:
                await self._tell(number, [notice for notice in notices if notice.n == number])

    async def _tell(self, number: int, notices: list[Notice]) -> None:
        by_audience: dict[Hashable, list[Socket]] = {}
        for socket in self._by_number.get(number, ()):
            by_audience.setdefault(socket.audience, []).append(socket)
        for audience, sockets in by_audience.items():
            rendered = await self._rendered(notices, audience)
            # A right may have been taken away while the thread was rendering.
            entitled = [socket for socket in sockets if number in socket.numbers]
            for notice in notices:
                change = rendered.get(notice.c)
                if change is None:
                    self.say(entitled, {"type": "resync"})
                else:
                    self.say(entitled, {"type": "change", "n": number, "f": notice.f, "s": notice.s, "c": notice.c, **change})

    async def _rendered(self, notices: list[Notice], audience: Hashable) -> dict[int, dict[str, Any]]:
        wanted: dict[int, tuple[int, ...]] = {}
        for notice in notices:
            wanted[notice.c] = wanted.get(notice.c, ()) + notice.m
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._in_thread, list(wanted.items()), audience)
        except Exception as error:  # whatever a template or the database does wrong, the other conversations go on
            UNRENDERED.inc(len(notices))
            logger.warning("not rendered", extra={"conversations": list(wanted), "reason": repr(type(error))})
            return {}

    def _in_thread(self, wanted: Sequence[tuple[int, Sequence[int]]], audience: Hashable) -> dict[int, dict[str, Any]]:
        # The thread is ours alone and keeps its connection; opening one for each notice costs more than the queries.
        try:
            return self._render(wanted, audience)
        except Exception:
            connections.close_all()
            return self._render(wanted, audience)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub(render: Render) -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(render)
    return _hubs[loop]
