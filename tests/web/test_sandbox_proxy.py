"""What passes between a browser and the sandbox, played here by a small server of the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from inbox.web.sandbox_proxy import SandboxProxy
from tests.asgi import ask


@dataclass
class Other:
    """The other end: remembers what it was asked and says what it was told to."""

    port: int = 0
    answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n"
    asked: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = b""
        if b"content-length: " in head.lower():
            body = await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        elif b"transfer-encoding: chunked" in head.lower():
            body = await reader.readuntil(b"0\r\n\r\n")
        self.asked.append(head + body)
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def other() -> AsyncIterator[Other]:
    other = Other()
    server = await asyncio.start_server(other.serve, "127.0.0.1", 0)
    other.port = server.sockets[0].getsockname()[1]
    async with server:
        yield other


async def test_question_and_answer_pass_without_what_belongs_to_us(other: Other, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["inbox.test"]
    other.answer = (
        b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nSet-Cookie: a=b\r\nKeep-Alive: timeout=5\r\n"
        b'Content-Length: 11\r\n\r\n{"ok":true}'
    )
    headers = {"host": "inbox.test", "content-length": "5", "cookie": "session=secret", "x-note": "kept"}
    proxy = SandboxProxy(other.port)
    answer = await ask(
        proxy, "/sandbox/graph/v25.0/1/messages", method="POST", headers=headers, body=[b"he", b"llo"], query="a=1"
    )
    asked = other.asked[0].lower()
    assert asked.startswith(b"post /sandbox/graph/v25.0/1/messages?a=1 http/1.1\r\n")
    assert asked.endswith(b"\r\n\r\nhello")
    assert b"host: inbox.test" in asked
    assert b"x-note: kept" in asked
    assert b"secret" not in asked
    assert (answer.status, answer.body) == (201, b'{"ok":true}')
    assert set(answer.headers) == {"content-type", "content-length"}


@pytest.mark.parametrize("host", ["evil.test", "inbox.test.evil.test:8000", "inbox.test@evil.test", "", "[", "a b"])
async def test_a_name_that_is_not_ours_is_refused_before_the_sandbox_hears_of_it(
    other: Other, settings: Settings, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["inbox.test"]
    assert (await ask(SandboxProxy(other.port), "/sandbox/clock", headers={"host": host})).status == 400
    assert other.asked == []
    assert (await ask(SandboxProxy(other.port), "/sandbox/clock", headers={"host": "inbox.test:8000"})).status == 204


async def test_a_body_of_unknown_length_travels_in_chunks(other: Other) -> None:
    await ask(SandboxProxy(other.port), "/sandbox/x", method="POST", body=[b"he", b"llo"])
    assert other.asked[0].endswith(b"\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "rest",
    [
        b"Transfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n",
        b"Content-Length: 9\r\n\r\nWikipediaXX",
        b"Connection: close\r\n\r\nWikipedia",
    ],
)
async def test_an_answer_ends_where_it_says_it_ends(other: Other, rest: bytes) -> None:
    other.answer = b"HTTP/1.1 200 OK\r\n" + rest
    answer = await ask(SandboxProxy(other.port), "/sandbox/x")
    assert (answer.status, answer.body) == (200, b"Wikipedia")


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nhalf a he"])
async def test_an_answer_that_is_none_becomes_a_502(other: Other, said: bytes) -> None:
    other.answer = said
    assert (await ask(SandboxProxy(other.port), "/sandbox/x")).status == 502


async def test_a_sandbox_that_is_down_is_said_in_a_sentence() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        answer = await ask(SandboxProxy(nobody.getsockname()[1]), "/sandbox/phone/")
    assert answer.status == 502
    assert b"The sandbox does not answer" in answer.body


@pytest.mark.parametrize("values", [{"PRODUCTION": True}, {"SANDBOX": False}])
def test_it_refuses_to_be_mounted_in_production_or_while_the_sandbox_is_off(settings: Settings, values: dict[str, bool]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        SandboxProxy(8001)
