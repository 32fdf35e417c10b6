"""Ends a stretch of work, takes it up again, and notes that somebody has read it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record

from .models import Conversation
from .sequence import announce, hold


class AnotherIsOpen(Exception):
    """The pair already has an open conversation; ``open`` is it."""

    def __init__(self, open_one: Conversation) -> None:
        super().__init__(f"conversation {open_one.pk} is open")
        self.open = open_one


@transaction.atomic
def resolve(conversation: Conversation, by: User) -> Conversation:
    """Done. Resolving what is resolved changes nothing."""
    conversation = locked(conversation)
    if conversation.is_open:
        conversation.state = Conversation.State.RESOLVED
        conversation.resolved_at = timezone.now()
        conversation.unread = 0
        conversation.save(update_fields=["state", "resolved_at", "unread"])
        tell(conversation, Code.CONVERSATION_RESOLVED, by)
    return conversation


@transaction.atomic
def reopen(conversation: Conversation, by: User) -> Conversation:
    """Not done after all. Raises AnotherIsOpen if the customer has started the next stretch."""
    conversation = locked(conversation)
    if conversation.is_open:
        return conversation
    other = Conversation.objects.filter(contact=conversation.contact_id, number=conversation.number_id).open().first()
    if other is not None:
        raise AnotherIsOpen(other)
    conversation.state = Conversation.State.OPEN
    conversation.resolved_at = None
    conversation.save(update_fields=["state", "resolved_at"])
    tell(conversation, Code.CONVERSATION_REOPENED, by)
    return conversation


@transaction.atomic
def note_reading(conversation: Conversation, by: User) -> bool:
    """The one who looks after it (or anybody, while nobody does) has seen everything; True if something was unread."""
    if conversation.assignee_id not in (None, by.pk) or not conversation.unread:
        return False
    conversation = locked(conversation)
    conversation.unread = 0
    conversation.save(update_fields=["unread"])
    announce(conversation)
    return True


def tell(conversation: Conversation, code: Code, by: User) -> None:
    """Entry and notice of one deed on a conversation."""
    record(code, by=Actor.of(by), target=("conversation", conversation.pk), number_id=conversation.number_id)
    announce(conversation)


def locked(conversation: Conversation) -> Conversation:
    """The row as it is now, held until the transaction ends; its number's counter first, see ``sequence.hold``."""
    hold(conversation.number_id)
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("contact", "number", "team", "assignee")
    return rows.get(pk=conversation.pk)
