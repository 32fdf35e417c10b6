"""Reads what a message is made of: each kind's own object becomes text, content in our words, and a file that waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from inbox.conversations.envelopes import Media

from .cards import people_of
from .reading import Json, flag, inner, inners, later_moment, number, sha256_hex, text, tidy, without_empty


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says. ``kind`` is our word for it."""

    kind: str
    text: str = ""
    content: Json = field(default_factory=dict)
    media: Media | None = None


def content_of(kind: str, own: Json) -> Content | None:
    """What a message of Meta's type ``kind`` (one of ``READERS``) with the object ``own`` says; None if that is nothing."""
    return READERS[kind](kind, own)


def _text(kind: str, own: Json) -> Content | None:
    body = own.get("body")
    return Content("text", text(own, "body")) if isinstance(body, str | int | float) else None


def _file(kind: str, own: Json) -> Content | None:
    media = media_of(own, voice=kind == "voice")
    if media is None:
        return None
    return Content("audio" if kind == "voice" else kind, text(own, "caption"), media=media)


def media_of(own: Json, *, voice: bool = False) -> Media | None:
    """The file that a media object names, or None."""
    remote_id = text(own, "id", 64)
    if not remote_id:
        return None
    return Media(
        remote_id=remote_id,
        mime=text(own, "mime_type", 127),
        filename=text(own, "filename", 240),
        sha256=sha256_hex(own, "sha256"),
        voice=voice or flag(own, "voice"),
        animated=flag(own, "animated"),
    )


def _location(kind: str, own: Json) -> Content | None:
    latitude, longitude = number(own, "latitude"), number(own, "longitude")
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    place = without_empty(name=text(own, "name", 500), address=text(own, "address", 1000), url=text(own, "url", 2000))
    return Content("location", content={"latitude": latitude, "longitude": longitude, **place})


def _button(kind: str, own: Json) -> Content | None:
    pressed = text(own, "text")
    payload = text(own, "payload")
    return Content("button", pressed or payload, without_empty(payload=payload)) if pressed or payload else None


def _interactive(kind: str, own: Json) -> Content | None:
    match own.get("type"):
        case "button_reply" | "list_reply" as reply:
            chosen = inner(own, reply)
            title = text(chosen, "title")
            rest = without_empty(id=text(chosen, "id"), title=title, description=text(chosen, "description"))
            return Content("interactive", title, {"reply": reply.removesuffix("_reply"), **rest}) if rest else None
        case "nfm_reply":
            return _form(inner(own, "nfm_reply"))
        case "call_permission_reply":
            given = inner(own, "call_permission_reply")
            rest = without_empty(
                response=text(given, "response", 40),
                expires_at=later_moment(given, "expiration_timestamp"),
                source=text(given, "response_source", 40),
            )
            return Content("interactive", content={"reply": "call_permission", **rest}) if rest else None
        case _:
            return None


def _form(reply: Json) -> Content | None:
    if not reply:
        return None
    name = text(reply, "name", 80)
    answers: Any = reply.get("response_json")
    if isinstance(answers, str):
        try:
            answers = json.loads(answers)
        except (ValueError, RecursionError):
            answers = answers[:4000]
    answers = tidy(answers)
    if not isinstance(answers, dict):
        answers = without_empty(value=answers)
    return Content(
        "interactive",
        text(reply, "body"),
        {"reply": "address" if name == "address_message" else "form", **without_empty(name=name), "answers": answers},
    )


def _order(kind: str, own: Json) -> Content | None:
    items = [
        without_empty(
            sku=text(item, "product_retailer_id", 200),
            quantity=number(item, "quantity"),
            price=number(item, "item_price"),
            currency=text(item, "currency", 3),
        )
        for item in inners(own, "product_items")
    ]
    if not items and not text(own, "catalog_id"):
        return None
    currency = next((item["currency"] for item in items if "currency" in item), "")
    about = without_empty(catalog=text(own, "catalog_id", 64), currency=currency)
    return Content("order", text(own, "text"), {"items": items, **about})


READERS: dict[str, Callable[[str, Json], Content | None]] = {
    "text": _text,
    "image": _file,
    "video": _file,
    "audio": _file,
    "voice": _file,
    "document": _file,
    "sticker": _file,
    "location": _location,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
}


def shared_people(message: Json) -> Content | None:
    """The content of a message of type contacts, whose own part is a list."""
    people = people_of(message)
    return (
        Content("contacts", ", ".join(person["name"] for person in people if "name" in person), {"people": people})
        if people
        else None
    )


def referral_of(message: Json) -> Json:
    """The ad or post that brought the customer here, in our words."""
    referral = inner(message, "referral")
    return without_empty(
        source=text(referral, "source_type", 20),
        source_id=text(referral, "source_id", 100),
        url=text(referral, "source_url", 2000),
        headline=text(referral, "headline", 1000),
        body=text(referral, "body", 4000),
        media=text(referral, "media_type", 20),
        image_url=text(referral, "image_url", 2000),
        video_url=text(referral, "video_url", 2000),
        thumbnail_url=text(referral, "thumbnail_url", 2000),
        click_id=text(referral, "ctwa_clid", 500),
        welcome=text(inner(referral, "welcome_message"), "text", 1000),
    )
