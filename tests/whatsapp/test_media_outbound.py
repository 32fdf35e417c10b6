"""Files of ours: what is taken, what is refused with which words, and the one time that they are handed up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from inbox.conversations.models import Attachment
from inbox.conversations.models.attachment import private_storage
from inbox.whatsapp import media
from inbox.whatsapp.client import Graph
from inbox.whatsapp.client.transport import session
from inbox.whatsapp.client.usage import usage_of
from inbox.whatsapp.errors import Declined, OutcomeUnknown, WireError
from inbox.whatsapp.media import MediaRefused, kinds
from inbox.whatsapp.media.sniff import WORD
from tests import make

from . import graph_server as play
from .graph_server import Server, answer, refused
from .samples import HTML, SVG, box, moving, ogg, photo_with_place, picture, png_bomb, zipped


def given(content: bytes, name: str = "file", claimed: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, claimed)


@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        (picture("JPEG"), "image", "image/jpeg"),
        (picture("PNG", mode="RGBA"), "image", "image/png"),
        (picture("WEBP", (512, 512)), "sticker", "image/webp"),
        (moving(), "sticker", "image/webp"),
        (box(b"isom"), "video", "video/mp4"),
        (box(b"3gp4"), "video", "video/3gpp"),
        (box(b"M4A "), "audio", "audio/mp4"),
        (ogg(), "audio", "audio/ogg"),
        (b"ID3\x04" + b"\x00" * 60, "audio", "audio/mpeg"),
        (b"#!AMR\n" + b"\x00" * 60, "audio", "audio/amr"),
        (b"\xff\xf1\x50\x80" + b"\x00" * 60, "audio", "audio/aac"),
        (b"%PDF-1.7\n", "document", "application/pdf"),
        (b"hello", "document", "text/plain"),
        (zipped("[Content_Types].xml", "word/document.xml"), "document", WORD),
    ],
)
def test_what_whatsapp_takes_is_taken_by_its_bytes(content: bytes, kind: str, mime: str) -> None:
    stored = media.store_upload(given(content, "a", "image/x-lie"))
    assert (stored.kind, stored.fields["mime"], stored.fields["state"]) == (kind, mime, "ready")
    with private_storage().open(stored.fields["file"]) as file:
        kept = file.read()
    assert stored.fields["size"] == len(kept)
    assert stored.fields["sha256"] == hashlib.sha256(kept).hexdigest()


def test_the_columns_fit_the_row(db: None) -> None:
    stored = media.store_upload(given(picture("PNG", (40, 30)), "../Foto \u202e1.png", "image/png"))
    row = make.attachment(make.message(direction="out"), remote_id="", **stored.fields | {"claimed_mime": "image/png"})
    row.refresh_from_db()
    assert (row.filename, row.width, row.height, row.state) == ("Foto 1.png", 40, 30, "ready")
    assert media.due(row.message.created_at + timedelta(days=1), 10) == []


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.txt", "The file is empty."),
        (SVG, "logo.svg", "WhatsApp does not take this type of file."),
        (HTML, "page.html", "WhatsApp does not take this type of file."),
        (zipped("a.jpg"), "a.zip", "WhatsApp does not take this type of file."),
        (picture("GIF", mode="P"), "a.gif", "Images: JPEG or PNG, up to 5 MB."),
        (b"MZ" + b"\x00" * 90, "a.pdf", "WhatsApp does not take this type of file."),
        (b"hello", "a.exe", "WhatsApp does not take this type of file."),
        (png_bomb(), "a.png", "This is not a readable picture, or it has too many pixels."),
        (picture("WEBP", (512, 100)), "a.webp", "Stickers: WebP of 512 by 512 pixels"),
        (ogg(b"\x01vorbis"), "a.ogg", "WhatsApp takes OGG only with Opus and one channel."),
        (ogg(channels=2), "a.ogg", "WhatsApp takes OGG only with Opus and one channel."),
    ],
)
def test_what_whatsapp_does_not_take_is_refused_with_what_it_does_take(content: bytes, name: str, says: str) -> None:
    with pytest.raises(MediaRefused) as refusal:
        media.store_upload(given(content, name))
    assert says in refusal.value.sentence
    assert "%(" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("content", "kind", "most"),
    [
        (picture("JPEG"), "image", 5 * 1024**2),
        (box(b"isom"), "video", 16 * 1024**2),
        (ogg(), "audio", 16 * 1024**2),
        (b"%PDF-1.7\n", "document", 100 * 1024**2),
        (moving(), "sticker", 500 * 1024),
    ],
)
def test_a_file_may_be_as_large_as_its_limit_and_not_one_byte_larger(content: bytes, kind: str, most: int) -> None:
    whole = given(content + b"\x00" * (most - len(content)))
    assert media.store_upload(whole).kind == kind
    with pytest.raises(MediaRefused) as refusal:
        media.store_upload(given(content + b"\x00" * (most + 1 - len(content))))
    assert str(kinds.ALLOWED[kind]) in refusal.value.sentence


def test_a_still_sticker_has_a_limit_of_its_own() -> None:
    content = picture("WEBP", (512, 512))
    media.store_upload(given(content + b"\x00" * (100 * 1024 - len(content))))
    with pytest.raises(MediaRefused):
        media.store_upload(given(content + b"\x00" * (100 * 1024 + 1 - len(content))))


def test_a_kind_that_is_insisted_on_must_fit() -> None:
    assert media.store_upload(given(picture()), kind="image").kind == "image"
    with pytest.raises(MediaRefused) as refusal:
        media.store_upload(given(b"%PDF-1.7\n"), kind="image")
    assert "Images: JPEG or PNG" in refusal.value.sentence
    assert "Videos" not in refusal.value.sentence


def test_a_voice_message_is_ogg_with_opus_only() -> None:
    assert media.store_upload(given(ogg()), voice=True).fields["voice"] is True
    with pytest.raises(MediaRefused):
        media.store_upload(given(b"ID3\x04" + b"\x00" * 60), voice=True)


def test_a_photo_leaves_without_place_and_camera() -> None:
    stored = media.store_upload(given(photo_with_place()))
    with private_storage().open(stored.fields["file"]) as file:
        kept = file.read()
    assert b"Camera Maker" not in kept
    assert b"secret comment" not in kept
    assert (stored.fields["width"], stored.fields["height"]) == (30, 40)
    assert stored.fields["size"] == len(kept)


# --- handing up ---


@pytest.fixture
def server() -> Iterator[Server]:
    usage_of.cache_clear()
    with play.graph_server() as running:
        yield running
    session().close()
    session.cache_clear()


@pytest.fixture
def ours(server: Server, db: None, clock: time_machine.Traveller) -> Attachment:
    number = make.number()
    make.connection(number, graph_url=server.url)
    message = make.message(make.conversation(number), kind="document", direction="out")
    return make.attachment(message, **media.store_upload(given(b"%PDF-1.7\n")).fields | {"remote_id": "", "claimed_mime": ""})


def graph(attachment: Attachment) -> Graph:
    return Graph(attachment.message.number.connection)


def test_a_file_is_handed_up_once_a_month(server: Server, ours: Attachment, clock: time_machine.Traveller) -> None:
    server.plays(answer(200, {"id": "up-1"}), answer(200, {"id": "up-2"}))
    assert not media.is_at_whatsapp(ours)
    assert media.upload(ours, graph(ours)) == "up-1"
    again = Attachment.objects.get()
    assert media.is_at_whatsapp(again)
    clock.shift(timedelta(days=28))
    assert media.upload(again, graph(again)) == "up-1"
    clock.shift(timedelta(days=1, seconds=1))
    assert not media.is_at_whatsapp(again)
    assert media.upload(again, graph(again)) == "up-2"
    assert len(server.asked) == 2
    assert b"%PDF-1.7" in server.asked[0].body


def test_a_file_that_is_gone_says_so(server: Server, ours: Attachment) -> None:
    media.remove(ours)
    with pytest.raises(Declined) as caught:
        media.upload(ours, graph(ours))
    assert (caught.value.code, caught.value.permanent) == (131053, True)
    assert server.asked == []


@pytest.mark.parametrize(
    ("step", "kind"), [(refused(400, 131053), Declined), (answer(200, {}), OutcomeUnknown), (play.reset, OutcomeUnknown)]
)
def test_a_file_that_could_not_be_handed_up_has_no_id(
    server: Server, ours: Attachment, step: play.Step, kind: type[WireError]
) -> None:
    server.plays(step)
    with pytest.raises(kind):
        media.upload(ours, graph(ours))
    assert Attachment.objects.get().remote_id == ""
