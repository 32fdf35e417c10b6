"""Moves many messages of ours along at once, with a handful of statements for all, by the rules of ``status``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import OuterRef, Subquery

from inbox.lib.columns import save_columns

from .envelopes import StatusChanged
from .models import Conversation, Message, Number
from .models.message import Status
from .sequence import raise_seq, tell
from .status import STAMP, move


def advance_messages(number: Number, changes: Sequence[StatusChanged]) -> list[int]:
    """Apply the plain ones among ``changes``; gives the places of those that the caller must take one by one after these.

    Left is what concerns messages we do not know (yet), every failure, whatever follows a failure, and words that are no
    statuses of ours. Needs a transaction that holds the number. Ends in the same rows as ``status.advance`` for each, but
    that all of them bear one seq.
    """
    known = locked(number, {change.external_id for change in changes})
    left: list[int] = []
    moved: dict[int, Message] = {}
    for place, change in enumerate(changes):
        message = known.get(change.external_id)
        if message is None or Status.FAILED in (message.status, change.status) or change.status not in Status.values:
            known.pop(change.external_id, None)
            left.append(place)
        elif move(message, change.status, change.at, pricing=change.pricing):
            moved[message.pk] = message
    write_all(number, moved.values())
    return left


def locked(number: Number, external_ids: set[str]) -> dict[str | None, Message]:
    """The messages that we have of these, by WhatsApp's id, with their conversations; one object for each conversation."""
    rows = Message.objects.select_for_update(of=("self",)).select_related("conversation").order_by("pk")
    conversations: dict[int, Conversation] = {}
    found: dict[str | None, Message] = {}
    for message in rows.filter(number=number, external_id__in=external_ids):
        message.conversation = conversations.setdefault(message.conversation_id, message.conversation)
        found[message.external_id] = message
    return found


def write_all(number: Number, moved: Iterable[Message]) -> None:
    """Save the messages, let the list show the newest of each conversation as it is now, and tell the pages."""
    messages = list(moved)
    if not messages:
        return
    conversations = {message.conversation_id: message.conversation for message in messages}
    newest = newest_of(conversations)
    seq = raise_seq(number.pk)
    changed: dict[int, list[int]] = {}
    for message in messages:
        message.seq = message.conversation.seq = seq
        if newest[message.conversation_id] == message.pk:
            message.conversation.last_status = message.status
        changed.setdefault(message.conversation_id, []).append(message.pk)
    save_columns(messages, ("status", *STAMP.values(), "pricing", "seq"))
    save_columns(conversations.values(), ("last_status", "seq"))
    for conversation in conversations.values():
        tell(conversation, changed[conversation.pk])


def newest_of(conversation_ids: Iterable[int]) -> dict[int, int]:
    """The newest message of each conversation, as ids."""
    messages = Message.objects.filter(conversation=OuterRef("pk")).order_by("-said_at", "-id").values("pk")[:1]
    return dict(Conversation.objects.filter(pk__in=conversation_ids).values_list("pk", Subquery(messages)))
