"""Turns what the business does on its own phone into envelopes: messages, address book, history (protocol §2.10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from inbox.conversations.envelopes import AddressBookChanged, Envelope, Person

from .account import INFO, WARNING, news
from .change import Change, each, each_of, faults
from .messages import frame_of, open_frame
from .persons import address_of
from .reading import Json, Malformed, inner, number, text, without_empty


def read_echoes(change: Change) -> Iterator[Envelope]:
    """A ``smb_message_echoes`` or ``message_echoes`` change: typed on the phone, to be shown as ours."""
    yield from each(change, "message_echoes", _echo)


def read_address_book(change: Change) -> Iterator[Envelope]:
    """A ``smb_app_state_sync`` change."""
    yield from each(change, "state_sync", _address)


def read_history(change: Change) -> Iterator[Envelope]:
    """A ``history`` change: chunks in any order, each with threads, each with messages."""
    yield from each(change, "history", _progress)
    chunks = change.value.get("history")
    for index, chunk in enumerate(chunks if isinstance(chunks, list) else []):
        if isinstance(chunk, dict):
            yield from _threads(change, f"value.history[{index}].threads", chunk.get("threads"))


def _echo(change: Change, item: Json) -> Iterator[Envelope]:
    person = change.persons.find(text(item, "to"), bsuid=text(item, "to_user_id"), parent_bsuid=text(item, "to_parent_user_id"))
    if not person.is_known():
        person = change.persons.only()
    yield open_frame(replace(frame_of(change, item, person), echo=True), item)


def _address(change: Change, item: Json) -> Iterator[Envelope]:
    contact = inner(item, "contact")
    phone, bsuid = address_of(text(contact, "phone_number"))
    name = text(contact, "full_name", 200).strip() or text(contact, "first_name", 200).strip()
    person = Person(bsuid=text(contact, "user_id", 160) or bsuid, phone=phone, username=text(contact, "username", 160), name=name)
    if not person.is_known():
        raise Malformed("neither phone number nor user id")
    at = change.time_of(inner(item, "metadata"))
    yield AddressBookChanged(change.number(), at, person=person, action=text(item, "action", 20).lower() or "add")


def _progress(change: Change, chunk: Json) -> Iterator[Envelope]:
    """How far the sync is, or that the owner declined it."""
    about = inner(chunk, "metadata")
    refused = faults(chunk)
    if refused:
        fault = refused[0]
        data = without_empty(code=fault.code, title=fault.title, details=fault.details)
        yield news(change, "declined", severity=WARNING, data=data)
    else:
        data = without_empty(phase=number(about, "phase"), chunk=number(about, "chunk_order"), progress=number(about, "progress"))
        yield news(change, "progress", severity=INFO, data=data)


def _threads(change: Change, place: str, threads: Any) -> Iterator[Envelope]:
    """Old messages, which open nothing; ``id`` of a thread is its customer."""
    yield from each_of(change, place, threads, _nothing)
    for index, thread in enumerate(threads if isinstance(threads, list) else []):
        if isinstance(thread, dict):
            customer = change.persons.find(text(thread, "id"), bsuid=text(thread, "user_id"))
            yield from each_of(change, f"{place}[{index}].messages", thread.get("messages"), partial(_old_message, customer))


def _nothing(change: Change, item: Json) -> Iterator[Envelope]:
    """Threads are objects or unreadable; what they say is in their messages."""
    yield from ()


def _old_message(customer: Person, change: Change, item: Json) -> Iterator[Envelope]:
    frame = frame_of(change, item, customer)
    status = text(inner(item, "history_context"), "status", 20).lower()
    yield open_frame(replace(frame, echo=_is_ours(item, customer), history=True, history_status=status), item)


def _is_ours(item: Json, customer: Person) -> bool:
    """A thread has two sides: whoever is not its customer is us."""
    phone, bsuid = address_of(text(item, "from"))
    bsuid = text(item, "from_user_id") or bsuid
    return not ((phone and phone == customer.phone) or (bsuid and bsuid == customer.bsuid))
