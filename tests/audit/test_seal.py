"""The sealer chains every entry once, in order, whoever else is at work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
import time_machine
from django.db import connection, transaction

from inbox.audit import checkpoints
from inbox.audit.codes import Code
from inbox.audit.mac import entry_mac, link
from inbox.audit.models import Entry, Seal
from inbox.audit.record import SYSTEM, record
from inbox.audit.seal import seal
from inbox.audit.verify import verify
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def deeds(count: int) -> list[Entry]:
    with transaction.atomic():
        return [record(Code.MESSAGE_SENT, by=SYSTEM, message=n) for n in range(count)]


def test_entries_are_chained_in_order() -> None:
    deeds(3)
    assert seal() == 3
    entries = list(Entry.objects.order_by("position"))
    assert [entry.position for entry in entries] == [1, 2, 3]
    previous = ""
    for entry in entries:
        assert entry.previous == previous
        assert entry.hash == link(entry.pk, entry.mac, entry.position or 0, previous)
        previous = entry.hash
    assert (Seal.objects.get().position, Seal.objects.get().hash) == (3, previous)


def test_sealing_goes_on_where_it_stopped_and_minds_its_limit() -> None:
    deeds(5)
    assert [seal(2), seal(2), seal(2), seal(2)] == [2, 2, 1, 0]
    assert list(Entry.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4, 5]
    assert verify() is None


def test_an_entry_that_came_late_under_a_low_id_is_sealed_late() -> None:
    for pk in (11, 10):
        entry = Entry(pk=pk, at=NOON, code="message.sent", actor_kind="system", nonce=f"entry-{pk}")
        entry.mac = entry_mac(entry)
        entry.save()
        assert seal() == 1
    assert list(Entry.objects.order_by("position").values_list("pk", flat=True)) == [11, 10]


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_a_longer_transaction_is_not_lost() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    recorded, sealed = Event(), Event()

    def slow_deed() -> None:
        try:
            with transaction.atomic():
                record(Code.MESSAGE_SENT, by=SYSTEM, message=1)
                recorded.set()
                assert sealed.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(slow_deed)
        assert recorded.wait(10)
        deeds(1)
        assert seal() == 1
        sealed.set()
        slow.result(10)
    assert seal() == 1
    first, second = Entry.objects.order_by("position")
    assert first.pk > second.pk
    assert verify() is None


def test_nothing_to_seal_writes_nothing() -> None:
    assert seal() == 0
    assert not Seal.objects.exists()
    assert not checkpoints.path().exists()


def test_entries_that_were_not_written_by_us_are_left_out_and_hold_nobody_up() -> None:
    for n in range(3):
        Entry(at=deeds(1)[0].at, code="message.sent", actor_kind="system", nonce=f"forged-{n}", mac="0" * 64).save()
    assert seal(2) == 2
    assert seal(2) == 1
    assert set(Entry.objects.filter(position__isnull=True).values_list("mac", flat=True)) == {"0" * 64}


@pytest.mark.django_db(transaction=True)
def test_deeds_and_sealers_at_once_make_one_whole_chain() -> None:
    start = Barrier(4)

    def work(sealing: bool) -> None:
        try:
            start.wait(10)
            for _ in range(15):
                if sealing:
                    seal(7)
                else:
                    deeds(2)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work, sealing) for sealing in (True, False, True, False)]:
            future.result(60)
    seal()
    places = list(Entry.objects.order_by("position").values_list("position", flat=True))
    assert places == list(range(1, 61))
    assert verify() is None


def test_checkpoints_come_after_the_seal_and_at_most_every_ten_seconds(clock: time_machine.Traveller) -> None:
    noted = []
    for _ in range(3):
        deeds(1)
        seal()
        noted.append([checkpoint.position for _, checkpoint in checkpoints.read() if checkpoint])
        clock.shift(6)
    assert noted == [[1], [1], [1, 3]]


def test_the_last_entries_of_a_burst_are_noted_when_it_is_over(clock: time_machine.Traveller) -> None:
    deeds(1)
    seal()
    deeds(1)
    seal()
    clock.shift(10)
    assert seal() == 0
    assert [checkpoint.position for _, checkpoint in checkpoints.read() if checkpoint] == [1, 2]
    assert checkpoints.path().stat().st_mode & 0o777 == 0o600
