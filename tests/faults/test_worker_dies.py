"""A worker dies, loses a job, or is stopped, with a webhook in hand."""

from __future__ import annotations

from tests.faults.books import FAR_AHEAD, LONG_AGO, one
from tests.faults.house import House
from tests.faults.meta import Customer
from tests.faults.waiting import until

BELL = "bell:inbox.journeys.inbound.process"
FOLDED_FOR = 20  # seconds for which a ring may keep its equals away
BATCH = ("inbox_message", "inbox_rawevent")


def post(house: House, n: int) -> str:
    """Somebody writes; gives the message's id."""
    wamid, body = house.meta.says(Customer(f"Worker Customer {n}", f"44770093{n:04}"), f"message {n}")
    assert house.meta.post(body, wamid).status == 200
    return wamid


def is_taken_in(house: House, wamid: str) -> bool:
    """True once the message is there."""
    return bool(one(house.books, "SELECT count(*) FROM inbox_message WHERE external_id = %s", wamid))


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


def lease_runs_out(house: House, event: int) -> None:
    """The minutes that a dead worker's lease still has pass at once."""
    assert house.books.write("UPDATE inbox_rawevent SET lease_until = %s WHERE id = %s AND state = 'new'", LONG_AGO, event) == 1


def begin_a_job(house: House) -> str:
    """Let the worker take a job that it cannot finish, because the caller holds the database; gives the message's id."""
    with house.line() as line:
        until(lambda: not line.exists(BELL), because="nothing waits before we begin")
    house.worker.freeze()
    return post(house, 900 + newest_event(house) % 100)


def test_a_worker_killed_before_it_claims_costs_seconds(house: House) -> None:
    """F4: the job was handed to a worker that never looked at it."""
    house.worker.freeze()
    wamid = post(house, 1)
    house.worker.kill()
    house.restart("worker")
    let_the_bell_fall_silent(house)
    until(lambda: is_taken_in(house, wamid))


def test_a_worker_killed_at_work_leaves_a_lease_that_keeps_others_off_until_it_runs_out(house: House) -> None:
    """F7: nobody takes what a living process may still have in hand; once its lease is over, the sweep hands it on."""
    house.worker.kill()
    held = post(house, 2)
    event = newest_event(house)
    house.books.write("UPDATE inbox_rawevent SET lease_until = %s, attempts = 1 WHERE id = %s", FAR_AHEAD, event)
    house.restart("worker")
    other = post(house, 3)
    until(lambda: is_taken_in(house, other))
    assert not is_taken_in(house, held)
    lease_runs_out(house, event)
    until(lambda: is_taken_in(house, held))
    assert one(house.books, "SELECT attempts FROM inbox_rawevent WHERE id = %s", event) == 2


def test_a_worker_does_its_jobs_itself(house: House) -> None:
    """F7: there is no work-horse that could outlive its killed parent and do the job a second time."""
    wamid = begin_a_job(house)
    with house.books.hold(*BATCH), house.line() as line:
        house.worker.thaw()
        until(lambda: not line.exists(BELL), because="the worker has begun the job")
        assert house.worker.children() == []
        house.worker.kill()
    house.restart("worker")
    house.books.write("UPDATE inbox_rawevent SET lease_until = %s WHERE lease_until IS NOT NULL AND state = 'new'", LONG_AGO)
    until(lambda: is_taken_in(house, wamid))


def test_a_job_that_redis_lost_is_found_by_the_sweep(house: House) -> None:
    """F8: popped, and nobody has it."""
    house.worker.kill()
    wamid = post(house, 4)
    with house.line() as line:
        until(lambda: lose_a_job(line), because="the job was in a queue, and is in none any more")
    house.restart("worker")
    let_the_bell_fall_silent(house)
    until(lambda: is_taken_in(house, wamid))


def lose_a_job(line) -> bool:  # type: ignore[no-untyped-def]  # redis-py's types differ between its versions
    """Pop one from whichever queue has one; True if there was one."""
    queues = [key for key in line.scan_iter("rq:queue:*") if line.type(key) == b"list"]
    return any(line.lpop(queue) for queue in queues)


def test_a_worker_told_to_stop_finishes_the_job_in_hand(house: House) -> None:
    """F9: within its grace."""
    wamid = begin_a_job(house)
    event = newest_event(house)
    with house.books.hold(*BATCH), house.line() as line:
        house.worker.thaw()
        until(lambda: not line.exists(BELL), because="the worker has begun the job")
        house.worker.tell_to_stop()
    assert house.worker.ended(within=20) == 0
    assert is_taken_in(house, wamid)
    assert one(house.books, "SELECT attempts FROM inbox_rawevent WHERE id = %s", event) == 1


def test_a_worker_that_cannot_finish_in_its_grace_leaves_the_job_to_the_next(house: House) -> None:
    """F9: what is longer than the grace is abandoned, and done again when its lease is over."""
    heartbeat = "SELECT at FROM inbox_heartbeat WHERE name = 'worker'"
    house.worker.kill()
    before = one(house.books, heartbeat)
    house.worker.start("--grace", "1")
    until(lambda: one(house.books, heartbeat) != before, because="the new worker is at work")
    wamid = begin_a_job(house)
    with house.books.hold(*BATCH), house.line() as line:
        house.worker.thaw()
        until(lambda: not line.exists(BELL), because="the worker has begun the job")
        house.worker.tell_to_stop()
        assert house.worker.ended(within=15) == 1
    house.restart("worker")
    house.books.write("UPDATE inbox_rawevent SET lease_until = %s WHERE lease_until IS NOT NULL AND state = 'new'", LONG_AGO)
    until(lambda: is_taken_in(house, wamid))
