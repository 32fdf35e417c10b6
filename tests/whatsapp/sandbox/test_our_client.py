"""The product's own client against the sandbox: every kind of message, files there and back, templates, and the faults."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from inbox.whatsapp import payloads
from inbox.whatsapp.catalogue import fill
from inbox.whatsapp.client import Graph, Line
from inbox.whatsapp.client.transport import session
from inbox.whatsapp.client.usage import usage_of
from inbox.whatsapp.errors import Declined, LinkExpired, NotSent, OutcomeUnknown, Throttled, TokenRejected, WireError
from inbox.whatsapp.models import Template
from inbox.whatsapp.payloads import Choice, Frame, Header, Recipient, Section
from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.samples import picture
from tests.whatsapp.sandbox.conftest import SUPPORT, TOKEN, WABA, Client
from tests.whatsapp.test_payloads import KINDS

AMARA = Recipient(phone="447700900123")
# Kinds that need what the world of the sandbox lacks: a file or a message of that id, a form, a template.
ELSEWHERE = {
    "image",
    "video",
    "audio",
    "voice",
    "document",
    "sticker",
    "image by link",
    "buttons under a picture",
    "carousel of links",
    "carousel of replies",
    "reaction",
    "reaction taken away",
    "template",
    "template without fields",
    "text",
    "text to a hidden number",
    "contact request",
}


@pytest.fixture
def graph(client: Client) -> Iterator[Graph]:
    usage_of.cache_clear()
    yield Graph(Line(f"{client.base}/sandbox/graph", TOKEN, SUPPORT, WABA, read_seconds=2.0))
    session().close()
    session.cache_clear()


def hello(**more: Any) -> payloads.Json:
    return payloads.text(AMARA, "Hello", opaque="delivery-1", **more)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - ELSEWHERE))
def test_every_kind_that_we_build_is_taken(graph: Graph, kind: str) -> None:
    assert graph.send(KINDS[kind]()).external_id.startswith("wamid.")


def test_a_reply_a_reaction_and_reading_name_the_customers_message(client: Client, graph: Graph) -> None:
    external_id = str(client.writes("amara")["id"])
    assert graph.mark_read(external_id, typing=True)
    assert graph.send(hello(reply_to=external_id)).wa_id == "447700900123"
    assert graph.send(payloads.reaction(AMARA, external_id, "👍", opaque="r")).external_id


@pytest.mark.parametrize("kind", ["image", "document", "sticker"])
def test_a_file_goes_up_is_sent_comes_down_and_goes_away(client: Client, graph: Graph, sandbox: Sandbox, kind: str) -> None:
    content, mime = {
        "image": (picture("PNG"), "image/png"),
        "document": (b"%PDF-1.7\nhello", "application/pdf"),
        "sticker": (picture("WEBP", (512, 512)), "image/webp"),
    }[kind]
    media_id = graph.upload(io.BytesIO(content), mime, len(content))
    build: Callable[..., payloads.Json] = getattr(payloads, kind)
    assert graph.send(build(AMARA, media_id=media_id, opaque="delivery-1")).external_id
    link = graph.media_url(media_id)
    assert (link.mime, link.size, link.sha256) == (mime, len(content), hashlib.sha256(content).hexdigest())
    with graph.download(link.url, limit=1_000_000).file as file:
        assert file.read() == content
    sandbox.clock.advance(400)
    with pytest.raises(LinkExpired):
        graph.download(link.url, limit=1_000_000)
    assert graph.delete_media(media_id)
    with pytest.raises(Declined):
        graph.media_url(media_id)


def test_the_demos_templates_can_be_read_filled_and_sent(graph: Graph) -> None:
    listed = {(one.name, one.language): one for one in graph.templates()}
    found = listed["order_update", "en"]
    row = Template(
        name=found.name,
        language=found.language,
        category=found.category,
        status=found.status,
        parameter_format=found.parameter_format,
        components=found.components,
    )
    filled = fill(row, {"header.1": "8841", "body.1": "Amara", "body.2": "8841", "body.3": "Tuesday", "button.0": "8841"})
    assert filled.preview.body == "Hello Amara, your order 8841 has left our warehouse and arrives on Tuesday."
    assert graph.send(payloads.template(AMARA, "order_update", "en", filled.components, opaque="t")).external_id
    with pytest.raises(Declined) as caught:
        graph.send(payloads.template(AMARA, "order_update", "en", filled.components[:1], opaque="t"))
    assert caught.value.code in {132000, 132018}
    with pytest.raises(Declined) as caught:
        graph.send(payloads.template(AMARA, "order_update", "fi", [], opaque="t"))
    assert caught.value.code == 132001


def test_number_profile_subscriptions_and_token(graph: Graph) -> None:
    assert (graph.number().phone_number_id, graph.number().status) == (SUPPORT, "CONNECTED")
    assert SUPPORT in {one.phone_number_id for one in graph.numbers()}
    assert graph.set_profile({"about": "Tools since 1921"})
    assert graph.profile().about == "Tools since 1921"
    assert graph.subscribe()
    assert graph.subscriptions()
    assert graph.token_info().is_valid


def test_somebody_who_wrote_can_be_blocked_and_unblocked(client: Client, graph: Graph) -> None:
    client.writes("amara")
    assert graph.block(AMARA).done
    with pytest.raises(Declined) as caught:
        graph.send(hello())
    assert caught.value.code == 130403
    assert graph.unblock(AMARA).done


@pytest.mark.parametrize(
    ("fault", "settings", "kind"),
    [
        ("rate_limited", {"times": 1}, Throttled),
        ("token_expired", {}, TokenRejected),
        ("server_error", {"status": 503, "times": 1}, Declined),
        ("server_error", {"status": 500, "times": 1}, OutcomeUnknown),
        ("malformed_answer", {"times": 1}, OutcomeUnknown),
        ("accept_then_hang", {"times": 1}, OutcomeUnknown),
        ("accept_then_reset", {"times": 1}, OutcomeUnknown),
        ("fail_next", {"code": 131016, "mode": "sync", "times": 1}, Declined),
        ("window_closed", {"mode": "sync", "times": 1}, Declined),
    ],
)
def test_the_sandboxs_faults_are_told_apart(
    client: Client, graph: Graph, fault: str, settings: dict[str, Any], kind: type[WireError]
) -> None:
    client.fault(fault, **settings)
    with pytest.raises(kind):
        graph.send(hello())


def test_a_sandbox_that_is_gone_has_not_been_sent_anything() -> None:
    with pytest.raises(NotSent):
        Graph(Line("http://127.0.0.1:1/sandbox/graph", TOKEN, SUPPORT, WABA)).send(hello())


def test_lists_and_buttons_at_their_limits_are_taken(graph: Graph) -> None:
    frame = Frame("x" * 1024, Header(text="h" * 60), "f" * 60, opaque="o" * 512)
    rows = [Choice(f"{index:0200}", "t" * 24, "d" * 72) for index in range(10)]
    assert graph.send(payloads.listing(AMARA, frame, "b" * 20, [Section(rows, "s" * 24)])).external_id
    assert graph.send(payloads.buttons(AMARA, frame, [Choice(f"{index:0256}", f"{index:020}") for index in range(3)])).external_id
