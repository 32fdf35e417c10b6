"""The rarer interactive messages: products, carousels, calls and postal addresses (protocol section 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .envelope import Json, Recipient, message
from .interactive import Choice, Frame, Header, interactive, link_action, reply_buttons
from .measure import (
    BODY_MOST,
    BUTTON_ID_MOST,
    CARD_BODY_MOST,
    CARD_LINE_BREAKS_MOST,
    CARDS_LEAST,
    CARDS_MOST,
    FOOTER_MOST,
    LABEL_MOST,
    PRODUCTS_MOST,
    SECTION_TITLE_MOST,
    SECTIONS_MOST,
    BadPayload,
    TooLong,
    counted,
    limited,
    needed,
)

CALL_MINUTES_MOST = 43_200  # thirty days


@dataclass(frozen=True, slots=True)
class ProductSection:
    """Some products of a catalogue under a title."""

    title: str
    products: Sequence[str]


@dataclass(frozen=True, slots=True)
class Card:
    """One card of a carousel: a picture or film, a few words, and either a link (``label``, ``url``) or reply buttons."""

    header: Header
    body: str = ""
    label: str = ""
    url: str = ""
    choices: Sequence[Choice] = ()


def product(
    to: Recipient, catalog_id: str, product_id: str, *, opaque: str, body: str = "", footer: str = "", reply_to: str = ""
) -> Json:
    """One product of a catalogue; the only interactive message that needs no text."""
    action = {**_catalog(catalog_id), "product_retailer_id": needed(product_id, BUTTON_ID_MOST, "product")}
    content: Json = {"type": "product", "action": action}
    if body:
        content["body"] = {"text": limited(body, BODY_MOST, "body")}
    if footer:
        content["footer"] = {"text": limited(footer, FOOTER_MOST, "footer")}
    return message(to, "interactive", content, opaque=opaque, reply_to=reply_to)


def products(to: Recipient, frame: Frame, catalog_id: str, sections: Sequence[ProductSection]) -> Json:
    """Several products in sections; needs a heading of text."""
    if frame.header is None or frame.header.kind != "text":
        raise BadPayload(_("A list of products needs a heading of text."), "header")
    counted(len(sections), 1, SECTIONS_MOST, "sections")
    counted(sum(len(section.products) for section in sections), 1, PRODUCTS_MOST, "sections")
    made = []
    for index, section in enumerate(sections):
        where = f"sections.{index}"
        counted(len(section.products), 1, PRODUCTS_MOST, f"{where}.products")
        made.append(
            {
                "title": needed(section.title, SECTION_TITLE_MOST, f"{where}.title"),
                "product_items": [{"product_retailer_id": item} for item in section.products],
            }
        )
    return interactive(to, "product_list", frame, {**_catalog(catalog_id), "sections": made})


def catalog(to: Recipient, frame: Frame, *, thumbnail: str = "") -> Json:
    """The whole catalogue; ``thumbnail`` is the product whose picture stands for it."""
    action: Json = {"name": "catalog_message"}
    if thumbnail:
        action["parameters"] = {"thumbnail_product_retailer_id": thumbnail}
    return interactive(to, "catalog_message", frame, action)


def carousel(to: Recipient, frame: Frame, cards: Sequence[Card]) -> Json:
    """Two to ten cards side by side, all with the same kind of buttons."""
    counted(len(cards), CARDS_LEAST, CARDS_MOST, "cards")
    if len({bool(card.url) for card in cards}) > 1:
        raise BadPayload(_("All cards need the same kind of buttons."), "cards")
    if frame.header is not None or frame.footer:
        raise BadPayload(_("Cards have no common heading or footer."), "header")
    return interactive(to, "carousel", frame, {"cards": [_card(card, index) for index, card in enumerate(cards)]})


def voice_call(to: Recipient, frame: Frame, label: str, *, minutes: int = 0) -> Json:
    """A button with which the customer calls us on WhatsApp; ``minutes`` is how long it works (0: WhatsApp's default)."""
    parameters: Json = {"display_text": needed(label, LABEL_MOST, "label")}
    if minutes:
        counted(minutes, 1, CALL_MINUTES_MOST, "minutes")
        parameters["ttl_minutes"] = minutes
    return interactive(to, "voice_call", frame, {"name": "voice_call", "parameters": parameters})


def call_permission_request(to: Recipient, frame: Frame) -> Json:
    """Asks whether we may call."""
    return interactive(to, "call_permission_request", frame, {"name": "call_permission_request"})


def address_request(to: Recipient, frame: Frame, country: str, values: Json | None = None) -> Json:
    """Asks for a postal address; ``country`` is two letters, ``values`` what we know already."""
    if len(country) != 2 or not country.isalpha():
        raise BadPayload(_("The country is two letters, such as IN."), "country")
    parameters: Json = {"country": country.upper()} | ({"values": values} if values else {})
    return interactive(to, "address_message", frame, {"name": "address_message", "parameters": parameters})


def _catalog(catalog_id: str) -> Json:
    return {"catalog_id": needed(catalog_id, BUTTON_ID_MOST, "catalog_id")}


def _card(card: Card, index: int) -> Json:
    where = f"cards.{index}"
    if card.header.kind not in {"image", "video"}:
        raise BadPayload(_("A card shows an image or a video."), f"{where}.header")
    if card.body.count("\n") > CARD_LINE_BREAKS_MOST:
        raise TooLong(_("The text of a card may have two line breaks."), f"{where}.body")
    if bool(card.url) == bool(card.choices):
        raise BadPayload(_("A card has either a link or reply buttons."), f"{where}.buttons")
    made: Json = {"card_index": index, "type": "cta_url", "header": card.header.content()}
    if card.body:
        made["body"] = {"text": limited(card.body, CARD_BODY_MOST, f"{where}.body")}
    action = link_action(card.label, card.url) if card.url else {"buttons": reply_buttons(card.choices, "quick_reply")}
    return made | {"action": action}
