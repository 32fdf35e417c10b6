"""Buckets and waits, with a clock that the test turns."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from inbox.whatsapp import errors
from inbox.whatsapp.errors import Declined, NotSent, OutcomeUnknown, Throttled, WireError
from inbox.whatsapp.limits import Bucket, PairLimit, backoff, next_try, pair_wait

from .graph_server import Clock


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(60, 60, clock=clock)
    assert sum(bucket.take() for _ in range(100)) == 60
    clock.now += 0.5
    assert sum(bucket.take() for _ in range(100)) == 30


def test_a_bucket_says_how_long_to_wait() -> None:
    clock = Clock()
    bucket = Bucket(2, 1, clock=clock)
    assert bucket.delay() == 0
    bucket.take()
    assert bucket.delay() == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.delay() == 0


def test_a_bucket_never_holds_more_than_its_burst_and_a_clock_that_goes_back_gives_nothing() -> None:
    clock = Clock()
    bucket = Bucket(10, 3, clock=clock)
    clock.now += 3600
    assert sum(bucket.take() for _ in range(10)) == 3
    clock.now -= 1800
    assert not bucket.take()


def test_a_slower_rate_holds_from_the_moment_it_is_set() -> None:
    clock = Clock()
    bucket = Bucket(10, 10, clock=clock)
    bucket.drain()
    clock.now += 0.5
    bucket.set_rate(1)
    clock.now += 1
    assert sum(bucket.take() for _ in range(20)) == 6


def test_threads_never_take_more_than_there_is() -> None:
    bucket = Bucket(1, 500, clock=Clock())
    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(lambda _: sum(bucket.take() for _ in range(200)), range(8)))
    assert taken == 500


def test_the_pair_limit_counts_each_customer_apart() -> None:
    clock = Clock()
    pairs = PairLimit(clock=clock)
    assert sum(pairs.take(1) for _ in range(30)) == 10
    assert pairs.take(2)
    assert pairs.delay(1) == pytest.approx(6)
    assert pairs.delay(3) == 0
    clock.now += 6
    assert pairs.take(1)
    assert not pairs.take(1)


def test_the_pair_limit_heeds_whatsapps_own_word() -> None:
    pairs = PairLimit(clock=Clock())
    pairs.drain(1)
    assert not pairs.take(1)
    assert pairs.delay(1) == pytest.approx(6)


def test_the_pair_limit_forgets_customers_that_have_rested() -> None:
    clock = Clock()
    pairs = PairLimit(clock=clock)
    for contact in range(10_000):
        pairs.take(contact)
    clock.now += 60
    for _ in range(11):
        pairs.take(-1)
    assert len(pairs._buckets) == 1
    assert not pairs.take(-1)


def test_the_wait_for_a_pair_is_a_power_of_four() -> None:
    assert [pair_wait(attempt).total_seconds() for attempt in range(6)] == [1, 4, 16, 64, 256, 300]


def test_waits_grow_within_bounds_and_are_the_same_for_the_same_seed() -> None:
    for attempt in range(12):
        wait = backoff(attempt, "delivery 7", first=timedelta(seconds=2), most=timedelta(seconds=300))
        step = min(2 * 2**attempt, 300)
        assert step / 2 <= wait.total_seconds() <= step
        assert wait == backoff(attempt, "delivery 7", first=timedelta(seconds=2), most=timedelta(seconds=300))


def test_different_seeds_spread_out() -> None:
    waits = {backoff(3, f"delivery {number}", first=timedelta(seconds=2)) for number in range(50)}
    assert len(waits) == 50


@pytest.mark.parametrize(
    ("error", "attempt"),
    [
        (Declined(131047), 1),
        (Declined(131049), 1),
        (Declined(190), 1),
        (OutcomeUnknown(errors.NO_ANSWER), 1),
        (OutcomeUnknown(131000), 1),
        (Declined(1), 2),
        (Declined(131000), 3),
        (Declined(987654, http_status=400), 1),
        (Declined(987654, http_status=500), 3),
    ],
)
def test_what_is_not_tried_again_by_itself(error: WireError, attempt: int) -> None:
    assert next_try(error, attempt, "x") is None


@pytest.mark.parametrize(
    ("error", "attempt", "least", "most"),
    [
        (Declined(1), 1, 2.5, 5),
        (Declined(131000), 1, 1, 2),
        (Declined(131000), 2, 2, 4),
        (Throttled(130429), 1, 0.5, 1),
        (Throttled(131056), 1, 1, 1),
        (Throttled(131056), 4, 64, 64),
        (Throttled(80007), 1, 30, 60),
        (Throttled(130429, retry_after=20), 1, 20, 20),
        (NotSent(errors.NO_CONNECTION), 1, 1, 2),
        (NotSent(errors.HELD_BY_US, retry_after=90), 1, 90, 90),
        (Declined(-503, http_status=503), 1, 1, 2),
    ],
)
def test_what_is_tried_again_and_when(error: WireError, attempt: int, least: float, most: float) -> None:
    wait = next_try(error, attempt, "x")
    assert wait is not None
    assert least <= wait.total_seconds() <= most
