"""Finds the contact that a webhook speaks of, or makes one; one person stays one contact.

The BSUID is the key and the phone an attribute (protocol sections 1 and 10): a phone may be missing, may be spelt in
several ways, and may pass to another person.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from .envelopes import Person
from .languages import guess
from .merge import merge
from .models import Contact, Handle
from .phones import matching_key

# What take_profile may change.
PROFILE = ("name", "identity_hash", "profile_at")


class NobodyNamed(Exception):
    """The webhook gives neither a phone number nor a BSUID."""


def recognise(portfolio: str, person: Person, at: datetime) -> Contact:
    """The contact for a person as seen at a time (aware). Needs a transaction; raises NobodyNamed."""
    if not person.is_known():
        raise NobodyNamed
    known = handles_of(portfolio, [person])
    contact = find(person, known, at)
    if contact is None or unsettled(contact, person, known, at):
        contact = settle(portfolio, person, at)
    if take_profile(contact, person, at):
        contact.save(update_fields=PROFILE)
    return contact


def settle(portfolio: str, person: Person, at: datetime) -> Contact:
    """Make what is missing: the contact itself, or handles it did not hold yet."""
    try:
        with transaction.atomic():
            return _settle(portfolio, person, at)
    except IntegrityError:
        # Another worker met the same new person at the same moment; now its rows are there to be found.
        return _settle(portfolio, person, at)


def _settle(portfolio: str, person: Person, at: datetime) -> Contact:
    contact = find(person, handles_of(portfolio, [person]), at)
    if contact is None:
        contact = newcomer(portfolio, person)
        contact.save()
    for kind, value in values_of(person):
        give_handle(contact, kind, value, at)
    return contact


def newcomer(portfolio: str, person: Person) -> Contact:
    """The row of a new contact, not saved, with the language that their country suggests."""
    return Contact(portfolio=portfolio, language=guess(person.bsuid, person.phone))


def find(person: Person, known: list[Handle], at: datetime) -> Contact | None:
    """The contact that these handles lead to; two that turn out to be one person are merged on the way."""
    by_bsuid = holder_among(known, Handle.Kind.BSUID, person.bsuid, at)
    by_phone = holder_among(known, Handle.Kind.WA_ID, person.phone, at)
    if by_bsuid and by_phone and by_bsuid != by_phone and not by_phone.bsuid:
        return merge(by_phone, by_bsuid)  # one person, met once by phone and once by BSUID
    if by_phone and not by_bsuid and person.bsuid and by_phone.bsuid:
        return None  # the phone number passed to somebody else
    return by_bsuid or by_phone


def handles_of(portfolio: str, persons: Iterable[Person]) -> list[Handle]:
    """Every handle, of now and of before, that webhooks name, with its contact; one query."""
    keys: dict[str, set[str]] = {}
    for person in persons:
        for kind, key in names_of(person):
            keys.setdefault(kind, set()).add(key)
    named = Q(pk__in=())
    for kind, of_kind in keys.items():
        named |= Q(kind=kind, key__in=of_kind)
    return list(Handle.objects.select_related("contact").filter(named, portfolio=portfolio))


def settled(person: Person, known: list[Handle], at: datetime) -> Contact | None:
    """The contact that these handles lead to if nothing has to be learnt, moved or merged for that, else None; no query."""
    by_bsuid = holder_among(known, Handle.Kind.BSUID, person.bsuid, at)
    by_phone = holder_among(known, Handle.Kind.WA_ID, person.phone, at)
    contact = by_bsuid or by_phone
    if contact is None or (by_phone and by_phone != contact) or unsettled(contact, person, known, at):
        return None
    return contact


def unsettled(contact: Contact, person: Person, known: list[Handle], at: datetime) -> bool:
    """True if the webhook tells a handle, or a spelling or an earlier time of one, that the contact does not hold yet."""
    held = {
        (row.kind, row.value)
        for row in known
        if row.contact == contact and row.since <= at and (row.until is None or at <= row.until)
    }
    return any(named not in held for named in values_of(person))


def holder(portfolio: str, kind: str, value: str, at: datetime) -> Contact | None:
    """Whose handle this is now, else whose it was at that time."""
    if not value:
        return None
    rows = Handle.objects.select_related("contact").filter(portfolio=portfolio, kind=kind, key=key_of(kind, value))
    return holder_among(list(rows), kind, value, at)


def holder_among(rows: list[Handle], kind: str, value: str, at: datetime) -> Contact | None:
    """The same, among handles that were fetched before."""
    same = [row for row in rows if row.kind == kind and row.key == key_of(kind, value)] if value else []
    current = next((row for row in same if row.until is None), None)
    former = min((row for row in same if row.until is not None and row.until >= at), key=lambda row: row.since, default=None)
    if current and former and at < current.since:
        current = None
    found = current or former
    return found.contact if found else None


def give_handle(contact: Contact, kind: str, value: str, at: datetime) -> None:
    """Let a contact hold a handle from ``at`` on; whoever held it before keeps it as history."""
    key = key_of(kind, value)
    mine = Handle.objects.filter(contact=contact, kind=kind, key=key).order_by("-since").first()
    if mine and (mine.until is None or at <= mine.until):
        remember_spelling(mine, value, at)
        return
    newer = Handle.objects.filter(contact=contact, kind=kind, until__isnull=True, since__gt=at).order_by("since").first()
    rival = Handle.objects.filter(portfolio=contact.portfolio, kind=kind, key=key, until__isnull=True).exclude(contact=contact)
    successor = rival.filter(since__gt=at).first()  # late news: by then somebody else held it already
    rival.filter(since__lte=at).update(until=at)
    Handle.objects.filter(contact=contact, kind=kind, until__isnull=True, since__lte=at).update(until=at)
    handle = held_since(contact, kind, value, at)
    handle.until = min((row.since for row in (newer, successor) if row is not None), default=None)
    handle.save()


def held_since(contact: Contact, kind: str, value: str, at: datetime) -> Handle:
    """The row of a handle that is in force from ``at`` on, not saved."""
    return Handle(contact=contact, portfolio=contact.portfolio, kind=kind, value=value, key=key_of(kind, value), since=at)


def remember_spelling(handle: Handle, value: str, at: datetime) -> None:
    """Keep the spelling WhatsApp used last, and the earliest time we know of; what came before ended then."""
    if at < handle.since:
        before = Handle.objects.filter(contact=handle.contact_id, kind=handle.kind, until=handle.since)
        before.exclude(pk=handle.pk).update(until=at)
        Handle.objects.filter(pk=handle.pk).update(since=at)
    elif value != handle.value:
        Handle.objects.filter(pk=handle.pk).update(value=value)


def take_profile(contact: Contact, person: Person, at: datetime) -> bool:
    """Take over, in memory, the name that the newest webhook tells; True if anything is to be saved."""
    if contact.profile_at is not None and at < contact.profile_at:
        return False
    name = person.name.strip()[:200]
    if not name and not person.identity_hash:
        return False
    contact.name = name or contact.name
    contact.identity_hash = person.identity_hash[:128] or contact.identity_hash
    contact.profile_at = at
    return True


def values_of(person: Person) -> list[tuple[str, str]]:
    """The handles that a webhook gives, as (kind, value)."""
    given = [
        (Handle.Kind.BSUID, person.bsuid),
        (Handle.Kind.PARENT_BSUID, person.parent_bsuid),
        (Handle.Kind.WA_ID, person.phone),
        (Handle.Kind.USERNAME, person.username),
    ]
    return [(kind, value) for kind, value in given if value]


def names_of(person: Person) -> list[tuple[str, str]]:
    """The same, as (kind, what the handle is matched on)."""
    return [(kind, key_of(kind, value)) for kind, value in values_of(person)]


def key_of(kind: str, value: str) -> str:
    """What a handle is matched on."""
    if kind in (Handle.Kind.WA_ID, Handle.Kind.PHONE):
        return matching_key(value)
    return value.lower() if kind == Handle.Kind.USERNAME else value
