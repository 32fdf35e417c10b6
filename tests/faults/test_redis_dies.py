"""Redis is away, comes back, or forgets everything: what is slow then is never lost."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.faults.books import one, taken_in
from tests.faults.house import House
from tests.faults.meta import Customer
from tests.faults.waiting import until


@contextlib.contextmanager
def open_page(house: House) -> Iterator[ClientConnection]:
    """The socket of the agent's open page, after its hello. A page whose socket is refused tries again."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in house.agent.http.cookies)
    address, headers = f"ws://127.0.0.1:{house.port}/live/socket/", {"Cookie": cookies}

    def knock() -> ClientConnection | None:
        with contextlib.suppress(InvalidStatus):
            return connect(address, additional_headers=headers, origin=Origin(house.base), proxy=None, open_timeout=30)
        return None

    page = until(knock, because="the page has its socket")
    assert page is not None
    with page:
        assert json.loads(page.recv(timeout=30))["type"] == "hello"
        yield page


def hears_of(page: ClientConnection, conversation: int) -> bool:
    """True if a frame about this conversation is among those that have come."""
    with contextlib.suppress(TimeoutError):
        while True:
            if json.loads(page.recv(timeout=0.2)).get("c") == conversation:
                return True
    return False


def caught_up(house: House, since: dict[str, int]) -> dict[str, Any]:
    """What a page that polls learns of all that happened after these seqs."""
    asked = "&".join(f"n{number}={seq}" for number, seq in since.items())
    return dict(json.loads(house.agent.page(f"/live/since/?{asked}")))


def test_without_redis_webhooks_are_kept_replies_go_out_and_pages_poll(house: House) -> None:
    """F10: only the bell is gone; what needs a worker waits, and readiness says so."""
    _who, conversation = house.newcomer()
    seqs = caught_up(house, {})["seqs"]
    house.redis.kill()
    wamid, body = house.meta.says(Customer("Without Redis", "447700940001"), "is anybody there")
    assert house.meta.post(body, wamid).status == 200
    sent = house.agent.reply(conversation, "yes, without Redis")
    house.until_message(sent, "d.state", "accepted")
    assert conversation in [change["c"] for change in caught_up(house, seqs)["changes"]]
    until(lambda: house.ask("/readyz")[0] == 503, because="readiness says that Redis is away")
    assert json.loads(house.ask("/readyz")[1])["checks"]["redis"]["ok"] is False
    house.restart("redis")
    until(lambda: taken_in(house.books, wamid), because="the sweep has rung for what nobody heard")
    house.until_message(sent, "m.status", "delivered")
    until(lambda: json.loads(house.ask("/readyz")[1])["checks"]["redis"]["ok"], because="readiness knows that Redis is back")


@pytest.mark.parametrize("name", ["worker", "sender", "sweep"])
def test_a_part_stops_in_its_grace_although_redis_is_away(house: House, name: str) -> None:
    """F10: waiting for Redis does not keep anybody from hearing that it should stop."""
    house.redis.kill()
    house.parts[name].tell_to_stop()
    assert house.parts[name].ended(within=10) == 0


@pytest.fixture(params=["installed", "embedded"])
def served_house(house: House, request: pytest.FixtureRequest) -> House:
    """The house with either Redis; where none is installed the first is the embedded one as well."""
    if request.param == "embedded":
        house.use_embedded_redis()
    return house


def test_an_open_page_hears_again_after_redis_was_started_anew(served_house: House) -> None:
    """F11: the subscription of the web process comes back by itself, on the socket that was open all the time."""
    house = served_house
    who, conversation = house.newcomer()
    with open_page(house) as page:
        house.redis.kill()
        house.restart("redis")
        until(lambda: bool(house.sandbox.writes(who, "do you hear me?")) and hears_of(page, conversation), within=40)


def test_a_redis_that_forgets_everything_under_load_costs_no_message(served_house: House) -> None:
    """F12: the database is the queue; what the flush swallowed is found by the sweep."""
    house = served_house
    written = [house.meta.says(Customer(f"Flushed {n:02}", f"4477009501{n:02}"), f"flush {n}") for n in range(40)]
    _who, conversation = house.newcomer()
    seq = one(house.books, "SELECT max(seq) FROM inbox_number")
    with house.line() as line, ThreadPoolExecutor(4) as pool:
        posting = [pool.submit(house.meta.post, body, wamid) for wamid, body in written]
        sent = house.agent.reply(conversation, "in the middle of it")
        while not all(post.done() for post in posting):
            line.flushall()
        line.flushall()
    assert [post.result().status for post in posting] == [200] * len(written)
    until(lambda: all(taken_in(house.books, wamid) for wamid, _body in written))
    house.until_message(sent, "m.status", "delivered")
    assert one(house.books, "SELECT max(seq) FROM inbox_number") > seq
