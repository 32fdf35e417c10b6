"""The client against a real server on this machine: every call's request, every kind of failure, one pool of connections."""

from __future__ import annotations

import hashlib
import io
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.whatsapp import errors, payloads
from inbox.whatsapp.client import Graph, Line, Usage
from inbox.whatsapp.client.transport import session
from inbox.whatsapp.client.usage import usage_of
from inbox.whatsapp.errors import (
    Declined,
    ForeignHost,
    LinkExpired,
    NoFile,
    NotSent,
    OutcomeUnknown,
    Throttled,
    TokenRejected,
    TooLarge,
    WireError,
)

from . import graph_server as play
from .graph_server import Server, accepted, answer, raw, refused
from .openapi import NEEDS_DOCUMENT, check

TO = payloads.Recipient(phone="447700900123")
TOKEN = "EAA-not-a-real-token"


@pytest.fixture(autouse=True)
def _fresh_pool() -> Iterator[None]:
    usage_of.cache_clear()
    yield
    session().close()
    session.cache_clear()


@pytest.fixture
def server() -> Iterator[Server]:
    with play.graph_server() as running:
        yield running


@pytest.fixture
def graph(server: Server) -> Graph:
    return Graph(line(server.url))


def line(url: str, *, read_seconds: float = 5.0) -> Line:
    return Line(url, TOKEN, "309876500012345", "201555000111222", "v25.0", read_seconds)


def hello() -> payloads.Json:
    return payloads.text(TO, "Hello", opaque="delivery-1")


# --- requests and answers ---


def test_a_send_goes_to_the_numbers_messages_with_the_bearer_token(server: Server, graph: Graph) -> None:
    server.plays(accepted("wamid.ABC", wa_id="447700900124"))
    result = graph.send(hello())
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v25.0/309876500012345/messages")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.json == hello()
    assert (result.external_id, result.wa_id, result.user_id, result.status) == ("wamid.ABC", "447700900124", "", "")


def test_an_answer_to_a_hidden_number_names_the_user_id(server: Server, graph: Graph) -> None:
    body = {
        "contacts": [{"input": "GB.1", "user_id": "GB.1"}],
        "messages": [{"id": "w", "message_status": "held_for_quality_assessment"}],
    }
    server.plays(answer(200, body))
    result = graph.send(hello())
    assert (result.wa_id, result.user_id, result.status) == ("", "GB.1", "held_for_quality_assessment")


