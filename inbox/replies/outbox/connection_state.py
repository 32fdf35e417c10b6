"""Stops sending on a number that needs a person or a pause, and lets it begin again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from inbox.audit.codes import Code
from inbox.audit.record import SYSTEM, record
from inbox.whatsapp.errors import Effect, WireError
from inbox.whatsapp.models import Connection

from .hand_over import Outcome

STATE_OF = {
    Effect.RECONNECT: Connection.State.RECONNECT,
    Effect.BLOCK: Connection.State.BLOCKED,
    Effect.PAUSE: Connection.State.PAUSED,
}
# What is worse stays: a pause that ends must not hide that the token is gone.
WORSE = [Connection.State.READY, Connection.State.PAUSED, Connection.State.RECONNECT, Connection.State.BLOCKED]


def hold_back(connection: Connection, error: WireError, now: datetime) -> datetime:
    """Write down what an error means for the whole number; gives when a delivery may be tried again as far as that goes."""
    meaning = error.explain()
    state = STATE_OF.get(Effect(meaning.effect))
    if state is None:
        return now
    pause = max(meaning.pause, timedelta(seconds=error.retry_after or 0)) if state == Connection.State.PAUSED else timedelta()
    current = Connection.objects.select_for_update().get(pk=connection.pk)
    if WORSE.index(Connection.State(current.state)) > WORSE.index(state):
        return now
    previous, current.state = str(current.state), state
    current.state_code, current.state_reason, current.state_at = error.code, meaning.meaning[:300], now
    current.paused_until = now + pause if pause else None
    current.save(update_fields=["state", "state_code", "state_reason", "state_at", "paused_until"])
    if previous != state:
        tell(current, previous, error.code)
    return now + pause


def end_pause(outcomes: Sequence[Outcome]) -> None:
    """WhatsApp takes messages again after a pause that it asked for. Needs a transaction."""
    taken = [outcome.delivery.number.connection for outcome in outcomes if outcome.accepted is not None]
    paused = next((connection for connection in taken if connection.state == Connection.State.PAUSED), None)
    if paused is None:
        return
    ended = Connection.objects.filter(pk=paused.pk, state=Connection.State.PAUSED)
    if ended.update(state=Connection.State.READY, state_reason="", state_code=None, paused_until=None):
        paused.state = Connection.State.READY
        tell(paused, str(Connection.State.PAUSED), None)


def tell(connection: Connection, previous: str, code: int | None) -> None:
    """Leave an entry of the change."""
    target = ("connection", connection.pk)
    state = str(connection.state)
    number = connection.number_id
    record(Code.CONNECTION_STATE_CHANGED, by=SYSTEM, target=target, number_id=number, state=state, previous=previous, error=code)
