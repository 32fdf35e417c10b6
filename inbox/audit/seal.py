"""Chains new entries in order, one step behind the deeds, so that no deed waits for another.

The order of the chain is the order of sealing: on PostgreSQL an entry committed late under a low id is sealed late. An entry
whose mac is wrong was not written by ``record``; it is left out of the chain, where ``verify`` finds it.
"""

from __future__ import annotations

import logging

from django.db import connection, transaction
from django.utils import timezone

from . import checkpoints
from .mac import entry_mac, head, is_right, link
from .models import Entry, Seal

logger = logging.getLogger(__name__)

ONLY_SEAL = 1
PLACE = "UPDATE inbox_entry SET position = %s, previous = %s, hash = %s WHERE id = %s AND position IS NULL"


def seal(limit: int = 1000) -> int:
    """Chains up to ``limit`` unsealed entries and returns how many; 0 also means that somebody else was quicker.

    Notes a checkpoint after the commit. Several sealers may run; they queue up at the seal's row.
    """
    sealed = 0
    if Entry.objects.filter(position__isnull=True).exists():
        with transaction.atomic():
            sealed = _chain(limit)
    if last := Seal.objects.filter(pk=ONLY_SEAL).first():
        checkpoints.keep(last)
    return sealed


def _chain(limit: int) -> int:
    Seal.objects.get_or_create(pk=ONLY_SEAL)
    end = Seal.objects.select_for_update().get(pk=ONLY_SEAL)
    places = []
    for entry in _unsealed(limit):
        position = end.position + 1
        hash = link(entry.pk, entry.mac, position, end.hash)
        places.append((position, end.hash, hash, entry.pk))
        end.position, end.hash = position, hash
    if not places:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(PLACE, places)
    end.sealed_at = timezone.now()
    end.mac = head(end.position, end.hash, end.sealed_at.isoformat())
    end.save()
    return len(places)


def _unsealed(limit: int) -> list[Entry]:
    """The oldest entries that wait for their place and were written by us."""
    found: list[Entry] = []
    last = 0
    while len(found) < limit:
        chunk = list(Entry.objects.filter(position__isnull=True, pk__gt=last).order_by("pk")[:limit])
        if not chunk:
            break
        last = chunk[-1].pk
        genuine = [entry for entry in chunk if is_right(entry.mac, entry_mac(entry))]
        if len(genuine) < len(chunk):
            logger.error("trail: entries with a wrong mac are left out of the chain", extra={"count": len(chunk) - len(genuine)})
        found += genuine
    return found[:limit]
