"""Turns a message row into the request that WhatsApp takes."""

from __future__ import annotations

from typing import Any

from inbox.conversations.models import Contact, Message
from inbox.conversations.models.message import Kind
from inbox.whatsapp import payloads


def recipient_of(contact: Contact) -> payloads.Recipient:
    """Where messages to a contact go: the phone that WhatsApp gave us last, else the BSUID (protocol section 3.1)."""
    return payloads.Recipient(phone=contact.phone, bsuid=contact.bsuid)


def payload_of(message: Message, token: str) -> dict[str, Any]:
    """The request body for a message; ``token`` comes back in its statuses. Raises payloads.PayloadRefused."""
    to = recipient_of(message.contact)
    reply_to = message.reply_to_external_id
    match message.kind:
        case Kind.TEXT:
            return payloads.text(to, message.text, reply_to=reply_to, opaque=token)
        case Kind.IMAGE | Kind.VIDEO | Kind.AUDIO | Kind.DOCUMENT | Kind.STICKER:
            return media_payload(message, to, token)
        case Kind.INTERACTIVE:
            return payloads.interactive(to, message.content, reply_to=reply_to, opaque=token)
        case Kind.TEMPLATE:
            template = message.content
            return payloads.template(to, template["name"], template["language"], template["components"], opaque=token)
        case _:
            raise payloads.BadPayload("kind")


def media_payload(message: Message, to: payloads.Recipient, token: str) -> dict[str, Any]:
    """The request body for a file that was handed up before."""
    file = message.attachment
    return payloads.media(
        to,
        str(message.kind),
        media_id=file.remote_id,
        caption=message.text,
        filename=file.filename,
        voice=file.voice,
        reply_to=message.reply_to_external_id,
        opaque=token,
    )
