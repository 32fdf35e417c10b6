"""POST /messages: what is taken, what is refused and with which code."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.sandbox.conftest import BILLING, EXPIRED, FOREIGN, STRANGER, SUPPORT, Client

Json = dict[str, Any]


def button(title: str = "Yes", ident: str = "yes") -> Json:
    return {"type": "reply", "reply": {"id": ident, "title": title}}


def buttons(*items: Json, text: str = "Is Tuesday fine?") -> Json:
    return {"type": "button", "body": {"text": text}, "action": {"buttons": list(items)}}


def rows(count: int, **changes: Any) -> Json:
    items = [{"id": f"r{number}", "title": f"Row {number}"} | changes for number in range(count)]
    return {"type": "list", "body": {"text": "Pick"}, "action": {"button": "See", "sections": [{"title": "A", "rows": items}]}}


def link(**changes: Any) -> Json:
    parameters = {"display_text": "Open", "url": "https://example.org/i/118"} | changes
    return {"type": "cta_url", "body": {"text": "Your invoice"}, "action": {"name": "cta_url", "parameters": parameters}}


REFUSED: list[tuple[str, str, Any, int]] = [
    ("no text", "text", {}, 131008),
    ("text of 4097 units", "text", {"body": "x" * 4097}, 100),
    ("emoji count as two units", "text", {"body": "😀" * 2049}, 100),
    ("text that is no string", "text", {"body": 5}, 131009),
    ("unknown kind", "hologram", {}, 100),
    ("image without id and link", "image", {}, 131008),
    ("image with both", "image", {"id": "1", "link": "https://example.org/a.jpg"}, 100),
    ("unknown media id", "image", {"id": "700000000000000"}, 131009),
    ("caption too long", "image", {"link": "https://example.org/a.jpg", "caption": "x" * 1025}, 100),
    ("caption on audio", "audio", {"link": "https://example.org/a.mp3", "caption": "x"}, 100),
    ("link that is no URL", "video", {"link": "ftp://example.org/a"}, 131009),
    ("file name too long", "document", {"link": "https://example.org/a.pdf", "filename": "x" * 241}, 100),
    ("latitude beyond the pole", "location", {"latitude": 91, "longitude": 0}, 131009),
    ("longitude missing", "location", {"latitude": 1}, 131008),
    ("contact without a name", "contacts", [{"phones": []}], 131008),
    ("contact with a formatted name only", "contacts", [{"name": {"formatted_name": "Noor"}}], 131009),
    ("reaction without emoji", "reaction", {"message_id": "wamid.x"}, 131008),
    ("reaction that is a word", "reaction", {"message_id": "wamid.x", "emoji": "yes"}, 131009),
    ("no buttons", "interactive", buttons(), 131008),
    ("four buttons", "interactive", buttons(*[button(f"B{n}", f"b{n}") for n in range(4)]), 131009),
    ("button title of 21", "interactive", buttons(button("x" * 21)), 100),
    ("button id of 257", "interactive", buttons(button(ident="x" * 257)), 100),
    ("two equal titles", "interactive", buttons(button(), button(ident="other")), 131009),
    ("id with a space at its end", "interactive", buttons(button(ident="yes ")), 131009),
    ("button body of 1025", "interactive", buttons(button(), text="x" * 1025), 100),
    ("footer of 61", "interactive", buttons(button()) | {"footer": {"text": "x" * 61}}, 100),
    ("header of 61", "interactive", buttons(button()) | {"header": {"type": "text", "text": "x" * 61}}, 100),
    ("list with a picture header", "interactive", rows(1) | {"header": {"type": "image", "image": {"id": "1"}}}, 131009),
    ("eleven rows", "interactive", rows(11), 131009),
    ("row title of 25", "interactive", rows(1, title="x" * 25), 100),
    ("row description of 73", "interactive", rows(1, description="x" * 73), 100),
    ("two rows with one id", "interactive", rows(2, id="same"), 131009),
    ("list body of 4097", "interactive", rows(1) | {"body": {"text": "x" * 4097}}, 100),
    ("link label of 21", "interactive", link(display_text="x" * 21), 100),
    (
        "location request with another name",
        "interactive",
        {"type": "location_request_message", "body": {"text": "?"}, "action": {"name": "x"}},
        131009,
    ),
    ("unknown interactive kind", "interactive", {"type": "hologram"}, 100),
    ("template without language", "template", {"name": "order_update"}, 131008),
    ("unknown template", "template", {"name": "nope", "language": {"code": "en"}}, 132001),
    ("template in a language it lacks", "template", {"name": "order_update", "language": {"code": "en_US"}}, 132001),
    ("pending template", "template", {"name": "delivery_survey", "language": {"code": "en"}}, 132001),
    ("paused template", "template", {"name": "weekend_sale", "language": {"code": "pt_BR"}}, 132015),
    ("template without its values", "template", {"name": "order_update", "language": {"code": "en"}}, 132000),
]


@pytest.mark.parametrize(("kind", "content", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_wrong_message_is_refused_with_metas_code(client: Client, kind: str, content: Any, code: int) -> None:
    client.writes("amara")
    answer = client.send(kind, content)
    error = answer.json()["error"]
    assert answer.status_code >= 400
    assert error["code"] == code
    assert error["type"] == "OAuthException"
    assert error["message"].startswith(f"(#{code})")
    assert error["error_data"]["messaging_product"] == "whatsapp"
    assert error["error_data"]["details"]
    assert error["fbtrace_id"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "text", "text": {"body": "x"}, "to": "+447700900123"}, 100),
        ({"messaging_product": "whatsapp", "type": "text", "text": {"body": "x"}}, 131008),
        ({"messaging_product": "whatsapp", "to": "not a number", "type": "text", "text": {"body": "x"}}, 131009),
        ({"messaging_product": "whatsapp", "to": "+15550142200", "type": "text", "text": {"body": "x"}}, 131021),
        ({"messaging_product": "whatsapp", "recipient": "GB.1", "type": "text", "text": {"body": "x"}}, 131009),
        ({"messaging_product": "whatsapp", "to": "+447700900123", "type": "text", "text": {"body": "x"}, "context": {}}, 131008),
        (
            {
                "messaging_product": "whatsapp",
                "to": "+447700900123",
                "type": "text",
                "text": {"body": "x"},
                "biz_opaque_callback_data": "x" * 513,
            },
            100,
        ),
        ({"messaging_product": "whatsapp", "status": "read"}, 131008),
        ({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.unknown"}, 131009),
    ],
)
def test_a_wrong_envelope_is_refused(client: Client, body: Json, code: int) -> None:
    assert client.graph("POST", f"{SUPPORT}/messages", json=body).json()["error"]["code"] == code


@pytest.mark.parametrize("raw", [b"{", b"[]", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(client: Client, raw: bytes) -> None:
    answer = client.graph("POST", f"{SUPPORT}/messages", data=raw, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


@pytest.mark.parametrize(("token", "status", "code"), [("wrong", 401, 190), (EXPIRED, 401, 190), (STRANGER, 400, 100)])
def test_a_token_that_is_no_good_is_refused(client: Client, token: str, status: int, code: int) -> None:
    answer = client.graph("POST", f"{SUPPORT}/messages", token=token, json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_call_without_a_token_is_refused(client: Client) -> None:
    answer = client.http.get(f"{client.base}/sandbox/graph/v25.0/{SUPPORT}", timeout=15)
    assert answer.status_code == 401


@pytest.mark.parametrize(("version", "status"), [("v20.0", 400), ("v21.0", 200), ("v26.0", 200), ("v27.0", 400), ("latest", 400)])
def test_versions_from_21_to_26_are_spoken(client: Client, version: str, status: int) -> None:
    assert client.graph("GET", SUPPORT, version=version).status_code == status


def test_the_answer_names_the_canonical_id_of_a_number_dialled_with_the_ninth_digit(client: Client) -> None:
    client.writes("maria")
    contact = client.send(to="+55 (11) 99000-0001").json()["contacts"][0]
    assert contact == {"input": "+55 (11) 99000-0001", "wa_id": "551190000001"}


@pytest.mark.parametrize(("dialled", "wa_id"), [("+541150000005", "5491150000005"), ("+525550000006", "5215550000006")])
def test_argentinian_and_mexican_forms_meet_the_same_account(client: Client, dialled: str, wa_id: str) -> None:
    assert client.send(to=dialled).json()["contacts"][0]["wa_id"] == wa_id


def test_a_number_without_plus_that_nobody_has_gets_our_own_country_code(client: Client) -> None:
    assert client.send(to="5550109999").json()["contacts"][0]["wa_id"] == "15550109999"


def test_a_message_to_a_user_id_is_answered_with_that_id(client: Client) -> None:
    client.writes("ines")
    answer = client.send(recipient="PT.30417735520861304").json()
    assert answer["contacts"] == [{"input": "PT.30417735520861304", "user_id": "PT.30417735520861304"}]


def test_a_user_id_of_another_portfolio_is_refused(client: Client) -> None:
    client.token = STRANGER
    assert client.send(number=FOREIGN, recipient="PT.30417735520861304").json()["error"]["code"] == 131009


def test_a_message_id_carries_the_other_partys_number_and_is_never_given_twice(client: Client) -> None:
    client.writes("amara")
    ids = [client.send().json()["messages"][0]["id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert b"447700900123" in base64.b64decode(ids[0].removeprefix("wamid."))


def test_more_than_45_messages_in_a_burst_to_one_person_are_refused(client: Client, sandbox: Sandbox) -> None:
    sandbox.clock.run_at(0.01)
    codes = [client.send().json().get("error", {}).get("code") for _ in range(46)]
    assert codes == [None] * 45 + [131056]


def test_more_than_80_messages_in_a_second_are_refused(client: Client, sandbox: Sandbox) -> None:
    sandbox.clock.run_at(0.01)
    people = [
        client.script("POST", "people", json={"name": "Load", "phone": f"4470000000{n:02}"}).json()["phone"] for n in range(4)
    ]
    codes = [client.send(to=f"+{people[n % 4]}").json().get("error", {}).get("code") for n in range(85)]
    assert codes[:80] == [None] * 80
    assert 130429 in codes[80:]


def test_reading_marks_earlier_messages_too_and_typing_shows_on_the_phone(client: Client, sandbox: Sandbox) -> None:
    client.writes("amara", {"text": "One"})
    newest = client.writes("amara", {"text": "Two"})["id"]
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": newest, "typing_indicator": {"type": "text"}}
    assert client.graph("POST", f"{SUPPORT}/messages", json=body).json() == {"success": True}
    shown = client.script("GET", "people/amara/messages").json()["messages"]
    assert [message["status"] for message in shown] == ["read", "read"]
    pair = sandbox.store.one("SELECT typing_until FROM pairs WHERE person_id = 'amara'")
    assert pair is not None
    assert pair["typing_until"] > sandbox.clock.now() - 1


def test_a_blocked_person_cannot_be_written_to_until_unblocked(client: Client) -> None:
    client.writes("amara")
    users = {"messaging_product": "whatsapp", "block_users": [{"user": "+447700900123"}]}
    added = client.graph("POST", f"{SUPPORT}/block_users", json=users).json()
    assert added["block_users"]["added_users"] == [{"input": "+447700900123", "wa_id": "447700900123"}]
    assert client.send().json()["error"]["code"] == 130403
    client.graph("DELETE", f"{SUPPORT}/block_users", json=users)
    assert client.send().status_code == 200


def test_calls_can_be_found_by_their_opaque_data(client: Client) -> None:
    client.writes("amara")
    client.send(biz_opaque_callback_data="token-1")
    client.send("text", {}, biz_opaque_callback_data="token-1")
    refused, taken = client.script("GET", "calls", params={"opaque": "token-1"}).json()["calls"]
    assert (taken["http"], taken["code"], taken["accepted"]) == (200, None, True)
    assert (refused["http"], refused["code"], refused["accepted"]) == (400, 131008, False)


def test_usage_headers_stand_on_every_answer(client: Client) -> None:
    answer = client.graph("GET", f"{BILLING}")
    assert "X-App-Usage" in answer.headers
    assert "X-Business-Use-Case-Usage" in answer.headers
