"""The live socket: who gets in, what they hear, and when they are put out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest
import redis
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings as product
from django.test import Client
from guardian.shortcuts import assign_perm, remove_perm
from pytest_django import Settings

from accounts.models import User
from inbox.conversations.models import Number
from inbox.realtime import push, topics
from inbox.realtime.notices import Notice, pack
from inbox.web import hub, socket
from inbox.web.fan import UNSEEN_FRAMES
from inbox.web.fragments import Audience
from tests import make, redis_servers

pytestmark = pytest.mark.django_db(transaction=True)

ORIGIN = "http://testserver"
drawn: list[tuple[list[tuple[int, tuple[int, ...]]], Audience]] = []


def draw(wanted: Sequence[tuple[int, Sequence[int]]], audience: Audience) -> dict[int, dict[str, Any]]:
    """Words instead of templates; conversation 666 cannot be drawn and 404 is gone."""
    drawn.append(([(c, tuple(m)) for c, m in wanted], audience))
    if any(c == 666 for c, _ in wanted):
        raise ArithmeticError
    return {c: {"row": f"row {c} in {audience.language}", "messages": list(m)} for c, m in wanted if c != 404}


class Browser(WebsocketCommunicator):
    """A browser with a session that asks for the socket."""

    def __init__(
        self, person: User | None, *, origin: str | None = ORIGIN, path: str = "/live/socket/", cookies: str = ""
    ) -> None:
        jar = f"{product.SESSION_COOKIE_NAME}={session_of(person)}; {cookies}" if person else cookies
        headers = [(b"host", b"testserver"), (b"cookie", jar.encode()), (b"accept-language", b"es")]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        super().__init__(socket.application(draw), path, headers)

    async def frame(self, *, after: str = "") -> dict[str, Any]:
        """The next frame; with ``after`` the next one of that type."""
        while True:
            frame: dict[str, Any] = json.loads(await self.receive_from(timeout=5))
            if not after or frame["type"] == after:
                return frame

    async def closed(self) -> int:
        """The code with which the server closes, passing over frames that come before."""
        while True:
            message = await self.receive_output(timeout=5)
            if message["type"] == "websocket.close":
                return int(message["code"])


def session_of(person: User) -> str:
    """The key of a session in which somebody is signed in."""
    client = Client()
    client.force_login(person)
    return str(client.session.session_key)


Come = Callable[..., Awaitable[Browser]]


@pytest.fixture
def redis_url(settings: Settings) -> Iterator[str]:
    with redis_servers.serving("embedded") as url:
        redis_servers.use(settings, url)
        settings.ALLOWED_HOSTS = ["testserver"]
        drawn.clear()
        yield url


@pytest.fixture
async def come(redis_url: str) -> AsyncIterator[Come]:
    """Opens the socket for somebody, hello included; all are closed in the end."""
    there: list[Browser] = []

    async def open_for(person: User, **options: Any) -> Browser:
        browser = await sync_to_async(Browser)(person, **options)
        assert (await browser.connect(timeout=5))[0]
        there.append(browser)
        browser.hello = await browser.frame()
        return browser

    yield open_for
    for browser in there:
        await browser.disconnect(timeout=5)


def say(url: str, *notices: Notice) -> None:
    """Publish notices as push does."""
    with redis.Redis.from_url(url) as client:
        client.publish(topics.notices(), pack(notices))


async def test_hello_tells_the_seqs_of_what_one_sees_and_of_nothing_else(
    come: Come, amina: User, support_number: Number, billing_number: Number
) -> None:
    browser = await come(amina)
    assert browser.hello["seqs"] == {str(support_number.pk): 0}
    assert browser.hello["user"] == amina.pk
    assert browser.hello["epoch"]
    assert browser.hello["deaf"] is False


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", None, "http://testserver.evil.example", "http://testserver:81"]
)
async def test_only_our_own_pages_get_in(redis_url: str, amina: User, origin: str | None) -> None:
    browser = await sync_to_async(Browser)(amina, origin=origin)
    assert (await browser.connect(timeout=5))[0] is False


async def test_a_host_that_is_not_ours_does_not_vouch_for_an_origin(redis_url: str, amina: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["parley.example"]
    browser = await sync_to_async(Browser)(amina)
    assert (await browser.connect(timeout=5))[0] is False


async def test_in_production_only_the_public_address_is_ours(redis_url: str, amina: User, settings: Settings) -> None:
    settings.PRODUCTION, settings.PUBLIC_URL = True, "https://parley.example"
    assert not socket.is_our_origin("http://testserver", "testserver")
    assert socket.is_our_origin("https://parley.example", "parley.example")


@pytest.mark.parametrize("path", ["/live/", "/", "/live/socket/x/"])
async def test_there_is_no_other_socket(redis_url: str, amina: User, path: str) -> None:
    browser = await sync_to_async(Browser)(amina, path=path)
    assert (await browser.connect(timeout=5))[0] is False


async def test_strangers_and_the_deactivated_stay_outside(redis_url: str, amina: User) -> None:
    assert (await Browser(None).connect(timeout=5))[0] is False
    deactivated = await sync_to_async(Browser)(amina)
    await User.objects.filter(pk=amina.pk).aupdate(is_active=False)
    assert (await deactivated.connect(timeout=5))[0] is False


async def test_a_change_reaches_whoever_sees_the_number_and_nobody_else(
    come: Come, redis_url: str, amina: User, carol: User, support_number: Number, billing_number: Number
) -> None:
    ours, theirs = await come(amina), await come(carol)
    say(redis_url, Notice(support_number.pk, 1, 42, (7,), 1), Notice(billing_number.pk, 1, 43, (), 1))
    frame = await ours.frame()
    assert frame == {
        "type": "change", "n": support_number.pk, "f": 1, "s": 1, "c": 42, "row": "row 42 in es", "messages": [7],
    }  # fmt: skip
    assert (await theirs.frame())["c"] == 43


async def test_a_frame_is_drawn_once_per_language_and_zone(
    come: Come, redis_url: str, amina: User, bruno: User, support_number: Number
) -> None:
    await User.objects.filter(pk=bruno.pk).aupdate(language="pt-br", timezone="America/Sao_Paulo")
    browsers = [await come(amina), await come(amina), await come(bruno)]
    say(redis_url, Notice(support_number.pk, 1, 42, (), 1))
    rows = [(await browser.frame())["row"] for browser in browsers]
    assert rows == ["row 42 in es", "row 42 in es", "row 42 in pt-br"]
    assert {audience for _, audience in drawn} == {Audience("es", "UTC"), Audience("pt-br", "America/Sao_Paulo")}
    assert len(drawn) == 2


async def test_the_zone_is_the_browsers_for_those_who_chose_none(
    come: Come, redis_url: str, amina: User, support_number: Number
) -> None:
    browser = await come(amina, cookies="tz=Asia/Tokyo")
    say(redis_url, Notice(support_number.pk, 1, 42, (), 1))
    await browser.frame()
    assert drawn[0][1].timezone == "Asia/Tokyo"


async def test_what_cannot_be_drawn_asks_the_page_to_catch_up(
    come: Come, redis_url: str, amina: User, support_number: Number
) -> None:
    browser = await come(amina)
    say(redis_url, Notice(support_number.pk, 1, 666, (), 1))
    assert await browser.frame() == {"type": "resync"}
    say(redis_url, Notice(support_number.pk, 2, 404, (), 2))
    assert await browser.frame() == {"type": "resync"}
    say(redis_url, Notice(support_number.pk, 3, 42, (), 3))
    assert (await browser.frame())["c"] == 42


async def test_nonsense_on_the_channel_harms_nobody(come: Come, redis_url: str, amina: User, support_number: Number) -> None:
    browser = await come(amina)
    with redis.Redis.from_url(redis_url) as client:
        client.publish(topics.notices(), "{nonsense")
    say(redis_url, Notice(support_number.pk, 1, 42, (), 1))
    assert (await browser.frame())["c"] == 42


async def test_a_right_that_is_taken_away_ends_the_hearing_at_once(
    come: Come, redis_url: str, amina: User, support_number: Number, billing_number: Number
) -> None:
    browser = await come(amina)

    def change_rights() -> None:
        remove_perm("view_number", support_number.team.group, support_number)  # type: ignore[union-attr]  # it has a team
        assign_perm("view_number", amina, billing_number)
        push.to_person(amina.pk, push.ACCESS_CHANGED)

    await sync_to_async(change_rights)()
    assert await browser.frame() == {"type": "access", "seqs": {str(billing_number.pk): 0}}
    say(redis_url, Notice(support_number.pk, 1, 42, (), 1), Notice(billing_number.pk, 1, 43, (), 1))
    assert (await browser.frame())["c"] == 43


async def test_a_right_that_was_taken_away_in_silence_is_noticed_at_the_next_check(
    come: Come, redis_url: str, amina: User, support_number: Number
) -> None:
    browser = await come(amina)
    await sync_to_async(remove_perm)("view_number", support_number.team.group, support_number)  # type: ignore[union-attr]  # it has a team
    await hub.hub(draw).check()
    assert await browser.frame() == {"type": "access", "seqs": {}}


async def test_who_is_signed_out_or_deactivated_is_put_out(come: Come, amina: User, bruno: User, support_number: Number) -> None:
    signed_out, stays = await come(amina), await come(bruno)
    await sync_to_async(push.to_person)(amina.pk, push.SESSION_ENDED)
    assert await signed_out.closed() == 4003
    await User.objects.filter(pk=bruno.pk).aupdate(is_active=False)
    await sync_to_async(push.to_person)(bruno.pk, push.ACCESS_CHANGED)
    assert await stays.closed() == 4003


async def test_one_ended_session_does_not_end_the_others_of_a_person(come: Come, amina: User, support_number: Number) -> None:
    here, there = await come(amina), await come(amina)
    cookie = dict(here.scope["headers"])[b"cookie"].decode()
    await sync_to_async(lambda: Client(headers={"cookie": cookie}).session.delete(cookie.split("=")[1].split(";")[0]))()
    await sync_to_async(push.to_person)(amina.pk, push.ACCESS_CHANGED)
    assert await here.closed() == 4003
    hub.hub(draw).beat()
    assert await there.frame() == {"type": "beat"}


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{}", '{"do": "subscribe", "number": 1}', '{"do": "seen"}', '{"do": "seen", "frames": "1"}',
     '{"do": "seen", "frames": true}', '{"do": "seen", "frames": 99}', '{"do": "seen", "frames": -1}', "[" * 50_000],
)  # fmt: skip
async def test_what_is_not_understood_closes_the_socket(come: Come, amina: User, text: str) -> None:
    browser = await come(amina)
    await browser.send_input({"type": "websocket.receive", "text": text})
    assert await browser.closed() == 4400


async def test_bytes_are_not_understood_either(come: Come, amina: User) -> None:
    browser = await come(amina)
    await browser.send_to(bytes_data=b'{"do": "seen", "frames": 1}')
    assert await browser.closed() == 4400


async def test_a_huge_frame_closes_the_socket(come: Come, amina: User) -> None:
    browser = await come(amina)
    await browser.send_to(text_data="x" * (socket.FRAME_BYTES + 1))
    assert await browser.closed() == 1009


async def test_a_chatterbox_is_put_out(come: Come, amina: User) -> None:
    browser = await come(amina)
    for _ in range(socket.FRAMES_AT_ONCE + 10):
        await browser.send_to(text_data='{"do": "seen", "frames": 1}')
    assert await browser.closed() == 4429


async def test_a_browser_that_reads_nothing_is_cut_off(come: Come, redis_url: str, amina: User, support_number: Number) -> None:
    browser = await come(amina)
    for _ in range(UNSEEN_FRAMES):
        hub.hub(draw).beat()
    assert await browser.closed() == 4008


async def test_a_browser_that_fell_silent_is_let_go_after_two_beats(come: Come, amina: User) -> None:
    browser = await come(amina)
    live = hub.hub(draw)
    await browser.send_to(text_data='{"do": "seen", "frames": 1}')
    for _ in range(3):
        live.beat()
    assert await browser.closed() == 4008


async def test_nobody_opens_sockets_without_end(come: Come, amina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "SOCKETS_PER_PERSON", 2)
    await come(amina)
    await come(amina)
    third = await sync_to_async(Browser)(amina)
    assert (await third.connect(timeout=5))[0] is False


async def test_the_hub_rests_when_the_last_one_leaves(come: Come, amina: User) -> None:
    browser = await come(amina)
    live = hub.hub(draw)
    assert live.sockets
    await browser.disconnect(timeout=5)
    assert not live.sockets
    assert not live._tasks


async def test_a_redis_that_was_away_makes_pages_catch_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, amina: User, support_number: Number
) -> None:
    monkeypatch.setattr(hub, "BACKOFF", (0.01, 0.05))
    with redis_servers.serving("redis-server") as url:
        redis_servers.use(settings, url)
        settings.ALLOWED_HOSTS = ["testserver"]
        browser = await sync_to_async(Browser)(amina)
        await browser.connect(timeout=5)
        await browser.frame()
        with redis.Redis.from_url(url) as client:
            client.client_kill_filter(_type="pubsub")
        assert await browser.frame() == {"type": "deaf"}
        assert await browser.frame() == {"type": "resync"}
        await browser.disconnect(timeout=5)


async def test_a_redis_that_is_away_at_first_keeps_the_socket_out(settings: Settings, amina: User) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    browser = await sync_to_async(Browser)(amina)
    assert await browser.connect(timeout=5) == (False, 1013)


async def test_a_real_change_travels_from_its_transaction_to_the_page(
    come: Come, amina: User, support_number: Number, redis_url: str
) -> None:
    conversation = await sync_to_async(make.conversation)(support_number)
    browser = await come(amina)
    await sync_to_async(push.tell)(support_number.pk, 1, conversation_id=conversation.pk, message_ids=[5])
    assert (await browser.frame())["messages"] == [5]
