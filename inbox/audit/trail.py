"""Reads the trail: what happened to one thing, or everything page by page, and the sentence of each entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from .codes import PERSON_KEYS, Code
from .models import Entry, EntryQuerySet


@dataclass(frozen=True)
class Place:
    """Where a page of the trail ended; the next one begins below it."""

    at: datetime
    id: int


def for_target(kind: str, id: int) -> EntryQuerySet:
    """The entries of one thing, such as ``("conversation", 7)``, oldest first."""
    return Entry.objects.filter(target_kind=kind, target_id=id).order_by("at", "id")


def page(entries: EntryQuerySet | None = None, *, below: Place | None = None, size: int = 50) -> tuple[list[Entry], Place | None]:
    """Up to ``size`` entries, newest first, and where the next page begins (None on the last one)."""
    chosen = Entry.objects.all() if entries is None else entries
    if below:
        chosen = chosen.filter(Q(at__lt=below.at) | Q(at=below.at, id__lt=below.id))
    found = list(chosen.order_by("-at", "-id")[: size + 1])
    shown = found[:size]
    return shown, Place(shown[-1].at, shown[-1].id) if len(found) > size else None


def sentence(entry: Entry, names: Mapping[int, str] | None = None) -> str:
    """What happened, in the reader's language. ``names`` gives people's names for the ids in the entry's data."""
    code = Code.of(entry.code)
    if code is None:
        return entry.code
    words: dict[str, object] = dict.fromkeys(code.keys, "—") | entry.data
    for key in PERSON_KEYS & words.keys():
        person = words[key]
        words[key] = (names or {}).get(person, _("somebody")) if isinstance(person, int) else "—"
    return str(code.sentence) % (words | {"actor": entry.actor_label or _("Somebody")})
