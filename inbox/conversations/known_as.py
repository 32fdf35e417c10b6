"""Keeps one contact with all its history when WhatsApp says that a person goes by a new phone number or id."""

from __future__ import annotations

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record

from .envelopes import Person, PersonChanged, Said
from .identify import give_handle, holder, recognise
from .merge import merge
from .models import Contact, Conversation, Handle, Number
from .models.message import Kind
from .receive import take_message

ENTRY_OF = {"phone": Code.CONTACT_PHONE_CHANGED, "bsuid": Code.CONTACT_BSUID_CHANGED}


def take_change(number: Number, change: PersonChanged) -> Contact | None:
    """Give the contact its new handles; the old ones stay as history. Needs a transaction; safe to repeat.

    A person who already writes to us under the new handle is never merged silently, unless we have known them only
    since the change itself. None if the webhook names nobody.
    """
    before = change.before if change.before.is_known() else change.after
    if not before.is_known():
        return None
    contact = recognise(number.portfolio, Person(bsuid=before.bsuid, phone=before.phone, name=change.before.name), change.at)
    new_handles = [(Handle.Kind.WA_ID, change.after.phone), (Handle.Kind.BSUID, change.after.bsuid)]
    for kind, value in new_handles:
        if value and value not in (before.phone, before.bsuid):
            contact = move_to(contact, kind, value, change)
    if change.external_id:
        contact = leave_a_line(number, contact, change)
    return contact


def move_to(contact: Contact, kind: str, value: str, change: PersonChanged) -> Contact:
    """Let the contact hold one new handle from the change on, as far as it is not somebody else's."""
    other = holder(contact.portfolio, kind, value, change.at) or current_holder(contact.portfolio, kind, value)
    if other is not None and other != contact:
        if known_before(other, change):
            return contact
        contact = merge(contact, other)
    already = Handle.objects.filter(contact=contact, kind=kind, value=value, until__isnull=True, since__lte=change.at).exists()
    give_handle(contact, kind, value, change.at)
    if not already:
        record(ENTRY_OF.get(change.change, Code.CONTACT_PHONE_CHANGED), by=WIRE, target=("contact", contact.pk))
    return contact


def current_holder(portfolio: str, kind: str, value: str) -> Contact | None:
    """Whoever holds the handle today."""
    found = (
        Handle.objects.filter(portfolio=portfolio, kind=kind, value=value, until__isnull=True).select_related("contact").first()
    )
    return found.contact if found else None


def known_before(other: Contact, change: PersonChanged) -> bool:
    """True if this contact was there before the change, so must be another person."""
    return Handle.objects.filter(contact=other, since__lt=change.at).exists()


def leave_a_line(number: Number, contact: Contact, change: PersonChanged) -> Contact:
    """Show the change in the thread, as WhatsApp's own words for it."""
    conversations = contact.conversations.filter(number=number)
    if not conversations.exists():
        return contact
    said = Said(
        number_key=change.number_key,
        at=change.at,
        external_id=change.external_id,
        person=Person(bsuid=contact.bsuid, phone=contact.phone),
        kind=Kind.SYSTEM,
        text=change.text,
        content={"change": change.change},
        history=not conversations.filter(state=Conversation.State.OPEN).exists(),  # nobody has to do anything about it
    )
    message, is_new = take_message(number, said)
    if is_new and change.change == "identity":
        record(Code.CONTACT_IDENTITY_CHANGED, by=WIRE, target=("contact", message.contact_id))
    return message.contact