OK = answer(200, {"success": True})
NUMBER = {
    "id": "309876500012345",
    "display_phone_number": "+1 555-014-2200",
    "verified_name": "Kirkgate Tools",
    "quality_rating": "GREEN",
    "status": "CONNECTED",
    "throughput": {"level": "STANDARD"},
    "whatsapp_business_manager_messaging_limit": "TIER_2K",
}
CALLS: list[tuple[str, Callable[[Graph], Any], play.Step, str, str, Any]] = [
    (
        "read",
        lambda g: g.mark_read("wamid.x", typing=True),
        OK,
        "POST",
        "/309876500012345/messages",
        payloads.read("wamid.x", typing=True),
    ),
    ("marketing", lambda g: g.send_marketing(hello()), accepted(), "POST", "/309876500012345/marketing_messages", hello()),
    ("delete media", lambda g: g.delete_media("77"), OK, "DELETE", "/77", None),
    ("number", lambda g: g.number(), answer(200, NUMBER), "GET", "/309876500012345?fields=", None),
    (
        "register",
        lambda g: g.register("123456"),
        OK,
        "POST",
        "/309876500012345/register",
        {"messaging_product": "whatsapp", "pin": "123456"},
    ),
    ("deregister", lambda g: g.deregister(), OK, "POST", "/309876500012345/deregister", None),
    (
        "profile",
        lambda g: g.profile(),
        answer(200, {"data": [{}]}),
        "GET",
        "/309876500012345/whatsapp_business_profile?fields=",
        None,
    ),
    (
        "set profile",
        lambda g: g.set_profile({"about": "Tools"}),
        OK,
        "POST",
        "/309876500012345/whatsapp_business_profile",
        {"messaging_product": "whatsapp", "about": "Tools"},
    ),
    ("subscriptions", lambda g: g.subscriptions(), answer(200, {"data": [{}]}), "GET", "/201555000111222/subscribed_apps", None),
    ("subscribe", lambda g: g.subscribe(), OK, "POST", "/201555000111222/subscribed_apps", None),
    (
        "subscribe elsewhere",
        lambda g: g.subscribe("https://example.org/hook", "word"),
        OK,
        "POST",
        "/201555000111222/subscribed_apps",
        {"override_callback_uri": "https://example.org/hook", "verify_token": "word"},
    ),
    ("unsubscribe", lambda g: g.unsubscribe(), OK, "DELETE", "/201555000111222/subscribed_apps", None),
    (
        "create template",
        lambda g: g.create_template({"name": "a", "language": "en", "category": "UTILITY", "components": []}),
        answer(200, {"id": "5", "status": "PENDING", "category": "UTILITY"}),
        "POST",
        "/201555000111222/message_templates",
        {"name": "a", "language": "en", "category": "UTILITY", "components": []},
    ),
    ("edit template", lambda g: g.edit_template("5", {"category": "UTILITY"}), OK, "POST", "/5", {"category": "UTILITY"}),
    ("delete template", lambda g: g.delete_template("a"), OK, "DELETE", "/201555000111222/message_templates?name=a", None),
    (
        "delete one",
        lambda g: g.delete_template("a", "5"),
        OK,
        "DELETE",
        "/201555000111222/message_templates?name=a&hsm_id=5",
        None,
    ),
    ("token", lambda g: g.token_info(), answer(200, {"data": {}}), "GET", "/debug_token?input_token=", None),
    (
        "block",
        lambda g: g.block(TO, payloads.Recipient(bsuid="GB.1")),
        answer(200, {"block_users": {"added_users": [{"input": "+447700900123"}]}}),
        "POST",
        "/309876500012345/block_users",
        {"messaging_product": "whatsapp", "block_users": [{"user": "+447700900123"}, {"user_id": "GB.1"}]},
    ),
    (
        "unblock",
        lambda g: g.unblock(TO),
        answer(200, {"block_users": {"removed_users": [{"input": "+447700900123"}]}}),
        "DELETE",
        "/309876500012345/block_users",
        {"messaging_product": "whatsapp", "block_users": [{"user": "+447700900123"}]},
    ),
]


@pytest.mark.parametrize(
    ("call", "reply", "method", "path", "body"), [entry[1:] for entry in CALLS], ids=[entry[0] for entry in CALLS]
)
def test_every_call_asks_what_the_protocol_page_says(
    server: Server, graph: Graph, call: Callable[[Graph], Any], reply: play.Step, method: str, path: str, body: Any
) -> None:
    server.plays(reply)
    assert call(graph)
    asked = server.asked[0]
    assert asked.method == method
    assert asked.path.startswith("/v25.0" + path)
    if not path.endswith("="):
        assert asked.path == "/v25.0" + path
    assert (asked.json if asked.body.strip(b"{}") else None) == body


def test_answers_are_read_into_typed_values(server: Server, graph: Graph) -> None:
    profile = {
        "data": [{"about": "Tools", "websites": ["https://example.org"], "vertical": "RETAIL", "messaging_product": "whatsapp"}]
    }
    token = {"data": {"is_valid": True, "app_id": 4, "expires_at": 0, "scopes": ["whatsapp_business_messaging"]}}
    apps = {
        "data": [{"whatsapp_business_api_data": {"id": "4", "name": "Parley"}, "override_callback_uri": "https://example.org"}]
    }
    blocked = {"block_users": {"added_users": [{"input": "+1", "wa_id": "1"}], "failed_users": [{"input": "+2"}]}}
    server.plays(answer(200, NUMBER), answer(200, profile), answer(200, token), answer(200, apps), answer(200, blocked))
    number = graph.number()
    assert (number.status, number.quality, number.throughput, number.messaging_limit) == (
        "CONNECTED",
        "GREEN",
        "STANDARD",
        "TIER_2K",
    )
    assert (graph.profile().about, graph.token_info().is_valid, graph.subscriptions()[0].app_id) == ("Tools", True, "4")
    outcome = graph.block(TO)
    assert (outcome.done, outcome.failed) == (("+1",), ("+2",))


