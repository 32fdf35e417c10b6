"""Writing an entry: in the deed's transaction, with declared data only."""

from __future__ import annotations

from datetime import UTC

import pytest
import time_machine
from django.db import transaction

from accounts.models import User
from inbox.audit.codes import Code
from inbox.audit.mac import entry_mac
from inbox.audit.models import AppendOnly, Entry
from inbox.audit.record import SYSTEM, WIRE, Actor, RecordError, record
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_what_and_when(amina: User, clock: time_machine.Traveller) -> None:
    by = Actor.of(amina, origin="request-1 127.0.0.1")
    record(Code.CONVERSATION_ASSIGNED, by=by, target=("conversation", 7), number_id=3, before=None, after=amina.pk)
    entry = Entry.objects.get()
    assert (entry.code, entry.at.astimezone(UTC)) == ("conversation.assigned", NOON)
    assert (entry.actor_kind, entry.actor_id, entry.actor_label) == ("person", amina.pk, "Amina Haddad")
    assert (entry.target_kind, entry.target_id, entry.number_id) == ("conversation", 7, 3)
    assert entry.origin == "request-1 127.0.0.1"
    assert entry.data == {"before": None, "after": amina.pk}
    assert entry.mac == entry_mac(entry)


def test_two_equal_deeds_are_two_entries(clock: time_machine.Traveller) -> None:
    first, second = (record(Code.MESSAGE_SENT, by=SYSTEM, message=1, kind="text") for _ in range(2))
    assert first.nonce != second.nonce
    assert first.mac != second.mac


@pytest.mark.django_db(transaction=True)
def test_a_deed_without_a_transaction_is_refused() -> None:
    with pytest.raises(RecordError, match="transaction"):
        record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_deed_undone_leaves_no_entry() -> None:
    def deed() -> None:
        with transaction.atomic():
            record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
            raise RuntimeError("the deed fails after it was recorded")

    with pytest.raises(RuntimeError):
        deed()
    assert not Entry.objects.exists()


def test_data_that_the_code_does_not_declare_is_refused() -> None:
    with pytest.raises(RecordError, match="declares no data called text"):
        record(Code.MESSAGE_SENT, by=SYSTEM, text="hello")
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "value",
    [
        "+351 910 000 001",
        "351910000001",
        "(11) 98765-4321",
        "call 5511987654321 now",
        "dora@customer.example",
        "wamid.HBgLMzUxOTEwMDAwMDE",
        "EAAG" + "x1Y" * 20,
        "a" * 81,
        "two\nlines",
        "nul\x00",
        351910000001,
        ["fine", "351910000001"],
        1.5,
        {"text": "hello"},
        b"bytes",
    ],
)
def test_data_that_could_be_personal_or_secret_is_refused_and_not_repeated(value: object) -> None:
    with pytest.raises(RecordError) as refusal:
        record(Code.CONNECTION_CHANGED, by=SYSTEM, changed=value)  # type: ignore[arg-type]  # wrong on purpose
    assert str(value) not in str(refusal.value)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "value",
    [
        "APPROVED",
        "order_20270302_v2",
        "2027-03-02T12:00:00+00:00",
        "2027-03-02",
        "pt_BR",
        "",
        0,
        987654321,
        True,
        None,
        ["a", "b"],
        [1],
    ],
)
def test_short_words_ids_and_dates_are_kept_as_they_are(value: str | int | bool | list[str] | None) -> None:
    record(Code.CONNECTION_CHANGED, by=WIRE, changed=value)
    entry = Entry.objects.get()
    assert entry.data == {"changed": value}
    assert entry.mac == entry_mac(entry)


def test_long_labels_and_origins_are_shortened_so_that_the_deed_goes_on() -> None:
    entry = record(Code.CONVERSATION_RESOLVED, by=Actor("person", 1, "n" * 200, "o" * 200))
    entry.refresh_from_db()
    assert (len(entry.actor_label), len(entry.origin)) == (120, 64)
    assert entry.mac == entry_mac(entry)


def test_no_entry_is_changed_or_removed_through_its_class() -> None:
    entry = record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    entry.actor_label = "Somebody else"
    for change in (
        entry.save,
        entry.delete,
        lambda: Entry.objects.update(actor_label="x"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry.objects.bulk_update([entry], ["actor_label"]),
        lambda: Entry.objects.bulk_create([Entry()]),
    ):
        with pytest.raises(AppendOnly):
            change()
    entry.refresh_from_db()
    assert entry.actor_label == "Parley"
