"""Keeps the columns by which a conversation is listed true to its messages, in whatever order they arrive."""

from __future__ import annotations

from datetime import datetime, timedelta

from .models import Conversation, Message
from .models.message import Kind, Status

# A customer's message opens the window for this long, counted from their own timestamp (protocol section 6.3).
WINDOW = timedelta(hours=24)
SNIPPET_LENGTH = 160
# Kinds that are about the conversation rather than part of it: nobody waits for an answer to them.
SILENT_KINDS = (Kind.SYSTEM,)
# What count_in may change.
COUNTED = ("last_message_at", "last_direction", "last_kind", "last_status", "snippet", "unread", "waiting_since", "window_until")


def add(conversation: Conversation, message: Message) -> None:
    """Count one new message in, and save."""
    count_in(conversation, message)
    conversation.save()


def count_in(conversation: Conversation, message: Message) -> None:
    """Count one new message, which is saved, into the row in memory. Cheap when it is the newest, exact when it came late."""
    is_newest = conversation.last_message_at is None or message.said_at >= conversation.last_message_at
    if opens_window(message):
        until = message.said_at + WINDOW
        conversation.window_until = max(filter(None, (conversation.window_until, until)))
    if message.kind not in SILENT_KINDS and not message.is_ours:
        conversation.unread += 1
    if is_newest:
        show_last(conversation, message)
        if message.is_ours:
            conversation.waiting_since = None
        elif message.kind not in SILENT_KINDS and conversation.waiting_since is None:
            conversation.waiting_since = message.said_at
    else:
        conversation.waiting_since = first_unanswered(conversation)


def recount(conversation: Conversation) -> None:
    """Work every listed column out afresh from the messages; unread stays what it was."""
    messages = Message.objects.filter(conversation=conversation)
    newest = messages.order_by("-said_at", "-id").first()
    if newest is not None:
        show_last(conversation, newest)
    conversation.waiting_since = first_unanswered(conversation)
    last_opening = messages.filter(direction=Message.Direction.IN).exclude(kind__in=SILENT_KINDS).order_by("-said_at").first()
    if last_opening is not None:
        until = last_opening.said_at + WINDOW
        conversation.window_until = max(filter(None, (conversation.window_until, until)))
    conversation.failed = count_failed(conversation)
    conversation.save()


def show_last(conversation: Conversation, message: Message) -> None:
    """Let the list show this message as the conversation's last."""
    conversation.last_message_at = message.said_at
    conversation.last_direction = message.direction
    conversation.last_kind = message.kind
    conversation.last_status = message.status
    conversation.snippet = " ".join(message.text.split())[:SNIPPET_LENGTH] if message.revoked_at is None else ""


def opens_window(message: Message) -> bool:
    """True for what the customer says themselves; reactions are no messages here and system news opens nothing."""
    return not message.is_ours and message.kind not in SILENT_KINDS


def first_unanswered(conversation: Conversation) -> datetime | None:
    """When the customer first said something that nothing of ours came after, or None."""
    messages = Message.objects.filter(conversation=conversation).exclude(kind__in=SILENT_KINDS)
    answered = messages.filter(direction=Message.Direction.OUT).order_by("-said_at").values_list("said_at", flat=True).first()
    waiting = messages.filter(direction=Message.Direction.IN)
    if answered is not None:
        waiting = waiting.filter(said_at__gt=answered)
    return waiting.order_by("said_at").values_list("said_at", flat=True).first()


def count_failed(conversation: Conversation) -> int:
    """How many messages of ours failed and still want somebody's attention."""
    return Message.objects.filter(conversation=conversation, status=Status.FAILED, dismissed_at__isnull=True).count()
