"""The only way from a door to a row: each function gives the row if this person may see it, else raises 404."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User

from .models import Attachment, Contact, Conversation, Message, Number


def conversation_for(person: User, pk: int) -> Conversation:
    """A conversation with its contact, number, team and assignee."""
    found = Conversation.objects.visible_to(person).for_list().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def message_for(person: User, pk: int) -> Message:
    """A message with what a bubble shows."""
    found = with_bubble_parts().filter(conversation__in=Conversation.objects.visible_to(person), pk=pk).first()
    if found is None:
        raise Http404
    return found


def attachment_for(person: User, pk: int) -> Attachment:
    """A file with its message; one that was taken back is gone for everybody."""
    found = (
        Attachment.objects.select_related("message")
        .filter(message__conversation__in=Conversation.objects.visible_to(person), message__revoked_at__isnull=True, pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def contact_for(person: User, pk: int) -> Contact:
    """A contact who has a conversation that this person may see."""
    visible = Conversation.objects.visible_to(person).filter(contact=pk)
    found = Contact.objects.prefetch_related("handles").filter(pk=pk, conversations__in=visible).distinct().first()
    if found is None:
        raise Http404
    return found


def number_for(person: User, pk: int) -> Number:
    """A number of ours."""
    found = Number.objects.visible_to(person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def timeline(conversation: Conversation, before: Message | None = None, limit: int = 40) -> list[Message]:
    """The last messages with this contact on this number, over all conversations, oldest first; earlier than ``before``."""
    messages = with_bubble_parts().filter(contact=conversation.contact_id, number=conversation.number_id)
    if before is not None:
        messages = messages.filter(Q(said_at__lt=before.said_at) | Q(said_at=before.said_at, pk__lt=before.pk))
    return list(messages.order_by("-said_at", "-pk")[:limit])[::-1]


def previous_conversations(conversation: Conversation, limit: int = 5) -> list[Conversation]:
    """Stretches of work with the same contact on the same number that began before this one and have messages, newest first."""
    same_pair = Conversation.objects.filter(contact=conversation.contact_id, number=conversation.number_id)
    older = Q(opened_at__lt=conversation.opened_at) | Q(opened_at=conversation.opened_at, pk__lt=conversation.pk)
    return list(same_pair.filter(older).exclude(last_direction="").newest_first()[:limit])


def with_bubble_parts() -> QuerySet[Message]:
    """Messages with everything a bubble shows, in a fixed number of queries."""
    return Message.objects.select_related(
        "author", "attachment", "reply_to", "reply_to__author", "conversation", "contact", "number"
    ).prefetch_related("reactions")
