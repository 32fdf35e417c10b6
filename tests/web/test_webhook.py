"""The callback lets in what is proven and fits, keeps it before it says 200, and tells everybody else why not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from prometheus_client import REGISTRY

from inbox.web.webhook import LARGEST_BODY, Webhook
from inbox.whatsapp.intake import Keeper
from inbox.whatsapp.models import App, RawEvent
from inbox.whatsapp.signature import signature_of
from tests import make

BODY = b'{"object":"whatsapp_business_account","entry":[]}'
PATH = "/webhooks/whatsapp/demo/"
HANDSHAKE = {"hub.mode": "subscribe", "hub.challenge": "7719340212", "hub.verify_token": "verify-token"}


@dataclass
class Answer:
    """What the webhook sent."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    received: int = 0  # how many parts of the request it took


@dataclass
class Call:
    """One request, in parts as a server would hand them over; ``None`` as a part means that the caller left."""

    method: str = "POST"
    path: str = PATH
    parts: Sequence[bytes | None] = (BODY,)
    signature: str | None = ""
    length: int | None = -1
    query: bytes = b""

    def scope(self) -> dict[str, Any]:
        """The request's head."""
        whole = b"".join(part for part in self.parts if part)
        headers = [(b"host", b"testserver"), (b"content-type", b"application/json")]
        if self.signature is not None:
            headers.append((b"x-hub-signature-256", (self.signature or signature_of(whole, "app-secret")).encode("latin-1")))
        if self.length is not None:
            headers.append((b"content-length", b"%d" % (len(whole) if self.length < 0 else self.length)))
        return {"type": "http", "method": self.method, "path": self.path, "query_string": self.query, "headers": headers}


async def ask(webhook: Webhook, call: Call) -> Answer:
    """The answer to one request."""
    answer = Answer()
    parts = iter(call.parts)

    async def receive() -> dict[str, Any]:
        answer.received += 1
        part = next(parts)
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": answer.received < len(call.parts)}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], dict(message["headers"])
        else:
            answer.body += message["body"]

    await webhook(call.scope(), receive, send)
    return answer


def ask_all(webhook: Webhook, *calls: Call) -> list[Answer]:
    """The answers to requests that come at the same time."""

    async def run() -> list[Answer]:
        return await asyncio.gather(*(ask(webhook, call) for call in calls))

    return asyncio.run(run())


def post(webhook: Webhook, body: bytes = BODY, **how: Any) -> Answer:
    """The answer to one signed delivery."""
    return ask_all(webhook, Call(parts=[body], **how))[0]


def handshake(webhook: Webhook, path: str = PATH, **changes: str | None) -> Answer:
    """The answer to Meta's verification request."""
    query = {
        name: value
        for name, value in (HANDSHAKE | {f"hub.{key}": value for key, value in changes.items()}).items()
        if value is not None
    }
    return ask_all(webhook, Call("GET", path, query=urlencode(query).encode()))[0]


def counted(result: str) -> float:
    """How often that happened so far in this process."""
    return REGISTRY.get_sample_value("parley_webhooks_total", {"result": result}) or 0.0


@pytest.fixture
def webhook(transactional_db: None) -> Iterator[Webhook]:
    """The callback, with one app called demo."""
    make.app("demo")
    webhook = Webhook(Keeper(lambda: None))
    yield webhook
    webhook.close()


def test_a_signed_body_is_kept_byte_for_byte_and_answered_200(webhook: Webhook) -> None:
    before = counted("kept")
    body = b'{"text": "caf\\u00e9 \\/ \x00"}'
    answer = post(webhook, body)
    assert (answer.status, answer.body) == (200, b"ok")
    assert bytes(RawEvent.objects.get().body) == body
    assert counted("kept") == before + 1


def test_two_hundred_equal_deliveries_at_once_are_one_row(webhook: Webhook) -> None:
    answers = ask_all(webhook, *[Call()] * 200)
    assert {answer.status for answer in answers} == {200}
    assert RawEvent.objects.count() == 1


@pytest.mark.parametrize("signature", [None, "nonsense", "sha256=" + "0" * 64, "sha256=" + "é" * 64, signature_of(BODY, "other")])
def test_a_bad_signature_is_refused_counted_and_leaves_nothing(webhook: Webhook, signature: str | None) -> None:
    before = counted("bad_signature")
    answer = post(webhook, signature=signature)
    assert answer.status == 403
    assert counted("bad_signature") == before + 1
    assert not RawEvent.objects.exists()


def test_a_new_secret_works_at_once_and_the_old_one_for_as_long_as_it_is_kept(webhook: Webhook) -> None:
    new, old = signature_of(BODY, "new-secret"), signature_of(BODY, "app-secret")
    assert post(webhook).status == 200
    App.objects.update(secret="new-secret", old_secret="app-secret")
    assert post(webhook, signature=new).status == 200
    assert post(webhook, signature=old).status == 200
    App.objects.update(old_secret="")
    assert post(webhook, signature="sha256=" + "0" * 64).status == 403  # looks again
    assert post(webhook, signature=old).status == 403


def test_a_known_app_costs_no_query_and_an_unknown_one_is_404(webhook: Webhook) -> None:
    assert post(webhook, path="/webhooks/whatsapp/other/").status == 404
    assert post(webhook, path="/webhooks/whatsapp/").status == 404
    assert post(webhook, path="/webhooks/whatsapp/a%00/../b/").status == 404
    assert post(webhook, path="/elsewhere/demo/").status == 404
    assert not RawEvent.objects.exists()
    make.app("other")
    assert post(webhook, path="/webhooks/whatsapp/other").status == 200


