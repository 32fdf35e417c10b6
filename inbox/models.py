"""Index of every room's rows, so that Django finds them; nothing is defined here."""

from inbox.audit.models import Entry, Seal
from inbox.compliance.models import Consent
from inbox.conversations.models import (
    Attachment,
    Contact,
    Conversation,
    EarlyNews,
    Handle,
    Message,
    Number,
    NumberGroupPermission,
    NumberUserPermission,
    Reaction,
)
from inbox.lib.models import Heartbeat
from inbox.replies.models import Delivery
from inbox.routing.models import Clearance
from inbox.whatsapp.models import AccountEvent, App, Connection, Quarantined, RawEvent, Template

__all__ = [
    "AccountEvent",
    "App",
    "Attachment",
    "Clearance",
    "Connection",
    "Consent",
    "Contact",
    "Conversation",
    "Delivery",
    "EarlyNews",
    "Entry",
    "Handle",
    "Heartbeat",
    "Message",
    "Number",
    "NumberGroupPermission",
    "NumberUserPermission",
    "Quarantined",
    "RawEvent",
    "Reaction",
    "Seal",
    "Template",
]
