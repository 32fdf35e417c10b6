"""Makes two contacts that turned out to be one person into one, with all they ever said."""

from __future__ import annotations

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record

from .models import Contact, Conversation, Handle, Message
from .summary import recount


def merge(kept: Contact, gone: Contact) -> Contact:
    """Move everything of ``gone`` to the older of the two and delete the other; gives the one that stays.

    Needs a transaction.
    """
    if gone.pk < kept.pk:
        kept, gone = gone, kept
    for conversation in Conversation.objects.filter(contact=gone):
        move_conversation(conversation, kept)
    move_handles(gone, kept)
    if gone.profile_at and (kept.profile_at is None or gone.profile_at > kept.profile_at):
        kept.name, kept.profile_at = gone.name or kept.name, gone.profile_at
        kept.save(update_fields=["name", "profile_at"])
    hand_over(gone, kept)
    record(Code.CONTACT_MERGED, by=WIRE, target=("contact", kept.pk), merged=gone.pk)
    gone.delete()
    return kept


def move_conversation(conversation: Conversation, kept: Contact) -> None:
    """Hand a conversation over; two open ones on the same number become one."""
    already = Conversation.objects.filter(contact=kept, number=conversation.number, state=Conversation.State.OPEN).first()
    if already is None or not conversation.is_open:
        Message.objects.filter(conversation=conversation).update(contact=kept)
        Conversation.objects.filter(pk=conversation.pk).update(contact=kept)
        return
    Message.objects.filter(conversation=conversation).update(contact=kept)
    hand_over(conversation, already)
    already.unread += conversation.unread
    already.opened_at = min(already.opened_at, conversation.opened_at)
    already.assignee = already.assignee or conversation.assignee
    conversation.delete()
    recount(already)


def hand_over(gone: Contact | Conversation, kept: Contact | Conversation) -> None:
    """Point every row that hangs on one to the other, whichever room it belongs to."""
    for relation in gone._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: gone})
        rows.update(**{relation.field.name: kept})


def move_handles(gone: Contact, kept: Contact) -> None:
    """Hand the ways of knowing somebody over; of two current values of a kind the newer stays current."""
    for handle in Handle.objects.filter(contact=gone).order_by("since"):
        rival = Handle.objects.filter(contact=kept, kind=handle.kind, until__isnull=True).first()
        if handle.until is None and rival is not None:
            older, newer = sorted((rival, handle), key=lambda row: row.since)
            Handle.objects.filter(pk=older.pk).update(until=newer.since)
        Handle.objects.filter(pk=handle.pk).update(contact=kept)
