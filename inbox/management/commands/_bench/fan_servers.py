"""The two programs that the fan-out benchmark compares: the hub on daphne, and the least that any broadcaster must do.

``daphne …fan_servers:hub`` serves the first; ``python -m …fan_servers PORT`` runs the second, which needs the package
websockets (a development dependency). Both hear the same notices from Redis and send frames of the same size.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbox.settings")
django.setup()

from django.conf import settings  # noqa: E402  Django must be set up first
from redis.asyncio import Redis  # noqa: E402  as above

from inbox.realtime import topics  # noqa: E402  as above
from inbox.web.fan import Frame, Pipe  # noqa: E402  as above
from inbox.web.hub import Hub, Socket  # noqa: E402  as above

NUMBER = 1
FRAME_BYTES = 400
_hubs: list[Hub] = []


def draw(wanted: Any, audience: Any) -> dict[int, dict[str, Any]]:
    """Words that fill a frame to FRAME_BYTES, without templates and rows: drawing is measured elsewhere."""
    empty = len(Frame({"type": "change", "n": NUMBER, "f": 10_001, "s": 10_001, "c": 10_001, "row": ""}).text)
    return {conversation: {"row": "x" * (FRAME_BYTES - empty)} for conversation, _messages in wanted}


async def hub(scope: Any, receive: Any, send: Any) -> None:
    """An ASGI application that lets everybody hear number 1."""
    await receive()
    await send({"type": "websocket.accept"})
    if not _hubs:
        _hubs.append(Hub(draw))
    socket = Socket(0, Pipe(send), "everybody", _stay, frozenset({NUMBER}))
    await _hubs[0].join(socket)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    await _hubs[0].leave(socket)


async def _stay() -> None:
    """Nobody loses a right here."""


async def bare(port: int) -> None:
    """A broadcaster on the package websockets: one subscription, one broadcast per notice."""
    from websockets.asyncio.server import broadcast, serve  # only this program needs the package

    there: set[Any] = set()

    async def stay(connection: Any) -> None:
        there.add(connection)
        await connection.wait_closed()
        there.discard(connection)

    async with serve(stay, "127.0.0.1", port, compression=None), Redis.from_url(settings.REDIS_URL) as client:
        subscription = client.pubsub(ignore_subscribe_messages=True)
        await subscription.subscribe(topics.notices())
        async for _message in subscription.listen():
            broadcast(there, "x" * FRAME_BYTES)


if __name__ == "__main__":
    asyncio.run(bare(int(sys.argv[1])))
