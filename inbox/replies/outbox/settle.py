"""Writes down what became of deliveries: accepted, again later, given up, unknown, or waiting for a mended connection."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from inbox.audit.codes import Code
from inbox.audit.record import SYSTEM, record
from inbox.conversations import early, status
from inbox.conversations.models import Message
from inbox.conversations.models.message import Status
from inbox.conversations.sequence import hold
from inbox.replies.models import Delivery
from inbox.whatsapp import limits
from inbox.whatsapp.errors import Effect, WireError

from .accepted import accept_all
from .claim import held, put_back
from .connection_state import end_pause, hold_back
from .hand_over import Outcome

log = logging.getLogger(__name__)
REFUSED_BY_US = 100  # what Meta calls an invalid parameter; our own checks found it first
HELD = (Effect.RECONNECT, Effect.BLOCK, Effect.PAUSE)
FILE_TRIES = 5


def settle(outcomes: Sequence[Outcome]) -> None:
    """Write a batch of outcomes, one transaction per number: the accepted all at once, the others one by one.

    Raises OperationalError or InterfaceError when the database is in trouble; then nothing of that number is written.
    """
    by_number: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        by_number.setdefault(outcome.delivery.number_id, []).append(outcome)
    for number_id, of_number in by_number.items():
        with transaction.atomic():
            hold(number_id)
            for outcome in accepted_apart(number_id, of_number):
                settle_safely(outcome)
            end_pause(of_number)


def accepted_apart(number_id: int, outcomes: list[Outcome]) -> list[Outcome]:
    """Write the accepted at once and give the rest; if that cannot be done, one of them is odd, and each is written alone."""
    try:
        with transaction.atomic():
            return accept_all(number_id, outcomes, timezone.now())
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("accepted sends not written together", extra={"number": number_id})
        return outcomes


def settle_safely(outcome: Outcome) -> None:
    """Write one outcome; one that cannot be written does not hurt the others."""
    try:
        with transaction.atomic():
            settle_one(outcome, timezone.now())
    except (OperationalError, InterfaceError):
        raise  # the database's trouble: the whole batch comes back
    except Exception:
        # The lease runs out and the delivery turns unknown: visible, and never sent twice.
        log.exception("outcome not written", extra={"delivery": outcome.delivery.pk})


def settle_one(outcome: Outcome, now: datetime) -> None:
    """Write one outcome."""
    delivery = outcome.delivery
    if outcome.accepted is not None:
        accept(delivery, outcome.accepted.external_id, now)
    elif outcome.remote_id or outcome.too_late:
        put_back(delivery, now)
    elif outcome.refused is not None:
        give_up(delivery, REFUSED_BY_US, str(outcome.refused.sentence), now)
    elif outcome.error is not None:
        fail(outcome, outcome.error, now)


def accept(delivery: Delivery, external_id: str, now: datetime) -> None:
    """WhatsApp took it and gave it an id; apply the statuses that were quicker than the answer."""
    open_states = (Delivery.State.SENDING, Delivery.State.UNKNOWN, Delivery.State.QUEUED)
    Delivery.objects.filter(pk=delivery.pk, state__in=open_states).update(
        state=Delivery.State.ACCEPTED, lease_until=None, settled_at=now, error_code=None, error_detail=""
    )
    Message.objects.filter(pk=delivery.message_id, external_id__isnull=True).update(external_id=external_id)
    message = Message.objects.get(pk=delivery.message_id)
    status.advance(message, Status.ACCEPTED, now)
    early.apply_early(message)


def accept_by_token(number_id: int, token: str, external_id: str) -> Message | None:
    """A status names a send whose answer we never heard: settle it. The message, or None for a token that is not ours."""
    try:
        ours = UUID(token)
    except ValueError:
        return None  # a reaction's, or another tool's on the same number
    delivery = Delivery.objects.select_for_update().filter(token=ours, number_id=number_id).first()
    if delivery is None:
        return None
    message = Message.objects.get(pk=delivery.message_id)
    if not message.external_id:
        accept(delivery, external_id, timezone.now())
        message.refresh_from_db()
    return message if message.external_id == external_id else None


def fail(outcome: Outcome, error: WireError, now: datetime) -> None:
    """Decide by the catalogue what an error means for the message and for the whole connection."""
    delivery = outcome.delivery
    may_go_at = hold_back(delivery.number.connection, error, now)
    if error.sent == "maybe" and not outcome.of_file:
        lose(delivery, error, now)
    elif error.explain().effect in HELD:
        again(delivery, error, may_go_at)
    elif (wait := wait_before_next(outcome, error)) is not None:
        again(delivery, error, now + wait)
    else:
        give_up(delivery, error.code, error.details or error.title, now)


def wait_before_next(outcome: Outcome, error: WireError) -> timedelta | None:
    """How long to wait before another try by itself, or None. A file that may be there twice does nobody harm."""
    attempts = outcome.delivery.attempts + 1
    seed = str(outcome.delivery.token)
    if error.sent == "maybe":
        return limits.backoff(attempts, seed, first=timedelta(seconds=5)) if attempts < FILE_TRIES else None
    return limits.next_try(error, attempts, seed=seed)


def again(delivery: Delivery, error: WireError, due_at: datetime) -> None:
    """Queue it once more; it certainly was not sent."""
    held(delivery).update(
        state=Delivery.State.QUEUED,
        due_at=due_at,
        attempts=delivery.attempts + 1,
        lease_until=None,
        handed_over=False,
        error_code=error.code,
        error_detail=error.details[:500],
    )


def lose(delivery: Delivery, error: WireError, now: datetime) -> None:
    """Bytes left us and no answer came: unknown, until a status names our token."""
    if held(delivery).update(
        state=Delivery.State.UNKNOWN, lease_until=None, error_code=error.code, error_detail=error.details[:500]
    ):
        message = Message.objects.get(pk=delivery.message_id)
        status.advance(message, Status.UNKNOWN, now)


def give_up(delivery: Delivery, code: int, detail: str, now: datetime) -> None:
    """It will not be sent: say why, and let a person choose the next step. What was thought unknown meanwhile is known now."""
    unknown = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.UNKNOWN)
    if not (held(delivery) | unknown).update(
        state=Delivery.State.FAILED, lease_until=None, settled_at=now, error_code=code, error_detail=detail[:500]
    ):
        return
    message = Message.objects.get(pk=delivery.message_id)
    status.advance(message, Status.FAILED, now, code=code, detail=detail)
    record(Code.MESSAGE_FAILED, by=SYSTEM, target=("message", message.pk), number_id=message.number_id, error=code)
