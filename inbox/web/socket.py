"""The live socket: who may open one, what it may hear, and when it is closed. What it carries comes from the hub."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host
from django.urls import path, re_path
from redis import RedisError

from accounts.models import User
from inbox.realtime import topics

from . import entitlement
from .epoch import epoch
from .fan import Frame, Pipe
from .fragments import Audience, changes
from .hub import Hub, Render, Socket, hub

ENDED, UNKNOWN, TOO_BIG, TRY_AGAIN, TOO_MANY = 4003, 4400, 1009, 1013, 4429
FRAME_BYTES = 64 * 1024
# A browser acknowledges every few dozen frames and every beat; this is room for a backlog after sleep.
FRAMES_PER_SECOND, FRAMES_AT_ONCE = 10, 60
SOCKETS_PER_PERSON = 24

logger = logging.getLogger(__name__)
ASGI = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class LiveSocket(AsyncWebsocketConsumer):
    """One browser of one person. Says ``hello`` with the seqs from which the browser is kept up to date, then what the hub says.

    Understands ``{"do": "seen", "frames": n}`` only. Close codes: 4003 signed out or deactivated, 4008 too slow, 4400 not
    understood, 4429 too many frames, 1009 too big a frame.
    """

    def __init__(self, render: Render) -> None:
        super().__init__()
        self.render = render
        self.allowance = (float(FRAMES_AT_ONCE), time.monotonic())
        self.socket: Socket | None = None
        self.hub: Hub | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Without Redis no socket: the page polls meanwhile, and tries again."""
        try:
            await super().__call__(scope, receive, send)
        except (RedisError, OSError) as error:
            logger.warning("no socket without Redis", extra={"reason": type(error).__name__})
            await send({"type": "websocket.close", "code": TRY_AGAIN})

    async def connect(self) -> None:
        """Join first and read the seqs afterwards, so that no change falls between the two."""
        person = self.scope["user"]
        if not isinstance(person, User) or not person.is_active:
            await self.close(ENDED)
            return
        self.hub = hub(self.render)
        if self.hub.of_person(person.pk) >= SOCKETS_PER_PERSON:
            await self.close(TOO_MANY)
            return
        await self.channel_layer.group_add(topics.person(person.pk), self.channel_name)
        audience = entitlement.audience_of(person, self.scope)
        self.socket = Socket(person.pk, Pipe(self.scope["direct_send"]), audience, self.recheck)
        seqs = await entitlement.visible_seqs(person)
        self.socket.numbers = frozenset(seqs)
        await self.accept()
        await self.hub.join(self.socket)
        await self._hello(person)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame from the browser."""
        if self.socket is None:
            return
        pipe = self.socket.pipe
        if len(text_data or bytes_data or "") > FRAME_BYTES:
            pipe.close(TOO_BIG)
        elif not self._may_speak():
            pipe.close(TOO_MANY)
        else:
            seen = frames_seen(text_data)
            if seen is None or not pipe.acknowledge(seen):
                pipe.close(UNKNOWN)

    async def disconnect(self, code: int) -> None:
        """The browser is gone."""
        if self.socket is not None and self.hub is not None:
            self.socket.pipe.drop()
            await self.hub.leave(self.socket)
            await self.channel_layer.group_discard(topics.person(self.socket.person), self.channel_name)

    async def access_changed(self, event: dict[str, Any]) -> None:
        """Control: somebody's rights, teams, language or sessions changed."""
        await self.recheck()

    async def session_ended(self, event: dict[str, Any]) -> None:
        """Control: close now."""
        if self.socket is not None:
            self.socket.pipe.close(ENDED)

    async def recheck(self) -> None:
        """Close if the session is over; else hear of what the person may see now, and tell the browser if that changed."""
        if self.socket is None or self.hub is None:
            return
        person = await entitlement.person_of_session(self.scope["session"].session_key)
        if person is None or person.pk != self.socket.person:
            self.socket.pipe.close(ENDED)
            return
        self.socket.audience = entitlement.audience_of(person, self.scope)
        seqs = await entitlement.visible_seqs(person)
        if frozenset(seqs) != self.socket.numbers:
            self.hub.move(self.socket, frozenset(seqs))
            self.socket.pipe.offer(Frame({"type": "access", "seqs": seqs}))

    async def _hello(self, person: User) -> None:
        if self.socket is None or self.hub is None:
            return
        seqs = await entitlement.visible_seqs(person)
        hello = {"type": "hello", "epoch": await database_sync_to_async(epoch)(), "seqs": seqs, "user": person.pk}
        self.socket.pipe.offer(Frame(hello | {"deaf": self.hub.is_deaf}))

    def _may_speak(self) -> bool:
        left, at = self.allowance
        now = time.monotonic()
        left = min(FRAMES_AT_ONCE, left + (now - at) * FRAMES_PER_SECOND) - 1
        self.allowance = (left, now)
        return left >= 0


class SameOrigin:
    """Lets a browser in only from our own pages, judged as Django judges forms; no Origin is no browser of ours.

    ``direct_send`` in the scope is the server's own ``send``, which ``fan`` knows how to use.
    """

    def __init__(self, inside: ASGI) -> None:
        self.inside = inside

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        if is_our_origin(headers.get(b"origin", ""), headers.get(b"host", "")):
            await self.inside({**scope, "direct_send": send}, receive, send)
        else:
            await WebsocketDenier()(scope, receive, send)


def is_our_origin(origin: str, host: str) -> bool:
    """True for PUBLIC_URL, for trusted origins, and outside production for the host that was asked, if it is an allowed one."""
    ours = urlsplit(settings.PUBLIC_URL)
    if origin == f"{ours.scheme}://{ours.netloc}" or origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    if settings.PRODUCTION or origin not in {f"http://{host}", f"https://{host}"}:
        return False
    return validate_host(urlsplit(origin).hostname or "", settings.ALLOWED_HOSTS)


def frames_seen(text: str | None) -> int | None:
    """The number in ``{"do": "seen", "frames": 12}``; None for anything else."""
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, dict) or frame.keys() != {"do", "frames"} or frame["do"] != "seen":
        return None
    return frame["frames"] if type(frame["frames"]) is int else None


def application(render: Render) -> ASGI:
    """The ASGI application for every WebSocket; ``render`` makes what a frame shows of changed conversations."""
    routes = [path("live/socket/", LiveSocket.as_asgi(render=render)), re_path("", WebsocketDenier.as_asgi())]
    outside: ASGI = SameOrigin(AuthMiddlewareStack(URLRouter(routes)))
    return outside


def draw(wanted: Sequence[tuple[int, Sequence[int]]], audience: Audience) -> dict[int, dict[str, Any]]:
    """What frames show of these conversations and messages."""
    return {conversation: dict(change) for conversation, change in changes(wanted, audience).items()}


websocket_application = application(draw)
