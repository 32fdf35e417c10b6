"""Writes a message of ours with its delivery, its entry and its notice, all in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.conversations.models import Attachment, Conversation, Message
from inbox.conversations.models.message import Status
from inbox.conversations.resolve import AnotherIsOpen, locked, reopen
from inbox.conversations.sequence import announce
from inbox.conversations.summary import add
from inbox.lib import bell

from .models import Delivery

OUTBOX_BELL = "outbox"


def already_written(conversation: Conversation, by: User, client_token: UUID) -> Message | None:
    """The message that this page posted before with the same token, so that a repeated post adds nothing."""
    return Message.objects.filter(client_token=client_token, author=by, contact=conversation.contact_id).first()


@dataclass(frozen=True)
class Draft:
    """What is to be written: the message's kind, text and content, the fields of its file, and what the entry says beside ids."""

    kind: str
    code: Code
    client_token: UUID
    text: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    reply_to: int | None = None
    file: dict[str, Any] | None = None
    told: dict[str, str] = field(default_factory=dict)


def write(conversation: Conversation, by: User, draft: Draft, check: Callable[[Conversation], None]) -> Message:
    """A queued message with its delivery.

    A resolved conversation is taken up again, or the message goes to the pair's open one. ``check`` is asked about that one
    while nobody else can change it, so that two who answer at once cannot both find it unanswered; what it raises undoes all.
    Safe to repeat with the same token.
    """
    try:
        with transaction.atomic():
            return _write(conversation, by, draft, check)
    except IntegrityError:
        if (written := already_written(conversation, by, draft.client_token)) is not None:
            return written
        raise


def _write(conversation: Conversation, by: User, draft: Draft, check: Callable[[Conversation], None]) -> Message:
    conversation = open_one(conversation, by)
    check(conversation)
    message = make_row(conversation, by, draft)
    if draft.file is not None:
        Attachment.objects.create(message=message, **draft.file)
    deliver(message)
    conversation.unread = 0
    target = ("conversation", conversation.pk)
    if conversation.assignee_id is None:
        conversation.assignee = by  # whoever answers looks after it from then on
        assigned = Code.CONVERSATION_ASSIGNED
        record(assigned, by=Actor.of(by), target=target, number_id=message.number_id, before=None, after=by.pk)
    add(conversation, message)
    record(draft.code, by=Actor.of(by), target=target, number_id=message.number_id, message=message.pk, **draft.told)
    announce(conversation, [message])
    return message


def make_row(conversation: Conversation, by: User, draft: Draft) -> Message:
    """The message itself, quoting what it answers if that was said in the same thread."""
    quoted = None
    if draft.reply_to is not None:
        same_thread = Message.objects.filter(contact=conversation.contact_id, number=conversation.number_id)
        quoted = same_thread.filter(pk=draft.reply_to).first()
    return Message.objects.create(
        conversation=conversation,
        contact_id=conversation.contact_id,
        number_id=conversation.number_id,
        direction=Message.Direction.OUT,
        kind=draft.kind,
        text=draft.text,
        content=draft.content,
        author=by,
        client_token=draft.client_token,
        reply_to=quoted,
        reply_to_external_id=quoted.external_id if quoted else None,
        status=Status.QUEUED,
        # Never before what it answers, though our clock may be behind WhatsApp's.
        said_at=max(timezone.now(), conversation.last_message_at),
    )


def open_one(conversation: Conversation, by: User) -> Conversation:
    """The conversation that may take a new message: this one, taken up again if need be, or the pair's open one."""
    conversation = locked(conversation)
    if conversation.is_open:
        return conversation
    try:
        return locked(reopen(conversation, by))
    except AnotherIsOpen as other:
        return locked(other.open)


def deliver(message: Message) -> Delivery:
    """Put a message into the outbox and ring its bell after commit."""
    delivery = Delivery.objects.create(
        message=message,
        conversation_id=message.conversation_id,
        contact_id=message.contact_id,
        number_id=message.number_id,
        due_at=timezone.now(),
    )
    bell.ring(OUTBOX_BELL)
    return delivery