@NEEDS_DOCUMENT
def test_the_answers_that_we_read_and_the_bodies_that_we_send_fit_metas_own_description(server: Server, graph: Graph) -> None:
    server.plays(accepted(), OK, OK, OK, answer(200, {"block_users": {"added_users": []}}))
    graph.send(hello())
    graph.register("123456")
    graph.set_profile({"about": "Tools", "websites": ["https://example.org"], "vertical": "RETAIL"})
    graph.subscribe("https://example.org/hook", "word")
    graph.block(TO)
    check(server.asked[1].json, "WhatsAppBusinessPhoneNumberRegistrationRequest")
    check(server.asked[2].json, "WhatsAppBusinessProfileUpdateRequest")
    check(server.asked[3].json, "SubscriptionRequest")
    check(
        {"contacts": [{"input": "+1", "wa_id": "1"}], "messages": [{"id": "w"}], "messaging_product": "whatsapp"},
        "MessageResponsePayload",
    )
    check(NUMBER, "PhoneNumberInfo")


def test_templates_are_read_page_by_page_and_never_through_the_address_that_the_answer_names(
    server: Server, graph: Graph
) -> None:
    first = {
        "data": [
            {"id": 12345678901234567890, "name": "a", "language": "en", "status": "APPROVED", "quality_score": {"score": "GREEN"}}
        ],
        "paging": {"cursors": {"after": "QVFI"}, "next": "https://evil.example/steal"},
    }
    second = {
        "data": [{"id": "2", "name": "b", "language": "en", "rejected_reason": "NONE"}],
        "paging": {"cursors": {"after": "X"}},
    }
    server.plays(answer(200, first), answer(200, second))
    found = list(graph.templates())
    assert [(one.external_id, one.name, one.quality, one.reason) for one in found] == [
        ("12345678901234567890", "a", "GREEN", ""),
        ("2", "b", "", ""),
    ]
    assert "after=QVFI" in server.asked[1].path


def test_a_list_without_data_is_not_taken_for_an_empty_list(server: Server, graph: Graph) -> None:
    server.plays(answer(200, {}))
    with pytest.raises(OutcomeUnknown):
        list(graph.templates())


def test_a_file_is_handed_up_as_a_form_with_its_type(server: Server, graph: Graph) -> None:
    server.plays(answer(200, {"id": "700100"}))
    content = b"\x00\xff" * 100_000
    assert graph.upload(io.BytesIO(content), "image/png", len(content)) == "700100"
    asked = server.asked[0]
    assert asked.path == "/v25.0/309876500012345/media"
    assert asked.headers["content-length"] == str(len(asked.body))
    assert b'name="messaging_product"\r\n\r\nwhatsapp\r\n' in asked.body
    assert b'name="type"\r\n\r\nimage/png\r\n' in asked.body
    assert b"Content-Type: image/png\r\n\r\n" + content + b"\r\n--" in asked.body


@pytest.mark.parametrize("digest", ["ab" * 32, "AB" * 32, "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="])
def test_a_files_checksum_is_understood_as_hex_and_as_base64(server: Server, graph: Graph, digest: str) -> None:
    server.plays(
        answer(200, {"url": "https://lookaside.fbsbx.com/x", "mime_type": "image/png", "sha256": digest, "file_size": "303833"})
    )
    link = graph.media_url("77")
    assert (link.sha256, link.size, link.mime) == ("ab" * 32, 303833, "image/png")
    assert server.asked[0].path == "/v25.0/77?phone_number_id=309876500012345"


# --- failures: F32 to F37 of the fault catalogue ---


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (refused(429, 130429), Throttled, 130429),
        (refused(400, 131056), Throttled, 131056),
        (refused(400, 80007), Throttled, 80007),
        (refused(400, 4), Throttled, 4),
        (raw(429, b"busy"), Throttled, -429),
        (refused(401, 190), TokenRejected, 190),
        (refused(401, 0), TokenRejected, 0),
        (refused(400, 131047), Declined, 131047),
        (refused(500, 131000), Declined, 131000),
        (raw(503, b"<html>busy</html>"), Declined, -503),
    ],
)
def test_f32_f33_f37_an_answer_that_says_no_means_that_nothing_was_sent(
    server: Server, graph: Graph, reply: play.Step, kind: type[WireError], code: int
) -> None:
    server.plays(reply)
    with pytest.raises(kind) as caught:
        graph.send(hello())
    assert (caught.value.code, caught.value.sent) == (code, "no")


