"""Counts the changes on each of our numbers, so that a page can ask "what happened since?" and trust the answer.

The counter is a row that its changer locks until commit, so numbers become visible in order and without gaps; an
autoincrement would not do, because PostgreSQL hands those out before commit.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from inbox.realtime import push

from .models import Conversation, Message, Number


def hold(number_id: int) -> None:
    """Take a number's counter before any other row of it is locked. Needs a transaction, which holds it until it ends.

    Every verb ends by raising the counter, so verbs on one number stand in one line anyway; taking it first, always, keeps two
    of them from each waiting for what the other holds. A database with a single writer needs none of this.
    """
    if connection.features.has_select_for_update:
        Number.objects.select_for_update().values_list("pk", flat=True).get(pk=number_id)


def raise_seq(number_id: int) -> int:
    """The next seq of a number; needs a transaction, which holds the number's counter until it ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Number._meta.db_table} SET seq = seq + 1 WHERE id = %s RETURNING seq", [number_id])
        return int(cursor.fetchone()[0])


def announce(conversation: Conversation, messages: Iterable[Message] = ()) -> None:
    """Stamp a changed conversation, and those of its messages that changed, and tell the pages after commit."""
    changed = [message.pk for message in messages]
    conversation.seq = raise_seq(conversation.number_id)
    Conversation.objects.filter(pk=conversation.pk).update(seq=conversation.seq)
    if changed:
        Message.objects.filter(pk__in=changed).update(seq=conversation.seq)
    tell(conversation, changed)


def tell(conversation: Conversation, message_ids: Iterable[int]) -> None:
    """Tell the pages, after commit, of rows that carry their new seq already."""
    push.tell(conversation.number_id, conversation.seq, conversation_id=conversation.pk, message_ids=message_ids)
