"""Pictures, voice notes and papers travel both ways and are handed out as nothing but files."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image

from inbox.whatsapp.sandbox import samples
from tests.customers import Customer
from tests.journeys.desk import Desk
from tests.pages import Element, read
from tests.running_product import until

NewCustomer = Callable[..., Customer]


def picture() -> bytes:
    """A small green PNG."""
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (30, 140, 90)).save(target, "PNG")
    return target.getvalue()


def waits_for_file(desk: Desk, conversation: str, tag: str) -> Element:
    """The first picture, sound or link of a thread, once its file has been fetched from WhatsApp."""

    def look() -> Element | None:
        files = [part for message in desk.thread(conversation) for part in message.every(tag)]
        return next((part for part in files if "/media/" in part.attributes.get("src", part.attributes.get("href", ""))), None)

    found = until(look, because=f"a file in {conversation}")
    assert found is not None
    return found


def test_a_photo_comes_in_and_is_handed_out_with_safe_headers(customer: NewCustomer, ana: Desk, clara: Desk) -> None:
    flora = customer("Flora Photo")
    sent = samples.photo()
    flora.sends_file(sent, "image/jpeg", "parcel.jpg", caption="Look at the box")
    conversation = ana.finds("Flora Photo", "Look at the box")
    image = waits_for_file(ana, conversation, "img")
    assert image.attributes["alt"] == "Look at the box"
    assert (image.attributes["width"], image.attributes["height"]) == ("960", "640")

    small = ana.get(image.attributes["src"])
    assert Image.open(io.BytesIO(small.content)).width < 960
    whole = waits_for_file(ana, conversation, "a").attributes["href"]
    answer = ana.get(whole)
    assert answer.content == sent
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert clara.get(whole).status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_a_voice_note_comes_in_and_plays_in_parts(customer: NewCustomer, ana: Desk) -> None:
    vera = customer("Vera Voice")
    vera.sends("audio", audio={"voice": True})
    conversation = ana.finds("Vera Voice", "Audio")
    sound = waits_for_file(ana, conversation, "audio")
    assert sound.attributes["aria-label"] == "Voice message"
    part = ana.get(sound.attributes["src"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"OggS")
    assert part.headers["Content-Type"] == "audio/ogg"


def test_a_page_that_calls_itself_a_picture_is_not_kept_and_says_so(customer: NewCustomer, ana: Desk) -> None:
    eve = customer("Eve Hostile")
    eve.sends_file(b"<!doctype html><script>alert(1)</script>", "image/png", "cat.png")
    conversation = ana.finds("Eve Hostile")
    assert not ana.waits_for(conversation, "This file was not kept.").has("img")


def test_a_text_file_can_only_be_saved_under_its_name(customer: NewCustomer, ana: Desk) -> None:
    dot = customer("Dot Document")
    dot.sends_file(b"just words\n", "text/plain", "notes.txt", type="document")
    conversation = ana.finds("Dot Document")
    answer = ana.get(waits_for_file(ana, conversation, "a").attributes["href"])
    assert answer.content == b"just words\n"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes.txt"'


def test_a_picture_goes_out_with_its_caption(customer: NewCustomer, ana: Desk) -> None:
    otto = customer("Otto Outward")
    otto.writes("How does it look?")
    conversation = ana.finds("Otto Outward")
    sent = ("lamp.png", picture(), "image/png")
    answer = ana.submits(ana.page(conversation), f"{conversation}media/", {"caption": "Like this"}, file=sent)
    assert answer.status_code == 200
    shown = otto.waits_for("Like this")
    assert shown["media_type"] == "image"
    assert ana.get(f"/sandbox/phone/media/{shown['media']}").content.startswith(b"\x89PNG")
    assert ana.waits_for(conversation, "Like this", status="read").has("img")


def test_a_voice_note_goes_out(customer: NewCustomer, ana: Desk) -> None:
    olga = customer("Olga Ogg")
    olga.writes("Please tell me aloud.")
    conversation = ana.finds("Olga Ogg")
    sent = ("answer.ogg", samples.voice_note(), "audio/ogg")
    assert ana.submits(ana.page(conversation), f"{conversation}media/", file=sent).status_code == 200
    until(lambda: [message["media_type"] for message in olga.received] == ["audio"], because="the sound is on the phone")


def test_a_file_whatsapp_would_refuse_is_refused_here_with_the_caption_kept(customer: NewCustomer, ana: Desk) -> None:
    zoe = customer("Zoe Zipped")
    zoe.writes("Send me the program.")
    conversation = ana.finds("Zoe Zipped")
    sent = ("setup.exe", b"MZ\x90\x00" + bytes(200), "application/octet-stream")
    answer = ana.submits(ana.page(conversation), f"{conversation}media/", {"caption": "Here it is"}, file=sent)
    page = read(answer.text)
    assert answer.status_code == 422
    assert page.one("", id="composer-notice").text
    assert page.one("textarea", name="caption").text == "Here it is"
    assert zoe.received == []
