"""Turns a message row into the request that WhatsApp takes.

An interactive message's ``content`` has a ``type`` and, with the same keys as its row in the database:

buttons           body, header?, footer?, choices: [{id, title}] (one to three)
list              body, header?, footer?, label, sections: [{title, rows: [{id, title, description?}]}]
link              body, header?, footer?, label, url
location_request  body
contact_request   body
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from inbox.conversations.models import Contact, Message
from inbox.conversations.models.message import Kind
from inbox.whatsapp import payloads

from .refusals import Refused

# Stands in for a delivery's token where a request is only built to see whether it may be sent.
NO_TOKEN = "check"


def recipient_of(contact: Contact) -> payloads.Recipient:
    """Where messages to a contact go: the phone that WhatsApp gave us last, else the BSUID (protocol section 3.1)."""
    return payloads.Recipient(phone=contact.phone, bsuid=contact.bsuid)


def payload_of(message: Message, token: str) -> dict[str, Any]:
    """The request body for a message; ``token`` comes back in its statuses. Raises payloads.PayloadRefused."""
    to = recipient_of(message.contact)
    reply_to = message.reply_to_external_id or ""
    match message.kind:
        case Kind.TEXT:
            return payloads.text(to, message.text, reply_to=reply_to, opaque=token)
        case Kind.LOCATION:
            return payloads.location(to, **message.content, reply_to=reply_to, opaque=token)
        case Kind.INTERACTIVE:
            return interactive(to, message.content, reply_to=reply_to, opaque=token)
        case Kind.TEMPLATE:
            template = message.content
            return payloads.template(to, template["name"], template["language"], template["components"], opaque=token)
        case _:
            return file_payload(message, to, token)


def file_payload(message: Message, to: payloads.Recipient, token: str) -> dict[str, Any]:
    """The request body for a file that was handed up before."""
    file = message.attachment
    known: dict[str, Any] = {"media_id": file.remote_id, "reply_to": message.reply_to_external_id or "", "opaque": token}
    match message.kind:
        case Kind.IMAGE:
            return payloads.image(to, caption=message.text, **known)
        case Kind.VIDEO:
            return payloads.video(to, caption=message.text, **known)
        case Kind.DOCUMENT:
            return payloads.document(to, filename=file.filename, caption=message.text, **known)
        case Kind.STICKER:
            return payloads.sticker(to, **known)
        case Kind.AUDIO:
            return payloads.voice(to, **known) if file.voice else payloads.audio(to, **known)
        case _:
            raise payloads.BadPayload(_("This kind of message cannot be sent."), "kind")


def interactive(to: payloads.Recipient, content: dict[str, Any], *, opaque: str, reply_to: str = "") -> dict[str, Any]:
    """The request body for buttons, a list, a link or a question. Raises payloads.PayloadRefused."""
    frame = payloads.Frame(
        body=content.get("body", ""),
        header=payloads.Header(text=content["header"]) if content.get("header") else None,
        footer=content.get("footer", ""),
        reply_to=reply_to,
        opaque=opaque,
    )
    match content.get("type"):
        case "buttons":
            return payloads.buttons(to, frame, [choice(row) for row in content.get("choices", ())])
        case "list":
            sections = [
                payloads.Section(rows=[choice(row) for row in part.get("rows", ())], title=part.get("title", ""))
                for part in content.get("sections", ())
            ]
            return payloads.listing(to, frame, content.get("label", ""), sections)
        case "link":
            return payloads.link_button(to, frame, content.get("label", ""), content.get("url", ""))
        case "location_request":
            return payloads.location_request(to, frame)
        case "contact_request":
            return payloads.contact_request(to, frame)
        case _:
            raise payloads.BadPayload(_("This kind of message cannot be sent."), "type")


def choice(row: dict[str, Any]) -> payloads.Choice:
    """A button or a row of a list."""
    return payloads.Choice(id=row.get("id", ""), title=row.get("title", ""), description=row.get("description", ""))


def check_payload(build: Callable[[], dict[str, Any]], *, field: str = "") -> None:
    """Refuse what is longer or otherwise than WhatsApp takes, before anything is written. Raises Refused.

    ``field`` is what the form calls its only field, where WhatsApp's name for it is another.
    """
    try:
        build()
    except payloads.PayloadRefused as refused:
        code = "too_long" if isinstance(refused, payloads.TooLong) else "bad_field"
        raise Refused(code, refused.sentence, field=field or refused.field) from refused
