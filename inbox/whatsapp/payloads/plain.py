"""Messages without buttons: text, files, places, people and reactions (protocol section 3.3)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from .envelope import Json, Recipient, message
from .measure import (
    CAPTION_MOST,
    FILENAME_MOST,
    OPAQUE_MOST,
    PEOPLE_MOST,
    TEXT_MOST,
    BadPayload,
    counted,
    limited,
    needed,
    web_address,
)

NAME_PARTS = ("first_name", "last_name", "middle_name", "suffix", "prefix")
EMOJI_MOST = 32  # as long as the column that keeps them; a family with skin tones has 25


def text(to: Recipient, body: str, *, opaque: str, reply_to: str = "", preview: bool = True) -> Json:
    """A text. ``preview`` lets WhatsApp show a card for the first link in it. Raises TooLong, BadPayload."""
    content: Json = {"body": needed(body, TEXT_MOST, "body")}
    if preview and ("http://" in body or "https://" in body):
        content["preview_url"] = True
    return message(to, "text", content, opaque=opaque, reply_to=reply_to)


def image(to: Recipient, *, opaque: str, media_id: str = "", link: str = "", caption: str = "", reply_to: str = "") -> Json:
    """A picture, by the id of an upload or by link. Raises TooLong, BadPayload, as all that follow."""
    return message(to, "image", _captioned(media_id, link, caption), opaque=opaque, reply_to=reply_to)


def video(to: Recipient, *, opaque: str, media_id: str = "", link: str = "", caption: str = "", reply_to: str = "") -> Json:
    """A film."""
    return message(to, "video", _captioned(media_id, link, caption), opaque=opaque, reply_to=reply_to)


def audio(to: Recipient, *, opaque: str, media_id: str = "", link: str = "", reply_to: str = "") -> Json:
    """A sound file."""
    return message(to, "audio", source(media_id, link), opaque=opaque, reply_to=reply_to)


def voice(to: Recipient, *, opaque: str, media_id: str = "", link: str = "", reply_to: str = "") -> Json:
    """A voice note; the file must be OGG with Opus."""
    return message(to, "audio", {**source(media_id, link), "voice": True}, opaque=opaque, reply_to=reply_to)


def document(
    to: Recipient, *, opaque: str, media_id: str = "", link: str = "", filename: str = "", caption: str = "", reply_to: str = ""
) -> Json:
    """Any other file; ``filename`` is what the customer sees."""
    content = _captioned(media_id, link, caption)
    if filename:
        content["filename"] = limited(filename, FILENAME_MOST, "filename")
    return message(to, "document", content, opaque=opaque, reply_to=reply_to)


def sticker(to: Recipient, *, opaque: str, media_id: str = "", link: str = "", reply_to: str = "") -> Json:
    """A sticker (WebP)."""
    return message(to, "sticker", source(media_id, link), opaque=opaque, reply_to=reply_to)


def location(
    to: Recipient, latitude: float, longitude: float, *, opaque: str, name: str = "", address: str = "", reply_to: str = ""
) -> Json:
    """A place on the map, in degrees."""
    return message(to, "location", place(latitude, longitude, name, address), opaque=opaque, reply_to=reply_to)


def contacts(to: Recipient, people: Sequence[Json], *, opaque: str, reply_to: str = "") -> Json:
    """Address cards in WhatsApp's own shape; each needs ``name.formatted_name`` and one more part of the name."""
    counted(len(people), 1, PEOPLE_MOST, "contacts")
    for index, person in enumerate(people):
        name: Any = person.get("name")
        if not isinstance(name, dict) or not str(name.get("formatted_name", "")).strip():
            raise BadPayload(_("A contact needs a name."), f"contacts.{index}.name")
        if not any(name.get(part) for part in NAME_PARTS):
            raise BadPayload(_("A contact needs a first or last name besides the whole name."), f"contacts.{index}.name")
    return message(to, "contacts", list(people), opaque=opaque, reply_to=reply_to)


def reaction(to: Recipient, external_id: str, emoji: str, *, opaque: str) -> Json:
    """An emoji on a message of the customer; "" takes it away. A reaction quotes nothing."""
    if emoji.isascii() and emoji:
        raise BadPayload(_("A reaction is one emoji."), "emoji")
    content = {"message_id": needed(external_id, OPAQUE_MOST, "message_id"), "emoji": limited(emoji, EMOJI_MOST, "emoji")}
    return message(to, "reaction", content, opaque=opaque)


def source(media_id: str, link: str) -> Json:
    """``{"id": …}`` or ``{"link": …}``, never both (protocol section 3.3)."""
    if bool(media_id) == bool(link):
        raise BadPayload(_("A file is sent either from here or by its link."), "id")
    return {"id": media_id} if media_id else {"link": web_address(link, "link")}


def place(latitude: float, longitude: float, name: str, address: str) -> Json:
    """A location object; name and address only where there are some."""
    for value, most, field in ((latitude, 90, "latitude"), (longitude, 180, "longitude")):
        if not (math.isfinite(value) and -most <= value <= most):
            raise BadPayload(_("This is not a place on Earth."), field)
    content: Json = {"latitude": latitude, "longitude": longitude}
    return content | {key: value for key, value in (("name", name), ("address", address)) if value}


def _captioned(media_id: str, link: str, caption: str) -> Json:
    content = source(media_id, link)
    if caption:
        content["caption"] = limited(caption, CAPTION_MOST, "caption")
    return content
