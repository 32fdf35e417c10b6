"""The right half of the inbox: one conversation with its thread, composer and contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.actors import origin_of
from accounts.models import User
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.compliance.consent import summary
from inbox.conversations.access import previous_conversations, timeline
from inbox.conversations.models import Conversation, Message
from inbox.routing.assign import candidates

from .bubbles import Item, thread
from .composing import Draft, composing
from .doors import asker
from .rows import window_tone
from .story import story

PAGE = 40


@dataclass(frozen=True, slots=True)
class Stretch:
    """One page of a thread; ``earlier`` is the message to ask before for the page above, if there is one."""

    items: list[Item]
    earlier: Message | None
    last: Message | None


def desk(request: HttpRequest, conversation: Conversation, draft: Draft | None = None) -> dict[str, Any]:
    """Everything to the right of the list. Reading a conversation leaves an entry in the trail."""
    person, now = asker(request), timezone.now()
    shown = stretch(conversation, unread=conversation.unread)
    note_reading_of(conversation, request)
    return {
        **header(conversation, person, now),
        **composing(conversation, person, shown.last, draft or Draft.asked_for(request)),
        **details(conversation),
        "stretch": shown,
        "items": shown.items,
    }


def header(conversation: Conversation, person: User, now: datetime) -> dict[str, Any]:
    """Who it is, who looks after it, what can be done with it."""
    return {
        "conversation": conversation,
        "contact": conversation.contact,
        "candidates": list(candidates(conversation)),
        "is_mine": conversation.assignee_id == person.pk,
        "window": window_tone(conversation.window_until, now),
    }


def details(conversation: Conversation) -> dict[str, Any]:
    """The contact's panel."""
    return {
        "conversation": conversation,
        "contact": conversation.contact,
        "window": window_tone(conversation.window_until, timezone.now()),
        "consents": list(summary(conversation.contact, conversation.number).values()),
        "previous": previous_conversations(conversation),
    }


def stretch(conversation: Conversation, before: Message | None = None, unread: int = 0) -> Stretch:
    """One page of the thread, the newest or the one above a message, with what was done meanwhile."""
    messages = timeline(conversation, before, PAGE + 1)
    more = len(messages) > PAGE
    messages = messages[-PAGE:]
    since = messages[0].said_at if messages and more else None
    told = story({conversation.pk, *(message.conversation_id for message in messages)}, since)
    if before is not None:
        told = [line for line in told if line.at < before.said_at]
    items = thread(messages, told, unread)
    return Stretch(items, messages[0] if more else None, messages[-1] if messages else None)


def note_reading_of(conversation: Conversation, request: HttpRequest) -> None:
    """The entry that says who read a customer's messages."""
    with transaction.atomic():
        record(
            Code.CONVERSATION_VIEWED,
            by=Actor.of(asker(request), origin_of(request)),
            target=("conversation", conversation.pk),
            number_id=conversation.number_id,
        )
