"""What the API says and does about numbers, accounts and tokens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.whatsapp.sandbox.conftest import APP, BILLING, EXPIRED, STRANGER, SUPPORT, TOKEN, WABA, Client

Json = dict[str, Any]


def test_the_numbers_of_an_account_are_listed(client: Client) -> None:
    listed = client.graph("GET", f"{WABA}/phone_numbers").json()["data"]
    assert [(one["id"], one["display_phone_number"]) for one in listed] == [
        (SUPPORT, "+1 555-014-2200"),
        (BILLING, "+1 555-014-2201"),
    ]


def test_a_number_shows_the_asked_fields(client: Client) -> None:
    assert client.graph("GET", f"{SUPPORT}?fields=status,throughput").json() == {
        "id": SUPPORT,
        "status": "CONNECTED",
        "throughput": {"level": "STANDARD"},
    }


@pytest.mark.parametrize(
    "path", ["{n}", "{n}/whatsapp_business_profile", "{w}/phone_numbers", "{w}/message_templates", "{w}", "{w}/subscribed_apps"]
)
def test_a_token_of_another_account_sees_nothing(client: Client, path: str) -> None:
    error = client.graph("GET", path.format(n=SUPPORT, w=WABA), token=STRANGER).json()["error"]
    assert (error["code"], error["error_subcode"]) == (100, 33)


def test_an_unknown_object_and_an_unknown_edge_do_not_exist(client: Client) -> None:
    assert client.graph("GET", "123456").json()["error"]["error_subcode"] == 33
    assert client.graph("POST", f"{SUPPORT}/nonsense").json()["error"]["error_subcode"] == 33


def test_a_deregistered_number_cannot_send_until_registered_with_its_pin(client: Client) -> None:
    client.writes("amara")
    register = {"messaging_product": "whatsapp", "pin": "123456"}
    assert client.graph("POST", f"{SUPPORT}/register", json=register).json() == {"success": True}
    assert client.graph("POST", f"{SUPPORT}/deregister").json() == {"success": True}
    assert client.send().json()["error"]["code"] == 133010
    assert client.graph("POST", f"{SUPPORT}/register", json=register | {"pin": "654321"}).json()["error"]["code"] == 133005
    assert client.graph("POST", f"{SUPPORT}/register", json=register | {"pin": "12"}).json()["error"]["code"] == 100
    assert client.graph("POST", f"{SUPPORT}/register", json=register).json() == {"success": True}
    assert client.send().status_code == 200


def test_the_profile_is_kept(client: Client) -> None:
    path = f"{SUPPORT}/whatsapp_business_profile"
    change = {
        "messaging_product": "whatsapp",
        "about": "Tools and gardens",
        "vertical": "RETAIL",
        "websites": ["https://example.org"],
    }
    assert client.graph("POST", path, json=change).json() == {"success": True}
    told = client.graph("GET", f"{path}?fields=about,websites").json()["data"]
    assert told == [{"about": "Tools and gardens", "websites": ["https://example.org"], "messaging_product": "whatsapp"}]


@pytest.mark.parametrize(
    "change", [{"about": "x" * 140}, {"vertical": "FUN"}, {"websites": ["https://a.example"] * 3}, {"email": "x" * 129}]
)
def test_a_wrong_profile_is_refused(client: Client, change: Json) -> None:
    body = {"messaging_product": "whatsapp"} | change
    assert client.graph("POST", f"{SUPPORT}/whatsapp_business_profile", json=body).json()["error"]["code"] == 100


def test_qr_codes_are_made_changed_shown_and_deleted(client: Client) -> None:
    path = f"{SUPPORT}/message_qrdls"
    made = client.graph("POST", path, json={"prefilled_message": "Hello", "generate_qr_image": "SVG"}).json()
    changed = client.graph("POST", path, json={"prefilled_message": "Hi", "code": made["code"]}).json()
    assert (changed["code"], changed["prefilled_message"]) == (made["code"], "Hi")
    assert client.graph("GET", path).json()["data"] == [changed]
    for form in ("svg", "png"):
        picture = client.script("GET", f"qr/{made['code']}.{form}")
        assert (picture.status_code, picture.headers["Content-Type"].split(";")[0].split("/")[0]) == (200, "image")
    assert client.graph("DELETE", f"{path}/{made['code']}").json() == {"success": True}
    assert client.graph("GET", f"{path}/{made['code']}").status_code == 400
    assert client.graph("POST", path, json={"prefilled_message": "x" * 141}).json()["error"]["code"] == 100


def test_only_people_who_wrote_today_can_be_blocked(client: Client) -> None:
    users = {"messaging_product": "whatsapp", "block_users": [{"user": "+447700900123"}]}
    assert client.graph("POST", f"{SUPPORT}/block_users", json=users).json()["error"]["code"] == 139100
    client.writes("amara")
    client.writes("ines")
    both = {"block_users": [*users["block_users"], {"user_id": "PT.30417735520861304"}, {"user": "+4470"}]}
    told = client.graph("POST", f"{SUPPORT}/block_users", json=both).json()["block_users"]
    assert [len(told["added_users"]), len(told["failed_users"])] == [2, 1]
    assert len(client.graph("GET", f"{SUPPORT}/block_users").json()["data"]) == 2


def test_a_token_can_be_looked_at(client: Client) -> None:
    good = client.graph("GET", f"debug_token?input_token={TOKEN}").json()["data"]
    assert (good["is_valid"], good["app_id"], good["expires_at"]) == (True, APP, 0)
    assert {one["scope"] for one in good["granular_scopes"]} == {"whatsapp_business_management", "whatsapp_business_messaging"}
    assert client.graph("GET", f"debug_token?input_token={EXPIRED}").json()["data"]["is_valid"] is False