@pytest.mark.parametrize("status", [500, 502, 504])
def test_f33_a_gateways_html_leaves_the_outcome_open(server: Server, graph: Graph, status: int) -> None:
    server.plays(raw(status, b"<html><h1>Sorry</h1></html>", {"Content-Type": "text/html"}))
    with pytest.raises(OutcomeUnknown) as caught:
        graph.send(hello())
    assert (caught.value.sent, caught.value.permanent) == ("maybe", False)


def test_f34_silence_after_the_request_left_is_an_unknown_outcome(server: Server) -> None:
    server.plays(play.silence)
    with pytest.raises(OutcomeUnknown) as caught:
        Graph(line(server.url, read_seconds=0.1)).send(hello())
    assert caught.value.code == errors.NO_ANSWER
    assert len(server.asked) == 1


@pytest.mark.parametrize("step", [play.reset, play.reset_within(b'{"messages": [')])
def test_f35_a_torn_connection_is_an_unknown_outcome_and_never_repeated(server: Server, graph: Graph, step: play.Step) -> None:
    server.plays(step, accepted())
    with pytest.raises(OutcomeUnknown):
        graph.send(hello())
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        raw(200, b'{"messages": ['),
        raw(200, b""),
        raw(200, b"<html>"),
        raw(200, b"[]"),
        raw(200, b'"ok"'),
        raw(200, b"\xff\xfe{}"),
        raw(200, b"{" * 50_000),
        raw(200, b'{"messages": []}'),
        raw(200, b'{"messages": [{"id": null}]}'),
        raw(200, b'{"messages": "none"}'),
        raw(200, b"{}", announced=500),
    ],
)
def test_f36_a_200_that_cannot_be_read_is_an_unknown_outcome(server: Server, graph: Graph, reply: play.Step) -> None:
    server.plays(reply)
    with pytest.raises(OutcomeUnknown):
        graph.send(hello())


def test_an_error_inside_a_200_is_still_an_error(server: Server, graph: Graph) -> None:
    server.plays(refused(200, 131009))
    with pytest.raises(Declined):
        graph.send(hello())


def test_nobody_listening_means_that_nothing_was_sent() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        with pytest.raises(NotSent) as caught:
            Graph(line(f"http://127.0.0.1:{port}")).send(hello())
    assert (caught.value.sent, caught.value.permanent, caught.value.explain().transient) == ("no", False, True)


@pytest.mark.parametrize("url", ["http://[::1", "nonsense", "http://"])
def test_an_address_that_is_none_means_that_nothing_was_sent(url: str) -> None:
    with pytest.raises(NotSent):
        Graph(line(url)).send(hello())


def test_a_redirect_is_not_followed(server: Server, graph: Graph) -> None:
    server.plays(raw(307, b"", {"Location": "/elsewhere"}), accepted())
    with pytest.raises(Declined):
        graph.send(hello())
    assert len(server.asked) == 1


def test_no_failure_tells_the_token_or_an_address(server: Server, graph: Graph) -> None:
    server.plays(play.reset)
    with pytest.raises(WireError) as caught:
        graph.token_info()
    told = f"{caught.value!r} {caught.value.details} {caught.value.__cause__!r}"
    assert TOKEN not in told
    assert "127.0.0.1" not in told
    assert TOKEN not in repr(graph.line)


# --- the pool ---


def test_connections_are_kept_alive_between_calls(server: Server, graph: Graph) -> None:
    server.plays(*[accepted() for _ in range(10)])
    for _ in range(10):
        graph.send(hello())
    assert server.connections == 1


