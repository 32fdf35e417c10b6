"""To whom a message goes, and the frame around every kind (protocol section 3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .measure import OPAQUE_MOST, BadPayload, needed

Json = dict[str, Any]

NOT_DIGITS = re.compile(r"\D")
PHONE_LEAST, PHONE_MOST = 5, 20  # E.164 allows 15; Meta's own test numbers and prefixes go beyond


@dataclass(frozen=True, slots=True)
class Recipient:
    """The customer as the wire addresses them. ``phone`` is the ``wa_id`` that WhatsApp gave us last, with or without "+"."""

    phone: str = field(default="", repr=False)
    bsuid: str = field(default="", repr=False)

    def address(self) -> Json:
        """``{"to": "+…"}``, or ``{"recipient": …}`` for somebody without a known phone; raises BadPayload for nobody.

        The plus matters: without it Meta puts the business's own country code in front. A "phone" with letters or a dot
        is a BSUID (protocol section 1).
        """
        spaceless = self.phone.strip()
        if re.search(r"[A-Za-z.]", spaceless):
            return {"recipient": spaceless}
        digits = NOT_DIGITS.sub("", spaceless)
        if PHONE_LEAST <= len(digits) <= PHONE_MOST:
            return {"to": f"+{digits}"}
        if self.bsuid:
            return {"recipient": self.bsuid}
        raise BadPayload(_("There is no phone number or WhatsApp id for this person."), "to")


def message(to: Recipient, kind: str, content: object, *, opaque: str, reply_to: str = "") -> Json:
    """A whole send. ``opaque`` comes back in every status, so it is unique per send; ``reply_to`` is the quoted message's id."""
    body: Json = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **to.address(),
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": needed(opaque, OPAQUE_MOST, "opaque"),
    }
    if reply_to:
        body["context"] = {"message_id": reply_to}
    return body


def read(external_id: str, *, typing: bool = False) -> Json:
    """Marks a message of the customer, and those before it, as read; ``typing`` also shows them that somebody writes."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": needed(external_id, OPAQUE_MOST, "message_id")}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    return body
