"""Inbound files: fetched once, checked, kept; F40 and everything else that can go wrong on the way."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from inbox.conversations.models import Attachment
from inbox.conversations.models.attachment import private_storage
from inbox.whatsapp import media
from inbox.whatsapp.client.transport import session
from inbox.whatsapp.client.usage import usage_of
from inbox.whatsapp.media import inbound as fetching
from tests import make

from . import graph_server as play
from .graph_server import Server, answer, raw, refused
from .samples import HTML, OLE, SVG, box, picture, png_bomb

PHOTO = picture("JPEG", (400, 300))


@pytest.fixture
def server() -> Iterator[Server]:
    usage_of.cache_clear()
    with play.graph_server() as running:
        yield running
    session().close()
    session.cache_clear()


@pytest.fixture
def waiting(server: Server, db: None, clock: time_machine.Traveller) -> Attachment:
    """A photo that waits at WhatsApp."""
    return inbound(server)


def inbound(server: Server, kind: str = "image", **columns: Any) -> Attachment:
    number = make.number()
    make.connection(number, graph_url=server.url)
    message = make.message(make.conversation(number, waiting=False), kind=kind)
    return make.attachment(message, due_at=timezone.now(), **columns)


def link(server: Server, content: bytes = PHOTO, **changes: Any) -> play.Step:
    """What Graph says about a file whose bytes are ``content``."""
    body = {
        "url": f"{server.url}/file",
        "mime_type": "image/jpeg",
        "sha256": hashlib.sha256(content).hexdigest(),
        "file_size": str(len(content)),
        "id": "media-1",
    }
    return answer(200, body | changes)


def given(content: bytes = PHOTO) -> play.Step:
    return raw(200, content, {"Content-Type": "image/jpeg"})


def fetched(attachment: Attachment) -> Attachment:
    found = media.fetch(attachment.pk)
    assert found is not None
    return found


def test_a_file_is_fetched_measured_and_kept_where_nobody_can_guess(server: Server, waiting: Attachment) -> None:
    server.plays(link(server), given())
    found = fetched(waiting)
    assert (found.state, found.reason, found.mime, found.size) == ("ready", "", "image/jpeg", len(PHOTO))
    assert (found.width, found.height, found.animated) == (400, 300, False)
    assert found.sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert (found.lease_until, found.due_at, found.attempts) == (None, None, 1)
    with found.file.open("rb") as file:
        assert file.read() == PHOTO
    assert str(found.message.external_id) not in str(found.file.name)


def test_a_kept_file_can_be_read_by_its_owner_only(server: Server, waiting: Attachment) -> None:
    server.plays(link(server), given())
    path = private_storage().path(str(fetched(waiting).file.name))
    assert os.stat(path).st_mode & 0o077 == 0


def test_a_file_is_fetched_once(server: Server, waiting: Attachment) -> None:
    server.plays(link(server), given())
    fetched(waiting)
    assert media.fetch(waiting.pk) is None
    assert media.due(timezone.now(), 10) == []
    assert len(server.asked) == 2


def test_nobody_fetches_what_somebody_else_is_at(server: Server, waiting: Attachment, clock: time_machine.Traveller) -> None:
    Attachment.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert media.fetch(waiting.pk) is None
    assert server.asked == []
    clock.shift(timedelta(minutes=2))
    server.plays(link(server), given())
    assert fetched(waiting).state == "ready"


def test_a_file_of_ours_is_never_fetched(server: Server, waiting: Attachment) -> None:
    type(waiting.message).objects.update(direction="out")
    assert media.due(timezone.now(), 10) == []
    assert media.fetch(waiting.pk) is None


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_lease_leaves_the_others_work_alone(server: Server, waiting: Attachment) -> None:
    def taken_over(handler: play.Handler) -> None:
        # Another worker of ours, after our lease had run out.
        Attachment.objects.update(lease_until=timezone.now() + timedelta(hours=1))
        connection.close()
        given()(handler)

    server.plays(link(server), taken_over)
    before = kept()
    assert media.fetch(waiting.pk) is None
    assert kept() == before
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def kept() -> int:
    """How many files the private storage holds."""
    return sum(len(files) for _folder, _folders, files in os.walk(private_storage().path("")))


@pytest.mark.parametrize("form", ["hex", "base64", "webhook"])
def test_the_checksum_is_compared_in_any_form(server: Server, waiting: Attachment, form: str) -> None:
    digest = hashlib.sha256(PHOTO)
    if form == "webhook":
        Attachment.objects.update(sha256=digest.hexdigest())
    told = {"hex": digest.hexdigest(), "base64": base64.b64encode(digest.digest()).decode(), "webhook": ""}[form]
    server.plays(link(server, sha256=told), given())
    assert fetched(waiting).state == "ready"


@pytest.mark.parametrize("changes", [{"sha256": "ab" * 32}, {"sha256": "", "file_size": 5}])
def test_a_file_that_arrived_damaged_is_fetched_again(server: Server, waiting: Attachment, changes: dict[str, Any]) -> None:
    server.plays(link(server, **changes), given())
    found = fetched(waiting)
    assert (found.state, found.reason) == ("retrying", fetching.DAMAGED)


def test_f40_an_expired_link_is_asked_for_anew(server: Server, waiting: Attachment) -> None:
    server.plays(link(server), raw(404, b""), link(server), given())
    assert fetched(waiting).state == "ready"
    assert [asked.path.partition("?")[0] for asked in server.asked] == ["/v25.0/media-1", "/file"] * 2


def test_f40_links_that_always_expire_end_in_a_later_try(server: Server, waiting: Attachment) -> None:
    server.plays(link(server), raw(404, b""), link(server), raw(404, b""))
    found = fetched(waiting)
    assert found.state == "retrying"
    assert found.due_at is not None
    assert timedelta(seconds=15) <= found.due_at - timezone.now() <= timedelta(seconds=30)


@pytest.mark.parametrize(
    "step", [raw(503, b""), raw(500, b"<html>"), refused(400, 4), refused(401, 190), refused(400, 100), play.reset]
)
def test_trouble_is_tried_again_later(server: Server, waiting: Attachment, step: play.Step) -> None:
    server.plays(step)
    found = fetched(waiting)
    assert (found.state, found.reason, found.lease_until) == ("retrying", fetching.NOT_NOW, None)
    assert media.fetch(waiting.pk) is None


def test_waits_grow_and_end_after_six_days(server: Server, waiting: Attachment, clock: time_machine.Traveller) -> None:
    states, waits = [], []
    for _ in range(100):
        server.plays(raw(503, b""))
        found = fetched(waiting)
        states.append(found.state)
        if found.due_at is None:
            break
        waits.append(found.due_at - timezone.now())
        clock.move_to(found.due_at)
    assert states[-1] == "failed"
    assert set(states[:-1]) == {"retrying"}
    assert waits[0] <= timedelta(seconds=30)
    assert timedelta(hours=3) <= max(waits) <= timedelta(hours=6)
    assert sum(waits, timedelta()) > timedelta(days=5)
    assert Attachment.objects.get().reason == fetching.TOO_LATE


def test_a_file_that_whatsapp_does_not_know_is_given_up_after_three_tries(
    server: Server, waiting: Attachment, clock: time_machine.Traveller
) -> None:
    for expected in ("retrying", "retrying", "failed"):
        server.plays(refused(400, 100))
        assert fetched(waiting).state == expected
        clock.shift(timedelta(hours=1))
    assert Attachment.objects.get().reason == fetching.GONE


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("image", SVG, fetching.WRONG_TYPE),
        ("image", HTML, fetching.WRONG_TYPE),
        ("image", b"MZ" + b"\x00" * 100, fetching.A_PROGRAM),
        ("image", png_bomb(), fetching.BAD_PICTURE),
        ("image", PHOTO[:50], fetching.BAD_PICTURE),
        ("image", picture("GIF", mode="P"), fetching.WRONG_TYPE),
        ("sticker", SVG, fetching.WRONG_TYPE),
        ("video", HTML, fetching.WRONG_TYPE),
        ("audio", box(b"isom"), fetching.WRONG_TYPE),
        ("document", b"\x7fELF" + b"\x00" * 100, fetching.A_PROGRAM),
        ("document", OLE, fetching.WRONG_TYPE),
        ("document", bytes(range(256)), fetching.WRONG_TYPE),
    ],
)
def test_what_is_not_what_it_should_be_is_not_kept(server: Server, db: None, kind: str, content: bytes, reason: str) -> None:
    attachment = inbound(server, kind)
    server.plays(link(server, content), given(content))
    before = kept()
    found = fetched(attachment)
    assert (found.state, found.reason, found.file.name) == ("refused", reason, "")
    assert kept() == before


@pytest.mark.parametrize(
    ("content", "mime"), [(SVG, "image/svg+xml"), (HTML, "text/html"), (b"%PDF-1.7\n", "application/pdf"), (PHOTO, "image/jpeg")]
)
def test_a_document_is_kept_as_what_it_is(server: Server, db: None, content: bytes, mime: str) -> None:
    attachment = inbound(server, "document", filename="../../invoice\u202e.xml", claimed_mime="image/png")
    server.plays(link(server, content), given(content))
    found = fetched(attachment)
    assert (found.state, found.mime, found.filename) == ("ready", mime, "invoice.xml")


def test_a_file_that_says_that_it_is_too_large_is_not_even_asked_for(server: Server, waiting: Attachment) -> None:
    server.plays(link(server, file_size=101 * 1024 * 1024))
    found = fetched(waiting)
    assert (found.state, found.reason) == ("refused", fetching.TOO_LARGE)
    assert len(server.asked) == 1


def test_a_number_without_a_connection_lets_its_files_wait(server: Server, waiting: Attachment) -> None:
    waiting.message.number.connection.delete()
    found = fetched(waiting)
    assert (found.state, found.reason) == ("retrying", fetching.NOT_CONNECTED)


def test_a_full_disk_lets_a_file_wait(server: Server, waiting: Attachment, settings: Any, tmp_path: Any) -> None:
    blocked = tmp_path / "file-in-the-way"
    blocked.write_text("")
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": blocked / "media"}}
    }
    server.plays(link(server), given())
    found = fetched(waiting)
    assert (found.state, found.reason) == ("retrying", fetching.NO_ROOM)


def test_the_sweep_is_told_of_what_is_due_longest_waiting_first(server: Server, db: None, clock: time_machine.Traveller) -> None:
    late, later, not_yet = inbound(server), inbound(server), inbound(server)
    now = timezone.now()
    Attachment.objects.filter(pk=late.pk).update(due_at=now - timedelta(minutes=1))
    Attachment.objects.filter(pk=later.pk).update(due_at=now, state="retrying")
    Attachment.objects.filter(pk=not_yet.pk).update(due_at=now + timedelta(seconds=1))
    assert media.due(now, 10) == [late.pk, later.pk]
    assert media.due(now, 1) == [late.pk]


def test_every_reason_fits_its_column() -> None:
    assert all(len(reason) <= 200 for reason in media.REASONS)
