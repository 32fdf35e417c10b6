"""What is reported of a message: order, prices, windows, failures, and the faults that bend them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import SUPPORT, Client

Json = dict[str, Any]


def statuses(callback: Callback, count: int) -> list[Json]:
    found = callback.statuses()
    return [next(found) for _ in range(count)]


def order_update(language: str = "en") -> Json:
    def words(*items: str) -> list[Json]:
        return [{"type": "text", "text": item} for item in items]

    return {
        "name": "order_update",
        "language": {"code": language},
        "components": [
            {"type": "header", "parameters": words("8841")},
            {"type": "body", "parameters": words("Amara", "8841", "Tuesday")},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": words("8841")},
        ],
    }


def offer() -> Json:
    picture = {"type": "image", "image": {"link": "https://127.0.0.1:1/a.jpg"}}
    words = [{"type": "text", "text": "Jo"}, {"type": "text", "text": "20"}]
    components = [{"type": "header", "parameters": [picture]}, {"type": "body", "parameters": words}]
    return {"name": "autumn_offer", "language": {"code": "en"}, "components": components}


def silence(client: Client, person: str) -> None:
    client.script("POST", f"people/{person}", json={"script": "silent"})


def test_a_message_is_sent_delivered_and_read_with_its_opaque_data_and_price(client: Client, callback: Callback) -> None:
    silence(client, "amara")
    client.writes("amara")
    wamid = client.send(biz_opaque_callback_data="conv=1;msg=2").json()["messages"][0]["id"]
    found = statuses(callback, 3)
    assert [one["status"] for one in found] == ["sent", "delivered", "read"]
    assert {one["id"] for one in found} == {wamid}
    assert {one["biz_opaque_callback_data"] for one in found} == {"conv=1;msg=2"}
    assert {one["recipient_id"] for one in found} == {"447700900123"}
    assert {one["recipient_user_id"] for one in found} == {"GB.90417735520861308"}
    price = {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}
    assert [one.get("pricing") for one in found] == [price, price, None]
    assert all("conversation" not in one for one in found)


def test_a_voice_note_is_played_in_the_end(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    silence(client, "amara")
    client.writes("amara")
    note = sandbox.media.put(b"OggS", number_id=SUPPORT, mime="audio/ogg; codecs=opus", filename=None, source="upload")
    client.send("audio", {"id": note.id, "voice": True})
    assert statuses(callback, 4)[-1]["status"] == "played"


def test_a_person_without_a_phone_number_is_reported_by_user_id_alone(client: Client, callback: Callback) -> None:
    silence(client, "ines")
    client.writes("ines")
    client.send(recipient="PT.30417735520861304")
    found = statuses(callback, 3)
    assert all("recipient_id" not in one for one in found)
    assert {one["recipient_user_id"] for one in found} == {"PT.30417735520861304"}


def test_the_price_of_a_template_has_its_category(client: Client, callback: Callback) -> None:
    client.send("template", order_update())
    first = statuses(callback, 1)[0]
    assert first["pricing"] == {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}


def test_beyond_the_free_tier_a_service_message_costs(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    client.writes("amara")
    month = datetime.fromtimestamp(sandbox.clock.now(), UTC).strftime("%Y-%m")
    sandbox.store.remember(f"service.{SUPPORT}.{month}", 1000)
    client.send()
    assert statuses(callback, 1)[0]["pricing"]["type"] == "regular"


def test_outside_the_window_free_text_fails_later_with_131047_and_no_contact(client: Client, callback: Callback) -> None:
    answer = client.send(to="+447700900456")
    assert answer.status_code == 200
    value = next(value for value in callback.changes("messages") if value.get("statuses"))
    status = value["statuses"][0]
    assert "contacts" not in value
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)
    assert status["errors"][0]["title"] == status["errors"][0]["message"]
    assert "recipient_user_id" not in status
    assert status["recipient_id"] == "447700900456"


def test_moving_the_clock_closes_the_window_and_a_new_message_opens_it(client: Client, callback: Callback) -> None:
    silence(client, "amara")
    client.writes("amara")
    client.script("POST", "clock", json={"advance_seconds": 25 * 3600})
    client.send()
    assert statuses(callback, 1)[0]["errors"][0]["code"] == 131047
    client.writes("amara")
    client.send()
    assert statuses(callback, 1)[0]["status"] == "sent"


def test_a_reaction_of_the_person_opens_no_window(client: Client, callback: Callback) -> None:
    wamid = client.send("template", order_update()).json()["messages"][0]["id"]
    client.writes("amara", {"type": "reaction", "reaction": {"message_id": wamid, "emoji": "👍"}})
    failing = client.send().json()["messages"][0]["id"]
    found = next(one for one in callback.statuses() if one["id"] == failing)
    assert found["errors"][0]["code"] == 131047


@pytest.mark.parametrize("phone", ["+441134960013", "+447000000000"])
def test_a_number_without_whatsapp_fails_with_131026(client: Client, callback: Callback, phone: str) -> None:
    client.send("template", order_update(), to=phone)
    assert statuses(callback, 1)[0]["errors"][0]["code"] == 131026


def test_marketing_is_not_delivered_to_the_united_states(client: Client, callback: Callback) -> None:
    client.send("template", offer(), to="+12025550110")
    assert statuses(callback, 1)[0]["errors"][0]["code"] == 131049


def test_marketing_after_a_stop_fails_with_131050_and_resuming_lifts_it(client: Client, callback: Callback) -> None:
    client.writes("amara", {"type": "user_preferences", "value": "stop"})
    client.send("template", offer())
    assert statuses(callback, 1)[0]["errors"][0]["code"] == 131050
    client.writes("amara", {"type": "user_preferences", "value": "resume"})
    client.send("template", offer())
    assert statuses(callback, 1)[0]["errors"][0]["code"] == 131053  # the picture's link leads nowhere


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("skip_delivered", ["sent", "read"]),
        ("delivered_only", ["sent", "delivered"]),
        ("reverse_statuses", ["read", "delivered", "sent"]),
    ],
)
def test_a_fault_bends_the_statuses_once(
    client: Client, callback: Callback, sandbox: Sandbox, fault: str, expected: list[str]
) -> None:
    silence(client, "amara")
    client.writes("amara")
    client.fault(fault, times=1)
    client.send()
    assert [one["status"] for one in statuses(callback, len(expected))] == expected
    client.send()
    assert [one["status"] for one in statuses(callback, 3)] == ["sent", "delivered", "read"]


def test_without_a_delivered_status_the_price_stands_on_read(client: Client, callback: Callback) -> None:
    silence(client, "amara")
    client.writes("amara")
    client.fault("skip_delivered")
    client.send()
    assert all("pricing" in one for one in statuses(callback, 2))


def test_no_statuses_means_silence(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    client.writes("amara")
    client.fault("no_statuses", times=1)
    client.send()
    assert sandbox.agenda.wait_idle(15)
    assert all(not change["value"].get("statuses") for post in callback.left() for change in post.changes)


def test_statuses_can_overtake_the_answer_of_the_send(client: Client, callback: Callback) -> None:
    silence(client, "amara")
    client.writes("amara")
    next(callback.messages())
    client.fault("status_before_response", times=1)
    wamid = client.send().json()["messages"][0]["id"]
    already = [one for post in callback.left() for change in post.changes for one in change["value"].get("statuses", ())]
    assert [(one["id"], one["status"]) for one in already] == [(wamid, "sent"), (wamid, "delivered")]


def test_statuses_can_come_twice(client: Client, callback: Callback) -> None:
    silence(client, "amara")
    client.writes("amara")
    client.script("POST", "people/amara", json={"plan": "twice"})
    client.send()
    assert [one["status"] for one in statuses(callback, 6)] == ["sent", "sent", "delivered", "delivered", "read", "read"]


def test_a_phone_without_network_gets_it_when_the_network_is_back(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    silence(client, "amara")
    client.writes("amara")
    client.script("POST", "people/amara", json={"network": "lost"})
    client.send()
    assert sandbox.agenda.wait_idle(15)
    assert [one["status"] for one in statuses(callback, 1)] == ["sent"]
    client.script("POST", "people/amara", json={"network": "good"})
    assert [one["status"] for one in statuses(callback, 2)] == ["delivered", "read"]


@pytest.mark.parametrize(("then", "last"), [("release", "sent"), ("drop", "failed")])
def test_a_template_can_be_held_for_quality(client: Client, callback: Callback, then: str, last: str) -> None:
    client.fault("hold_for_quality", then=then, times=1)
    answer = client.send("template", order_update()).json()
    assert answer["messages"][0]["message_status"] == "held_for_quality_assessment"
    assert statuses(callback, 1)[0]["status"] == last
