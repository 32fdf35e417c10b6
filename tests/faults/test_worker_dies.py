"""A worker dies, loses a job, or is stopped, with a webhook in hand."""

from __future__ import annotations

from hashlib import sha256

from tests.faults.books import FAR_AHEAD, LONG_AGO, one, taken_in
from tests.faults.house import House
from tests.faults.meta import Customer
from tests.faults.waiting import until

BELL = "bell:inbox.journeys.inbound.process"
FOLDED_FOR = 20  # seconds for which a ring may keep its equals away
MANY = 400  # messages in one body, so that taking it in lasts long enough to be watched


def post(house: House, n: int) -> str:
    """Somebody writes; gives the message's id."""
    wamid, body = house.meta.says(Customer(f"Worker Customer {n}", f"44770093{n:04}"), f"message {n}")
    assert house.meta.post(body, wamid).status == 200
    return wamid


def newest_event(house: House) -> int:
    """The id of the webhook body that was kept last."""
    return int(one(house.books, "SELECT max(id) FROM inbox_rawevent"))


def let_the_bell_fall_silent(house: House) -> None:
    """A ring that nobody answered keeps its equals away for some seconds; they pass at once here."""
    with house.line() as line:
        left = line.pttl(BELL)
        assert -2 <= left <= FOLDED_FOR * 1000
        assert left != -1, "a ring that never stops keeping its equals away"
        line.pexpire(BELL, 1)


def leases_run_out(house: House) -> None:
    """The minutes that a dead worker's leases still have pass at once."""
    held = "UPDATE inbox_rawevent SET lease_until = %s WHERE lease_until IS NOT NULL AND state = 'new'"
    house.books.write(held, LONG_AGO)


def begin_a_long_job(house: House) -> tuple[list[str], bytes]:
    """A body with many messages, in the hands of a worker; gives their ids and the body."""
    who = Customer("Talkative", "447700930999")
    wamids = [house.meta.new_id() for _ in range(MANY)]
    body = house.meta.body(house.meta.value(who, messages=[house.meta.message(who, wamid, "and then") for wamid in wamids]))
    assert house.meta.post(body, *wamids).status == 200
    until(lambda: event_of(house, body)[0] == 1, because="a worker has claimed it")
    return wamids, body


def event_of(house: House, body: bytes) -> tuple[int, str]:
    """How often a kept body was claimed, and how far it is."""
    ((attempts, state),) = house.books.rows("SELECT attempts, state FROM inbox_rawevent WHERE digest = %s", sha256(body).digest())
    return attempts, state


def all_taken_in(house: House, wamids: list[str]) -> bool:
    """True once each of these messages is there."""
    return all(taken_in(house.books, wamid) for wamid in wamids)


def test_a_worker_killed_before_it_claims_costs_seconds(house: House) -> None:
    """F4: the job was handed to a worker that never looked at it."""
    house.freeze_idle("worker")
    wamid = post(house, 1)
    house.worker.kill()
    house.restart("worker")
    let_the_bell_fall_silent(house)
    until(lambda: taken_in(house.books, wamid))


def test_a_worker_killed_at_work_leaves_a_lease_that_keeps_others_off_until_it_runs_out(house: House) -> None:
    """F7: nobody takes what a living process may still have in hand; once its lease is over, the sweep hands it on."""
    house.worker.kill()
    held = post(house, 2)
    event = newest_event(house)
    house.books.write("UPDATE inbox_rawevent SET lease_until = %s, attempts = 1 WHERE id = %s", FAR_AHEAD, event)
    house.restart("worker")
    other = post(house, 3)
    until(lambda: taken_in(house.books, other))
    assert not taken_in(house.books, held)
    leases_run_out(house)
    until(lambda: taken_in(house.books, held))
    assert one(house.books, "SELECT attempts FROM inbox_rawevent WHERE id = %s", event) == 2


def test_a_worker_killed_in_the_middle_of_a_job_leaves_nothing_half_done(house: House) -> None:
    """F7: there is no work-horse that could outlive its killed parent; whoever takes the job up does it once, and whole."""
    wamids, body = begin_a_long_job(house)
    assert house.worker.children() == []
    house.worker.kill()
    assert event_of(house, body) == (1, "new")
    assert not any(taken_in(house.books, wamid) for wamid in (wamids[0], wamids[-1]))
    house.restart("worker")
    leases_run_out(house)
    until(lambda: all_taken_in(house, wamids))
    assert event_of(house, body) == (2, "done")


def test_a_job_that_redis_lost_is_found_by_the_sweep(house: House) -> None:
    """F8: popped, and nobody has it."""
    house.worker.kill()
    wamid = post(house, 4)
    with house.line() as line:
        until(lambda: lose_a_job(line), because="the job was in a queue, and is in none any more")
    house.restart("worker")
    let_the_bell_fall_silent(house)
    until(lambda: taken_in(house.books, wamid))


def lose_a_job(line) -> bool:  # type: ignore[no-untyped-def]  # redis-py's types differ between its versions
    """Pop one from whichever queue has one; True if there was one."""
    queues = [key for key in line.scan_iter("rq:queue:*") if line.type(key) == b"list"]
    return any(line.lpop(queue) for queue in queues)


def test_a_worker_told_to_stop_finishes_the_job_in_hand(house: House) -> None:
    """F9: within its grace."""
    wamids, body = begin_a_long_job(house)
    house.worker.tell_to_stop()
    assert house.worker.ended(within=20) == 0
    assert all_taken_in(house, wamids)
    assert event_of(house, body) == (1, "done")


def test_a_worker_that_cannot_finish_in_its_grace_leaves_the_job_to_the_next(house: House) -> None:
    """F9: what is longer than the grace is abandoned, and done by the next."""
    heartbeat = "SELECT at FROM inbox_heartbeat WHERE name = 'worker'"
    house.worker.kill()
    before = one(house.books, heartbeat)
    house.worker.start("--grace", "1")
    until(lambda: one(house.books, heartbeat) != before, because="the new worker is at work")
    house.freeze_idle("worker")
    wamid = post(house, 5)
    with house.books.hold("inbox_message", "inbox_rawevent"), house.line() as line:
        house.worker.thaw()
        until(lambda: not line.exists(BELL), because="the worker has begun the job, which cannot end")
        house.worker.tell_to_stop()
        assert house.worker.ended(within=10) == 1
    house.restart("worker")
    leases_run_out(house)
    until(lambda: taken_in(house.books, wamid) == 1)
