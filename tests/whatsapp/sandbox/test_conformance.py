"""Every answer and every webhook against Meta's OpenAPI document, apart from the departures listed here.

Departures: `status` of a number has CONNECTED (the document's list lacks it, the guide names it); the business profile
stands flat in `data` (the document nests it, its guide and every client do not); statuses and messages carry user ids
and `played`, and may lack phone numbers (newer than the document).
"""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from requests import Response

from inbox.whatsapp.sandbox.samples import sample
from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.openapi import NEEDS_DOCUMENT, document
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import SUPPORT, WABA, Client

Json = dict[str, Any]
pytestmark = NEEDS_DOCUMENT

NUMBER, ACCOUNT = "/{Version}/{Phone-Number-ID}", "/{Version}/{WABA-ID}"
DEPARTED_ENUMS = {"WhatsAppPhoneNumberStatus": "CONNECTED"}


def problems(instance: object, schema: Json) -> list[str]:
    components = document()["components"]
    for name, value in DEPARTED_ENUMS.items():
        if value not in components["schemas"][name]["enum"]:
            components["schemas"][name]["enum"].append(value)
    validator = Draft202012Validator(schema | {"components": components})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]


def conforms(answer: Response, path: str, method: str) -> None:
    """Fails unless the answer fits what the document says of that path and method."""
    assert answer.status_code == 200, answer.text
    said = document()["paths"][path][method]["responses"]["200"].get("content", {}).get("application/json", {}).get("schema")
    assert said is None or problems(answer.json(), said) == []


def test_the_answers_about_a_number_conform(client: Client) -> None:
    conforms(client.graph("GET", SUPPORT), NUMBER, "get")
    conforms(client.graph("GET", f"{WABA}/phone_numbers"), f"{ACCOUNT}/phone_numbers", "get")
    conforms(client.graph("GET", WABA), ACCOUNT, "get")
    conforms(client.graph("GET", f"{SUPPORT}/whatsapp_business_profile"), f"{NUMBER}/whatsapp_business_profile", "get")
    change = {"messaging_product": "whatsapp", "about": "x"}
    conforms(
        client.graph("POST", f"{SUPPORT}/whatsapp_business_profile", json=change), f"{NUMBER}/whatsapp_business_profile", "post"
    )
    register = {"messaging_product": "whatsapp", "pin": "123456"}
    conforms(client.graph("POST", f"{SUPPORT}/register", json=register), f"{NUMBER}/register", "post")
    conforms(client.graph("POST", f"{SUPPORT}/deregister"), f"{NUMBER}/deregister", "post")


def test_the_answers_about_subscriptions_conform(client: Client) -> None:
    for method in ("get", "delete", "post"):
        conforms(client.graph(method.upper(), f"{WABA}/subscribed_apps"), f"{ACCOUNT}/subscribed_apps", method)


def test_the_answers_about_qr_codes_and_blocks_conform(client: Client) -> None:
    path = f"{SUPPORT}/message_qrdls"
    made = client.graph("POST", path, json={"prefilled_message": "Hello", "generate_qr_image": "PNG"})
    conforms(made, f"{NUMBER}/message_qrdls", "post")
    conforms(client.graph("GET", path), f"{NUMBER}/message_qrdls", "get")
    one = f"{path}/{made.json()['code']}"
    conforms(client.graph("GET", one), NUMBER + "/message_qrdls/{QR-Code-ID}", "get")
    conforms(client.graph("DELETE", one), NUMBER + "/message_qrdls/{QR-Code-ID}", "delete")
    client.writes("amara")
    users = {"messaging_product": "whatsapp", "block_users": [{"user": "+447700900123"}]}
    for method in ("post", "get", "delete"):
        conforms(client.graph(method.upper(), f"{SUPPORT}/block_users", json=users), f"{NUMBER}/block_users", method)


def test_the_answers_about_media_conform(client: Client) -> None:
    files = {"file": ("a.jpg", sample("image"), "image/jpeg")}
    made = client.graph("POST", f"{SUPPORT}/media", files=files, data={"messaging_product": "whatsapp", "type": "image/jpeg"})
    conforms(made, f"{NUMBER}/media", "post")
    conforms(client.graph("GET", made.json()["id"]), "/{Version}/{Media-ID}", "get")
    conforms(client.graph("DELETE", made.json()["id"]), "/{Version}/{Media-ID}", "delete")


