"""The hub on the server it is made for: prepared frames arrive whole, and nobody is buffered for without end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator

import pytest
import redis
from pytest_django import Settings

from inbox.management.commands._bench.live import HERE, free_port, serving
from inbox.management.commands._bench.raw_socket import RawSocket
from inbox.realtime import topics
from inbox.realtime.notices import Notice, pack
from inbox.web.fan import UNSEEN_FRAMES
from tests import redis_servers

NUMBER = 1
PROBE = 999


@pytest.fixture
def redis_url(settings: Settings) -> Iterator[str]:
    with redis_servers.serving("embedded") as url:
        redis_servers.use(settings, url)
        yield url


@pytest.fixture
async def address(redis_url: str) -> AsyncIterator[str]:
    port = free_port()
    async with serving(["-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(port), f"{HERE}:hub"], port):
        yield f"ws://127.0.0.1:{port}/"


def say(url: str, conversations: Iterable[int]) -> None:
    """A notice for each of these conversations."""
    with redis.Redis.from_url(url) as client:
        for seq in conversations:
            client.publish(topics.notices(), pack([Notice(NUMBER, seq, seq, (), seq)]))


class Browser(RawSocket):
    """Reads which conversations its frames are about, those of the probe left out."""

    def __init__(self, address: str) -> None:
        super().__init__(address, hear=self.read)
        self.conversations: list[int] = []
        self.last = asyncio.get_running_loop().create_future()

    def read(self, frame: bytes) -> None:
        """One frame."""
        conversation = json.loads(frame)["c"]
        if conversation != PROBE:
            self.conversations.append(conversation)
        if conversation == 20:
            self.last.set_result(None)


async def hub_hears(url: str, browser: RawSocket) -> None:
    """The hub's subscription is there once a notice has come through."""
    first = browser.wait_for(1)
    while not first.done():
        say(url, [PROBE])
        await asyncio.wait([first], timeout=0.2)


async def test_every_browser_gets_every_frame_whole_and_in_order(redis_url: str, address: str) -> None:
    browsers = [Browser(address) for _ in range(3)]
    for browser in browsers:
        await browser.connect()
        await hub_hears(redis_url, browser)
    say(redis_url, range(1, 21))
    await asyncio.wait_for(asyncio.gather(*(browser.last for browser in browsers)), 10)
    assert [browser.conversations for browser in browsers] == [list(range(1, 21))] * 3
    for browser in browsers:
        browser.close()


async def test_a_browser_that_acknowledges_nothing_is_cut_off(redis_url: str, address: str) -> None:
    browser = await RawSocket(address).connect()
    await hub_hears(redis_url, browser)
    say(redis_url, range(1, 2 * UNSEEN_FRAMES))
    with pytest.raises(ConnectionError, match=f"closed after {UNSEEN_FRAMES} frames"):
        await browser.wait_for(2 * UNSEEN_FRAMES)
