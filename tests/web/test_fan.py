"""Pipes: fed while the browser keeps up, cut when it does not, never waited for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from inbox.web.fan import SLOW, UNSEEN_FRAMES, Frame, Pipe

HELLO = Frame({"type": "hello", "words": "olá"})


class Server:
    """Takes what is sent; ``open`` can be cleared to make it wait, as servers with back-pressure do."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.open.wait()
        self.sent.append(message)


async def everything_sent(pipe: Pipe) -> None:
    if pipe._writer is not None:
        await pipe._writer


async def test_frames_arrive_in_order_and_in_the_words_they_were_given() -> None:
    server = Server()
    pipe = Pipe(server.send)
    pipe.offer(HELLO)
    pipe.close(4003)
    await everything_sent(pipe)
    text = '{"type":"hello","words":"olá"}'
    assert server.sent == [{"type": "websocket.send", "text": text}, {"type": "websocket.close", "code": 4003}]


async def test_a_browser_that_acknowledges_is_fed_without_end() -> None:
    server = Server()
    pipe = Pipe(server.send)
    for count in range(1, 3 * UNSEEN_FRAMES):
        pipe.offer(HELLO)
        assert pipe.acknowledge(count)
    assert not pipe.closed
    await everything_sent(pipe)


async def test_a_browser_that_falls_behind_is_cut_and_nothing_more_is_kept_for_it() -> None:
    server = Server()
    server.open.clear()
    pipe = Pipe(server.send)
    for _ in range(3 * UNSEEN_FRAMES):
        pipe.offer(HELLO)
    assert pipe.closed
    server.open.set()
    await everything_sent(pipe)
    assert len(server.sent) == UNSEEN_FRAMES + 1
    assert server.sent[-1] == {"type": "websocket.close", "code": SLOW}


@pytest.mark.parametrize("seen", [-1, 2, 10**30])
async def test_nobody_has_seen_what_was_not_sent(seen: int) -> None:
    pipe = Pipe(Server().send)
    pipe.offer(HELLO)
    assert not pipe.acknowledge(seen)
    assert pipe.acknowledge(1)
    assert not pipe.acknowledge(0)
    await everything_sent(pipe)


async def test_stuck_is_who_saw_nothing_of_what_had_been_sent_a_beat_ago() -> None:
    pipe = Pipe(Server().send)
    assert not pipe.is_stuck()
    pipe.offer(HELLO)
    assert not pipe.is_stuck()
    pipe.acknowledge(1)
    assert not pipe.is_stuck()
    pipe.offer(HELLO)
    assert not pipe.is_stuck()
    assert pipe.is_stuck()
    await everything_sent(pipe)


async def test_what_waits_for_a_browser_that_left_is_forgotten() -> None:
    server = Server()
    server.open.clear()
    pipe = Pipe(server.send)
    pipe.offer(HELLO)
    pipe.drop()
    pipe.offer(HELLO)
    with pytest.raises(asyncio.CancelledError):
        await everything_sent(pipe)
    assert server.sent == []