def test_threads_share_the_pool(server: Server, graph: Graph) -> None:
    server.plays(*[accepted(f"wamid.{index}") for index in range(64)])
    with ThreadPoolExecutor(8) as pool:
        ids = {result.external_id for result in pool.map(lambda _: graph.send(hello()), range(64))}
    assert len(ids) == 64
    assert server.connections <= 8


def test_a_connection_closed_by_the_other_side_while_idle_is_replaced(server: Server, graph: Graph) -> None:
    server.plays(accepted(headers={"Connection": "close"}), accepted())
    graph.send(hello())
    graph.send(hello())
    assert len(server.asked) == 2


def test_proxies_of_the_environment_are_not_used(server: Server, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.plays(accepted())
    graph.send(hello())


def test_cookies_are_not_kept(server: Server, graph: Graph) -> None:
    server.plays(accepted(headers={"Set-Cookie": "track=1"}), accepted())
    graph.send(hello())
    graph.send(hello())
    assert "cookie" not in server.asked[1].headers


# --- usage ---


def test_above_95_per_cent_nothing_leaves_until_the_pause_is_over(server: Server, graph: Graph) -> None:
    server.plays(accepted(headers={"X-App-Usage": '{"call_count":96,"total_cputime":3,"total_time":4}'}), accepted())
    graph.send(hello())
    with pytest.raises(NotSent) as caught:
        graph.send(hello())
    assert caught.value.code == errors.HELD_BY_US
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 60
    assert len(server.asked) == 1


def test_the_accounts_usage_holds_back_management_but_not_customers(server: Server, graph: Graph) -> None:
    busy = '{"201":[{"type":"whatsapp","call_count":97,"estimated_time_to_regain_access":0}]}'
    server.plays(accepted(headers={"X-Business-Use-Case-Usage": busy}), accepted())
    graph.send(hello())
    with pytest.raises(NotSent):
        graph.number()
    graph.send(hello())


@pytest.mark.parametrize(("percent", "pace"), [(0, 1.0), (80, 1.0), (95, 0.1), (99, 0.1)])
def test_the_pace_falls_above_80_per_cent(percent: int, pace: float) -> None:
    usage = Usage()
    usage.take({"x-app-usage": f'{{"call_count":{percent}}}'})
    assert usage.pace == pytest.approx(pace)


def test_a_pause_ends_by_itself_or_with_better_news() -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    times = [now]
    usage = Usage(lambda: times[-1])
    usage.take({"x-app-usage": '{"call_count":99}', "x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":5}]}'})
    assert pauses(usage) == (now + timedelta(minutes=1), now + timedelta(minutes=5))
    times.append(now + timedelta(minutes=2))
    assert pauses(usage) == (None, now + timedelta(minutes=5))
    usage.take({"x-business-use-case-usage": '{"1":[{"call_count":10}]}'})
    assert pauses(usage) == (None, None)


def pauses(usage: Usage) -> tuple[datetime | None, datetime | None]:
    return usage.pause_until, usage.management_pause_until


@pytest.mark.parametrize("value", ["", "no json", "[]", '{"call_count":"many"}', '{"1":[7]}', "[" * 9999, '{"call_count":1e400}'])
def test_odd_usage_headers_are_passed_over(value: str) -> None:
    usage = Usage()
    usage.take({"x-app-usage": value, "x-business-use-case-usage": value})
    assert (usage.pause_until, usage.management_pause_until, usage.pace) == (None, None, 1.0)


# --- downloads: F40, F41 and the hosts that a token may travel to ---


def test_a_file_comes_down_with_its_checksum_and_the_token_goes_along(server: Server, graph: Graph) -> None:
    content = b"picture" * 50_000
    server.plays(raw(200, content, {"Content-Type": "image/jpeg"}))
    fetched = graph.download(f"{server.url}/media/1", limit=10_000_000)
    with fetched.file as file:
        assert file.read() == content
    assert (fetched.size, fetched.sha256, fetched.claimed_mime) == (
        len(content),
        hashlib.sha256(content).hexdigest(),
        "image/jpeg",
    )
    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_f40_an_expired_link_says_so(server: Server, graph: Graph) -> None:
    server.plays(raw(404, b"gone"))
    with pytest.raises(LinkExpired) as caught:
        graph.download(f"{server.url}/media/1", limit=100)
    assert not caught.value.permanent


