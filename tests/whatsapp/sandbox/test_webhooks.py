"""The bytes that arrive, and what happens when they do not."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.webhooks import encode, sign
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import APP, OLD_SECRET, SECRET, SUPPORT, WABA, Client

Json = dict[str, Any]


def test_the_signed_bytes_are_ascii_without_spaces_and_with_escaped_slashes() -> None:
    assert encode({"a": "é/😀", "b": [1]}) == b'{"a":"\\u00e9\\/\\ud83d\\ude00","b":[1]}'


def test_the_signature_is_an_hmac_of_the_body() -> None:
    # Computed apart from our code with openssl dgst -sha256 -hmac key.
    assert sign(b"The quick brown fox jumps over the lazy dog", "key") == (
        "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    )


def test_a_webhook_is_signed_over_the_bytes_that_are_sent(client: Client, callback: Callback) -> None:
    client.writes("amara", {"text": "Olá 😀 a/b"})
    post = callback.next()
    assert post.is_signed_with(SECRET)
    assert post.body.isascii()
    assert b"a\\/b" in post.body
    assert post.headers["Content-Type"] == "application/json"
    assert post.json["object"] == "whatsapp_business_account"
    assert post.json["entry"][0]["id"] == WABA


@pytest.mark.parametrize("fault", ["bad_signature", "no_signature", "old_secret"])
def test_a_signature_can_be_spoiled_and_the_retry_is_right_again(client: Client, callback: Callback, fault: str) -> None:
    callback.answers = [403]
    client.fault(fault, times=1)
    client.writes("amara")
    spoiled, right = callback.next(), callback.next()
    assert not spoiled.is_signed_with(SECRET)
    assert spoiled.is_signed_with(OLD_SECRET) == (fault == "old_secret")
    assert ("X-Hub-Signature-256" in spoiled.headers) == (fault != "no_signature")
    assert right.is_signed_with(SECRET)
    assert right.body == spoiled.body


@pytest.mark.parametrize("status", [201, 204, 302, 400, 500, 503])
def test_anything_but_200_is_tried_again_until_it_is_200(
    client: Client, callback: Callback, sandbox: Sandbox, status: int
) -> None:
    callback.answers = [status, status, status]
    client.writes("amara")
    assert len({callback.next().body for _ in range(4)}) == 1
    assert sandbox.agenda.wait_idle(15)
    assert callback.left() == []


def test_a_callback_that_cannot_be_reached_gets_the_webhook_later(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    there = callback.url
    sandbox.directory.change_app(APP, callback_url="http://127.0.0.1:1/hook", verify_token=callback.verify_token)
    client.writes("amara")
    assert sandbox.agenda.wait_idle(15)
    assert client.script("GET", "webhooks").json()["posts"][0]["last_answer"] == "ConnectionError"
    sandbox.store.run("UPDATE posts SET url = ?", there)
    client.script("POST", "clock", json={"advance_seconds": 60})
    assert callback.next().is_signed_with(SECRET)


def test_a_webhook_can_be_delivered_several_times(client: Client, callback: Callback) -> None:
    client.fault("duplicate_webhook", times=1, copies=3)
    client.writes("amara")
    assert len({callback.next().body for _ in range(4)}) == 1


def test_what_waited_during_a_pause_comes_in_one_batch(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    client.fault("webhooks_paused")
    for number in range(30):
        client.writes("amara", {"text": f"Message {number}"})
    assert sandbox.agenda.wait_idle(15)
    assert callback.left() == []
    client.script("POST", "faults", json={"name": "webhooks_paused", "off": True})
    post = callback.next()
    texts = [message["text"]["body"] for change in post.changes for message in change["value"]["messages"]]
    assert texts == [f"Message {number}" for number in range(30)]
    assert callback.left() == []


def test_a_fault_of_one_number_leaves_the_other_alone(client: Client, callback: Callback) -> None:
    client.fault("bad_signature", number="309876500012346")
    client.writes("amara")
    assert callback.next().is_signed_with(SECRET)


def test_an_override_is_taken_only_after_the_handshake(client: Client, callback: Callback) -> None:
    other = callback.url.replace("/hook", "/other")
    wrong = {"webhook_configuration": {"override_callback_uri": other, "verify_token": "wrong"}}
    assert client.graph("POST", SUPPORT, json=wrong).json()["error"]["code"] == 2200
    right = {"webhook_configuration": {"override_callback_uri": other, "verify_token": callback.verify_token}}
    assert client.graph("POST", SUPPORT, json=right).json() == {"success": True}
    node = client.graph("GET", f"{SUPPORT}?fields=webhook_configuration").json()
    assert node["webhook_configuration"] == {"application": callback.url, "phone_number": other}
    assert callback.handshakes == 2


def test_subscribing_does_the_handshake_and_unsubscribing_stops_the_webhooks(
    client: Client, callback: Callback, sandbox: Sandbox
) -> None:
    assert client.graph("DELETE", f"{WABA}/subscribed_apps").json() == {"success": True}
    client.writes("amara")
    assert sandbox.agenda.wait_idle(15)
    assert callback.left() == []
    assert client.graph("POST", f"{WABA}/subscribed_apps").json() == {"success": True}
    assert callback.handshakes == 1
    client.writes("amara")
    assert callback.next().is_signed_with(SECRET)


def test_an_app_token_sets_the_callback_url(client: Client, callback: Callback) -> None:
    client.token = f"{APP}|{SECRET}"
    other = callback.url.replace("/hook", "/new")
    body = {"object": "whatsapp_business_account", "callback_url": other, "verify_token": callback.verify_token}
    assert client.graph("POST", f"{APP}/subscriptions", json=body).json() == {"success": True}
    assert client.graph("GET", f"{APP}/subscriptions").json()["data"][0]["callback_url"] == other


@pytest.mark.parametrize(
    "field",
    [
        "account_alerts",
        "account_review_update",
        "account_update",
        "business_capability_update",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "template_category_update",
    ],
)
def test_a_management_webhook_comes_on_demand_with_its_time(client: Client, callback: Callback, field: str) -> None:
    told = client.script("POST", "events", json={"field": field}).json()
    post = callback.next()
    assert post.json["entry"][0]["time"] > 1_700_000_000
    assert post.changes == [{"field": field, "value": told["value"]}]


def test_a_message_is_ticked_twice_once_the_callback_has_taken_it(client: Client, sandbox: Sandbox) -> None:
    client.writes("amara")
    assert sandbox.agenda.wait_idle(15)
    assert client.script("GET", "people/amara/messages").json()["messages"][0]["status"] == "delivered"
