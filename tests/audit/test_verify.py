"""Verifying finds each way of tampering, names the entry and says how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from inbox.audit import checkpoints, guards
from inbox.audit.codes import Code
from inbox.audit.models import Entry, Seal
from inbox.audit.record import SYSTEM, record
from inbox.audit.seal import seal
from inbox.audit.verify import CHUNK, Fault, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(db: None) -> list[Entry]:
    """Six entries in the chain, with a checkpoint at the end."""
    chain(6)
    return list(Entry.objects.order_by("position"))


@pytest.fixture
def tamper(db: None) -> Callable[..., None]:
    """Runs a statement as somebody who owns the database would: past the guards, which are put back."""

    def run(statement: str, *values: str | int) -> None:
        guards.remove(connection)
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
        guards.install(connection)

    return run


def chain(count: int) -> None:
    with transaction.atomic():
        for n in range(count):
            record(Code.MESSAGE_SENT, by=SYSTEM, target=("conversation", n), message=n)
    seal()


def fault() -> tuple[Fault, int | None, int | None] | None:
    found = verify()
    return (found.fault, found.position, found.entry_id) if found else None


def test_an_empty_trail_is_whole() -> None:
    assert verify() is None


def test_an_untouched_trail_is_whole(entries: list[Entry]) -> None:
    assert len(entries) == 6
    assert verify() is None


def test_a_trail_longer_than_one_chunk_is_whole(tamper: Callable[..., None]) -> None:
    chain(CHUNK + 1)
    chain(3)
    assert Seal.objects.get().position == CHUNK + 4
    assert verify() is None
    tamper("DELETE FROM inbox_entry WHERE position = %s", CHUNK + 1)
    assert fault() == (Fault.DELETED, CHUNK + 1, None)


@pytest.mark.parametrize(
    "change",
    [
        "actor_label = 'Somebody else'",
        "code = 'message.retried'",
        "target_id = 99",
        "number_id = 4",
        "origin = 'elsewhere'",
        "actor_id = 1",
        "nonce = 'another'",
        "data = '{\"message\": 7}'",
        "at = '2020-01-01 00:00:00'",
    ],
)
def test_an_edited_entry_is_named(entries: list[Entry], tamper: Callable[..., None], change: str) -> None:
    tamper(f"UPDATE inbox_entry SET {change} WHERE position = 3")
    assert fault() == (Fault.EDITED, 3, entries[2].pk)


def test_an_edited_entry_under_a_made_up_mac_is_named(entries: list[Entry], tamper: Callable[..., None]) -> None:
    tamper("UPDATE inbox_entry SET actor_label = 'x', mac = %s WHERE position = 3", "0" * 64)
    assert fault() == (Fault.INSERTED, 3, entries[2].pk)


def test_a_deleted_entry_leaves_its_place(entries: list[Entry], tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM inbox_entry WHERE position = 4")
    assert fault() == (Fault.DELETED, 4, None)


def test_the_first_entry_deleted_leaves_its_place(entries: list[Entry], tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM inbox_entry WHERE position = 1")
    assert fault() == (Fault.DELETED, 1, None)


def test_a_deleted_entry_shows_where_the_later_ones_moved_up(entries: list[Entry], tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM inbox_entry WHERE position = 4")
    for position in (5, 6):
        tamper("UPDATE inbox_entry SET position = %s WHERE position = %s", position - 1, position)
    assert fault() == (Fault.MOVED, 4, entries[4].pk)


def test_two_entries_that_changed_places_are_named(entries: list[Entry], tamper: Callable[..., None]) -> None:
    for place, position in ((-1, 2), (2, 3), (3, -1)):
        tamper("UPDATE inbox_entry SET position = %s WHERE position = %s", place, position)
    assert fault() == (Fault.MOVED, 2, entries[2].pk)


def test_an_entry_put_in_the_chain_is_named(entries: list[Entry], tamper: Callable[..., None]) -> None:
    forged = Entry(at=timezone.now(), code="message.sent", actor_kind="system", nonce="forged", mac="f" * 64)
    forged.position, forged.previous, forged.hash = 7, entries[-1].hash, "f" * 64
    forged.save()
    assert fault() == (Fault.INSERTED, 7, forged.pk)


def test_an_entry_put_before_the_beginning_is_named(entries: list[Entry]) -> None:
    forged = Entry(at=timezone.now(), code="message.sent", actor_kind="system", nonce="forged", mac="f" * 64, position=0)
    forged.save()
    assert fault() == (Fault.INSERTED, 0, forged.pk)


def test_an_unsealed_entry_that_we_did_not_write_is_named(entries: list[Entry]) -> None:
    forged = Entry(at=timezone.now(), code="message.sent", actor_kind="system", nonce="forged", mac="f" * 64)
    forged.save()
    assert seal() == 0
    assert fault() == (Fault.INSERTED, None, forged.pk)


def test_a_copy_of_an_entry_is_named_where_somebody_made_the_database_allow_it(
    entries: list[Entry], tamper: Callable[..., None]
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite cannot drop a constraint")
    tamper("ALTER TABLE inbox_entry DROP CONSTRAINT inbox_entry_nonce_key")
    copied = Entry.objects.get(position=2)
    copied.pk, copied.position, copied._state.adding = None, None, True
    copied.save()
    assert seal() == 1
    assert fault() == (Fault.INSERTED, None, copied.pk)


@pytest.mark.parametrize("column", ["previous", "hash"])
def test_an_edited_link_is_named(entries: list[Entry], tamper: Callable[..., None], column: str) -> None:
    tamper(f"UPDATE inbox_entry SET {column} = %s WHERE position = 3", "0" * 64)
    assert fault() == (Fault.MOVED, 3, entries[2].pk)


def test_a_tail_cut_off_is_found_by_the_seal(entries: list[Entry], tamper: Callable[..., None]) -> None:
    checkpoints.path().unlink()
    tamper("DELETE FROM inbox_entry WHERE position > 4")
    assert fault() == (Fault.CUT_OFF, 5, None)


def test_a_tail_cut_off_is_found_by_the_checkpoints_where_the_seal_was_put_back(
    tamper: Callable[..., None], clock: time_machine.Traveller
) -> None:
    chain(3)
    earlier = Seal.objects.values().get()
    clock.shift(20)
    chain(3)
    tamper("DELETE FROM inbox_entry WHERE position > 3")
    Seal.objects.update(**earlier)
    assert fault() == (Fault.CUT_OFF, 4, None)


def test_everything_removed_is_found_by_the_checkpoints(entries: list[Entry], tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM inbox_entry")
    Seal.objects.all().delete()
    assert fault() == (Fault.CUT_OFF, 1, None)


def test_a_seal_removed_or_put_back_alone_is_found(entries: list[Entry]) -> None:
    Seal.objects.all().delete()
    assert fault() == (Fault.CUT_OFF, 6, None)


def test_an_edited_seal_is_found(entries: list[Entry], tamper: Callable[..., None]) -> None:
    tamper("DELETE FROM inbox_entry WHERE position > 4")
    Seal.objects.update(position=4, hash=entries[3].hash)
    assert fault() == (Fault.EDITED, 4, None)


def test_an_edited_checkpoint_is_found(entries: list[Entry]) -> None:
    path = checkpoints.path()
    path.write_text(path.read_text().replace("6 ", "5 ", 1))
    found = verify()
    assert found
    assert (found.fault, "Line 1" in found.sentence) == (Fault.EDITED, True)


def test_a_checkpoint_of_another_trail_is_found(entries: list[Entry], tamper: Callable[..., None]) -> None:
    noted = checkpoints.path().read_text()
    tamper("DELETE FROM inbox_entry")
    Seal.objects.all().delete()
    checkpoints.path().unlink()
    chain(6)
    checkpoints.path().write_text(noted)
    found = verify()
    assert found
    assert (found.fault, found.position) == (Fault.MOVED, 6)


def test_an_entry_waits_a_minute_for_its_seal_and_no_longer(clock: time_machine.Traveller) -> None:
    entry = record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    clock.shift(timedelta(seconds=60))
    assert verify() is None
    clock.shift(timedelta(seconds=1))
    assert fault() == (Fault.UNSEALED, None, entry.pk)


def test_missing_guards_are_found(entries: list[Entry]) -> None:
    guards.remove(connection)
    assert fault() == (Fault.UNGUARDED, None, None)


def test_another_key_makes_nothing_genuine(entries: list[Entry], settings: Settings) -> None:
    settings.TRAIL_KEY = "another"
    assert fault() == (Fault.EDITED, 6, None)


def test_the_walk_needs_one_query_per_chunk(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    chain(CHUNK * 2 + 1)
    with django_assert_max_num_queries(12):
        assert verify() is None
