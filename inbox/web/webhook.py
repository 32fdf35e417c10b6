"""Answers Meta's callback: proves the sender, keeps the body, says 200. A plain ASGI callable in front of Django.

It stands before Django because a Django view costs several times as much per request, and nothing of Django is needed.
It works under any ASGI server; ``inbox.web.webhook_alone`` runs it as a program of its own.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from prometheus_client import Counter

from inbox.journeys import inbound
from inbox.lib.jobs import later
from inbox.whatsapp.intake import CannotKeep, Keeper
from inbox.whatsapp.signature import is_genuine
from inbox.whatsapp.trusted import CannotLook, Trusted, TrustedApps

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PREFIX = "/webhooks/whatsapp/"
LARGEST_BODY = 3 * 1024 * 1024  # bytes, Meta's own limit (protocol §2.4)
SECONDS_TO_ARRIVE = 10.0
SECONDS_TO_RETRY = b"5"
HANDSHAKE_PARAMETERS = 20

TEXT = (b"content-type", b"text/plain; charset=utf-8")
COUNT = Counter("parley_webhooks", "Webhook calls by what became of them", ["result"])
RESULTS = "kept cannot_keep bad_signature unknown_app too_large bad_method gone verified bad_handshake"
COUNTED = {result: COUNT.labels(result=result) for result in RESULTS.split()}
KEPT = COUNTED["kept"]
# Made once: this is what nearly every call is answered with.
OK_START: dict[str, Any] = {"type": "http.response.start", "status": 200, "headers": [TEXT, (b"content-length", b"2")]}
OK_BODY: dict[str, Any] = {"type": "http.response.body", "body": b"ok"}


class TooLarge(Exception):
    """The body is larger than Meta would ever send."""


class Gone(Exception):
    """The caller left, or took too long, before the body was whole."""


def ring() -> None:
    """Wake the workers that take kept bodies in."""
    later(inbound.process)


class Webhook:
    """The callback of every app, at ``/webhooks/whatsapp/<app key>/`` (protocol §2.1 to §2.4)."""

    def __init__(self, keeper: Keeper | None = None) -> None:
        self.keeper = keeper or Keeper(ring)
        self.apps = TrustedApps()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call; ``lifespan`` is answered too, for when it runs alone."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path: str = scope["path"]
        key = path[len(PREFIX) :].removesuffix("/") if path.startswith(PREFIX) else ""
        method = scope["method"]
        try:
            if method == "POST":
                await self._take(key, scope, receive, send)
            elif method == "GET":
                await self._shake_hands(key, scope, send)
            else:
                await _refuse(send, 405, "bad_method", b"Only GET and POST.", (b"allow", b"GET, POST"))
        except CannotLook as error:
            logger.error("webhook.cannot_look", extra={"error": str(error)})
            await _refuse(send, 503, "cannot_keep", b"Cannot look this up now.", (b"retry-after", SECONDS_TO_RETRY))

    async def _take(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.apps.remembered(key) or await self.apps.read(key)
        if app is None:
            await _refuse(send, 404, "unknown_app", b"No such app.")
            return
        length, signature = _length_and_signature(scope["headers"])
        try:
            if length > LARGEST_BODY:
                raise TooLarge
            body = await _read_body(receive)
            if not is_genuine(body, signature, app.secrets) and not await self._is_genuine_after_all(key, body, signature):
                await _refuse(send, 403, "bad_signature", b"The signature does not fit.")
                return
            await self.keeper.keep(app.app_id, body)
        except TooLarge:
            await _refuse(send, 413, "too_large", b"More than 3 MB.", (b"connection", b"close"))
        except Gone:
            COUNTED["gone"].inc()
        except CannotKeep as error:
            logger.warning("webhook.cannot_keep", extra={"app_id": app.app_id, "error": str(error)})
            await _refuse(send, 503, "cannot_keep", b"Cannot keep this now.", (b"retry-after", SECONDS_TO_RETRY))
        else:
            KEPT.inc()
            await send(OK_START)
            await send(OK_BODY)

    async def _is_genuine_after_all(self, key: str, body: bytes, signature: str | None) -> bool:
        """Looks again with the secrets of this moment, so that a rotated one works at once."""
        if signature is None:
            return False
        app = await self.apps.read(key)
        return app is not None and is_genuine(body, signature, app.secrets)

    async def _shake_hands(self, key: str, scope: Scope, send: Send) -> None:
        app = await self.apps.read(key)
        if app is None:
            await _refuse(send, 404, "unknown_app", b"No such app.")
            return
        challenge = _proven_challenge(scope["query_string"], app)
        if challenge is None:
            # The challenge is never sent back to somebody unproven: it could be a page of theirs.
            await _refuse(send, 403, "bad_handshake", b"The verify token does not fit.")
            return
        await self.apps.mark_verified(app.app_id)
        logger.info("webhook.verified", extra={"app_id": app.app_id})
        COUNTED["verified"].inc()
        await _answer(send, 200, challenge)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await asyncio.to_thread(self.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def close(self) -> None:
        """Write what waits and end all threads."""
        self.keeper.close()
        self.apps.close()


def _length_and_signature(headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, str | None]:
    """The declared length (0 when there is none: then counting while reading decides) and the signature's header."""
    length = 0
    signature = None
    for name, value in headers:
        if name == b"x-hub-signature-256":
            signature = value.decode("latin-1")
        elif name == b"content-length" and value.isdigit():
            length = int(value.lstrip(b"0")[:18] or b"0")
    return length, signature


async def _read_body(receive: Receive) -> bytes:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > LARGEST_BODY:
            raise TooLarge
        return body
    try:
        async with asyncio.timeout(SECONDS_TO_ARRIVE):
            return await _read_rest(receive, body)
    except TimeoutError:
        raise Gone from None


async def _read_rest(receive: Receive, first: bytes) -> bytes:
    parts = [first]
    size = len(first)
    more = True
    while more:
        if size > LARGEST_BODY:
            raise TooLarge
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    if size > LARGEST_BODY:
        raise TooLarge
    return b"".join(parts)


def _proven_challenge(query: bytes, app: Trusted) -> bytes | None:
    """The challenge, byte for byte, if mode and token fit; None otherwise."""
    try:
        pairs = parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, errors="surrogateescape", max_num_fields=HANDSHAKE_PARAMETERS
        )
    except ValueError:
        return None
    given = {name: value.encode("utf-8", "surrogateescape") for name, value in pairs}
    token = app.verify_token.encode()
    fits = hmac.compare_digest(given.get("hub.verify_token", b""), token)
    if fits and token and given.get("hub.mode") == b"subscribe":
        return given.get("hub.challenge") or None
    return None


async def _refuse(send: Send, status: int, result: str, why: bytes, *headers: tuple[bytes, bytes]) -> None:
    COUNTED[result].inc()
    await _answer(send, status, why, *headers)


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    own = [TEXT, (b"content-length", b"%d" % len(body)), (b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": body})


application = Webhook()
