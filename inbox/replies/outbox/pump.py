"""The sender's loop: keeps a pool of threads busy with what is due and writes outcomes in batches."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from queue import Empty, SimpleQueue
from threading import Event, Thread

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from inbox.lib import bell
from inbox.replies.models import Delivery
from inbox.replies.write import OUTBOX_BELL

from . import claim, hand_over, settle
from .hand_over import Outcome
from .pace import Pace

log = logging.getLogger(__name__)
# Without a bell the loop looks by itself this often.
LOOK_EVERY = 1.0
OUTCOMES_AT_ONCE = 64
# How much is claimed ahead for each thread: while one batch is written down, the next is already on its way.
AHEAD = 1


class Pump:
    """Claims, hands over and settles with ``threads`` sends under way at once."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._threads = threads
        self._under_way = 0
        self._done: SimpleQueue[Outcome] = SimpleQueue()
        self._wake = Event()
        self._pace = Pace()

    def run(self, stop: Event, beat: Callable[[], None]) -> None:
        """Work until ``stop``; then let what is under way come home."""
        listener = Thread(target=bell.Listener(OUTBOX_BELL, self._wake).run, args=(stop,), daemon=True, name="outbox bell")
        listener.start()
        while not stop.is_set():
            try:
                beat()
                busy = self.turn()
            except DatabaseError:
                log.exception("the database did not answer; trying again")
                close_old_connections()
                busy = False
                stop.wait(LOOK_EVERY)
            if not busy:
                self._wake.wait(LOOK_EVERY)
            self._wake.clear()
        self._pool.shutdown(wait=True)
        while self.bring_home():
            pass

    def turn(self) -> bool:
        """One round: write outcomes, claim what fits, hand it over. True if there was anything to do."""
        settled = self.bring_home()
        claimed = claim.claim(self._threads * (1 + AHEAD) - self._under_way)
        ready = [delivery for delivery in claimed if self.may_go_now(delivery)]
        files = [delivery for delivery in ready if hand_over.file_to_hand_up(delivery) is not None]
        messages = [delivery for delivery in ready if delivery not in files]
        if messages:
            messages = claim.mark_handed_over(messages)
        self.start(hand_over.hand_up_file, files)
        self.start(hand_over.send, messages)
        return bool(settled or claimed)

    def may_go_now(self, delivery: Delivery) -> bool:
        """True if the number's and the contact's limits leave room; otherwise the delivery goes back until they do."""
        wait = self._pace.wait(delivery)
        if wait <= 0:
            return True
        claim.put_back(delivery, timezone.now() + timedelta(seconds=wait))
        return False

    def start(self, work: Callable[[Delivery], Outcome], deliveries: list[Delivery]) -> None:
        """Let the pool work on these; each comes home through the queue and wakes the loop."""
        for delivery in deliveries:
            self._under_way += 1
            self._pool.submit(self._do, work, delivery)

    def _do(self, work: Callable[[Delivery], Outcome], delivery: Delivery) -> None:
        try:
            self._done.put(work(delivery))
        except Exception:
            # A fault of ours. The lease runs out: queued again if nothing left us, else unknown.
            log.exception("send broke", extra={"delivery": delivery.pk})
            self._done.put(Outcome(delivery))
        finally:
            self._wake.set()

    def bring_home(self) -> int:
        """Write the outcomes that have come in; gives how many."""
        outcomes: list[Outcome] = []
        while len(outcomes) < OUTCOMES_AT_ONCE:
            try:
                outcomes.append(self._done.get_nowait())
            except Empty:
                break
        try:
            if outcomes:
                settle.settle(outcomes)
        except (OperationalError, InterfaceError):
            for outcome in outcomes:  # what WhatsApp told us must not be forgotten because the database blinked
                self._done.put(outcome)
            raise
        except Exception:
            # Not the database's trouble, so the next try would break too. Leases and statuses will tell what became of these.
            log.exception("outcomes not written", extra={"deliveries": [outcome.delivery.pk for outcome in outcomes]})
        self._under_way -= len(outcomes)
        return len(outcomes)


def run(stop: Event, beat: Callable[[], None]) -> None:
    """Send until ``stop``; ``beat`` is called at every round."""
    Pump(settings.SEND_THREADS).run(stop, beat)
