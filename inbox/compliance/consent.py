"""Writes and reads the consent ledger: what a contact allowed or stopped."""

from __future__ import annotations

from datetime import datetime

from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.conversations.models import Contact, Number

from .models import Consent

ENTRY_OF = {Consent.Decision.GIVEN: Code.CONSENT_GIVEN, Consent.Decision.STOPPED: Code.CONSENT_STOPPED}


def decide(
    contact: Contact, number: Number, purpose: str, decision: str, *, at: datetime, source: str, by: Actor, evidence: str = ""
) -> Consent | None:
    """Add a line to the ledger; None if this very line is there already. Needs a transaction."""
    line, is_new = Consent.objects.get_or_create(
        contact=contact,
        number=number,
        purpose=purpose,
        decision=decision,
        at=at,
        defaults={"source": source[:40], "evidence": evidence[:300]},
    )
    if not is_new:
        return None
    record(
        ENTRY_OF[Consent.Decision(decision)],
        by=by,
        target=("contact", contact.pk),
        number_id=number.pk,
        purpose=purpose,
        source=source[:40],
    )
    return line


def standing(contact: Contact, number: Number, purpose: str) -> Consent | None:
    """The line in force for a purpose on a number, or None if the contact never decided."""
    lines = Consent.objects.filter(contact=contact, number=number, purpose=purpose)
    return lines.order_by("-at", "-pk").first()


def has_stopped_marketing(contact: Contact, number: Number) -> Consent | None:
    """The line by which this contact stopped marketing from this number, if that is in force.

    WhatsApp keeps the stop per business number and it concerns marketing templates only (protocol section 6.1).
    """
    line = standing(contact, number, Consent.Purpose.MARKETING)
    return line if line is not None and line.decision == Consent.Decision.STOPPED else None


def summary(contact: Contact, number: Number) -> dict[str, Consent]:
    """The line in force for each purpose decided on, by purpose."""
    lines = Consent.objects.filter(contact=contact, number=number).order_by("at", "pk")
    return {line.purpose: line for line in lines}
