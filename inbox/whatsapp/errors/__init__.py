"""What can go wrong on the wire: one catalogue of codes, the words people read, and the exceptions that carry them."""

from .explain import Explanation, explain
from .shape import Effect, Info, Retry
from .table import BAD_ANSWER, BAD_DOWNLOAD, CATALOGUE, HELD_BY_US, NO_ANSWER, NO_CONNECTION
from .wire import Answer, Declined, NotSent, OutcomeUnknown, Throttled, TokenRejected, WireError
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
    "Info",
    "NotSent",
    "OutcomeUnknown",
    "Retry",
    "Step",
    "Throttled",
    "TokenRejected",
    "WireError",
    "explain",
]
