"""The voice: says after commit that something changed. Losing a word is allowed, for pages catch up; raising is not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from functools import partial
from weakref import WeakSet

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction
from prometheus_client import Counter
from redis import RedisError

from inbox.lib.redis_line import TIMEOUT, complain, line

from . import topics
from .notices import Notice, merge, pack

ACCESS_CHANGED = "access.changed"
SESSION_ENDED = "session.ended"
# One notice may name this many messages; pages that need more ask.
MESSAGES = 200

NOTICES_LOST = Counter("parley_notices_lost", "Notices that Redis did not take; pages catch up", ["kind"])

logger = logging.getLogger(__name__)


def tell(number_id: int, seq: int, *, conversation_id: int, message_ids: Iterable[int] = ()) -> None:
    """Say, once the running transaction is committed, that a conversation and some of its messages changed.

    ``seq`` is what ``raise_seq`` gave for the number in this transaction. Everything told in one transaction goes out
    together, one notice per conversation; what a rolled back savepoint told is not said.
    """
    notice = Notice(number_id, seq, conversation_id, tuple(message_ids)[:MESSAGES], seq)
    if connection.in_atomic_block:
        _bundle().notices.append(notice)
    else:
        _publish([notice])


def to_person(person_id: int, what: str) -> None:
    """Tell every open page of a person, after commit: "access.changed" (look again) or "session.ended" (close now)."""
    if what not in {ACCESS_CHANGED, SESSION_ENDED}:
        raise ValueError(what)
    transaction.on_commit(partial(_send_control, person_id, what))


class _Bundle:
    """What is told within one savepoint. It knows the others of its transaction, and the first to be called speaks for all.

    Django forgets the hooks of a savepoint that is rolled back; nothing else holds a bundle, so it leaves ``together`` too.
    """

    def __init__(self, together: WeakSet[_Bundle]) -> None:
        self.notices: list[Notice] = []
        self.together = together
        self.spent = False
        together.add(self)

    def __call__(self) -> None:
        if self.spent:
            return
        notices: list[Notice] = []
        for bundle in self.together:
            bundle.spent = True
            notices += bundle.notices
        _publish(merge(notices))


def _bundle() -> _Bundle:
    together: WeakSet[_Bundle] = WeakSet()
    for entry in reversed(connection.run_on_commit):
        savepoints, hook = entry[:2]
        if isinstance(hook, _Bundle) and not hook.spent:
            if savepoints == set(connection.savepoint_ids):
                return hook
            together = hook.together
            break
    made = _Bundle(together)
    transaction.on_commit(made)
    return made


def _publish(notices: list[Notice]) -> None:
    try:
        line().publish(topics.notices(), pack(notices))
    except (RedisError, OSError) as error:
        NOTICES_LOST.labels("change").inc()
        complain(logger, "notice lost", error)


def _send_control(person_id: int, what: str) -> None:
    try:
        async_to_sync(_group_send)(topics.person(person_id), what)
    except (TimeoutError, RedisError, OSError) as error:
        NOTICES_LOST.labels(what).inc()
        complain(logger, f"control lost, {what}", error)


async def _group_send(group: str, what: str) -> None:
    layer = get_channel_layer()
    if layer is not None:
        await asyncio.wait_for(layer.group_send(group, {"type": what}), TIMEOUT)
