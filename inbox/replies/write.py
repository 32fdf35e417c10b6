"""Writes a message of ours with its delivery, its entry and its notice, all in one transaction."""

from __future__ import annotations

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


def write(
    conversation: Conversation,
    by: User,
    *,
    kind: str,
    code: Code,
    client_token: UUID,
    text: str = "",
    content: dict[str, Any] | None = None,
    reply_to: int | None = None,
    file: dict[str, Any] | None = None,
    told: dict[str, str] | None = None,
) -> Message:
    """A queued message with its delivery; ``file`` holds its attachment's fields, ``told`` what the entry says beside ids.

    A resolved conversation is taken up again, or the message goes to the pair's open one. Safe to repeat with the same token.
    """
    try:
        with transaction.atomic():
            return _write(conversation, by, kind, code, client_token, text, content or {}, reply_to, file, told or {})
    except IntegrityError:
        if (written := already_written(conversation, by, client_token)) is not None:
            return written
        raise


def _write(
    conversation: Conversation,
    by: User,
    kind: str,
    code: Code,
    client_token: UUID,
    text: str,
    content: dict[str, Any],
    reply_to: int | None,
    file: dict[str, Any] | None,
    told: dict[str, str],
) -> Message:
    conversation = open_one(conversation, by)
    quoted = (
        Message.objects.filter(pk=reply_to, contact=conversation.contact_id, number=conversation.number_id).first()
        if reply_to
        else None
    )
    now = timezone.now()
    message = Message.objects.create(
        conversation=conversation,
        contact_id=conversation.contact_id,
        number_id=conversation.number_id,
        direction=Message.Direction.OUT,
        kind=kind,
        text=text,
        content=content,
        author=by,
        client_token=client_token,
        reply_to=quoted,
        reply_to_external_id=quoted.external_id if quoted else None,
        status=Status.QUEUED,
        said_at=now,
    )
    if file is not None:
        Attachment.objects.create(message=message, **file)
    deliver(message)
    conversation.unread = 0
    if conversation.assignee_id is None:
        conversation.assignee = by  # whoever answers looks after it from then on
    add(conversation, message)
    record(
        code, by=Actor.of(by), target=("conversation", conversation.pk), number_id=message.number_id, message=message.pk, **told
    )
    announce(conversation, [message])
    return message


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
