"""The phone page without JavaScript, and what it lets other sites do: nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inbox.whatsapp.sandbox.samples import sample
from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import BILLING, SUPPORT, Client

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "sandbox"
pytestmark = pytest.mark.usefixtures("plain_static")


def test_the_list_names_every_person_and_forbids_foreign_code(client: Client, sandbox: Sandbox) -> None:
    answer = client.script("GET", "phone/")
    assert answer.status_code == 200
    assert all(who.name in answer.text for who in sandbox.people.all() if "'" not in who.name)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_page_has_inline_styles_or_scripts() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*src=)", text), path.name


def test_writing_on_the_phone_reaches_the_business(client: Client, callback: Callback) -> None:
    answer = client.script("POST", f"phone/amara/write?number={BILLING}", data={"kind": "text", "text": "Hello <b>"})
    assert answer.url.endswith(f"/sandbox/phone/amara/?number={BILLING}")
    assert "Hello &lt;b&gt;" in answer.text
    value = next(callback.changes("messages"))
    assert value["metadata"]["phone_number_id"] == BILLING
    assert value["messages"][0]["text"] == {"body": "Hello <b>"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("image", "image"),
        ("audio", "audio"),
        ("location", "location"),
        ("contacts", "contacts"),
        ("document", "document"),
        ("sticker", "sticker"),
        ("word", "text"),
    ],
)
def test_every_button_sends_its_kind(client: Client, callback: Callback, kind: str, expected: str) -> None:
    client.script("POST", "phone/maria/write", data={"kind": kind, "word": "SAIR"})
    assert next(callback.messages())["type"] == expected


def test_a_file_of_ones_own_is_sent_with_its_text(client: Client, callback: Callback) -> None:
    files = {"file": ("box.jpg", sample("image"), "image/jpeg")}
    client.script("POST", "phone/amara/write", data={"kind": "text", "text": "Look"}, files=files)
    got = next(callback.messages())
    assert (got["type"], got["image"]["caption"]) == ("image", "Look")
    assert client.script("GET", f"phone/media/{got['image']['id']}").content == sample("image")


def test_an_empty_message_is_refused_and_what_was_typed_stays(client: Client) -> None:
    answer = client.script("POST", "phone/amara/write", data={"kind": "text", "text": "  "})
    assert answer.status_code == 400
    assert "Write something first." in answer.text


def test_a_template_shows_its_buttons_and_a_tap_answers(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    client.script("POST", "people/amara", json={"script": "silent"})
    words = [{"type": "text", "parameter_name": name, "text": "x"} for name in ("first_name", "case")]
    template = {"name": "reopen_conversation", "language": {"code": "en"}, "components": [{"type": "body", "parameters": words}]}
    wamid = client.send("template", template).json()["messages"][0]["id"]
    assert sandbox.agenda.wait_idle(15)
    page = client.script("GET", "phone/amara/").text
    assert "Yes, go on" in page
    client.script("POST", "phone/amara/write", data={"kind": "button", "id": "Yes, go on", "text": "Yes, go on", "to": wamid})
    got = next(callback.messages())
    assert (got["button"], got["context"]["id"]) == ({"payload": "Yes, go on", "text": "Yes, go on"}, wamid)


def test_settings_script_clock_and_faults_are_plain_forms(client: Client, sandbox: Sandbox) -> None:
    client.script("POST", "phone/amara/settings", data={"plan": "fail:131026", "network": "lost"})
    who = sandbox.people.get("amara")
    assert who is not None
    assert (who.plan, who.network) == ("fail:131026", "lost")
    client.script("POST", "phone/amara/run", data={"script": "refund", "seed": "42"})
    assert "order 8042" in client.script("GET", "phone/amara/live").text
    client.script("POST", "phone/amara/clock", data={"hours": "25"})
    assert sandbox.clock.ahead == 25 * 3600
    client.script(
        "POST",
        f"phone/amara/faults?number={SUPPORT}",
        data={"name": "slow_answer", "times": "2", "milliseconds": "5", "here": "1"},
    )
    assert sandbox.faults.active() == [{"name": "slow_answer", "number": SUPPORT, "times": 2, "milliseconds": 5}]
    client.script("POST", "phone/amara/faults", data={"name": "slow_answer", "off": "1"})
    assert sandbox.faults.active() == []


def test_a_new_test_phone_leads_to_its_page(client: Client) -> None:
    answer = client.script("POST", "phone/", data={"name": "Zoë", "phone": "447700900888", "country": "GB", "language": "en"})
    assert answer.status_code == 200
    assert "Zoë" in answer.text
    assert "/sandbox/phone/test-1/" in answer.url


def test_the_page_speaks_the_browsers_language_code(client: Client) -> None:
    assert '<html lang="es"' in client.script("GET", "phone/", headers={"Accept-Language": "es-MX,es;q=0.9"}).text


def test_somebody_who_does_not_exist_is_404(client: Client) -> None:
    assert client.script("GET", "phone/nobody/").status_code == 404
    assert client.script("GET", "phone/media/1").status_code == 404
    assert client.script("POST", "phone/amara/nonsense").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
@pytest.mark.parametrize("path", ["phone/amara/write", "people/amara/messages", "faults", "clock", "demo"])
def test_another_sites_page_may_not_write(client: Client, headers: dict[str, str], path: str) -> None:
    assert client.script("POST", path, headers=headers, data={"kind": "text", "text": "x"}).status_code == 403


def test_our_own_page_may_write(client: Client, callback: Callback) -> None:
    own = {"Origin": client.base, "Sec-Fetch-Site": "same-origin"}
    assert client.script("POST", "phone/amara/write", headers=own, data={"kind": "text", "text": "x"}).status_code == 200
    assert next(callback.messages())["text"] == {"body": "x"}
