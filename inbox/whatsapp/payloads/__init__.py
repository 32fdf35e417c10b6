"""Request bodies of every kind that can be sent, checked against WhatsApp's limits before anything leaves us.

Each function gives the JSON object for ``client.Graph.send`` and raises PayloadRefused (TooLong, BadPayload) with a
sentence and the field at fault. ``opaque`` is required everywhere: it is how a send whose answer we never heard is found again.
"""

from . import parts
from .envelope import Json, Recipient, message, read
from .interactive import (
    Choice,
    Frame,
    Header,
    Section,
    buttons,
    contact_request,
    flow,
    link_button,
    listing,
    location_request,
)
from .measure import BadPayload, PayloadRefused, TooLong, units
from .parts import template
from .plain import audio, contacts, document, image, location, reaction, sticker, text, video, voice
from .shop import (
    Card,
    ProductSection,
    address_request,
    call_permission_request,
    carousel,
    catalog,
    product,
    products,
    voice_call,
)

__all__ = [
    "BadPayload",
    "Card",
    "Choice",
    "Frame",
    "Header",
    "Json",
    "PayloadRefused",
    "ProductSection",
    "Recipient",
    "Section",
    "TooLong",
    "address_request",
    "audio",
    "buttons",
    "call_permission_request",
    "carousel",
    "catalog",
    "contact_request",
    "contacts",
    "document",
    "flow",
    "image",
    "link_button",
    "listing",
    "location",
    "location_request",
    "message",
    "parts",
    "product",
    "products",
    "reaction",
    "read",
    "sticker",
    "template",
    "text",
    "units",
    "video",
    "voice",
    "voice_call",
]
