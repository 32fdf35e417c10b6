"""The only HTTP to Meta: ``Graph`` speaks the Cloud API for one number. Safe to share between threads."""

from .account import AccountCalls
from .answers import Accepted, BlockOutcome, MediaLink, NumberInfo, Profile, Subscription, TemplateInfo, TokenInfo, hex_digest
from .download import Download
from .line import Line
from .messages import MessageCalls
from .usage import Usage


class Graph(MessageCalls, AccountCalls):
    """Every call that Parley makes. ``Graph(connection)``, or ``Graph(Line(...))`` before there is a row.

    All methods raise WireError. ``usage`` tells when to slow down (``pace``) and when to wait (``pause_until``).
    """


__all__ = [
    "Accepted",
    "BlockOutcome",
    "Download",
    "Graph",
    "Line",
    "MediaLink",
    "NumberInfo",
    "Profile",
    "Subscription",
    "TemplateInfo",
    "TokenInfo",
    "Usage",
    "hex_digest",
]
