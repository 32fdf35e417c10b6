"""The rows of the heart: who talks to us, on which number, in which conversation, saying what."""

from .attachment import Attachment
from .contact import Contact, Handle
from .conversation import Conversation
from .message import EarlyNews, Message, Reaction
from .number import Number, NumberGroupPermission, NumberUserPermission

__all__ = [
    "Attachment",
    "Contact",
    "Conversation",
    "EarlyNews",
    "Handle",
    "Message",
    "Number",
    "NumberGroupPermission",
    "NumberUserPermission",
    "Reaction",
]
