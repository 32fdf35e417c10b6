"""Checks the type object of a send (protocol reference, sections 3.3 and 3.4)."""

from __future__ import annotations

from collections.abc import Callable

from inbox.whatsapp.sandbox.check_interactive import check_interactive
from inbox.whatsapp.sandbox.checks import (
    maybe_text,
    missing,
    the_list,
    the_number,
    the_object,
    the_text,
    the_url,
    too_long,
    wrong,
)
from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.shapes import Json

TEXT_MOST, CAPTION_MOST, FILENAME_MOST, OPAQUE_MOST = 4096, 1024, 240, 512
MEDIA_KINDS = ("image", "video", "audio", "document", "sticker")
WITHOUT_CAPTION = ("audio", "sticker")


def check_envelope(body: Json) -> str:
    """Takes a whole send, gives its type. Raises GraphError for what Meta refuses at once."""
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required and must be 'whatsapp'.")
    _check_recipient(body)
    _check_extras(body)
    kind = body.get("type", "text")
    if not isinstance(kind, str) or kind not in CHECKS:
        raise GraphError(100, f'Param type must be one of {{{", ".join(sorted(CHECKS)).upper()}}} - got "{kind}".')
    if kind == "contacts":
        check_contacts(the_list(body, "contacts", "", most=257))
    else:
        CHECKS[kind](the_object(body, kind, ""))
    return kind


def _check_recipient(body: Json) -> None:
    kind = body.get("recipient_type", "individual")
    if kind not in ("individual", "group"):
        raise GraphError(100, "Param recipient_type must be one of {individual, group}.")
    if kind == "group":
        raise GraphError(131009, "Group messages are not part of this sandbox.")
    for key in ("to", "recipient"):
        if body.get(key) is not None and not isinstance(body[key], str):
            raise wrong(key, "must be a string")
    if not body.get("to") and not body.get("recipient"):
        raise missing("to")


def _check_extras(body: Json) -> None:
    opaque = body.get("biz_opaque_callback_data")
    if opaque is not None and not isinstance(opaque, str):
        raise wrong("biz_opaque_callback_data", "must be a string")
    if opaque and len(opaque) > OPAQUE_MOST:
        raise too_long("biz_opaque_callback_data", OPAQUE_MOST)
    if body.get("context") is not None:
        the_text(the_object(body, "context", ""), "message_id", "context.", most=512)


def check_text(text: Json) -> None:
    the_text(text, "body", "text.", most=TEXT_MOST)


def _check_media(kind: str) -> Callable[[Json], None]:
    def check(media: Json) -> None:
        has_id, has_link = bool(media.get("id")), bool(media.get("link"))
        if has_id == has_link:
            raise GraphError(100, f"Param {kind} must have exactly one of id and link.") if has_id else missing(f"{kind}.id")
        if has_link:
            the_url(media, "link", f"{kind}.")
        elif not isinstance(media["id"], str):
            raise wrong(f"{kind}.id", "must be a string")
        if media.get("caption") is not None and kind in WITHOUT_CAPTION:
            raise GraphError(100, f'Unexpected key "caption" on param "{kind}".')
        maybe_text(media, "caption", f"{kind}.", most=CAPTION_MOST)
        maybe_text(media, "filename", f"{kind}.", most=FILENAME_MOST)

    return check


def check_location(location: Json) -> None:
    the_number(location, "latitude", "location.", least=-90, most=90)
    the_number(location, "longitude", "location.", least=-180, most=180)
    for key in ("name", "address"):
        maybe_text(location, key, "location.", most=1000)


def check_contacts(contacts: list[Json]) -> None:
    for position, contact in enumerate(contacts):
        where = f"contacts[{position}]."
        if not isinstance(contact, dict):
            raise wrong(where.rstrip("."), "must be an object")
        name = the_object(contact, "name", where)
        the_text(name, "formatted_name", f"{where}name.", most=1000)
        parts = ("first_name", "last_name", "middle_name", "suffix", "prefix")
        if not any(name.get(part) for part in parts):
            raise GraphError(131009, f"{where}name needs one more part than formatted_name: {', '.join(parts)}")


def check_reaction(reaction: Json) -> None:
    the_text(reaction, "message_id", "reaction.", most=512)
    emoji = reaction.get("emoji")
    if emoji is None:
        raise missing("reaction.emoji")
    if not isinstance(emoji, str) or len(emoji) > 16 or (emoji.isascii() and emoji.isalnum()):
        raise wrong("reaction.emoji", "must be one emoji, or empty to take it away")


def check_template(template: Json) -> None:
    the_text(template, "name", "template.", most=512)
    language = the_object(template, "language", "template.")
    the_text(language, "code", "template.language.", most=20)
    if template.get("components") is not None and not isinstance(template["components"], list):
        raise wrong("template.components", "must be an array")


CHECKS: dict[str, Callable[[Json], None]] = {
    "text": check_text,
    **{kind: _check_media(kind) for kind in MEDIA_KINDS},
    "location": check_location,
    "contacts": lambda _: None,
    "reaction": check_reaction,
    "interactive": check_interactive,
    "template": check_template,
}
