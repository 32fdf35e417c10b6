"""Finds the first place where the trail is not what was written: edited, deleted, inserted, moved or cut off.

What it cannot see: an entry removed before it was sealed (within seconds), and a database, checkpoint file and key all put
back together to an earlier day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import StrEnum

from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from . import checkpoints, guards
from .checkpoints import Checkpoint
from .mac import entry_mac, head, is_right, link
from .models import Entry, Seal
from .seal import ONLY_SEAL

CHUNK = 1000
SEALED_WITHIN = timedelta(minutes=1)


class Fault(StrEnum):
    """What can be wrong with the trail."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    MOVED = "moved"
    CUT_OFF = "cut off"
    UNSEALED = "unsealed"
    UNGUARDED = "unguarded"


@dataclass(frozen=True)
class Finding:
    """The first fault found: what kind, where in the chain, which entry (if there is one), and a sentence that says it."""

    fault: Fault
    position: int | None
    entry_id: int | None
    sentence: str


def verify() -> Finding | None:
    """None if the trail is whole, else the first fault. Reads everything once, in chunks, in constant memory."""
    before = Seal.objects.filter(pk=ONLY_SEAL).first()
    if before and (before.position or before.hash) and not _is_genuine(before):
        return Finding(Fault.EDITED, before.position, None, _("The seal that says where the trail ends was edited."))
    try:
        end = _walk(before)
        _check_end(end, before)
        _check_unsealed()
    except _Found as found:
        return found.finding
    if not guards.are_installed(connection):
        return Finding(Fault.UNGUARDED, None, None, _("The database no longer refuses to change entries; its triggers are gone."))
    return None


class _Found(Exception):
    def __init__(self, fault: Fault, position: int | None, entry_id: int | None, sentence: str) -> None:
        super().__init__(sentence)
        self.finding = Finding(fault, position, entry_id, sentence)


@dataclass
class _End:
    """How far the walk has come."""

    position: int = 0
    hash: str = ""


def _walk(seal: Seal | None) -> _End:
    """Follows the chain from its first entry to its last; raises _Found at the first that does not fit."""
    notes = _Notes(seal)
    end = _End()
    for entry in _sealed():
        _check_place(entry, end)
        _check_content(entry, end)
        end.position, end.hash = end.position + 1, entry.hash
        notes.compare(end, entry.pk)
    notes.finish(end)
    return end


def _check_place(entry: Entry, end: _End) -> None:
    expected = end.position + 1
    if entry.position is None or entry.position < expected:
        raise _Found(
            Fault.INSERTED, entry.position, entry.pk, _("Entry %(id)s was inserted: place %(place)s is taken.") % _at(entry)
        )
    if entry.position > expected:
        sentence = _("The entry at place %(place)s was deleted.") % {"place": expected}
        raise _Found(Fault.DELETED, expected, None, sentence)


def _check_content(entry: Entry, end: _End) -> None:
    position = end.position + 1
    is_ours = is_right(entry.mac, entry_mac(entry))
    fits = entry.previous == end.hash and is_right(entry.hash, link(entry.pk, entry.mac, position, end.hash))
    if is_ours and fits:
        return
    if fits:
        raise _Found(Fault.EDITED, position, entry.pk, _("Entry %(id)s at place %(place)s was edited.") % _at(entry))
    if is_ours:
        sentence = _("Entry %(id)s does not belong at place %(place)s: the chain was rearranged here.") % _at(entry)
        raise _Found(Fault.MOVED, position, entry.pk, sentence)
    sentence = _("Entry %(id)s at place %(place)s was not written by Parley: it was inserted or replaced.") % _at(entry)
    raise _Found(Fault.INSERTED, position, entry.pk, sentence)


