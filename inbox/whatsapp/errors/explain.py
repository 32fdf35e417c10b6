"""Turns an error code into what a person reads and what the machine does about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from . import words
from .shape import Effect, Info, Retry
from .table import CATALOGUE, SECOND
from .words import LABELS, Step

UNKNOWN_TRIES = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """One error, explained in the language that is active now.

    ``permanent``: give it up. ``transient``: try again by itself (see ``limits.next_try`` for when).
    Neither: keep it queued until the connection is mended (``effect``), or, with ``next_step`` "check", nobody knows
    whether it was sent. ``wait`` and ``pause`` are spans of time.
    """

    code: int
    meaning: str
    sentence: str
    next_step: str
    next_label: str
    effect: str
    retry: str
    permanent: bool
    transient: bool
    wait: timedelta
    factor: int
    tries: int
    pause: timedelta
    detail: str = ""


def explain(
    code: int, *, detail: str = "", http_status: int | None = None, is_transient: bool | None = None, name: str = ""
) -> Explanation:
    """What an error code of the wire means to us (protocol section 8).

    ``http_status`` and ``is_transient`` decide about codes that the catalogue does not know: 5xx is worth another try, everything
    else is not. ``name`` is what the customer is called; ``detail`` is passed through for "details on demand". Raises nothing.
    """
    if code <= -100:  # an HTTP status without a readable body, see WireError
        http_status = http_status or -code
    info = CATALOGUE.get(code) or _unlisted(http_status, is_transient)
    unknown_outcome = info.step is Step.CHECK
    return Explanation(
        code=code,
        meaning=info.meaning,
        sentence=str(info.sentence) % {"name": name or words.THE_CUSTOMER, "code": abs(code)},
        next_step=info.step.value,
        next_label=str(LABELS[info.step]),
        effect=info.effect.value,
        retry=info.retry.value,
        permanent=info.retry in {Retry.NEVER, Retry.AFTER} and not unknown_outcome,
        transient=info.retry in {Retry.BACKOFF, Retry.ONCE},
        wait=info.wait,
        factor=info.factor,
        tries=info.tries,
        pause=info.pause,
        detail=detail,
    )


def _unlisted(http_status: int | None, is_transient: bool | None) -> Info:
    if is_transient or (is_transient is None and http_status is not None and http_status >= 500):
        return Info(
            "Unlisted, WhatsApp's own trouble",
            words.REFUSED,
            Step.RETRY,
            Retry.BACKOFF,
            Effect.NONE,
            wait=2 * SECOND,
            tries=UNKNOWN_TRIES,
        )
    if http_status == 429:
        return Info("Unlisted, too many requests", words.TOO_FAST, Step.WAIT, Retry.BACKOFF, wait=SECOND, tries=10)
    return Info("Unlisted refusal", words.REFUSED, Step.DETAILS)
