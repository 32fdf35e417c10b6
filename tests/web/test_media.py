"""The door to files: who gets one, as what, which part, and what is written down."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.db import connections
from django.test import AsyncClient, Client
from PIL import Image

from accounts.models import User
from inbox.audit.models import Entry
from inbox.conversations.models import Attachment
from inbox.conversations.models.attachment import private_storage
from inbox.whatsapp import media
from tests import make
from tests.whatsapp.samples import HTML, SVG, photo_with_place, picture

SOUND = bytes(range(256)) * 1000


@pytest.fixture
def agent(db: None, clock: time_machine.Traveller) -> User:
    return make.person("Amina Haddad", team=make.team("Support"))


@pytest.fixture
def browser(agent: User, client: Client) -> Client:
    client.force_login(agent)
    return client


def file_of(agent: User, content: bytes, mime: str, kind: str = "document", **columns: Any) -> Attachment:
    """A file that was fetched, on a number that the agent sees."""
    number = make.number(team=agent.groups.get(team__isnull=False).team)
    message = make.message(make.conversation(number, waiting=False), kind=kind)
    name = private_storage().save("ab/cd", ContentFile(content))
    known = {"state": "ready", "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "filename": "a file"}
    return make.attachment(message, file=name, mime=mime, **known | columns)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


SHOWN = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "video/mp4",
    "audio/ogg",
    "audio/mpeg",
    "audio/aac",
    "application/pdf",
]
SAVED = ["text/html", "image/svg+xml", "application/xml", "text/plain", "application/zip", "application/msword", "image/tiff", ""]


@pytest.mark.parametrize("mime", SHOWN + SAVED)
def test_a_file_is_what_its_bytes_are_and_nothing_active_is_ever_shown(browser: Client, agent: User, mime: str) -> None:
    found = file_of(agent, b"content", mime)
    answer = browser.get(f"/media/{found.pk}/")
    assert answer.status_code == 200
    assert body(answer) == b"content"
    assert answer["Content-Type"] == (mime if mime in SHOWN else "application/octet-stream")
    assert answer["Content-Disposition"].startswith("inline" if mime in SHOWN else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Content-Length"] == "7"


@pytest.mark.parametrize("content", [SVG, HTML])
def test_active_content_that_claims_to_be_a_picture_is_only_saved(browser: Client, agent: User, content: bytes) -> None:
    found = file_of(agent, content, media.sniff(content), claimed_mime="image/png", filename="photo.png")
    answer = browser.get(f"/media/{found.pk}/")
    body(answer)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("filename", "disposition"),
    [
        ("invoice.pdf", 'inline; filename="invoice.pdf"'),
        ("ação.pdf", "inline; filename*=utf-8''a%C3%A7%C3%A3o.pdf"),
        ('a"; evil="x.pdf', 'inline; filename="a_; evil=_x.pdf"'),
        ("a\r\nSet-Cookie: x.pdf", 'inline; filename="aSet-Cookie_ x.pdf"'),
        ("../../etc/passwd", 'inline; filename="passwd"'),
        ("", 'inline; filename="file-%d"'),
    ],
)
def test_a_name_from_outside_cannot_break_out_of_its_header(
    browser: Client, agent: User, filename: str, disposition: str
) -> None:
    found = file_of(agent, b"%PDF", "application/pdf", filename=filename)
    answer = browser.get(f"/media/{found.pk}/")
    body(answer)
    assert answer["Content-Disposition"] == (disposition % found.pk if "%d" in disposition else disposition)


def test_others_learn_nothing_not_even_that_the_file_exists(client: Client, agent: User) -> None:
    found = file_of(agent, b"content", "image/png", "image")
    client.force_login(make.person("Carol Weiss", team=make.team("Billing")))
    for path in (f"/media/{found.pk}/", f"/media/{found.pk}/thumb/", "/media/999999/"):
        assert client.get(path).status_code == 404
    assert not Entry.objects.filter(code="attachment.viewed").exists()


def test_strangers_are_sent_to_the_sign_in_page(client: Client, agent: User) -> None:
    found = file_of(agent, b"content", "image/png", "image")
    answer = client.get(f"/media/{found.pk}/")
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_nothing_is_done_by_writing_to_a_file(browser: Client, agent: User) -> None:
    found = file_of(agent, b"content", "image/png", "image")
    assert browser.post(f"/media/{found.pk}/").status_code == 405


@pytest.mark.parametrize("state", ["waiting", "retrying", "failed", "refused"])
def test_a_file_that_is_not_here_is_not_found(browser: Client, agent: User, state: str) -> None:
    found = file_of(agent, b"content", "image/png", state=state)
    assert browser.get(f"/media/{found.pk}/").status_code == 404


def test_a_file_that_was_erased_is_not_found(browser: Client, agent: User) -> None:
    found = file_of(agent, picture(), "image/jpeg", "image")
    media.remove(found)
    assert browser.get(f"/media/{found.pk}/").status_code == 404
    assert browser.get(f"/media/{found.pk}/thumb/").status_code == 404


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, len(SOUND)),
        ("bytes=-100", len(SOUND) - 100, len(SOUND)),
        ("bytes=70000-200000", 70_000, 200_001),
        ("bytes=0-999999999", 0, len(SOUND)),
        ("bytes=-999999999", 0, len(SOUND)),
        (f"bytes={len(SOUND) - 1}-", len(SOUND) - 1, len(SOUND)),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(browser: Client, agent: User, wanted: str, first: int, end: int) -> None:
    found = file_of(agent, SOUND, "audio/ogg", "audio")
    answer = browser.get(f"/media/{found.pk}/", headers={"Range": wanted})
    assert body(answer) == SOUND[first:end]
    whole = (first, end) == (0, len(SOUND))
    assert answer.status_code == (200 if whole else 206)
    assert answer["Content-Length"] == str(end - first)
    assert answer["Accept-Ranges"] == "bytes"
    if not whole:
        assert answer["Content-Range"] == f"bytes {first}-{end - 1}/{len(SOUND)}"


@pytest.mark.parametrize("wanted", ["bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=1" + "0" * 40 + "-"])
def test_a_part_that_cannot_be_understood_means_the_whole(browser: Client, agent: User, wanted: str) -> None:
    found = file_of(agent, SOUND, "video/mp4", "video")
    assert body(browser.get(f"/media/{found.pk}/", headers={"Range": wanted})) == SOUND


@pytest.mark.parametrize("wanted", [f"bytes={len(SOUND)}-", "bytes=9-3", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused(browser: Client, agent: User, wanted: str) -> None:
    found = file_of(agent, SOUND, "audio/ogg", "audio")
    answer = browser.get(f"/media/{found.pk}/", headers={"Range": wanted})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(SOUND)}"


def test_a_part_of_an_older_version_means_the_whole(browser: Client, agent: User) -> None:
    found = file_of(agent, SOUND, "audio/ogg", "audio")
    answer = browser.get(f"/media/{found.pk}/", headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    body(answer)
    assert answer.status_code == 200


def test_a_browser_that_has_it_asks_and_is_told_so_only_while_it_may_see_it(browser: Client, agent: User) -> None:
    found = file_of(agent, b"content", "image/png", "image")
    first = browser.get(f"/media/{found.pk}/")
    body(first)
    tag = first["ETag"]
    assert browser.get(f"/media/{found.pk}/", headers={"If-None-Match": tag}).status_code == 304
    agent.groups.clear()
    assert browser.get(f"/media/{found.pk}/", headers={"If-None-Match": tag}).status_code == 404


def test_opening_a_file_leaves_one_entry_an_hour(browser: Client, agent: User, clock: time_machine.Traveller) -> None:
    found = file_of(agent, SOUND, "audio/ogg", "audio")
    for _ in range(3):
        body(browser.get(f"/media/{found.pk}/"))
    entry = Entry.objects.get(code="attachment.viewed")
    assert (entry.actor_id, entry.target_kind, entry.target_id) == (agent.pk, "attachment", found.pk)
    assert entry.data == {"message": found.message_id, "mime": "audio/ogg"}
    clock.shift(3601)
    body(browser.get(f"/media/{found.pk}/"))
    assert Entry.objects.filter(code="attachment.viewed").count() == 2


def test_a_small_picture_is_made_once_and_tells_no_place(browser: Client, agent: User) -> None:
    found = file_of(agent, photo_with_place(), "image/jpeg", "image")
    first = browser.get(f"/media/{found.pk}/thumb/")
    assert (first.status_code, first["Content-Type"]) == (200, "image/webp")
    assert first["Content-Security-Policy"] == "sandbox; default-src 'none'"
    with Image.open(io.BytesIO(first.content)) as small:
        assert (small.size, dict(small.getexif())) == ((30, 40), {})
    name = media.thumb_of(found)
    assert private_storage().exists(name)
    assert browser.get(f"/media/{found.pk}/thumb/").content == first.content
    assert browser.get(f"/media/{found.pk}/thumb/", headers={"If-None-Match": first["ETag"]}).status_code == 304
    media.remove(found)
    assert not private_storage().exists(name)


@pytest.mark.parametrize(
    ("content", "mime"), [(b"%PDF-1.7", "application/pdf"), (b"\xff\xd8\xffbroken", "image/jpeg"), (SVG, "image/svg+xml")]
)
def test_there_is_no_small_picture_of_what_is_none(browser: Client, agent: User, content: bytes, mime: str) -> None:
    found = file_of(agent, content, mime)
    assert browser.get(f"/media/{found.pk}/thumb/").status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_an_asynchronous_server_streams_without_reading_the_whole_file_first() -> None:
    agent = await sync_to_async(make.person)("Amina Haddad", team=await sync_to_async(make.team)("Support"))
    found = await sync_to_async(file_of)(agent, SOUND, "audio/ogg", "audio")
    client = AsyncClient()
    await client.aforce_login(agent)
    answer: Any = await client.get(f"/media/{found.pk}/", headers={"Range": "bytes=1000-150000"})
    assert answer.is_async
    assert b"".join([piece async for piece in answer.streaming_content]) == SOUND[1000:150001]
    await sync_to_async(connections.close_all)()