def _check_end(end: _End, before: Seal | None) -> None:
    """The chain must reach as far as the seal said before the walk, and no further than it says after."""
    if before and end.position < before.position:
        sentence = _("The end was cut off: the trail ends at place %(end)s, its seal at %(sealed)s.")
        raise _Found(Fault.CUT_OFF, end.position + 1, None, sentence % {"end": end.position, "sealed": before.position})
    after = Seal.objects.filter(pk=ONLY_SEAL).first()
    if end.position > (after.position if after else 0):
        sentence = _("The seal was put back: it ends before place %(end)s, which the trail reaches.") % {"end": end.position}
        raise _Found(Fault.CUT_OFF, end.position, None, sentence)


def _check_unsealed() -> None:
    overdue = timezone.now() - SEALED_WITHIN
    for entry in Entry.objects.filter(position__isnull=True).order_by("pk").iterator(CHUNK):
        if not is_right(entry.mac, entry_mac(entry)):
            raise _Found(
                Fault.INSERTED, None, entry.pk, _("Entry %(id)s was not written by Parley: it was inserted.") % _at(entry)
            )
        if entry.at < overdue:
            sentence = _("Entry %(id)s has waited for its seal for over a minute; is the sweep running?") % _at(entry)
            raise _Found(Fault.UNSEALED, None, entry.pk, sentence)
    twice = Entry.objects.values("nonce").annotate(n=Count("pk")).filter(n__gt=1).order_by("nonce").first()
    if twice:
        copy = Entry.objects.filter(nonce=twice["nonce"]).order_by("pk").last()
        raise _Found(Fault.INSERTED, None, copy.pk if copy else None, _("An entry stands in the trail twice."))


class _Notes:
    """What the seal and the checkpoints say about places in the chain, compared while the walk passes them."""

    def __init__(self, seal: Seal | None) -> None:
        self._seal = seal
        self._lines = self._genuine()
        self._next = next(self._lines, None)

    def compare(self, end: _End, entry_id: int) -> None:
        """The chain's hash here must be the one that was noted here."""
        if self._seal and self._seal.position == end.position and self._seal.hash != end.hash:
            raise _Found(Fault.MOVED, end.position, entry_id, _("The chain does not end in its seal: it was rewritten."))
        while self._next and self._next.position <= end.position:
            if self._next.position == end.position and self._next.hash != end.hash:
                sentence = _("The trail up to place %(place)s is not the one noted in the checkpoints: it was rewritten.")
                raise _Found(Fault.MOVED, end.position, entry_id, sentence % {"place": end.position})
            self._next = next(self._lines, None)

    def finish(self, end: _End) -> None:
        """Nothing may be noted beyond the end."""
        if self._next:
            sentence = _("The end was cut off: the trail ends at place %(end)s, the checkpoints say %(noted)s.")
            raise _Found(Fault.CUT_OFF, end.position + 1, None, sentence % {"end": end.position, "noted": self._next.position})

    @staticmethod
    def _genuine() -> Iterator[Checkpoint]:
        for number, checkpoint in checkpoints.read():
            if checkpoint is None or not checkpoint.is_genuine():
                raise _Found(Fault.EDITED, None, None, _("Line %(line)s of the checkpoints was edited.") % {"line": number})
            yield checkpoint


def _is_genuine(seal: Seal) -> bool:
    at = seal.sealed_at.astimezone(UTC).isoformat() if seal.sealed_at else ""
    return is_right(seal.mac, head(seal.position, seal.hash, at))


def _sealed() -> Iterator[Entry]:
    """Every sealed entry by place, in chunks of their own queries (a long cursor would hold up PostgreSQL's pool)."""
    place, pk = -(2**63), 0
    while True:
        later = Entry.objects.filter(position__gte=place).exclude(position=place, pk__lte=pk).order_by("position", "pk")
        chunk = list(later[:CHUNK])
        if not chunk:
            return
        yield from chunk
        place, pk = chunk[-1].position or 0, chunk[-1].pk


def _at(entry: Entry) -> dict[str, object]:
    return {"id": entry.pk, "place": entry.position}
