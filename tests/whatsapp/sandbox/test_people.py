"""Simulated people: what they can write, how they are known, how they change, and how they answer."""

from __future__ import annotations

from typing import Any

import pytest

from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.scripts import SCRIPTS
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import BILLING, SUPPORT, Client

Json = dict[str, Any]

KINDS: list[Json] = [
    {"type": "text", "text": {"body": "Hello"}},
    {"type": "location"},
    {"type": "contacts"},
    {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}},
    {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "B"}}},
    {"type": "button", "button": {"payload": "STOP_PROMOS", "text": "Unsubscribe"}},
    {
        "type": "order",
        "order": {
            "catalog_id": "88",
            "product_items": [{"product_retailer_id": "S", "quantity": 2, "item_price": 4.5, "currency": "GBP"}],
        },
    },
    {"type": "unsupported"},
]


@pytest.mark.parametrize("message", KINDS, ids=[f"{kind['type']}-{number}" for number, kind in enumerate(KINDS)])
def test_a_person_writes_every_kind(client: Client, callback: Callback, message: Json) -> None:
    told = client.writes("amara", message)
    got = next(callback.messages())
    assert (got["id"], got["type"], got["from"], got["from_user_id"]) == (
        told["id"],
        message["type"],
        "447700900123",
        "GB.90417735520861308",
    )
    assert got[message["type"]]
    assert got["timestamp"] == told["timestamp"]


def test_a_message_can_be_back_dated(client: Client, callback: Callback) -> None:
    now = int(client.writes("amara")["timestamp"])
    earlier = int(client.writes("amara", {"text": "Earlier"}, minutes_ago=90)["timestamp"])
    assert 5398 <= now - earlier <= 5402


def test_someone_without_a_number_is_known_by_user_id_alone(client: Client, callback: Callback) -> None:
    client.writes("ines")
    value = next(callback.changes("messages"))
    assert value["contacts"] == [
        {"profile": {"name": "Inês Carvalho", "username": "ines.carvalho"}, "user_id": "PT.30417735520861304"}
    ]
    assert "from" not in value["messages"][0]


def test_a_hidden_number_shows_after_the_business_wrote_to_it_and_hides_after_thirty_days(
    client: Client, callback: Callback
) -> None:
    found = callback.messages()
    client.writes("carmen")
    assert "from" not in next(found)
    client.send(to="+34600000007")
    client.writes("carmen")
    assert next(found)["from"] == "34600000007"
    client.script("POST", "clock", json={"advance_seconds": 31 * 86400})
    client.writes("carmen")
    assert "from" not in next(found)


def test_a_reaction_names_the_last_message_of_the_business_and_can_be_taken_back(client: Client, callback: Callback) -> None:
    client.writes("noor")
    wamid = client.send(to="+447700900456").json()["messages"][0]["id"]
    found = callback.messages()
    next(found)
    client.writes("noor", {"type": "reaction", "reaction": {"message_id": "last", "emoji": "👍"}})
    assert next(found)["reaction"] == {"message_id": wamid, "emoji": "👍"}
    client.writes("noor", {"type": "reaction", "reaction": {"message_id": wamid, "emoji": ""}})
    assert next(found)["reaction"] == {"message_id": wamid}


def test_a_reply_quotes_the_message_it_answers(client: Client, callback: Callback) -> None:
    wamid = client.send(to="+447700900456").json()["messages"][0]["id"]
    client.writes("noor", {"text": "Yes"}, context={"id": wamid})
    assert next(callback.messages())["context"] == {"from": "15550142200", "id": wamid}


def test_a_person_edits_and_deletes_what_they_wrote(client: Client, callback: Callback) -> None:
    wamid = client.writes("noor", {"text": "Typpo"})["id"]
    client.writes("noor", {"type": "edit", "edit": {"text": "Typo"}})
    assert client.script("GET", "people/noor/messages").json()["messages"][0]["text"] == "Typo"
    client.writes("noor", {"type": "revoke"})
    found = callback.messages()
    next(found)
    edited, revoked = next(found), next(found)
    assert edited["edit"]["original_message_id"] == revoked["revoke"]["original_message_id"] == wamid
    assert edited["edit"]["message"]["text"] == {"body": "Typo"}
    assert len({wamid, edited["id"], revoked["id"]}) == 3


