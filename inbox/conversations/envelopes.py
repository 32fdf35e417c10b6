"""Envelopes: the plain dataclasses in which the wire hands its news to the rest of Parley.

``whatsapp.normalise`` makes them, ``journeys.inbound`` opens them. They carry our words, not Meta's,
and all times are timezone-aware UTC. ``number_key`` and ``account_key`` are the wire's names for a number
and for the account that holds it; ``whatsapp`` can turn them into rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Person:
    """The customer as one webhook knows them; every part may be missing ("")."""

    bsuid: str = ""
    parent_bsuid: str = ""
    phone: str = ""  # digits as WhatsApp writes them, without "+"
    username: str = ""
    name: str = ""
    identity_hash: str = ""

    def is_known(self) -> bool:
        """True if anything here can identify a contact."""
        return bool(self.bsuid or self.phone)


@dataclass(frozen=True, slots=True)
class Media:
    """A file that waits at WhatsApp to be fetched."""

    remote_id: str
    mime: str = ""
    filename: str = ""
    sha256: str = ""  # lowercase hex, whatever form the wire used
    voice: bool = False
    animated: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One error that WhatsApp reports."""

    code: int
    title: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every envelope has: whose number it is for and when it happened."""

    number_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Said(Envelope):
    """A message: from the customer, or (``echo``) typed by the business on its own phone.

    ``kind`` is one of ``conversations.models.message.Kind``; ``content`` holds the kind's own data in our
    words (see the table in ``whatsapp.normalise``). ``forwarded`` is "", "once" or "often".
    ``history_status`` is set for messages of a history sync, which are old and open nothing.
    """

    external_id: str
    person: Person
    kind: str
    text: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    media: Media | None = None
    reply_to: str = ""
    forwarded: str = ""
    referral: dict[str, Any] = field(default_factory=dict)
    group_key: str = ""
    faults: tuple[Fault, ...] = ()
    echo: bool = False
    history: bool = False
    history_status: str = ""


@dataclass(frozen=True, slots=True)
class Reacted(Envelope):
    """An emoji put on a message, or taken away (``emoji`` is "")."""

    external_id: str
    person: Person
    target: str
    emoji: str = ""
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Edited(Envelope):
    """A message whose author changed its words."""

    external_id: str
    person: Person
    target: str
    text: str = ""
    media: Media | None = None
    echo: bool = False


@dataclass(frozen=True, slots=True)
class Revoked(Envelope):
    """A message that its author took back."""

    external_id: str
    person: Person
    target: str
    echo: bool = False


@dataclass(frozen=True, slots=True)
class StatusChanged(Envelope):
    """What became of a message of ours; ``opaque`` is the token that we sent along with it.

    ``status`` is one of sent, delivered, read, played, failed, or another word that is then recorded and left alone.
    """

    external_id: str
    status: str
    person: Person
    opaque: str = ""
    faults: tuple[Fault, ...] = ()
    pricing: dict[str, Any] = field(default_factory=dict)
    participant: str = ""


@dataclass(frozen=True, slots=True)
class PersonChanged(Envelope):
    """The same person under a new phone number, BSUID or identity key. ``change`` is phone, bsuid or identity."""

    external_id: str
    change: str
    before: Person
    after: Person
    text: str = ""


@dataclass(frozen=True, slots=True)
class PreferenceChanged(Envelope):
    """The customer stopped or resumed marketing inside WhatsApp. ``value`` is stop, resume, signup or another word."""

    person: Person
    category: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AddressBookChanged(Envelope):
    """The business added or removed somebody in the address book of its own phone. ``action`` is add, remove or another word."""

    person: Person
    action: str


@dataclass(frozen=True, slots=True)
class TemplateChanged(Envelope):
    """News about a template. ``event`` is a status word, or quality, category, components, category_notice."""

    account_key: str
    template_key: str
    name: str
    language: str
    event: str
    category: str = ""
    quality: str = ""
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountChanged(Envelope):
    """News about a number or its account that somebody should see: limits, quality, bans, calls, groups, unknown fields."""

    account_key: str
    subject: str  # the wire's field name
    event: str
    severity: str = "info"  # info, warning or danger
    display_phone: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unreadable(Envelope):
    """An item that could not be understood; it is quarantined with ``reason`` while its neighbours go on."""

    where: str  # path inside the body, e.g. entry[0].changes[2].value.messages[5]
    reason: str
    raw: Any = None
