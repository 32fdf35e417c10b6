"""What open pages need to know of changed conversations, drawn once for everybody who reads the same language and zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils import timezone, translation

from inbox.conversations.access import with_bubble_parts
from inbox.conversations.models import Conversation
from inbox.conversations.views import keys_of

from .bubbles import bubble
from .rows import row
from .story import story


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

    With None in place of messages only the row is drawn; any number of those cost the same queries.

    Asks nothing about rights: a frame goes only to those who may see the conversation's number.
    """
    found = Conversation.objects.for_list().in_bulk([pk for pk, _messages in wanted])
    with translation.override(audience.language), timezone.override(ZoneInfo(audience.timezone)):
        return {pk: drawn(found[pk], messages) for pk, messages in wanted if pk in found}


def change(conversation_id: int, message_ids: Sequence[int], audience: Audience) -> Change | None:
    """The same for one conversation; None when it is gone."""
    return changes([(conversation_id, message_ids)], audience).get(conversation_id)


def drawn(conversation: Conversation, message_ids: Sequence[int] | None) -> Change:
    """A conversation in the language and zone that are active."""
    now = timezone.now()
    shown = row(conversation, now)
    html = render_to_string("inbox/_row.html", {"row": shown})
    return Change(
        contact=conversation.contact_id,
        keys=keys_of(conversation, now),
        row=Piece(id=f"conversation-{conversation.pk}", at=conversation.last_message_at.isoformat(), html=html),
        lines=[] if message_ids is None else lines_of(conversation, message_ids),
        owner=str(conversation.assignee_id or ""),
        state=conversation.state,
        window=conversation.window_until.isoformat() if conversation.window_until else "",
    )


def lines_of(conversation: Conversation, message_ids: Sequence[int]) -> list[Piece]:
    """Some messages, and the newest of what was done with the conversation."""
    messages = with_bubble_parts().filter(pk__in=message_ids).order_by("said_at", "pk") if message_ids else []
    lines = [
        Piece(
            id=f"message-{message.pk}",
            at=message.said_at.isoformat(),
            html=render_to_string("conversation/_message.html", {"bubble": bubble(message)}),
        )
        for message in messages
    ]
    deeds = [
        Piece(id=f"event-{line.pk}", at=line.at.isoformat(), html=render_to_string("conversation/_event.html", {"event": line}))
        for line in story([conversation.pk])[-5:]
    ]
    return lines + deeds
