"""Pages of the conversation list by position, never by count: a page stays right while new work comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.http import Http404
from django.utils.dateparse import parse_datetime

from inbox.conversations.models import Conversation
from inbox.conversations.querysets import ConversationQuerySet

PAGE = 30
NEWEST, WAITING = "newest", "waiting"
SORTS = (NEWEST, WAITING)


@dataclass(frozen=True, slots=True)
class Page:
    """Some conversations and the position after them, "" at the end."""

    conversations: list[Conversation]
    next: str


def page(conversations: ConversationQuerySet, sort: str, before: str) -> Page:
    """The page after a position (as ``Page.next`` gave it; "" for the first). Raises Http404 for a position that is none."""
    ordered = conversations.newest_first()
    if sort == WAITING:
        ordered = conversations.order_by(F("waiting_since").asc(nulls_last=True), "-id")
    if before:
        ordered = ordered.filter(after(sort, before))
    found = list(ordered[: PAGE + 1])
    rest = len(found) > PAGE
    found = found[:PAGE]
    return Page(found, position(sort, found[-1]) if rest else "")


def position(sort: str, last: Conversation) -> str:
    """Where a conversation stands in an order."""
    at = last.waiting_since if sort == WAITING else last.last_message_at
    return f"{at.isoformat() if at else ''}~{last.pk}"


def after(sort: str, before: str) -> Q:
    """Everything after a position in an order."""
    moment, _tilde, pk = before.partition("~")
    at = moment_in(moment)
    if not pk.isdecimal() or len(pk) > 18 or (moment and at is None) or (sort == NEWEST and at is None):
        raise Http404
    later = Q(pk__lt=int(pk))
    if sort == NEWEST:
        return Q(last_message_at__lt=at) | Q(last_message_at=at) & later
    if at is None:
        return Q(waiting_since__isnull=True) & later
    return Q(waiting_since__gt=at) | Q(waiting_since=at) & later | Q(waiting_since__isnull=True)


def moment_in(text: str) -> datetime | None:
    """An aware moment, or None. A "+" of an address that nobody encoded arrives as a space."""
    try:
        at = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
