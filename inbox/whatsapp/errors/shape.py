"""What one line of the error catalogue says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from .words import Step


class Retry(StrEnum):
    """Whether doing the same again can help."""

    NEVER = "never"  # it will be refused again
    ONCE = "once"  # one more try, then it counts as refused
    BACKOFF = "backoff"  # again by itself, with growing waits
    AFTER = "after"  # not by itself; a person may try again once ``wait`` has passed
    HELD = "held"  # stays queued until the connection is mended


class Effect(StrEnum):
    """What the error means for the whole connection."""

    NONE = "none"
    RECONNECT = "reconnect"  # a new token or permission is needed
    PAUSE = "pause"  # nothing goes out for ``pause``
    BLOCK = "block"  # locked, unpaid or gone: somebody has to act at Meta


NO_TIME = timedelta()


@dataclass(frozen=True, slots=True)
class Info:
    """One code. ``meaning`` is for logs and for whoever reads the table (English); ``sentence`` is for screens.

    ``wait`` is the first pause before another try, ``factor`` what each further pause is multiplied by, ``tries`` how
    many tries by itself are worth it, the first one included.
    """

    meaning: str
    sentence: Any  # a lazy translation; django-stubs types it as str or as a proxy depending on use
    step: Step = Step.DETAILS
    retry: Retry = Retry.NEVER
    effect: Effect = Effect.NONE
    wait: timedelta = NO_TIME
    factor: int = 2
    tries: int = 1
    pause: timedelta = NO_TIME
