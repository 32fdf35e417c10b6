"""Turns calls into envelopes: a customer who called shows in the thread, the rest is news (protocol §2.10)."""

from __future__ import annotations

from collections.abc import Iterator

from inbox.conversations.envelopes import Envelope, Said

from .account import INFO, news
from .change import Change, each, faults
from .messages import frame_of
from .reading import Json, later_moment, number, text, without_empty


def read(change: Change) -> Iterator[Envelope]:
    """A ``calls`` change."""
    yield from each(change, "calls", _call)
    yield from each(change, "statuses", _status)
    yield from each(change, "errors", _error)


def _call(change: Change, item: Json) -> Iterator[Envelope]:
    event = text(item, "event", 40)
    if text(item, "direction", 40).upper() == "BUSINESS_INITIATED":
        yield news(change, event or "call", severity=INFO, data=without_empty(call=text(item, "id", 255), event=event))
        return
    person = change.persons.find(
        text(item, "from"), bsuid=text(item, "from_user_id"), parent_bsuid=text(item, "from_parent_user_id")
    )
    if not person.is_known():
        person = change.persons.only()
    frame = frame_of(change, item, person)
    # Start and end of a call share its id, so whichever comes second adds nothing.
    yield Said(
        frame.number_key,
        frame.at,
        frame.external_id,
        frame.person,
        kind="call",
        content=without_empty(
            event=event,
            outcome=text(item, "status", 40).lower(),
            seconds=number(item, "duration"),
            started_at=later_moment(item, "start_time"),
            ended_at=later_moment(item, "end_time"),
        ),
        faults=faults(item),
    )


def _status(change: Change, item: Json) -> Iterator[Envelope]:
    word = text(item, "status", 40)
    yield news(change, word or "status", severity=INFO, data=without_empty(call=text(item, "id", 255), status=word))


def _error(change: Change, item: Json) -> Iterator[Envelope]:
    fault = faults({"errors": [item]})[0]
    yield news(
        change, str(fault.code), severity="warning", data=without_empty(code=fault.code, title=fault.title, details=fault.details)
    )