@pytest.mark.parametrize("shape", ["user_changed_number", "user_changed_user_id"])
def test_a_number_change_is_told_by_a_system_message_and_a_new_user_id(client: Client, callback: Callback, shape: str) -> None:
    client.writes("noor", {"type": "number_change", "new_phone": "+44 7700 900777", "shape": shape})
    told: Json = {}
    while len(told) < 2:
        told |= {change["field"]: change["value"] for change in callback.next().changes}
    system = told["messages"]["messages"][0]
    assert "contacts" not in told["messages"]
    assert (system["from"], system["system"]["type"], system["system"]["wa_id"]) == ("447700900456", shape, "447700900777")
    change = told["user_id_update"]["user_id_update"][0]["user_id"]
    assert change["previous"] == "GB.90417735520861314"
    assert change["current"] == client.script("GET", "people").json()["people"][13]["bsuid"]
    client.writes("noor")
    assert next(callback.messages())["from"] == "447700900777"


def test_stopping_marketing_is_told_with_an_integer_time(client: Client, callback: Callback) -> None:
    client.writes("amara", {"type": "user_preferences", "value": "stop"})
    wish = next(callback.changes("user_preferences"))["user_preferences"][0]
    assert (wish["value"], wish["category"], wish["wa_id"]) == ("stop", "marketing_messages", "447700900123")
    assert isinstance(wish["timestamp"], int)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": ""},
        {"type": "hologram"},
        {"type": "reaction"},
        {"type": "revoke"},
        {"type": "number_change"},
        {"type": "user_preferences", "value": "x"},
    ],
)
def test_a_message_that_makes_no_sense_is_refused_with_a_sentence(client: Client, message: Json) -> None:
    answer = client.script("POST", "people/noor/messages", json=message)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 10


def test_unknown_people_and_numbers_are_404(client: Client) -> None:
    assert client.script("POST", "people/nobody/messages", json={"text": "x"}).status_code == 404
    assert client.script("POST", "people/noor/messages", json={"text": "x", "number": "1"}).status_code == 404


def test_a_test_phone_can_be_added_once(client: Client, callback: Callback) -> None:
    asked = {"name": "Zoë Test", "phone": "+44 7700 900999", "username": "zoe", "language": "pt_BR"}
    made = client.script("POST", "people", json=asked)
    assert made.status_code == 201
    assert made.json()["bsuid"].startswith("GB.")
    assert client.script("POST", "people", json=asked).status_code == 400
    client.writes(made.json()["id"], number=BILLING)
    assert next(callback.changes("messages"))["metadata"]["phone_number_id"] == BILLING


@pytest.mark.parametrize(("person", "language"), [("amara", "en"), ("maria", "pt_BR"), ("diego", "es")])
def test_a_script_answers_line_by_line_and_comes_to_an_end(client: Client, sandbox: Sandbox, person: str, language: str) -> None:
    lines = SCRIPTS["angry_parcel"][language]
    client.script("POST", f"people/{person}/run", json={"script": "angry_parcel", "seed": 7})
    who = sandbox.people.get(person)
    assert who is not None
    for _ in range(len(lines) + 2):
        client.send(to=f"+{who.phone}")
        assert sandbox.agenda.wait_idle(15)
    said = [one for one in client.script("GET", f"people/{person}/messages").json()["messages"] if one["from"] == "person"]
    assert [one["text"] for one in said] == [line.partition("image:")[2] or line.format(order="8007") for line in lines]


