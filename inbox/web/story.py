"""The lines between the messages: who took a conversation, resolved it, opened it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from inbox.audit.codes import PERSON_KEYS, Code
from inbox.audit.models import Entry
from inbox.audit.trail import sentence

ICONS = {
    Code.CONVERSATION_RESOLVED.value: "check",
    Code.CONVERSATION_REOPENED.value: "rotate-ccw",
    Code.CONVERSATION_ASSIGNED.value: "user",
    Code.CONVERSATION_UNASSIGNED.value: "user",
    Code.CONVERSATION_TEAM_CHANGED.value: "users",
}
MOST = 60


@dataclass(frozen=True, slots=True)
class Line:
    """One deed, in words."""

    pk: int
    conversation: int | None
    at: datetime
    icon: str
    sentence: str


def story(conversations: Iterable[int], since: datetime | None = None) -> list[Line]:
    """What was done with some conversations, oldest first: the newest deeds, in two queries."""
    told = Entry.objects.filter(target_kind="conversation", target_id__in=list(conversations), code__in=list(ICONS))
    if since is not None:
        told = told.filter(at__gte=since)
    return lines(list(told.order_by("-at", "-id")[:MOST])[::-1])


def lines(entries: list[Entry]) -> list[Line]:
    """Entries as sentences, with people's names in place of their ids."""
    ids = {value for entry in entries for key, value in entry.data.items() if key in PERSON_KEYS and value}
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=ids)} if ids else {}
    return [Line(entry.pk, entry.target_id, entry.at, ICONS[entry.code], sentence(entry, names)) for entry in entries]
