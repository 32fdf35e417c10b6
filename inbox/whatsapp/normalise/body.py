"""Walks through a webhook body: every entry, every change, every item, none of them trusted (protocol §2.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from inbox.conversations.envelopes import Envelope, Unreadable

from . import account, calls, coexistence, messages, preferences, templates
from .change import Change
from .reading import DEEPEST, Json, moment, text

MOST_DIGITS = 25  # Meta's longest ids have about twenty

FIELDS: dict[str, Callable[[Change], Iterable[Envelope]]] = {
    "messages": messages.read,
    "user_preferences": preferences.read_preferences,
    "user_id_update": preferences.read_new_ids,
    "message_template_status_update": templates.read_status,
    "message_template_quality_update": templates.read_quality,
    "message_template_components_update": templates.read_components,
    "template_category_update": templates.read_category,
    "calls": calls.read,
    "smb_message_echoes": coexistence.read_echoes,
    "message_echoes": coexistence.read_echoes,
    "smb_app_state_sync": coexistence.read_address_book,
    "history": coexistence.read_history,
}


class UnreadableBody(Exception):
    """A body that is no webhook at all; ``reason`` says why, in words for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_body(raw: bytes) -> Json:
    """The body as JSON; raises UnreadableBody if it is no JSON at all, or no object.

    What is wrong in one place must not cost the others: bytes that are not UTF-8 become replacement characters, numbers of
    more digits than any id stay text, and what is nested deeper than ``DEEPEST`` is cut off there.
    """
    try:
        body = json.loads(raw.decode(errors="replace"), parse_int=_whole)
    except RecursionError:
        raise UnreadableBody("nested too deep to be read at all") from None
    except ValueError as error:
        raise UnreadableBody(f"not JSON: {str(error)[:100]}") from None
    if not isinstance(body, dict):
        raise UnreadableBody("not an object")
    _cut_off(body)
    return body


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= MOST_DIGITS else digits


def _cut_off(body: Json) -> None:
    """Empties what is nested too deep; without recursion, level by level."""
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
    for container in level:
        container.clear()


def _inside(container: Any) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def envelopes(body: Json, received_at: datetime | None = None) -> Iterator[Envelope]:
    """Everything that a body says, in its own order. Never raises: what cannot be understood becomes Unreadable.

    ``received_at`` (aware) stands in for times that are missing and bounds those that lie in the future; give the raw
    event's, so that a replay gives the same envelopes. Without it, it is now.
    """
    received_at = received_at or datetime.now(UTC)
    entries = body.get("entry")
    if not isinstance(entries, list) or not entries:
        yield Unreadable("", received_at, where="entry", reason="not a list, or an empty one", raw=entries)
        return
    for index, entry in enumerate(entries):
        yield from _entry(entry, f"entry[{index}]", received_at)


def _entry(entry: Any, where: str, received_at: datetime) -> Iterator[Envelope]:
    if not isinstance(entry, dict):
        yield Unreadable("", received_at, where=where, reason="not an object", raw=entry)
        return
    at = moment(entry.get("time"), received_at=received_at)
    changes = entry.get("changes")
    if not isinstance(changes, list) or not changes:
        yield Unreadable("", at, where=f"{where}.changes", reason="not a list, or an empty one", raw=changes)
        return
    for index, item in enumerate(changes):
        place = f"{where}.changes[{index}]"
        if isinstance(item, dict) and isinstance(item.get("value"), dict):
            change = Change.of(
                text(item, "field", 64),
                item["value"],
                where=place,
                account_key=text(entry, "id", 64),
                at=at,
                received_at=received_at,
            )
            yield from _change(change)
        else:
            yield Unreadable("", at, where=place, reason="without a value that is an object", raw=item)


def _change(change: Change) -> Iterator[Envelope]:
    read = FIELDS.get(change.field, account.read)
    said_anything = False
    try:
        for envelope in read(change):
            said_anything = True
            yield envelope
    except Exception as error:  # the promise to the neighbours holds even where this code has a mistake
        yield change.unreadable("value", f"could not be read: {type(error).__name__}", change.value)
    else:
        if not said_anything:
            yield change.unreadable("value", "nothing in it that is known", change.value)
