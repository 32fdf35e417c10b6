"""Faults of the answer to a send: what the caller sees, and whether the message went out."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from inbox.whatsapp.sandbox.faults import CATALOGUE
from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import BILLING, SUPPORT, Client

Json = dict[str, Any]


def seen(client: Client, opaque: str) -> list[Json]:
    calls: list[Json] = client.script("GET", "calls", params={"opaque": opaque}).json()["calls"]
    return calls


def test_every_fault_can_be_listed_switched_on_and_off(client: Client) -> None:
    listed = client.script("GET", "faults").json()["faults"]
    assert {one["name"] for one in listed} == {fault.name for fault in CATALOGUE}
    assert all(one["sentence"].endswith(".") for one in listed)
    for one in listed:
        client.fault(one["name"], times=2, number=SUPPORT)
    active = client.script("GET", "faults").json()["active"]
    assert {(one["name"], one["number"], one["times"]) for one in active} == {(fault.name, SUPPORT, 2) for fault in CATALOGUE}
    client.script("POST", "faults", json={"name": "slow_answer", "off": True})
    assert len(client.script("GET", "faults").json()["active"]) == len(CATALOGUE) - 1
    assert client.script("POST", "faults", json={"clear": True}).json() == {"active": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "nonsense"}, 404),
        ({"name": "slow_answer", "milliseconds": "soon"}, 400),
        ({"name": "slow_answer", "times": -1}, 400),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(client: Client, body: Json, status: int) -> None:
    assert client.script("POST", "faults", json=body).status_code == status


def test_a_number_of_times_is_counted_down(client: Client) -> None:
    client.writes("amara")
    client.fault("fail_next", code=131016, mode="sync", times=2)
    codes = [client.send().json().get("error", {}).get("code") for _ in range(3)]
    assert codes == [131016, 131016, None]


def test_a_fault_of_one_number_does_not_touch_the_other(client: Client) -> None:
    client.fault("rate_limited", number=BILLING)
    assert client.send().status_code == 200
    assert client.send(number=BILLING).status_code == 429


def test_the_next_send_can_fail_later_with_any_code(client: Client, callback: Callback) -> None:
    client.writes("amara")
    client.fault("fail_next", code=131042, times=1)
    assert client.send().status_code == 200
    assert next(callback.statuses())["errors"][0]["code"] == 131042


def test_a_closed_window_can_be_told_at_once(client: Client) -> None:
    client.writes("amara")
    client.fault("window_closed", mode="sync", times=1)
    answer = client.send()
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 131047)


def test_a_throttled_send_is_429_and_not_taken(client: Client) -> None:
    client.fault("rate_limited", times=1)
    answer = client.send(biz_opaque_callback_data="t")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, 130429)
    assert [call["accepted"] for call in seen(client, "t")] == [False]


@pytest.mark.parametrize("status", [500, 503])
def test_a_broken_server_answers_html_and_takes_nothing(client: Client, status: int) -> None:
    client.fault("server_error", status=status, times=1)
    answer = client.send(biz_opaque_callback_data="t")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert [(call["accepted"], call["fault"]) for call in seen(client, "t")] == [(False, "server_error")]


def test_a_malformed_answer_hides_a_message_that_was_taken(client: Client, callback: Callback) -> None:
    client.writes("amara")
    client.fault("malformed_answer", times=1)
    answer = client.send(biz_opaque_callback_data="t")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert next(callback.statuses())["biz_opaque_callback_data"] == "t"


def test_a_message_can_be_taken_without_any_answer(client: Client, callback: Callback) -> None:
    client.writes("amara")
    client.fault("accept_then_hang", times=1)
    body = {
        "messaging_product": "whatsapp",
        "to": "+447700900123",
        "type": "text",
        "text": {"body": "x"},
        "biz_opaque_callback_data": "t",
    }
    with pytest.raises(requests.ReadTimeout):
        client.http.post(
            f"{client.base}/sandbox/graph/v25.0/{SUPPORT}/messages",
            json=body,
            headers={"Authorization": f"Bearer {client.token}"},
            timeout=0.5,
        )
    assert next(callback.statuses())["biz_opaque_callback_data"] == "t"
    assert [(call["accepted"], call["http"]) for call in seen(client, "t")] == [(True, None)]


def test_a_message_can_be_taken_and_the_connection_broken(client: Client, callback: Callback) -> None:
    client.writes("amara")
    client.fault("accept_then_reset", times=1)
    with pytest.raises(requests.RequestException):
        client.send(biz_opaque_callback_data="t")
    assert next(callback.statuses())["biz_opaque_callback_data"] == "t"


def test_an_answer_can_be_slow(client: Client, sandbox: Sandbox) -> None:
    client.writes("amara")
    client.fault("slow_answer", milliseconds=300, times=1)
    assert client.send().elapsed.total_seconds() >= 0.3


def test_an_expired_token_stops_every_call(client: Client) -> None:
    client.fault("token_expired")
    answers = [client.send(), client.graph("GET", SUPPORT)]
    assert [(one.status_code, one.json()["error"]["code"]) for one in answers] == [(401, 190), (401, 190)]
    client.script("POST", "faults", json={"name": "token_expired", "off": True})
    assert client.graph("GET", SUPPORT).status_code == 200