def test_the_answers_about_templates_conform(client: Client) -> None:
    path, spec = f"{WABA}/message_templates", f"{ACCOUNT}/message_templates"
    listed = client.graph("GET", path)
    conforms(listed, spec, "get")
    body = {"type": "BODY", "text": "Your parcel is on its way today."}
    made = client.graph("POST", path, json={"name": "news", "language": "en", "category": "UTILITY", "components": [body]})
    conforms(made, spec, "post")
    conforms(client.graph("GET", listed.json()["data"][0]["id"]), "/{Version}/{TEMPLATE_ID}", "get")
    conforms(
        client.graph("POST", listed.json()["data"][0]["id"], json={"components": [body]}), "/{Version}/{TEMPLATE_ID}", "post"
    )
    conforms(client.graph("DELETE", f"{path}?name=gift_voucher"), spec, "delete")


def test_the_answers_to_sends_conform(client: Client) -> None:
    newest = client.writes("amara")["id"]
    conforms(client.send(), f"{NUMBER}/messages", "post")
    template = {"name": "reopen_conversation", "language": {"code": "en"}}
    words = [{"type": "text", "parameter_name": name, "text": "x"} for name in ("first_name", "case")]
    conforms(
        client.send("template", template | {"components": [{"type": "body", "parameters": words}]}), f"{NUMBER}/messages", "post"
    )
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": newest}
    conforms(client.graph("POST", f"{SUPPORT}/messages", json=read), f"{NUMBER}/messages", "post")


@pytest.mark.parametrize("path", ["999", "{n}/messages", "{w}/message_templates?limit=x"])
def test_errors_conform(client: Client, path: str) -> None:
    answer = client.graph("POST" if "messages" in path and "templates" not in path else "GET", path.format(n=SUPPORT, w=WABA))
    schema = document()["paths"][NUMBER]["get"]["responses"]["400"]["content"]["application/json"]["schema"]
    assert answer.status_code == 400
    assert problems(answer.json(), schema) == []


def examples() -> dict[str, Json]:
    """The document's sample webhooks with a message from a person, by title."""
    whole = document()["paths"]["/whatsapp/webhooks"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    values = {title: one["value"]["entry"][0]["changes"][0]["value"] for title, one in whole.items()}
    return {title: value for title, value in values.items() if "messages" in value}


def lacking(sample_part: object, ours: object, where: str = "") -> list[str]:
    """What the document's sample has and ours has not, or has as another JSON type."""
    if isinstance(sample_part, dict) and isinstance(ours, dict):
        return [line for key in sample_part for line in lacking(sample_part[key], ours.get(key), f"{where}.{key}")]
    if isinstance(sample_part, list) and isinstance(ours, list):
        return [line for one in sample_part for line in lacking(one, ours[0] if ours else None, f"{where}[]")]
    same = type(sample_part) is type(ours) or {type(sample_part), type(ours)} <= {int, float}
    return [] if same else [f"{where}: {sample_part!r} / {ours!r}"]


def as_written(message: Json) -> Json:
    """The request that makes a simulated person write the sample's content."""
    kind = message["type"]
    asked: Json = {"type": kind, kind: message.get(kind)}
    if kind == "reaction":
        asked[kind] = message[kind] | {"message_id": "last"}
    if kind == "system":
        return {"type": "number_change", "new_phone": "+44 7700 900777"}
    if "context" in message:
        asked["context"] = message["context"] | {"id": "last"}
    return asked | {key: message[key] for key in ("referral",) if key in message}


def test_the_document_has_samples_of_many_kinds() -> None:
    assert len({value["messages"][0]["type"] for value in examples().values()}) >= 10


def test_every_sample_webhook_of_the_document_is_sent_in_the_same_shape(client: Client, callback: Callback) -> None:
    """The document binds incoming kinds to the schemas of outgoing ones, so its samples are the oracle here."""
    silent = {"script": "silent"}
    client.script("POST", "people/noor", json=silent)
    client.send(to="+447700900456")
    incoming = (value for value in callback.changes("messages") if "messages" in value)
    for title, value in examples().items():
        client.writes("noor", as_written(value["messages"][0]))
        assert lacking(value, next(incoming)) == [], title


def test_status_webhooks_conform(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    client.writes("noor")
    client.send(to="+447700900456")
    client.send(to="+447700900124")
    assert sandbox.agenda.wait_idle(15)
    posts = callback.left()
    assert {status["status"] for post in posts for change in post.changes for status in change["value"].get("statuses", ())} == {
        "sent",
        "delivered",
        "read",
        "failed",
    }
    for post in posts:
        for change in post.changes:
            kind = "StatusMessageValue" if "statuses" in change["value"] else "Metadata"
            part = change["value"] if "statuses" in change["value"] else change["value"]["metadata"]
            assert problems(part, {"$ref": f"#/components/schemas/{kind}"}) == []
