"""The nets under the line: takes up whatever waits although its bell was lost, and does what only time brings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from inbox.audit import seal
from inbox.conversations import early
from inbox.conversations.models import Conversation, Reaction
from inbox.conversations.sequence import announce
from inbox.conversations.views import CLOSING_SOON
from inbox.lib import bell
from inbox.lib.jobs import later
from inbox.replies.models import Delivery
from inbox.replies.outbox import overdue
from inbox.replies.reactions import hand_over
from inbox.replies.write import OUTBOX_BELL
from inbox.whatsapp import intake, media
from inbox.whatsapp.models import Connection, RawEvent

from .files import fetch_file
from .inbound import process
from .sync import sync_templates

log = logging.getLogger(__name__)
AT_ONCE = 100
# A bell that was rung is answered within a second or so; what is older was not heard.
UNHEARD = timedelta(seconds=5)
# A sweep that has just started looks back so far; pages older than that catch up by themselves.
FIRST_LOOK_BACK = timedelta(minutes=2)
CLEAR_EVERY = timedelta(hours=6)
TEMPLATES_EVERY = timedelta(hours=1)


class Rounds:
    """Goes round the nets; remembers when it looked last, because some things happen only by time passing."""

    def __init__(self) -> None:
        self._looked_at: datetime | None = None
        self._cleared_at: datetime | None = None

    def tick(self, now: datetime) -> None:
        """Everything that is due at ``now`` (aware). One net that tears does not hurt the others."""
        since = self._looked_at or now - FIRST_LOOK_BACK
        for net in (seal_trail, raw_events, deliveries, files, reactions, templates):
            _safely(net, now)
        if _safely(partial(windows, since), now):
            self._looked_at = now  # a net that tore looks at the same span again
        if self._cleared_at is None or now - self._cleared_at >= CLEAR_EVERY:
            self._cleared_at = now
            _safely(clear, now)


tick = Rounds().tick


def clear(now: datetime) -> None:
    """Let go of what is no longer needed."""
    intake.purge(now - timedelta(days=settings.RAW_EVENT_DAYS))
    early.forget_stale()


def seal_trail(now: datetime) -> None:
    """Chain the entries written since."""
    seal.seal(AT_ONCE * 10)


def raw_events(now: datetime) -> None:
    """Free events of dead workers and ring for those that nobody took."""
    intake.release_expired(now)
    if RawEvent.objects.filter(state=RawEvent.State.NEW, lease_until__isnull=True, received_at__lt=now - UNHEARD).exists():
        later(process)


def deliveries(now: datetime) -> None:
    """Free deliveries of dead senders and ring for those that are due."""
    overdue.release_expired()
    overdue.give_up_stale(now)
    if Delivery.objects.filter(state=Delivery.State.QUEUED, due_at__lt=now - UNHEARD).exists():
        bell.ring(OUTBOX_BELL)


def files(now: datetime) -> None:
    """Ring for the files whose next try is due."""
    for attachment_id in media.due(now, AT_ONCE):
        later(fetch_file, attachment_id)


def reactions(now: datetime) -> None:
    """Ring for reactions of ours that have not reached WhatsApp."""
    working = Connection.objects.filter(state=Connection.State.READY).values("number")
    waiting = Reaction.objects.filter(ours=True, handed_over=False, said_at__lt=now - UNHEARD, number__in=working)
    for pk in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        later(hand_over, pk)


def windows(since: datetime, now: datetime) -> None:
    """Tell the pages of conversations whose window closed, or came within four hours of closing, since the last look."""
    closed = Q(window_until__gt=since, window_until__lte=now)
    soon = Q(window_until__gt=since + CLOSING_SOON, window_until__lte=now + CLOSING_SOON)
    for conversation in Conversation.objects.open().filter(closed | soon).order_by("pk").iterator(AT_ONCE):
        with transaction.atomic():
            announce(conversation)


def templates(now: datetime) -> None:
    """Ring for the accounts whose templates were not looked at for an hour, or ever."""
    stale = Q(templates_synced_at__isnull=True) | Q(templates_synced_at__lt=now - TEMPLATES_EVERY)
    for pk in Connection.objects.filter(stale, state=Connection.State.READY).values_list("pk", flat=True):
        later(sync_templates, pk)


def _safely(net: Callable[[datetime], object], now: datetime) -> bool:
    try:
        net(now)
    except Exception:
        log.exception("net torn", extra={"net": getattr(net, "__name__", "windows")})
        return False
    return True