def test_three_megabytes_fit_and_one_byte_more_does_not(webhook: Webhook) -> None:
    assert LARGEST_BODY == 3 * 1024 * 1024
    assert post(webhook, b"x" * LARGEST_BODY).status == 200
    answer = post(webhook, b"x" * (LARGEST_BODY + 1))
    assert (answer.status, answer.received) == (413, 0)
    assert RawEvent.objects.count() == 1


def test_an_undeclared_body_is_read_in_parts_until_it_is_too_large(webhook: Webhook) -> None:
    fitting = Call(parts=[b"x" * 1024 * 1024] * 3, length=None)
    endless = Call(parts=[b"x" * 1024 * 1024] * 9, length=None)
    lying = Call(parts=[b"x" * (LARGEST_BODY + 1)], length=10)
    boasting = Call(length=10**4000)
    answers = ask_all(webhook, fitting, endless, lying, boasting)
    assert [answer.status for answer in answers] == [200, 413, 413, 413]
    assert answers[1].received == 4
    assert RawEvent.objects.count() == 1


def test_a_caller_who_leaves_halfway_leaves_nothing(webhook: Webhook) -> None:
    (answer,) = ask_all(webhook, Call(parts=[b"half", None]))
    assert answer.status == 0
    (answer,) = ask_all(webhook, Call(parts=[None]))
    assert answer.status == 0
    assert not RawEvent.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"no JSON", b"\xff\xfe\x00", b"[" * 100_000, b'{"text":"%s"}' % (b"y" * 65_536), b"null"],
)
def test_a_signed_body_is_kept_whatever_it_holds(webhook: Webhook, body: bytes) -> None:
    assert post(webhook, body).status == 200
    assert bytes(RawEvent.objects.get().body) == body


def test_what_cannot_be_kept_is_answered_503_so_that_it_comes_again(webhook: Webhook) -> None:
    table = RawEvent._meta.db_table
    assert post(webhook, b"before").status == 200
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
        answer = post(webhook, b"meanwhile")
        cursor.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
    assert answer.status == 503
    assert int(answer.headers[b"retry-after"]) > 0
    assert post(webhook, b"meanwhile").status == 200
    assert RawEvent.objects.count() == 2


def test_an_app_that_cannot_be_looked_up_is_answered_503(webhook: Webhook) -> None:
    table = App._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
        answers = [post(webhook), handshake(webhook)]
        cursor.execute(f"ALTER TABLE elsewhere RENAME TO {table}")
    assert [answer.status for answer in answers] == [503, 503]
    assert post(webhook).status == 200


def test_a_closed_webhook_answers_503(webhook: Webhook) -> None:
    assert post(webhook).status == 200
    webhook.keeper.close()
    assert post(webhook, b"late").status == 503


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(webhook: Webhook, method: str) -> None:
    answer = post(webhook, method=method)
    assert (answer.status, answer.headers[b"allow"]) == (405, b"GET, POST")


@pytest.mark.parametrize("challenge", ["7719340212", "a b+c&d=é", "<script>"])
def test_the_handshake_gives_the_challenge_back_as_plain_text_and_is_noted(webhook: Webhook, challenge: str) -> None:
    answer = handshake(webhook, challenge=challenge)
    assert (answer.status, answer.body) == (200, challenge.encode())
    assert answer.headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert answer.headers[b"x-content-type-options"] == b"nosniff"
    assert App.objects.get().verified_at is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"verify_token": "wrong"},
        {"verify_token": ""},
        {"verify_token": None},
        {"verify_token": "é"},
        {"mode": "unsubscribe"},
        {"mode": None},
        {"challenge": None},
        {"challenge": ""},
    ],
)
def test_a_wrong_handshake_is_refused_and_never_reflects(webhook: Webhook, changes: dict[str, str | None]) -> None:
    answer = handshake(webhook, PATH, **{"challenge": "<script>", **changes})
    assert answer.status == 403
    assert b"script" not in answer.body
    assert App.objects.get().verified_at is None


def test_an_empty_verify_token_proves_nobody(webhook: Webhook) -> None:
    App.objects.update(verify_token="")
    assert handshake(webhook, verify_token="").status == 403


def test_a_handshake_with_an_unknown_app_or_no_sense_is_refused(webhook: Webhook) -> None:
    assert handshake(webhook, "/webhooks/whatsapp/other/").status == 404
    (answer,) = ask_all(webhook, Call("GET", query=b"&".join([b"a=1"] * 50)))
    assert answer.status == 403


def test_a_new_verify_token_works_at_once(webhook: Webhook) -> None:
    assert handshake(webhook).status == 200
    App.objects.update(verify_token="another")
    assert handshake(webhook).status == 403
    assert handshake(webhook, verify_token="another").status == 200


def test_run_alone_it_starts_and_stops_when_the_server_says_so(webhook: Webhook) -> None:
    said: list[str] = []

    async def run() -> None:
        told = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> dict[str, Any]:
            return {"type": next(told)}

        async def send(message: Any) -> None:
            said.append(message["type"])

        await webhook({"type": "lifespan"}, receive, send)

    asyncio.run(run())
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert post(webhook).status == 503


def test_the_log_holds_no_secret_and_no_body(webhook: Webhook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    post(webhook, b'{"from": "447700900123"}')
    post(webhook, b'{"from": "447700900123"}', signature="sha256=" + "0" * 64)
    handshake(webhook, verify_token="guess-of-token")
    for secret in ("447700900123", "app-secret", "verify-token", "guess-of-token"):
        assert secret not in caplog.text
