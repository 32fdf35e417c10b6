"""Shows the sandbox, a program of its own, under ``/sandbox/`` of the same address. Development only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port, validate_host

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

PREFIX = "/sandbox/"
CONNECT_SECONDS = 3
HEAD_SECONDS = 60  # the sandbox may be told to be slow
CHUNK = 64 * 1024
# RFC 9110 §7.6.1, and cookies: the sandbox is not us, so it never sees who is signed in here nor sets anything.
NOT_PASSED_ON = {
    b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer", b"transfer-encoding",
    b"upgrade", b"expect", b"cookie", b"set-cookie",
}  # fmt: skip
DOWN = (
    b"<!doctype html><html lang=en><title>Sandbox</title><h1>The sandbox does not answer</h1>"
    b"<p>It is a program of its own. <code>manage.py up</code> starts it again by itself; try once more in a few seconds."
)
STRANGE_NAME = b"This address is not served here.\n"


class SandboxProxy:
    """Passes requests and answers on in pieces, without keeping them."""

    def __init__(self, port: int) -> None:
        if settings.PRODUCTION or not settings.SANDBOX:
            raise ImproperlyConfigured("The sandbox is never mounted in production, nor while SANDBOX is off.")
        self.port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; 400 under a name that is not ours, 502 with a sentence when the sandbox is down."""
        if not _called_by_our_name(scope["headers"]):
            await _say(send, 400, b"text/plain; charset=utf-8", STRANGE_NAME)
            return
        started = False
        writer: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            await self._pass_request(scope, receive, writer)
            async with asyncio.timeout(HEAD_SECONDS):
                status, headers = await _read_head(reader)
            started = True
            await send({"type": "http.response.start", "status": status, "headers": _kept(headers)})
            await _until_caller_leaves(receive, self._pass_answer(scope["method"], status, headers, reader, send))
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            logger.info("sandbox did not answer", extra={"reason": type(error).__name__})
            if started:
                await send({"type": "http.response.body"})
            else:
                await _say(send, 502, b"text/html; charset=utf-8", DOWN)
        finally:
            if writer is not None:
                writer.close()

    async def _pass_request(self, scope: Scope, receive: Receive, writer: asyncio.StreamWriter) -> None:
        target: bytes = scope.get("raw_path") or scope["path"].encode()
        if scope["query_string"]:
            target = target + b"?" + scope["query_string"]
        headers = _kept(scope["headers"])
        announced = any(name == b"content-length" for name, _ in headers)
        # Without Content-Length the body goes out in chunks.
        chunked = not announced and scope["method"] not in ("GET", "HEAD")
        headers += [(b"connection", b"close"), *([(b"transfer-encoding", b"chunked")] if chunked else [])]
        lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1", *(name + b": " + value for name, value in headers)]
        writer.write(b"\r\n".join([*lines, b"", b""]))
        async for piece in _body(receive):
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            await writer.drain()
        if chunked:
            writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _pass_answer(
        self, method: str, status: int, headers: list[Header], reader: asyncio.StreamReader, send: Send
    ) -> None:
        if method != "HEAD" and status not in (204, 304):
            async for piece in _pieces(headers, reader):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})


def _called_by_our_name(headers: list[Header]) -> bool:
    """What Django asks of its own pages: a foreign page may point its name at this machine."""
    names = [split_domain_port(value.decode("latin-1"))[0] for name, value in headers if name.lower() == b"host"]
    return all(name and validate_host(name, settings.ALLOWED_HOSTS) for name in names)


async def _say(send: Send, status: int, kind: bytes, words: bytes) -> None:
    content = [(b"content-type", kind), (b"content-length", b"%d" % len(words))]
    await send({"type": "http.response.start", "status": status, "headers": content})
    await send({"type": "http.response.body", "body": words})


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the caller left")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


async def _until_caller_leaves(receive: Receive, answer: Awaitable[None]) -> None:
    """An answer may last for hours (a stream of events); it ends when nobody reads it any more."""
    leaving, answering = asyncio.ensure_future(receive()), asyncio.ensure_future(answer)
    try:
        await asyncio.wait({leaving, answering}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        leaving.cancel()
        answering.cancel()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, list[Header]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    headers = []
    for line in lines[1:]:
        name, found, value = line.partition(b":")
        if found:
            headers.append((name.strip().lower(), value.strip()))
    return int(lines[0].partition(b" ")[2][:3]), headers


async def _pieces(headers: list[Header], reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    named = dict(headers)
    if named.get(b"transfer-encoding", b"").lower() == b"chunked":
        while size := int((await reader.readline()).split(b";")[0], 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
        return
    left = int(named[b"content-length"]) if b"content-length" in named else None
    while left is None or left > 0:
        piece = await reader.read(CHUNK if left is None else min(CHUNK, left))
        if not piece:
            return
        left = None if left is None else left - len(piece)
        yield piece


def _kept(headers: list[Header]) -> list[Header]:
    named = {word.strip().lower() for name, value in headers if name.lower() == b"connection" for word in value.split(b",")}
    return [(name, value) for name, value in headers if name.lower() not in NOT_PASSED_ON and name.lower() not in named]
