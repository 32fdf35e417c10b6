"""Keeps webhook bodies: all that wait are committed together by one writer, and only then is anybody told "kept"."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from queue import SimpleQueue

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.utils import timezone

from .bell import Bell
from .rows import MOST_ROWS, write

logger = logging.getLogger(__name__)

WAITING_BODIES = 2_000
WAITING_BYTES = 64 * 1024 * 1024
ENOUGH = 16  # bodies: more make a batch hardly cheaper
QUIET_TURNS = 2  # a server needs one turn to read a body and one to hand it to us
SECONDS_OF_PATIENCE = 8.0  # Meta gives up after 5 to 10 (protocol §2.4); it then sends the body again


class CannotKeep(Exception):
    """The body was not (or not in time) made durable: answer 503, and it will be sent again."""


@dataclass(slots=True, eq=False)
class _Waiting:
    app_id: int
    body: bytes
    loop: asyncio.AbstractEventLoop
    told: asyncio.Future[None] = field(repr=False)


class Keeper:
    """One batch at the writer, the next one gathering meanwhile; used from one event loop, and after its end from another.

    There is no linger: a single body is handed over when two turns of the loop, some microseconds, brought no other; under
    load a batch gathers by itself while the writer is busy. A commit costs as much processor time as a dozen rows, and
    each change of thread as much as one (measured), so a batch has one commit and two changes of thread.
    The threads start with the first body, so that a Keeper may be made before a server forks.
    """

    def __init__(
        self, ring: Callable[[], object], *, patience: float = SECONDS_OF_PATIENCE, alias: str = DEFAULT_DB_ALIAS
    ) -> None:
        self._alias = alias
        self._patience = patience
        self._bell = Bell(ring)
        self._gathered: list[_Waiting] = []
        self._bytes = 0
        self._busy: asyncio.AbstractEventLoop | None = None  # whose turn it is to hear from the writer
        self._closed = False
        self._batches: SimpleQueue[list[_Waiting] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def keep(self, app_id: int, body: bytes) -> None:
        """Return when the body is durable. Raises CannotKeep when too many wait, the database refuses or time is up."""
        if self._closed:
            raise CannotKeep("the keeper is closed")
        if len(self._gathered) >= WAITING_BODIES or self._bytes + len(body) > WAITING_BYTES:
            raise CannotKeep("too many bodies wait")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(app_id, body, loop, loop.create_future())
        self._gathered.append(waiting)
        self._bytes += len(body)
        if self._busy is not loop:
            self._busy = loop
            loop.call_soon(self._gather, loop)
        timer = loop.call_later(self._patience, _tell, waiting, "the database was too slow")
        try:
            await waiting.told
        finally:
            timer.cancel()

    def close(self) -> None:
        """Let the writer finish the batch that it has, then end both threads and the writer's database connection."""
        self._closed = True
        self._batches.put(None)
        if self._thread is not None:
            self._thread.join(timeout=self._patience)
        self._bell.stop()

    def _gather(self, loop: asyncio.AbstractEventLoop, seen: int = 0, quiet: int = 0) -> None:
        """In the loop: let turns pass as long as they bring more, up to a batch that is worth its commit."""
        found = len(self._gathered)
        if 0 < found < ENOUGH and quiet < QUIET_TURNS:
            loop.call_soon(self._gather, loop, found, quiet + 1 if found == seen else 0)
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        """In the loop: give the writer the next batch, or know that it is idle."""
        still = [waiting for waiting in self._gathered if not waiting.told.done()]
        batch, self._gathered = still[:MOST_ROWS], still[MOST_ROWS:]
        self._bytes = sum(len(waiting.body) for waiting in self._gathered)
        self._busy = batch[0].loop if batch else None
        if self._closed:
            for waiting in batch:
                _tell(waiting, "the keeper is closed")
        elif batch:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="intake-writer", daemon=True)
                self._thread.start()
            self._batches.put(batch)

    def _take_back(self, batch: list[_Waiting], problem: str) -> None:
        """In the loop: the writer is free again. The next batch goes first, so that the disk works while we answer."""
        self._gather(batch[0].loop)
        for waiting in batch:
            _tell(waiting, problem)

    def _write_all(self) -> None:
        try:
            while (batch := self._batches.get()) is not None:
                problem = self._write(batch)
                try:
                    batch[0].loop.call_soon_threadsafe(self._take_back, batch, problem)
                except RuntimeError:  # the loop is closed: nobody waits there any more
                    logger.info("intake.loop_gone", extra={"bodies": len(batch)})
        finally:
            connections[self._alias].close()

    def _write(self, batch: list[_Waiting]) -> str:
        """Make the batch durable, ask for a ring; gives what went wrong, or nothing."""
        try:
            self._commit(batch)
        except BaseException as error:  # a writer that ends would leave everybody waiting
            logger.exception("intake.cannot_keep", extra={"bodies": len(batch)})
            return f"the database refused: {type(error).__name__}"
        self._bell.soon()
        return ""

    def _commit(self, batch: list[_Waiting]) -> None:
        connection = connections[self._alias]
        bodies = [(waiting.app_id, waiting.body, sha256(waiting.body).digest()) for waiting in batch]
        received_at = timezone.now()
        try:
            write(connection, bodies, received_at)
        except Error as error:
            logger.warning("intake.retry", extra={"bodies": len(batch), "error": type(error).__name__})
            connection.close()
            write(connection, bodies, received_at)


def _tell(waiting: _Waiting, problem: str) -> None:
    if not waiting.told.done():
        if problem:
            waiting.told.set_exception(CannotKeep(problem))
        else:
            waiting.told.set_result(None)
