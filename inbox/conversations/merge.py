"""Makes two contacts that turned out to be one person into one, with all they ever said."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Model

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record

from .models import Contact, Conversation, Handle, Message
from .sequence import announce, hold
from .summary import recount


def merge(kept: Contact, gone: Contact) -> Contact:
    """Move everything of ``gone`` to the older of the two and delete the other; gives the one that stays.

    Needs a transaction. Every number that either wrote to is changed by it, so all their counters are taken first.
    """
    if gone.pk < kept.pk:
        kept, gone = gone, kept
    conversations = Conversation.objects.filter(contact__in=(kept, gone)).order_by("number", "pk")
    for number_id in sorted(set(conversations.values_list("number", flat=True))):
        hold(number_id)
    for conversation in conversations.filter(contact=gone):
        move_conversation(conversation, kept)
    move_handles(gone, kept)
    take_over_profile(gone, kept)
    hand_over(gone, kept)
    record(Code.CONTACT_MERGED, by=WIRE, target=("contact", kept.pk), merged=gone.pk)
    gone.delete()
    return kept


def move_conversation(conversation: Conversation, kept: Contact) -> None:
    """Hand a conversation over, and tell the pages; of two open ones on a number one is emptied into the other and closed."""
    messages = list(Message.objects.filter(conversation=conversation))
    Message.objects.filter(conversation=conversation).update(contact=kept)
    already = Conversation.objects.filter(contact=kept, number=conversation.number, state=Conversation.State.OPEN).first()
    if already is not None and conversation.is_open:
        hand_over(conversation, already)
        already.unread += conversation.unread
        already.opened_at = min(already.opened_at, conversation.opened_at)
        already.assignee = already.assignee or conversation.assignee
        recount(already)
        announce(already, messages)
        conversation.state, conversation.resolved_at = Conversation.State.RESOLVED, conversation.last_message_at
        conversation.unread = conversation.failed = 0
        conversation.waiting_since, conversation.snippet, messages = None, "", []
    conversation.contact = kept
    conversation.save()
    announce(conversation, messages)


def take_over_profile(gone: Contact, kept: Contact) -> None:
    """The newer name, and what only one of them had."""
    if gone.profile_at and (kept.profile_at is None or gone.profile_at > kept.profile_at):
        kept.name, kept.profile_at = gone.name or kept.name, gone.profile_at
        kept.identity_hash = gone.identity_hash or kept.identity_hash
    kept.language = kept.language or gone.language
    kept.save(update_fields=["name", "profile_at", "identity_hash", "language"])


def hand_over(gone: Contact | Conversation, kept: Contact | Conversation) -> None:
    """Point every row that hangs on one to the other, whichever room it belongs to."""
    for relation in gone._meta.related_objects:
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{name: gone})
        try:
            with transaction.atomic():
                rows.update(**{name: kept})
        except IntegrityError:
            hand_over_singly(list(rows), name, kept)


def hand_over_singly(rows: list[Model], name: str, kept: Contact | Conversation) -> None:
    """One by one, because the other has some of these already: the same consent at the same moment, said once to each."""
    for row in rows:
        setattr(row, name, kept)
        try:
            with transaction.atomic():
                row.save(update_fields=[name])
        except IntegrityError:
            row.delete()


def move_handles(gone: Contact, kept: Contact) -> None:
    """Hand the ways of knowing somebody over; of two current values of a kind the newer stays current."""
    for handle in Handle.objects.filter(contact=gone).order_by("since"):
        rival = Handle.objects.filter(contact=kept, kind=handle.kind, until__isnull=True).first()
        if handle.until is None and rival is not None:
            older, newer = sorted((rival, handle), key=lambda row: row.since)
            Handle.objects.filter(pk=older.pk).update(until=newer.since)
        Handle.objects.filter(pk=handle.pk).update(contact=kept)
