"""Request bodies of every kind: their shape, and every limit at its edge."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inbox.whatsapp import payloads as p
from inbox.whatsapp.payloads import BadPayload, Choice, Frame, Header, Json, PayloadRefused, Recipient, Section, TooLong

from .openapi import NEEDS_DOCUMENT, check

AMARA = Recipient(phone="447700900123")
HIDDEN = Recipient(bsuid="GB.90417735520861324")
OPAQUE = "delivery-1"
PICTURE = Header("image", media_id="700100")


def frame(body: str = "Is Tuesday fine?", **more: object) -> Frame:
    return Frame(body, opaque=OPAQUE, **more)  # type: ignore[arg-type]  # a test's shorthand


def choices(count: int) -> list[Choice]:
    return [Choice(f"c{index}", f"Choice {index}") for index in range(count)]


def rows(count: int, start: int = 0) -> list[Choice]:
    return [Choice(f"r{start + index}", "Row", "What it means") for index in range(count)]


KINDS: dict[str, Callable[[], Json]] = {
    "text": lambda: p.text(AMARA, "Track it: https://example.org/t/118", opaque=OPAQUE, reply_to="wamid.x"),
    "text to a hidden number": lambda: p.text(HIDDEN, "Hello", opaque=OPAQUE),
    "image": lambda: p.image(AMARA, media_id="7", caption="Front", opaque=OPAQUE),
    "image by link": lambda: p.image(AMARA, link="https://example.org/a.jpg", opaque=OPAQUE),
    "video": lambda: p.video(AMARA, media_id="7", caption="Front", opaque=OPAQUE),
    "audio": lambda: p.audio(AMARA, media_id="7", opaque=OPAQUE),
    "voice": lambda: p.voice(AMARA, media_id="7", opaque=OPAQUE),
    "document": lambda: p.document(AMARA, media_id="7", filename="invoice-118.pdf", caption="Invoice", opaque=OPAQUE),
    "sticker": lambda: p.sticker(AMARA, media_id="7", opaque=OPAQUE),
    "location": lambda: p.location(AMARA, 53.7997, -1.5492, name="Shop", address="1 Kirkgate, Leeds", opaque=OPAQUE),
    "contacts": lambda: p.contacts(AMARA, [person()], opaque=OPAQUE),
    "reaction": lambda: p.reaction(AMARA, "wamid.x", "👍", opaque=OPAQUE),
    "reaction taken away": lambda: p.reaction(AMARA, "wamid.x", "", opaque=OPAQUE),
    "buttons": lambda: p.buttons(AMARA, frame(header=Header(text="Delivery"), footer="Kirkgate Tools"), choices(3)),
    "buttons under a picture": lambda: p.buttons(AMARA, frame(header=PICTURE), choices(1)),
    "list": lambda: p.listing(AMARA, frame("x" * 4096), "See times", [Section(rows(4), "Mon"), Section(rows(6, 4), "Tue")]),
    "link": lambda: p.link_button(AMARA, frame(), "Open", "https://example.org/i/118"),
    "location request": lambda: p.location_request(AMARA, frame()),
    "contact request": lambda: p.contact_request(HIDDEN, frame()),
    "flow": lambda: p.flow(AMARA, frame(), "Start", token="tk", flow_id="1", screen="FIRST", data={"k": "v"}),
    "flow by name": lambda: p.flow(AMARA, frame(), "Start", token="tk", flow_name="survey", draft=True),
    "product": lambda: p.product(AMARA, "cat", "sku", body="Nice", footer="Shop", opaque=OPAQUE),
    "products": lambda: p.products(AMARA, frame(header=Header(text="Tools")), "cat", [p.ProductSection("Saws", ["a", "b"])]),
    "catalog": lambda: p.catalog(AMARA, frame(), thumbnail="sku"),
    "carousel of links": lambda: p.carousel(AMARA, frame(), [p.Card(PICTURE, "One", "Open", "https://example.org")] * 2),
    "carousel of replies": lambda: p.carousel(AMARA, frame(), [p.Card(PICTURE, choices=choices(2))] * 3),
    "voice call": lambda: p.voice_call(AMARA, frame(), "Call us", minutes=60),
    "call permission": lambda: p.call_permission_request(AMARA, frame()),
    "address": lambda: p.address_request(AMARA, frame(), "in", {"name": "Amara"}),
    "template": lambda: p.template(AMARA, "order_update", "en_GB", components(), opaque=OPAQUE),
    "template without fields": lambda: p.template(AMARA, "hello_world", "en_US", [], opaque=OPAQUE),
}


def person() -> Json:
    phones = [{"phone": "+447700900456", "wa_id": "447700900456", "type": "WORK"}]
    return {"name": {"formatted_name": "Noor Haddad", "first_name": "Noor"}, "phones": phones}


def components() -> list[Json]:
    return [
        p.parts.header_file("document", media_id="7", filename="a.pdf"),
        p.parts.header_place(53.8, -1.5, "Shop", "1 Kirkgate"),
        p.parts.body([p.parts.value("Amara", "body.1"), p.parts.value("118", "body.2", name="order")]),
        p.parts.url_button(0, "118?src=wa", "url"),
        p.parts.reply_button(1, "STOP", "payload"),
        p.parts.code_button(2, "SAVE10", "code"),
        p.parts.flow_button(3, "tk", "token"),
        p.parts.catalog_button(4, "sku", "thumbnail"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_names_itself_and_carries_the_token_that_finds_it_again(kind: str) -> None:
    body = KINDS[kind]()
    assert body["messaging_product"] == "whatsapp"
    assert body["type"] in body
    assert body["biz_opaque_callback_data"] == OPAQUE


@NEEDS_DOCUMENT
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_fits_metas_own_description(kind: str) -> None:
    body = KINDS[kind]()
    check(body, "Message")
    for component in body.get("template", {}).get("components", []):
        check(component, component["type"].capitalize() + "Component")


@NEEDS_DOCUMENT
def test_mark_as_read_fits_metas_own_description() -> None:
    check(p.read("wamid.x", typing=True), "MarkMessageRequestPayload")
    assert "typing_indicator" not in p.read("wamid.x")


@pytest.mark.parametrize(
    ("recipient", "address"),
    [
        (Recipient(phone="447700900123"), {"to": "+447700900123"}),
        (Recipient(phone="+44 7700 900-123"), {"to": "+447700900123"}),
        (Recipient(phone="447700900123", bsuid="GB.1"), {"to": "+447700900123"}),
        (Recipient(bsuid="GB.90417735520861324"), {"recipient": "GB.90417735520861324"}),
        (Recipient(phone="GB.90417735520861324"), {"recipient": "GB.90417735520861324"}),
    ],
)
def test_a_phone_gets_its_plus_and_a_hidden_number_is_reached_by_its_user_id(recipient: Recipient, address: Json) -> None:
    assert recipient.address() == address


def test_nobody_can_be_written_to_without_phone_or_user_id() -> None:
    with pytest.raises(BadPayload):
        Recipient().address()


def test_a_recipient_does_not_print_who_it_is() -> None:
    assert "447700900123" not in repr(AMARA)


# Each line: what is built from a text of a given length, the most that is allowed, and the field that is named.
TEXTS: list[tuple[str, Callable[[str], Json], int, str]] = [
    ("text", lambda t: p.text(AMARA, t, opaque=OPAQUE), 4096, "body"),
    ("image caption", lambda t: p.image(AMARA, media_id="1", caption=t, opaque=OPAQUE), 1024, "caption"),
    ("video caption", lambda t: p.video(AMARA, media_id="1", caption=t, opaque=OPAQUE), 1024, "caption"),
    ("document caption", lambda t: p.document(AMARA, media_id="1", caption=t, opaque=OPAQUE), 1024, "caption"),
    ("file name", lambda t: p.document(AMARA, media_id="1", filename=t, opaque=OPAQUE), 240, "filename"),
    ("heading", lambda t: p.buttons(AMARA, frame(header=Header(text=t)), choices(1)), 60, "header"),
    ("footer", lambda t: p.buttons(AMARA, frame(footer=t), choices(1)), 60, "footer"),
    ("buttons body", lambda t: p.buttons(AMARA, frame(t), choices(1)), 1024, "body"),
    ("link body", lambda t: p.link_button(AMARA, frame(t), "Open", "https://example.org"), 1024, "body"),
    ("location request body", lambda t: p.location_request(AMARA, frame(t)), 1024, "body"),
    ("flow body", lambda t: p.flow(AMARA, frame(t), "Go", token="t", flow_id="1"), 1024, "body"),
    ("list body", lambda t: p.listing(AMARA, frame(t), "See", [Section(rows(1))]), 4096, "body"),
    ("list label", lambda t: p.listing(AMARA, frame(), t, [Section(rows(1))]), 20, "label"),
    ("section title", lambda t: p.listing(AMARA, frame(), "See", [Section(rows(1), t)]), 24, "sections.0.title"),
    ("row id", lambda t: p.listing(AMARA, frame(), "See", [Section([Choice(t, "a")])]), 200, "sections.0.rows.0.id"),
    ("row title", lambda t: p.listing(AMARA, frame(), "See", [Section([Choice("a", t)])]), 24, "sections.0.rows.0.title"),
    (
        "row description",
        lambda t: p.listing(AMARA, frame(), "See", [Section([Choice("a", "b", t)])]),
        72,
        "sections.0.rows.0.description",
    ),
    ("button title", lambda t: p.buttons(AMARA, frame(), [Choice("a", t)]), 20, "buttons.0.title"),
    ("button id", lambda t: p.buttons(AMARA, frame(), [Choice(t, "a")]), 256, "buttons.0.id"),
    ("link label", lambda t: p.link_button(AMARA, frame(), t, "https://example.org"), 20, "label"),
    ("flow label", lambda t: p.flow(AMARA, frame(), t, token="t", flow_id="1"), 20, "label"),
    (
        "card body",
        lambda t: p.carousel(AMARA, frame(), [p.Card(PICTURE, t, "Go", "https://example.org")] * 2),
        160,
        "cards.0.body",
    ),
    ("template name", lambda t: p.template(AMARA, t, "en", [], opaque=OPAQUE), 512, "name"),
    ("template value", lambda t: p.parts.value(t, "body.1"), 32768, "body.1"),
    ("coupon", lambda t: p.parts.code_button(0, t, "code"), 15, "code"),
    ("opaque", lambda t: p.text(AMARA, "Hi", opaque=t), 512, "opaque"),
]


@pytest.mark.parametrize(("build", "most", "field"), [line[1:] for line in TEXTS], ids=[line[0] for line in TEXTS])
def test_a_text_may_be_as_long_as_the_limit_and_not_one_longer(build: Callable[[str], Json], most: int, field: str) -> None:
    build("x" * most)
    with pytest.raises(TooLong) as refusal:
        build("x" * (most + 1))
    assert refusal.value.field == field
    assert str(most) in refusal.value.sentence
    assert str(most + 1) in refusal.value.sentence


def test_an_emoji_counts_as_the_two_units_that_it_takes() -> None:
    assert p.units("👍") == 2
    p.buttons(AMARA, frame(), [Choice("a", "👍" * 10)])
    with pytest.raises(TooLong):
        p.buttons(AMARA, frame(), [Choice("a", "👍" * 10 + "x")])


REFUSED: list[tuple[str, Callable[[], Json], type[PayloadRefused], str]] = [
    ("an empty text", lambda: p.text(AMARA, " \n", opaque=OPAQUE), BadPayload, "body"),
    ("no token", lambda: p.text(AMARA, "Hi", opaque=""), BadPayload, "opaque"),
    ("a file by id and link", lambda: p.image(AMARA, media_id="1", link="https://x.org", opaque=OPAQUE), BadPayload, "id"),
    ("a file by neither", lambda: p.image(AMARA, opaque=OPAQUE), BadPayload, "id"),
    ("a link that is no link", lambda: p.image(AMARA, link="file:///etc/passwd", opaque=OPAQUE), BadPayload, "link"),
    ("a place beyond the pole", lambda: p.location(AMARA, 90.1, 0, opaque=OPAQUE), BadPayload, "latitude"),
    ("a place that is no number", lambda: p.location(AMARA, 0, float("nan"), opaque=OPAQUE), BadPayload, "longitude"),
    ("no people", lambda: p.contacts(AMARA, [], opaque=OPAQUE), BadPayload, "contacts"),
    ("six people", lambda: p.contacts(AMARA, [person()] * 6, opaque=OPAQUE), TooLong, "contacts"),
    ("a nameless person", lambda: p.contacts(AMARA, [{"name": {}}], opaque=OPAQUE), BadPayload, "contacts.0.name"),
    (
        "half a name",
        lambda: p.contacts(AMARA, [{"name": {"formatted_name": "Noor"}}], opaque=OPAQUE),
        BadPayload,
        "contacts.0.name",
    ),
    ("a word as a reaction", lambda: p.reaction(AMARA, "wamid.x", "ok", opaque=OPAQUE), BadPayload, "emoji"),
    ("no buttons", lambda: p.buttons(AMARA, frame(), []), BadPayload, "buttons"),
    ("four buttons", lambda: p.buttons(AMARA, frame(), choices(4)), TooLong, "buttons"),
    ("two equal titles", lambda: p.buttons(AMARA, frame(), [Choice("a", "Yes"), Choice("b", "Yes")]), BadPayload, "buttons"),
    ("two equal ids", lambda: p.buttons(AMARA, frame(), [Choice("a", "Yes"), Choice("a", "No")]), BadPayload, "buttons"),
    ("an id with outer spaces", lambda: p.buttons(AMARA, frame(), [Choice(" a", "Yes")]), BadPayload, "buttons.0.id"),
    ("an audio heading", lambda: p.buttons(AMARA, frame(header=Header("audio")), choices(1)), BadPayload, "header"),
    ("no sections", lambda: p.listing(AMARA, frame(), "See", []), BadPayload, "sections"),
    (
        "eleven sections",
        lambda: p.listing(AMARA, frame(), "See", [Section(rows(1, index), "T") for index in range(11)]),
        TooLong,
        "sections",
    ),
    (
        "eleven rows",
        lambda: p.listing(AMARA, frame(), "See", [Section(rows(6), "A"), Section(rows(5, 6), "B")]),
        TooLong,
        "sections",
    ),
    (
        "an untitled section among several",
        lambda: p.listing(AMARA, frame(), "See", [Section(rows(1)), Section(rows(1, 1), "B")]),
        BadPayload,
        "sections.0.title",
    ),
    ("two equal rows", lambda: p.listing(AMARA, frame(), "See", [Section([*rows(1), *rows(1)])]), BadPayload, "sections"),
    ("a picture over a list", lambda: p.listing(AMARA, frame(header=PICTURE), "See", [Section(rows(1))]), BadPayload, "header"),
    ("a script as a link", lambda: p.link_button(AMARA, frame(), "Open", "javascript:alert(1)"), BadPayload, "url"),
    ("a link with a space", lambda: p.link_button(AMARA, frame(), "Open", "https://example.org/a b"), BadPayload, "url"),
    ("a form with two names", lambda: p.flow(AMARA, frame(), "Go", token="t", flow_id="1", flow_name="x"), BadPayload, "flow_id"),
    ("products without heading", lambda: p.products(AMARA, frame(), "cat", [p.ProductSection("A", ["a"])]), BadPayload, "header"),
    (
        "thirty-one products",
        lambda: p.products(AMARA, frame(header=Header(text="T")), "cat", [p.ProductSection("A", ["a"] * 31)]),
        TooLong,
        "sections",
    ),
    ("one card", lambda: p.carousel(AMARA, frame(), [p.Card(PICTURE, choices=choices(1))]), BadPayload, "cards"),
    ("eleven cards", lambda: p.carousel(AMARA, frame(), [p.Card(PICTURE, choices=choices(1))] * 11), TooLong, "cards"),
    (
        "a card of four lines",
        lambda: p.carousel(AMARA, frame(), [p.Card(PICTURE, "a\nb\nc\nd", choices=choices(1))] * 2),
        TooLong,
        "cards.0.body",
    ),
    ("a country that is none", lambda: p.address_request(AMARA, frame(), "India"), BadPayload, "country"),
    ("a template name in capitals", lambda: p.template(AMARA, "Order", "en", [], opaque=OPAQUE), BadPayload, "name"),
    ("a language that is none", lambda: p.template(AMARA, "order", "English!", [], opaque=OPAQUE), BadPayload, "language"),
    ("an empty template value", lambda: p.parts.value(" \n\t ", "body.1"), BadPayload, "body.1"),
    ("a sound as template heading", lambda: p.parts.header_file("audio", media_id="1"), BadPayload, "header"),
    ("an unnamed place in a template", lambda: p.parts.header_place(1, 1), BadPayload, "header.name"),
]


@pytest.mark.parametrize(("build", "kind", "field"), [line[1:] for line in REFUSED], ids=[line[0] for line in REFUSED])
def test_what_whatsapp_would_refuse_is_refused_here_with_a_sentence_and_a_field(
    build: Callable[[], Json], kind: type[PayloadRefused], field: str
) -> None:
    with pytest.raises(kind) as refusal:
        build()
    assert type(refusal.value) is kind
    assert refusal.value.field == field
    assert refusal.value.sentence.endswith(".")
    assert "%(" not in refusal.value.sentence


@pytest.mark.parametrize("raw", ["a\r\nb", "a\tb", "a      b", " a b ", "a\u2028b", "a \n\t  b"])
def test_white_space_in_a_template_value_becomes_single_spaces(raw: str) -> None:
    assert p.parts.value(raw, "body.1") == {"type": "text", "text": "a b"}


def test_a_link_in_a_text_gets_a_preview_unless_it_is_unwanted() -> None:
    assert p.text(AMARA, "See https://example.org", opaque=OPAQUE)["text"]["preview_url"] is True
    assert "preview_url" not in p.text(AMARA, "See https://example.org", opaque=OPAQUE, preview=False)["text"]
    assert "preview_url" not in p.text(AMARA, "No link", opaque=OPAQUE)["text"]


@NEEDS_DOCUMENT
def test_the_oracle_refuses_a_body_that_is_wrong() -> None:
    for wrong in ({"text": {"body": 5}}, {"text": {}, "surprise": 1}, {"type": "image"}):
        with pytest.raises(AssertionError):
            check(p.text(AMARA, "Hi", opaque=OPAQUE) | wrong, "Message")
