"""What open pages need to know of changed conversations, drawn once for everybody who reads the same language and zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from inbox.conversations.access import with_bubble_parts
from inbox.conversations.models import Conversation, Message
from inbox.conversations.views import keys_of

from .bubbles import bubble
from .rows import row
from .story import Line, story

# A page that is open has seen all but the newest.
DEEDS = 5


@dataclass(frozen=True, slots=True)
class Audience:
    """Those for whom a fragment reads the same. Whether they may see it is asked elsewhere, for each of them."""

    language: str
    timezone: str


class Piece(TypedDict):
    """One element of a page: its id, where in time it stands, and its HTML."""

    id: str
    at: str
    html: str


class Change(TypedDict):
    """A conversation as it is now: its row with the views it belongs to (keys), and the lines of its thread that changed.

    ``owner`` (a person's id or ""), ``state`` and ``window`` (a moment or "") let an open desk see whether its header or
    composer, which are different for everybody, has to be asked for anew. ``contact`` is there because a thread shows
    everything said with a contact on a number, also in the contact's other conversations.
    """

    contact: int
    keys: list[str]
    row: Piece
    lines: list[Piece]
    owner: str
    state: str
    window: str


def changes(wanted: Sequence[tuple[int, Sequence[int] | None]], audience: Audience) -> dict[int, Change]:
    """What to show of some conversations and some of their messages, by conversation; those that are gone are left out.

    With None in place of messages only the row is drawn. Any number of conversations cost the same queries, which are most
    of the work, so whoever has several hands them over together. Asks nothing about rights: a frame goes only to those who
    may see the conversation's number.
    """
    asked = dict(wanted)
    found = Conversation.objects.for_list().in_bulk(list(asked))
    with translation.override(audience.language), timezone.override(ZoneInfo(audience.timezone)):
        lines = lines_of({pk: messages for pk, messages in asked.items() if messages is not None})
        return {pk: drawn(conversation, lines.get(pk, [])) for pk, conversation in found.items()}


def change(conversation_id: int, message_ids: Sequence[int], audience: Audience) -> Change | None:
    """The same for one conversation; None when it is gone."""
    return changes([(conversation_id, message_ids)], audience).get(conversation_id)


def drawn(conversation: Conversation, lines: list[Piece]) -> Change:
    """A conversation in the language and zone that are active."""
    now = timezone.now()
    return Change(
        contact=conversation.contact_id,
        keys=keys_of(conversation, now),
        row=Piece(
            id=f"conversation-{conversation.pk}",
            at=conversation.last_message_at.isoformat(),
            html=render_to_string("inbox/_row.html", {"row": row(conversation, now)}),
        ),
        lines=lines,
        owner=str(conversation.assignee_id or ""),
        state=conversation.state,
        window=conversation.window_until.isoformat() if conversation.window_until else "",
    )


def lines_of(asked: Mapping[int, Sequence[int]]) -> dict[int, list[Piece]]:
    """By conversation the messages that are asked for, and the newest of what was done with it."""
    if not asked:
        return {}
    lines: dict[int, list[Piece]] = {pk: [] for pk in asked}
    wanted = {message for messages in asked.values() for message in messages}
    messages = {message.pk: message for message in with_bubble_parts().filter(pk__in=wanted)} if wanted else {}
    for pk, ids in asked.items():
        said = (messages[message] for message in ids if message in messages)
        lines[pk] += [said_piece(message) for message in sorted(said, key=lambda message: (message.said_at, message.pk))]
    deeds = story(asked)
    for pk in asked:
        lines[pk] += [deed_piece(deed) for deed in deeds if deed.conversation == pk][-DEEDS:]
    return lines


def said_piece(message: Message) -> Piece:
    """A message's bubble."""
    html = render_to_string("conversation/_message.html", {"bubble": bubble(message)})
    return Piece(id=f"message-{message.pk}", at=message.said_at.isoformat(), html=html)


def deed_piece(deed: Line) -> Piece:
    """A line about what was done."""
    html = render_to_string("conversation/_event.html", {"event": deed})
    return Piece(id=f"event-{deed.pk}", at=deed.at.isoformat(), html=html)