def test_f41_a_trickle_ends_at_the_deadline(server: Server, graph: Graph) -> None:
    server.plays(play.trickle(0.02, announced=100_000))
    begun = time.monotonic()
    with pytest.raises(NoFile) as caught:
        graph.download(f"{server.url}/media/1", limit=1_000_000, seconds=0.3)
    assert caught.value.title == "too slow"
    assert time.monotonic() - begun < 5  # not a benchmark: without the deadline this would take half an hour


@pytest.mark.parametrize(
    "step", [play.endless, raw(200, b"x" * 200, {"Content-Type": "image/jpeg"}), raw(200, b"x", announced=10**9)]
)
def test_f41_more_bytes_than_allowed_are_not_read(server: Server, graph: Graph, step: play.Step) -> None:
    server.plays(step)
    with pytest.raises(TooLarge) as caught:
        graph.download(f"{server.url}/media/1", limit=100)
    assert caught.value.permanent


@pytest.mark.parametrize(
    "step", [play.reset, play.reset_within(b"abc"), raw(200, b"abc", announced=50), raw(500, b"<html>"), raw(502, b"")]
)
def test_a_download_that_breaks_off_is_worth_another_try(server: Server, graph: Graph, step: play.Step) -> None:
    server.plays(step)
    with pytest.raises(NoFile) as caught:
        graph.download(f"{server.url}/media/1", limit=100)
    assert not caught.value.permanent


def test_a_download_tells_apart_a_bad_token(server: Server, graph: Graph) -> None:
    server.plays(refused(401, 190))
    with pytest.raises(TokenRejected):
        graph.download(f"{server.url}/media/1", limit=100)


def test_a_redirect_of_a_download_stays_at_home_and_loses_the_token(server: Server, graph: Graph) -> None:
    server.plays(raw(302, b"", {"Location": "/signed?x=1"}), raw(200, b"ok"))
    graph.download(f"{server.url}/media/1", limit=100).file.close()
    assert server.asked[1].path == "/signed?x=1"
    assert "authorization" not in server.asked[1].headers


def test_a_redirect_to_another_host_is_not_followed(server: Server, graph: Graph) -> None:
    with play.graph_server() as stranger:
        server.plays(raw(302, b"", {"Location": f"{stranger.url}/steal"}))
        with pytest.raises(ForeignHost):
            graph.download(f"{server.url}/media/1", limit=100)
        assert stranger.asked == []


def test_redirects_come_to_an_end(server: Server, graph: Graph) -> None:
    server.plays(*[raw(302, b"", {"Location": "/again"}) for _ in range(9)])
    with pytest.raises(NoFile):
        graph.download(f"{server.url}/media/1", limit=100)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", True),
        ("https://scontent.whatsapp.net/v/1", True),
        ("https://graph.facebook.com/v25.0/1", True),
        ("https://lookaside.fbsbx.com:443/x", True),
        ("https://lookaside.fbsbx.com:8443/x", False),
        ("http://lookaside.fbsbx.com/x", False),
        ("https://fbsbx.com.evil.example/x", False),
        ("https://evilfbsbx.com/x", False),
        ("https://lookaside.fbsbx.com@evil.example/x", False),
        ("https://user@lookaside.fbsbx.com/x", False),
        ("https://evil.example\\@lookaside.fbsbx.com/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("file:///etc/passwd", False),
        ("https://[::1", False),
        ("https://lookaside.fbsbx.com:notaport/x", False),
        ("", False),
    ],
)
def test_a_token_travels_to_metas_hosts_only(url: str, allowed: bool) -> None:
    assert line("https://graph.facebook.com").may_fetch_from(url) is allowed


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:8001/sandbox/media-host/1", True),
        ("http://127.0.0.1:8002/x", False),
        ("https://127.0.0.1:8001/x", False),
        ("http://localhost:8001/x", False),
        ("https://lookaside.fbsbx.com/x", False),
    ],
)
def test_a_sandboxs_token_travels_to_the_sandbox_only(url: str, allowed: bool) -> None:
    assert line("http://127.0.0.1:8001/sandbox/graph").may_fetch_from(url) is allowed
