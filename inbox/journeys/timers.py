"""The nets under the line: takes up whatever waits although its bell was lost, and does what only time brings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

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
from inbox.replies.outbox import claim
from inbox.replies.reactions import hand_over
from inbox.replies.write import OUTBOX_BELL
from inbox.whatsapp import intake, media
from inbox.whatsapp.models import RawEvent

from .files import fetch_file
from .inbound import process

log = logging.getLogger(__name__)
AT_ONCE = 100
# A bell that was rung is answered within a second or so; what is older was not heard.
UNHEARD = timedelta(seconds=5)


def tick(now: datetime, since: datetime) -> None:
    """Everything that is due at ``now``, looked at last at ``since``. One net that fails does not tear the others."""
    for net in (seal_trail, raw_events, deliveries, files, reactions):
        _safely(net, lambda net=net: net(now))
    _safely(windows, lambda: windows(since, now))


def daily(now: datetime) -> None:
    """What is enough to do once in a while: let go of what is no longer needed."""
    _safely(intake.purge, lambda: intake.purge(now - timedelta(days=settings.RAW_EVENT_DAYS)))
    _safely(early.forget_stale, lambda: early.forget_stale())


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
    claim.release_expired()
    if Delivery.objects.filter(state=Delivery.State.QUEUED, due_at__lt=now - UNHEARD).exists():
        bell.ring(OUTBOX_BELL)


def files(now: datetime) -> None:
    """Ring for the files whose next try is due."""
    for attachment_id in media.due(now, AT_ONCE):
        later(fetch_file, attachment_id)


def reactions(now: datetime) -> None:
    """Ring for reactions of ours that have not reached WhatsApp."""
    waiting = Reaction.objects.filter(ours=True, handed_over=False, said_at__lt=now - UNHEARD)
    for pk in waiting.values_list("pk", flat=True)[:AT_ONCE]:
        later(hand_over, pk)


def windows(since: datetime, now: datetime) -> None:
    """Tell the pages of conversations whose window closed, or came within four hours of closing, since the last look."""
    closed = Q(window_until__gt=since, window_until__lte=now)
    soon = Q(window_until__gt=since + CLOSING_SOON, window_until__lte=now + CLOSING_SOON)
    for conversation in Conversation.objects.open().filter(closed | soon).order_by("pk")[:AT_ONCE]:
        with transaction.atomic():
            announce(conversation)


def _safely(what: Callable[..., object], do: Callable[[], object]) -> None:
    try:
        do()
    except Exception:
        log.exception("net torn", extra={"net": what.__name__})
