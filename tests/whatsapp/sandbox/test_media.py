"""Uploads, five-minute URLs, downloads for bearers only, links, and the media faults."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
import requests

from inbox.whatsapp.sandbox.samples import MIME, sample
from inbox.whatsapp.sandbox.sandbox import Sandbox
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import BILLING, STRANGER, SUPPORT, TOKEN, Client

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def upload(client: Client, content: bytes, mime: str, **options: Any) -> requests.Response:
    fields = {"messaging_product": "whatsapp", "type": mime}
    return client.graph("POST", f"{SUPPORT}/media", files={"file": ("file", content, mime)}, data=fields, **options)


def fetch(url: str, **headers: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, headers=headers, timeout=15)


@pytest.mark.parametrize("kind", sorted(MIME))
def test_every_built_in_sample_can_be_uploaded_described_downloaded_and_sent(client: Client, kind: str) -> None:
    client.writes("amara")
    content = sample(kind)
    media_id = upload(client, content, MIME[kind]).json()["id"]
    told = client.graph("GET", media_id).json()
    assert told["mime_type"] == MIME[kind]
    assert told["file_size"] == str(len(content))
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    got = fetch(told["url"], **BEARER)
    assert (got.status_code, got.content) == (200, content)
    assert client.send(kind, {"id": media_id}).status_code == 200


def test_a_download_needs_the_token(client: Client) -> None:
    url = client.graph("GET", upload(client, sample("image"), "image/jpeg").json()["id"]).json()["url"]
    assert fetch(url).status_code == 401
    assert fetch(url, Authorization=f"Bearer {STRANGER}").status_code == 404


def test_a_url_that_was_altered_or_is_five_minutes_old_answers_404(client: Client) -> None:
    media_id = upload(client, sample("image"), "image/jpeg").json()["id"]
    url = client.graph("GET", media_id).json()["url"]
    assert fetch(url[:-1] + ("0" if url[-1] != "0" else "1"), **BEARER).status_code == 404
    client.script("POST", "clock", json={"advance_seconds": 301})
    assert fetch(url, **BEARER).status_code == 404
    assert fetch(client.graph("GET", media_id).json()["url"], **BEARER).status_code == 200


@pytest.mark.parametrize(("days", "status"), [(6, 200), (8, 400)])
def test_media_of_a_person_lives_seven_days(client: Client, callback: Callback, days: int, status: int) -> None:
    client.writes("amara", {"type": "image"})
    media_id = next(callback.messages())["image"]["id"]
    client.script("POST", "clock", json={"advance_seconds": days * 86400})
    assert client.graph("GET", media_id).status_code == status


def test_a_deleted_medium_is_gone(client: Client) -> None:
    media_id = upload(client, sample("image"), "image/jpeg").json()["id"]
    assert client.graph("DELETE", media_id).json() == {"success": True}
    assert client.graph("GET", media_id).json()["error"]["error_subcode"] == 33


def test_a_medium_belongs_to_its_number(client: Client) -> None:
    media_id = upload(client, sample("image"), "image/jpeg").json()["id"]
    assert client.graph("GET", f"{media_id}?phone_number_id={SUPPORT}").status_code == 200
    assert client.graph("GET", f"{media_id}?phone_number_id={BILLING}").status_code == 400
    assert client.send("image", {"id": media_id}, number=BILLING).json()["error"]["code"] == 131009


@pytest.mark.parametrize(
    ("content", "mime", "code"),
    [
        (b"<svg/>", "image/svg+xml", 100),
        (b"", "image/png", 100),
        (b"not a picture", "image/png", 131053),
        (b"\xff\xd8\xff" + b"0" * (5 * 1024 * 1024), "image/jpeg", 100),
    ],
    ids=["unknown type", "empty", "content of another type", "too large"],
)
def test_a_wrong_upload_is_refused(client: Client, content: bytes, mime: str, code: int) -> None:
    assert upload(client, content, mime).json()["error"]["code"] == code


def test_a_picture_cannot_be_sent_as_a_sticker(client: Client) -> None:
    client.writes("amara")
    media_id = upload(client, sample("image"), "image/jpeg").json()["id"]
    assert client.send("sticker", {"id": media_id}).json()["error"]["code"] == 131053


def test_a_link_is_fetched_after_the_send_and_shown_on_the_phone(client: Client, callback: Callback, sandbox: Sandbox) -> None:
    callback.files["/a.jpg"] = ("image/jpeg", sample("image"))
    client.writes("amara")
    client.send("image", {"link": callback.url.replace("/hook", "/a.jpg"), "caption": "Front"})
    assert next(callback.statuses())["status"] == "sent"
    assert sandbox.agenda.wait_idle(15)
    shown = next(one for one in client.script("GET", "people/amara/messages").json()["messages"] if one["from"] == "business")
    assert shown["media"]
    assert shown["text"] == "Front"


@pytest.mark.parametrize("path", ["/missing.jpg", "/text.jpg"])
def test_a_link_that_leads_to_no_picture_fails_with_131053(client: Client, callback: Callback, path: str) -> None:
    callback.files["/text.jpg"] = ("image/jpeg", b"this is text")
    client.writes("amara")
    client.send("image", {"link": f"{callback.url.removesuffix('/hook')}{path}?hub.challenge=1"})
    failed = next(callback.statuses())
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", 131053)


@pytest.mark.parametrize("kind", sorted(MIME))
def test_a_person_can_send_every_kind_of_media(client: Client, callback: Callback, kind: str) -> None:
    client.writes("amara", {"type": kind, kind: {"caption": "Look"}})
    item = next(callback.messages())[kind]
    assert item["mime_type"] == MIME[kind]
    assert base64.b64decode(item["sha256"]) == hashlib.sha256(sample(kind)).digest()
    assert item["url"].startswith("http://sandbox.test/sandbox/media-host/")
    assert ("caption" in item) == (kind not in ("audio", "sticker"))
    assert fetch(client.graph("GET", item["id"]).json()["url"], **BEARER).content == sample(kind)


def test_a_person_can_send_a_file_of_ones_own(client: Client, callback: Callback) -> None:
    files = {"file": ("order.txt", b"One parcel, please", "text/plain")}
    answer = client.script("POST", "people/amara/messages", files=files, data={"caption": "My order", "minutes_ago": "5"})
    assert answer.status_code == 201
    document = next(callback.messages())["document"]
    assert (document["filename"], document["caption"], document["mime_type"]) == ("order.txt", "My order", "text/plain")


def test_media_can_expire_early_by_a_fault(client: Client) -> None:
    url = client.graph("GET", upload(client, sample("image"), "image/jpeg").json()["id"]).json()["url"]
    client.fault("media_expired", times=1)
    assert [fetch(url, **BEARER).status_code for _ in range(2)] == [404, 200]


def test_a_download_can_go_on_for_ever(client: Client) -> None:
    content = sample("image")
    url = client.graph("GET", upload(client, content, "image/jpeg").json()["id"]).json()["url"]
    client.fault("media_endless", times=1)
    with requests.Session() as session:
        session.trust_env = False
        with session.get(url, headers=BEARER, timeout=15, stream=True) as answer:
            assert len(answer.raw.read(len(content) * 20)) == len(content) * 20


def test_a_download_can_trickle(client: Client) -> None:
    url = client.graph("GET", upload(client, b"%PDF" + b"x" * 60, "application/pdf").json()["id"]).json()["url"]
    client.fault("media_trickle", times=1, milliseconds=1)
    with requests.Session() as session:
        session.trust_env = False
        with session.get(url, headers=BEARER, timeout=15, stream=True) as answer:
            pieces = list(iter(answer.raw.read1, b""))
    assert b"".join(pieces) == b"%PDF" + b"x" * 60
    assert len(pieces) > 1