def test_several_messages_in_a_row_get_one_answer(client: Client, sandbox: Sandbox) -> None:
    sandbox.clock.run_at(5)
    client.writes("amara")
    for _ in range(3):
        client.send()
    assert sandbox.agenda.wait_idle(15)
    shown = client.script("GET", "people/amara/messages").json()["messages"]
    assert [one["from"] for one in shown] == ["person", "business", "business", "business", "person"]


def test_an_answerer_presses_the_first_button(client: Client, callback: Callback) -> None:
    client.writes("amara")
    found = callback.messages()
    next(found)
    reply = {"id": "yes:118", "title": "Yes"}
    action = {"buttons": [{"type": "reply", "reply": reply}, {"type": "reply", "reply": {"id": "no", "title": "No"}}]}
    wamid = client.send("interactive", {"type": "button", "body": {"text": "Fine?"}, "action": action}).json()["messages"][0][
        "id"
    ]
    got = next(found)
    assert got["interactive"] == {"type": "button_reply", "button_reply": reply}
    assert got["context"]["id"] == wamid


def test_a_bot_that_always_offers_buttons_is_not_answered_for_ever(client: Client, sandbox: Sandbox) -> None:
    client.writes("amara")
    action = {"buttons": [{"type": "reply", "reply": {"id": "again", "title": "Again"}}]}
    for _ in range(8):
        client.send("interactive", {"type": "button", "body": {"text": "Once more?"}, "action": action})
        assert sandbox.agenda.wait_idle(15)
    shown = client.script("GET", "people/amara/messages").json()["messages"]
    assert sum(one["from"] == "person" and one["type"] == "interactive" for one in shown) == 5


def test_the_demo_opens_once_with_many_customers_in_three_languages(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    written = client.script("POST", "demo").json()["written"]
    assert client.script("POST", "demo").json() == {"written": 0}
    assert sandbox.agenda.wait_idle(15)
    got = [message for post in callback.left() for change in post.changes for message in change["value"]["messages"]]
    assert len(got) == written
    assert len({message["from_user_id"] for message in got}) >= 12
    assert {"text", "image", "audio", "document", "location"} <= {message["type"] for message in got}
    now = sandbox.clock.outside(sandbox.clock.now())
    newest = {
        message["from_user_id"]: max(int(one["timestamp"]) for one in got if one["from_user_id"] == message["from_user_id"])
        for message in got
    }
    assert sum(now - at > 86400 for at in newest.values()) == 2


def test_every_script_has_lines_in_every_language() -> None:
    assert all(set(by_language) == {"en", "pt_BR", "es"} for by_language in SCRIPTS.values())
    assert all(len({len(lines) for lines in by_language.values()}) == 1 for by_language in SCRIPTS.values())


def test_the_same_person_has_another_user_id_in_another_portfolio(client: Client, callback: Callback) -> None:
    client.writes("amara", number=SUPPORT)
    client.writes("amara", number="309876500099999")
    ids = {message["from_user_id"] for _, message in zip(range(2), callback.messages(), strict=False)}
    assert len(ids) == 2
    assert all(one.startswith("GB.") for one in ids)


@pytest.mark.parametrize("ident", ["../../x", "a/b", "A", "a" * 41, "ä", "a\n", " "])
def test_an_id_that_cannot_stand_in_an_address_is_refused(client: Client, ident: str) -> None:
    assert client.script("POST", "people", json={"name": "Test", "id": ident}).status_code == 400


@pytest.mark.parametrize("seed", ["abc", "9" * 5000, [1], "1.5"])
def test_a_script_runs_from_a_whole_number_only(client: Client, seed: object) -> None:
    assert client.script("POST", "people/amara/run", json={"seed": seed}).status_code == 400


def test_numbers_that_are_none_are_answered(client: Client) -> None:
    assert client.script("GET", "calls", params={"limit": "9" * 5000}).status_code == 200
    assert client.script("GET", "calls", params={"limit": "²"}).status_code == 200
    assert client.script("POST", "people/amara", json={"plan": "fail:²"}).status_code == 400
    assert client.script("POST", "phone/amara/clock", data={"hours": "9" * 5000}).status_code == 200
