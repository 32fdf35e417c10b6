"""Bodies are durable before anybody is told so, once each; events go to one worker at a time and come back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from inbox.whatsapp import intake
from inbox.whatsapp.intake import CannotKeep, Keeper
from inbox.whatsapp.intake.keeper import WAITING_BODIES
from inbox.whatsapp.models import App, Quarantined, RawEvent
from tests import make

from .conftest import Rings

TABLE = RawEvent._meta.db_table
LONG = 60.0  # seconds in which anything that will happen at all has happened


def keep_all(keeper: Keeper, *bodies: tuple[int, bytes]) -> list[BaseException | None]:
    """Keep these bodies at the same time; None for each that was kept, else why not."""

    async def run() -> list[BaseException | None]:
        return await asyncio.gather(*(keeper.keep(app_id, body) for app_id, body in bodies), return_exceptions=True)

    return asyncio.run(run())


@contextmanager
def table_away() -> Iterator[None]:
    """The database is there but refuses."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} RENAME TO elsewhere")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {TABLE}")


@contextmanager
def table_locked() -> Iterator[None]:
    """The database does not answer in time."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        yield


def test_what_is_kept_is_there_byte_for_byte(keeper: Keeper) -> None:
    app = make.app()
    bodies = [b"", b"\x00\xff\xfe", b'{"a": "%s' + b"x" * 65_536]
    assert keep_all(keeper, *((app.pk, body) for body in bodies)) == [None] * 3
    for event, body in zip(RawEvent.objects.order_by("pk"), bodies, strict=True):
        assert (bytes(event.body), bytes(event.digest)) == (body, sha256(body).digest())
        assert (event.app_id, event.state, event.attempts, event.reason) == (app.pk, "new", 0, "")
        assert event.received_at.tzinfo is not None


def test_two_hundred_equal_bodies_at_once_are_one_row(keeper: Keeper) -> None:
    app = make.app()
    assert keep_all(keeper, *[(app.pk, b"same")] * 200) == [None] * 200
    assert keep_all(keeper, (app.pk, b"same")) == [None]
    assert RawEvent.objects.count() == 1


def test_the_same_body_for_another_app_is_another_row(keeper: Keeper) -> None:
    one, two = make.app(), make.app()
    assert keep_all(keeper, (one.pk, b"same"), (two.pk, b"same")) == [None, None]
    assert RawEvent.objects.count() == 2


def test_more_than_one_statement_holds_are_kept_all(keeper: Keeper) -> None:
    app = make.app()
    assert keep_all(keeper, *((app.pk, b"%d" % index) for index in range(1_201))) == [None] * 1_201
    assert RawEvent.objects.count() == 1_201


def test_one_more_than_may_wait_is_refused_and_the_others_are_kept(keeper: Keeper) -> None:
    app = make.app()
    answers = keep_all(keeper, *((app.pk, b"%d" % index) for index in range(WAITING_BODIES + 1)))
    assert answers[:-1] == [None] * WAITING_BODIES
    assert isinstance(answers[-1], CannotKeep)
    assert RawEvent.objects.count() == WAITING_BODIES


def test_more_bytes_than_may_wait_are_refused(keeper: Keeper) -> None:
    app = make.app()
    body = b"x" * (3 * 1024 * 1024)
    answers = keep_all(keeper, *((app.pk, b"%d" % index + body) for index in range(25)))
    refused = [answer for answer in answers if isinstance(answer, CannotKeep)]
    assert len(refused) == 4
    assert RawEvent.objects.count() == 21


def test_a_database_that_refuses_is_told_to_the_caller_and_the_next_body_is_kept(keeper: Keeper) -> None:
    app = make.app()
    with table_away():
        (answer,) = keep_all(keeper, (app.pk, b"first"))
    assert isinstance(answer, CannotKeep)
    assert keep_all(keeper, (app.pk, b"second")) == [None]
    assert [bytes(event.body) for event in RawEvent.objects.all()] == [b"second"]


def test_a_database_that_is_too_slow_is_told_and_a_repeat_adds_nothing(transactional_db: None, rings: Rings) -> None:
    keeper = Keeper(rings, patience=0.2)
    app = make.app()
    with table_locked():
        (answer,) = keep_all(keeper, (app.pk, b"late"))
    assert isinstance(answer, CannotKeep)
    assert rings.heard.wait(LONG)
    assert keep_all(keeper, (app.pk, b"late")) == [None]
    keeper.close()
    assert RawEvent.objects.count() == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connection that could break")
def test_a_broken_connection_is_replaced(keeper: Keeper) -> None:
    app = make.app()
    assert keep_all(keeper, (app.pk, b"first")) == [None]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 1
    assert keep_all(keeper, (app.pk, b"second")) == [None]
    assert RawEvent.objects.count() == 2


def test_the_bell_rings_after_a_commit_and_a_broken_bell_costs_nothing(transactional_db: None) -> None:
    seen: list[int] = []
    rung = Rings()

    def ring() -> None:
        seen.append(RawEvent.objects.count())
        connection.close()
        rung()
        raise OSError("nobody listens")

    keeper = Keeper(ring)
    app = make.app()
    assert keep_all(keeper, (app.pk, b"first")) == [None]
    assert rung.heard.wait(LONG)
    rung.heard.clear()
    assert keep_all(keeper, (app.pk, b"second")) == [None]
    assert rung.heard.wait(LONG)
    keeper.close()
    assert seen == [1, 2]


def test_a_refused_batch_rings_for_nothing(keeper: Keeper, rings: Rings) -> None:
    app = make.app()
    with table_away():
        keep_all(keeper, (app.pk, b"first"))
    keeper.close()
    assert rings.count == 0


def test_a_closed_keeper_takes_nothing_more(keeper: Keeper) -> None:
    keeper.close()
    (answer,) = keep_all(keeper, (make.app().pk, b"late"))
    assert isinstance(answer, CannotKeep)


@pytest.fixture
def app(db: None) -> App:
    """The app of all events here."""
    return make.app()


def test_an_event_is_claimed_once_oldest_first(app: App) -> None:
    events = [make.raw_event(b"%d" % index, app=app) for index in range(5)]
    first, second = intake.claim(3), intake.claim(3)
    assert [event.pk for event in first + second] == [event.pk for event in events]
    assert {event.attempts for event in first} == {1}
    assert intake.claim(3) == []


def test_a_lease_that_ended_gives_the_event_to_the_next(app: App, clock: time_machine.Traveller) -> None:
    make.raw_event(app=app)
    intake.claim(1, timedelta(minutes=1))
    clock.shift(59)
    assert intake.claim(1) == []
    clock.shift(2)
    (event,) = intake.claim(1)
    assert event.attempts == 2


def test_done_and_failed_events_are_never_claimed_again(app: App, clock: time_machine.Traveller) -> None:
    one, two = make.raw_event(b"1", app=app), make.raw_event(b"2", app=app)
    intake.claim(2)
    intake.done([one.pk])
    RawEvent.objects.filter(pk=two.pk).update(state="failed", reason="given up")
    clock.shift(timedelta(days=1))
    assert intake.claim(2) == []
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, one.done_at is not None) == ("done", True)
    assert (two.state, two.reason) == ("failed", "given up")


def test_an_event_that_ended_its_worker_five_times_is_set_aside(app: App, clock: time_machine.Traveller) -> None:
    event = make.raw_event(app=app)
    other = make.raw_event(b"other", app=app)
    for _ in range(5):
        assert event in intake.claim(1, timedelta(minutes=1))
        clock.shift(timedelta(minutes=2))
    assert intake.release_expired() == 0
    assert intake.claim(2) == [other]
    event.refresh_from_db()
    assert event.state == "failed"
    assert event.reason


def test_release_frees_what_a_worker_left_behind(app: App, clock: time_machine.Traveller) -> None:
    make.raw_event(app=app)
    intake.claim(1, timedelta(minutes=1))
    assert intake.release_expired() == 0
    clock.shift(61)
    assert intake.release_expired() == 1
    assert RawEvent.objects.get().lease_until is None


def test_the_same_item_is_quarantined_once_and_again_after_its_release(app: App) -> None:
    event = make.raw_event(app=app)
    intake.quarantine(event, "entry[0]", "bad")
    Quarantined.objects.update(released_at=datetime(2026, 1, 1, tzinfo=UTC))
    intake.quarantine(event, "entry[0]", "y" * 1000)
    row = Quarantined.objects.get()
    assert (len(row.reason), row.released_at) == (300, None)


def test_purge_takes_only_what_is_done_and_settled(app: App, clock: time_machine.Traveller) -> None:
    gone, new, failed, held, fresh = (
        make.raw_event(name.encode(), app=app) for name in ("gone", "new", "failed", "held", "fresh")
    )
    intake.done([gone.pk, held.pk])
    RawEvent.objects.filter(pk=failed.pk).update(state="failed")
    intake.quarantine(held, "entry[0]", "bad")
    clock.shift(timedelta(days=15))
    intake.done([fresh.pk])
    assert intake.purge(timezone.now() - timedelta(days=14)) == 1
    assert set(RawEvent.objects.all()) == {new, failed, held, fresh}


def test_an_event_whose_worker_died_is_taken_alone_the_next_time(app: App, clock: time_machine.Traveller) -> None:
    for body in (b"1", b"2", b"3"):
        make.raw_event(body, app=app)
    assert len(intake.claim(2)) == 2
    clock.shift(intake.LEASE)
    clock.shift(1)
    assert [len(intake.claim(50)) for _ in range(3)] == [1, 1, 1]
