"""Template messages and their parameters (protocol sections 3.3 and 5.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from .envelope import Json, Recipient, message
from .measure import COUPON_MOST, TEMPLATE_NAME_MOST, TEMPLATE_VALUE_MOST, BadPayload, limited, needed
from .plain import place, source

NAME = re.compile(r"[a-z0-9_]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,4})?")
WHITE = re.compile(r"[\s\u0085\u2028\u2029]+")
TEMPLATE_MEDIA = ("image", "video", "document")


def template(to: Recipient, name: str, language: str, components: Sequence[Json], *, opaque: str, reply_to: str = "") -> Json:
    """An approved template in one language; ``components`` come from ``catalogue.fill`` or from the functions below."""
    limited(name, TEMPLATE_NAME_MOST, "name")
    if not NAME.fullmatch(name):
        raise BadPayload(_("A template's name has small letters, digits and underscores only."), "name")
    if not LANGUAGE.fullmatch(language):
        raise BadPayload(_("This is not a language code."), "language")
    content: Json = {"name": name, "language": {"code": language}}
    if components:
        content["components"] = list(components)
    return message(to, "template", content, opaque=opaque, reply_to=reply_to)


def value(text: str, field: str, *, name: str = "") -> Json:
    """A text parameter, ``name`` for templates with named fields.

    WhatsApp refuses line breaks, tabs and long runs of spaces in a value, so every run of white space becomes one space.
    Raises BadPayload if nothing is left, TooLong.
    """
    parameter = {"type": "text", "text": needed(WHITE.sub(" ", text).strip(), TEMPLATE_VALUE_MOST, field)}
    return {**parameter, "parameter_name": name} if name else parameter


def header_file(kind: str, *, media_id: str = "", link: str = "", filename: str = "") -> Json:
    """The header component of a template with a picture, film or document."""
    if kind not in TEMPLATE_MEDIA:
        raise BadPayload(_("A heading is text, an image, a video or a document."), "header")
    file = source(media_id, link)
    if filename and kind == "document":
        file["filename"] = filename
    return header({"type": kind, kind: file})


def header_place(latitude: float, longitude: float, name: str = "", address: str = "") -> Json:
    """The header component of a template with a place; WhatsApp wants name and address here."""
    needed(name, TEMPLATE_VALUE_MOST, "header.name")
    needed(address, TEMPLATE_VALUE_MOST, "header.address")
    return header({"type": "location", "location": place(latitude, longitude, name, address)})


def header(parameter: Json) -> Json:
    """A header component; it takes one parameter."""
    return {"type": "header", "parameters": [parameter]}


def body(parameters: Sequence[Json]) -> Json:
    """The body component."""
    return {"type": "body", "parameters": list(parameters)}


def url_button(index: int, suffix: str, field: str) -> Json:
    """What is put at the end of a link button's address; ``index`` counts all buttons from 0."""
    return _button("url", index, value(suffix, field))


def reply_button(index: int, payload: str, field: str) -> Json:
    """What comes back when a quick reply is tapped."""
    return _button("quick_reply", index, {"type": "payload", "payload": needed(payload, TEMPLATE_VALUE_MOST, field)})


def code_button(index: int, code: str, field: str) -> Json:
    """The coupon code that a button copies."""
    return _button("copy_code", index, {"type": "coupon_code", "coupon_code": needed(code.strip(), COUPON_MOST, field)})


def flow_button(index: int, token: str, field: str) -> Json:
    """The token that comes back with a form's answer."""
    return _button("flow", index, {"type": "action", "action": {"flow_token": needed(token, TEMPLATE_VALUE_MOST, field)}})


def catalog_button(index: int, thumbnail: str, field: str) -> Json:
    """The product whose picture stands for the catalogue."""
    action = {"thumbnail_product_retailer_id": needed(thumbnail, TEMPLATE_VALUE_MOST, field)}
    return _button("catalog", index, {"type": "action", "action": action})


def _button(kind: str, index: int, parameter: Json) -> Json:
    return {"type": "button", "sub_type": kind, "index": str(index), "parameters": [parameter]}
