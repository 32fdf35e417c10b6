"""What can go wrong on the wire: one catalogue of codes, the words people read, and the exceptions that carry them."""

from .explain import Explanation, explain
from .shape import Effect, Info, Retry
from .table import BAD_ANSWER, BAD_DOWNLOAD, CATALOGUE, HELD_BY_US, NO_ANSWER, NO_CONNECTION
from .wire import (
    Answer,
    Declined,
    ForeignHost,
    LinkExpired,
    NoFile,
    NotSent,
    OutcomeUnknown,
    Throttled,
    TokenRejected,
    TooLarge,
    WireError,
)
from .words import LABELS, Step

__all__ = [
    "BAD_ANSWER",
    "BAD_DOWNLOAD",
    "CATALOGUE",
    "HELD_BY_US",
    "LABELS",
    "NO_ANSWER",
    "NO_CONNECTION",
    "Answer",
    "Declined",
    "Effect",
    "Explanation",
    "ForeignHost",
    "Info",
    "LinkExpired",
    "NoFile",
    "NotSent",
    "OutcomeUnknown",
    "Retry",
    "Step",
    "Throttled",
    "TokenRejected",
    "TooLarge",
    "WireError",
    "explain",
]
