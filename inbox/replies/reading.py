"""Lets the customer see that we read their message: the blue ticks on their phone."""

from __future__ import annotations

from inbox.conversations.models import Conversation, Message
from inbox.conversations.models.message import Kind
from inbox.lib.jobs import errand, later
from inbox.whatsapp.client import Graph
from inbox.whatsapp.errors import WireError


def tell_customer(conversation: Conversation) -> None:
    """Mark the customer's newest message, and so all before it, as read (protocol section 3.3). Best effort."""
    newest = (
        Message.objects.filter(conversation=conversation, direction=Message.Direction.IN)
        .exclude(kind=Kind.SYSTEM)
        .exclude(external_id__isnull=True)
        .order_by("-said_at", "-pk")
        .first()
    )
    if newest is not None:
        later(mark_read, newest.pk)


@errand
def mark_read(message_id: int) -> None:
    """Tell WhatsApp that a message was read. A failure is not worth a second try: the next message brings it along."""
    message = Message.objects.select_related("number__connection").filter(pk=message_id).first()
    if message is None or message.external_id is None:
        return
    try:
        Graph(message.number.connection).mark_read(message.external_id)
    except WireError:
        return
