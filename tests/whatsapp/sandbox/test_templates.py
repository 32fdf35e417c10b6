"""Message templates: rules of a definition, review, edits, deletion, quality and pauses."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import WABA, Client

Json = dict[str, Any]


def body(text: str = "Hello {{1}}, your parcel is on its way.", *examples: str) -> Json:
    return {"type": "BODY", "text": text, "example": {"body_text": [list(examples or ("Amara",))]}}


def definition(*components: Json, **changes: Any) -> Json:
    return {"name": "parcel_news", "language": "en", "category": "UTILITY", "components": list(components or (body(),))} | changes


def create(client: Client, **changes: Any) -> Json:
    answer = client.graph("POST", f"{WABA}/message_templates", json=definition(**changes))
    assert answer.status_code == 200, answer.text
    made: Json = answer.json()
    return made


def buttons(*kinds: str) -> Json:
    made = [
        {"type": kind, "text": f"Press {number}", "url": "https://example.org", "phone_number": "+447700900123"}
        for number, kind in enumerate(kinds)
    ]
    return {"type": "BUTTONS", "buttons": made}


REFUSED: list[tuple[str, Json, int | None]] = [
    ("name with a capital", definition(name="Parcel"), 2388040),
    ("no language", definition(language=None), None),
    ("unknown category", definition(category="FUN"), None),
    ("no body", definition({"type": "FOOTER", "text": "x"}), None),
    ("two bodies", definition(body(), body()), None),
    ("variable at the start", definition(body("{{1}} is your parcel on its way today")), 2388299),
    ("variable at the end", definition(body("Your parcel is on its way, dear {{1}}")), 2388299),
    ("two variables side by side", definition(body("Your dear parcel number {{1}} {{2}} is on its way", "a", "b")), 2388299),
    ("too many variables", definition(body("Hi {{1}}, {{2}}, {{3}} and so on.", "a", "b", "c")), 2388293),
    ("gap in the numbers", definition(body("Your parcel {{2}} is on its way today")), 2388072),
    ("no example", definition({"type": "BODY", "text": "Your parcel {{1}} is on its way today"}), 2388072),
    ("body of 1025", definition({"type": "BODY", "text": "x" * 1025}), 2388072),
    ("header of 61", definition(body(), {"type": "HEADER", "format": "TEXT", "text": "x" * 61}), 2388047),
    ("picture header without a handle", definition(body(), {"type": "HEADER", "format": "IMAGE"}), 2388047),
    ("footer with a variable", definition(body(), {"type": "FOOTER", "text": "Dear {{1}}"}), 2388073),
    ("quick replies apart", definition(body(), buttons("QUICK_REPLY", "URL", "QUICK_REPLY")), None),
    ("three links", definition(body(), buttons("URL", "URL", "URL")), None),
    ("eleven buttons", definition(body(), buttons(*["QUICK_REPLY"] * 11)), None),
    ("name and language taken", definition(name="order_update"), 2388024),
]


@pytest.mark.parametrize(("asked", "subcode"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_wrong_definition_is_refused(client: Client, asked: Json, subcode: int | None) -> None:
    answer = client.graph("POST", f"{WABA}/message_templates", json=asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
    assert answer.json()["error"].get("error_subcode") == subcode


@pytest.mark.parametrize(("name", "event"), [("parcel_news", "APPROVED"), ("parcel_news_rejected", "REJECTED")])
def test_a_review_ends_with_a_webhook(client: Client, callback: Callback, name: str, event: str) -> None:
    made = create(client, name=name)
    assert made["status"] == "PENDING"
    value = next(callback.changes("message_template_status_update"))
    assert (value["event"], value["message_template_id"], value["message_template_language"]) == (event, int(made["id"]), "en")
    assert client.graph("GET", f"{made['id']}?fields=status,name").json() == {"id": made["id"], "status": event, "name": name}


def test_a_named_template_is_created_and_sent_with_its_names(client: Client, callback: Callback) -> None:
    example = {"body_text_named_params": [{"param_name": "first_name", "example": "Amara"}]}
    text = {"type": "body", "text": "Hello {{first_name}}, your parcel is here.", "example": example}
    create(client, components=[text], parameter_format="named")
    next(callback.changes("message_template_status_update"))
    sent = {"name": "parcel_news", "language": {"code": "en"}}
    good = {"type": "body", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Amara"}]}
    wrong = {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Amara"}]}
    assert client.send("template", sent | {"components": [wrong]}).json()["error"]["code"] == 132018
    assert client.send("template", sent | {"components": [good]}).status_code == 200


@pytest.mark.parametrize(
    ("value", "code"), [("a\nb", 132018), ("a\tb", 132018), ("a     b", 132018), ("", 131008), ("x" * 1025, 132005)]
)
def test_a_value_that_whatsapp_does_not_print_is_refused(client: Client, callback: Callback, value: str, code: int) -> None:
    create(client)
    next(callback.changes("message_template_status_update"))
    component = {"type": "body", "parameters": [{"type": "text", "text": value}]}
    sent = {"name": "parcel_news", "language": {"code": "en"}, "components": [component]}
    assert client.send("template", sent).json()["error"]["code"] == code


def test_a_header_of_another_kind_is_refused(client: Client) -> None:
    words = [{"type": "text", "text": "Jo"}, {"type": "text", "text": "20"}]
    components = [{"type": "header", "parameters": [{"type": "text", "text": "x"}]}, {"type": "body", "parameters": words}]
    sent = {"name": "autumn_offer", "language": {"code": "en"}, "components": components}
    assert client.send("template", sent).json()["error"]["code"] == 132012


def test_the_list_is_filtered_and_paged(client: Client) -> None:
    first = client.graph("GET", f"{WABA}/message_templates?limit=4&fields=name,language,status").json()
    assert len(first["data"]) == 4
    rest = client.http.get(first["paging"]["next"], headers={"Authorization": f"Bearer {client.token}"}, timeout=15).json()
    assert not {one["id"] for one in first["data"]} & {one["id"] for one in rest["data"]}
    rejected = client.graph("GET", f"{WABA}/message_templates?status=rejected&fields=name,rejected_reason").json()["data"]
    assert [(one["name"], one["rejected_reason"]) for one in rejected] == [("gift_voucher", "INCORRECT_CATEGORY")]
    updates = client.graph("GET", f"{WABA}/message_templates?name=order_update").json()["data"]
    assert {one["language"] for one in updates} == {"en", "pt_BR", "es"}


def test_an_approved_template_can_be_edited_once_a_day(client: Client, callback: Callback) -> None:
    made = create(client)
    next(callback.changes("message_template_status_update"))
    change = {"components": [body("Dear {{1}}, your parcel is on its way now.")]}
    assert client.graph("POST", made["id"], json=change).json() == {"success": True}
    assert client.graph("POST", made["id"], json=change).json()["error"]["error_subcode"] == 2388039  # in review
    next(callback.changes("message_template_status_update"))
    assert client.graph("POST", made["id"], json=change).json()["error"]["error_subcode"] == 2388039  # too soon
    client.script("POST", "clock", json={"advance_seconds": 86401})
    assert client.graph("POST", made["id"], json=change).json() == {"success": True}


def test_a_deleted_name_is_blocked_for_thirty_days(client: Client, callback: Callback) -> None:
    create(client)
    next(callback.changes("message_template_status_update"))
    assert client.graph("DELETE", f"{WABA}/message_templates?name=parcel_news").json() == {"success": True}
    assert next(callback.changes("message_template_status_update"))["event"] == "DELETED"
    assert client.graph("POST", f"{WABA}/message_templates", json=definition()).json()["error"]["error_subcode"] == 2388023
    client.script("POST", "clock", json={"advance_seconds": 31 * 86400})
    create(client)


def test_bad_quality_pauses_twice_and_then_disables(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    made = create(client)
    events = callback.changes("message_template_status_update")
    next(events)
    sandbox.clock.run_at(1)
    for title, hours in (("FIRST_PAUSE", 3), ("SECOND_PAUSE", 6)):
        client.script("POST", f"templates/{made['id']}/review", json={"quality": "RED"})
        assert next(events)["other_info"]["title"] == title
        client.script("POST", "clock", json={"advance_seconds": hours * 3600})
        assert next(events)["other_info"]["title"] == "UNPAUSED"
    client.script("POST", f"templates/{made['id']}/review", json={"quality": "RED"})
    assert next(events)["event"] == "DISABLED"
    sent = {"name": "parcel_news", "language": {"code": "en"}}
    assert client.send("template", sent).json()["error"]["code"] == 132016


def test_a_paused_template_can_be_unpaused_by_hand(client: Client) -> None:
    paused = client.graph("GET", f"{WABA}/message_templates?status=PAUSED").json()["data"][0]
    assert client.graph("POST", f"{paused['id']}/unpause").json() == {"success": True}
    assert client.graph("GET", f"{paused['id']}?fields=status").json()["status"] == "APPROVED"
