"""Turns what customers decide inside WhatsApp, and new ids that they get, into envelopes (protocol §2.10)."""

from __future__ import annotations

from collections.abc import Iterator

from inbox.conversations.envelopes import Envelope, Person, PersonChanged, PreferenceChanged

from .change import Change, each
from .reading import Json, Malformed, inner, text


def read_preferences(change: Change) -> Iterator[Envelope]:
    """A ``user_preferences`` change."""
    yield from each(change, "user_preferences", _preference)


def read_new_ids(change: Change) -> Iterator[Envelope]:
    """A ``user_id_update`` change."""
    yield from each(change, "user_id_update", _new_id)


def _preference(change: Change, item: Json) -> Iterator[Envelope]:
    person = change.persons.find(text(item, "wa_id"), bsuid=text(item, "user_id"), parent_bsuid=text(item, "parent_user_id"))
    if not person.is_known():
        person = change.persons.only()
    value = text(item, "value", 40).lower()
    if not person.is_known():
        raise Malformed("neither phone number nor user id")
    if not value:
        raise Malformed("no value")
    yield PreferenceChanged(
        change.number(),
        change.time_of(item),
        person=person,
        category=text(item, "category", 40),
        value=value,
        detail=text(item, "detail", 500) or text(item, "signup_id", 500),
    )


def _new_id(change: Change, item: Json) -> Iterator[Envelope]:
    user_id = inner(item, "user_id")
    parent = inner(item, "parent_user_id")
    current = text(user_id, "current", 160)
    if not current:
        raise Malformed("no current user_id")
    told = change.persons.find(text(item, "wa_id"))
    before = Person(
        bsuid=text(user_id, "previous", 160),
        parent_bsuid=text(parent, "previous", 160),
        phone=told.phone,
        username=told.username,
        name=told.name,
    )
    after = Person(
        bsuid=current, parent_bsuid=text(parent, "current", 160), phone=told.phone, username=told.username, name=told.name
    )
    # This webhook has no id of its own; the system message that comes beside it has, and shows in the thread.
    yield PersonChanged(
        change.number(), change.time_of(item), "", "bsuid", before=before, after=after, text=text(item, "detail", 500)
    )
