"""The ground that tests stand on does what they rely on."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from inbox.conversations.models import Contact, Conversation, Number
from tests import make
from tests.conftest import NOON
from tests.guard import NetworkUsed


def test_nothing_beyond_this_machine_can_be_reached() -> None:
    with pytest.raises(NetworkUsed), socket.socket() as line:
        line.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkUsed):
        socket.create_connection(("graph.facebook.com", 443))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as line:
        assert line.getpeername() == server.getsockname()


def test_a_run_keeps_its_data_apart() -> None:
    repository = Path(__file__).resolve().parent.parent
    assert repository not in settings.DATA_DIR.parents
    assert settings.DATA_DIR in Path(settings.MEDIA_DIR).parents


def test_the_clock_stands_still(clock: time_machine.Traveller) -> None:
    assert timezone.now() == NOON
    clock.shift(timedelta(hours=1))
    assert timezone.now() == NOON + timedelta(hours=1)


@pytest.mark.django_db
def test_sqlite_runs_as_in_production() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on another database")
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert found == ["wal", 2, 1]


def test_each_team_sees_its_own_number(
    amina: User, bruno: User, carol: User, admin: User, support_number: Number, billing_number: Number
) -> None:
    seen = {person.name.split()[0]: list(Number.objects.visible_to(person)) for person in (amina, bruno, carol, admin)}
    assert seen == {"Amina": [support_number], "Bruno": [support_number], "Carol": [billing_number], "Ada": []}


def test_the_builders_make_a_waiting_customer(support_number: Number, dora: Contact, clock: time_machine.Traveller) -> None:
    made = make.conversation(support_number, dora)
    found = Conversation.objects.get()
    assert found == made
    assert (found.contact.phone, found.contact.bsuid) == ("351910000001", "PT.1000000000000001")
    assert found.waiting_since == NOON
    assert found.window_is_open(NOON + timedelta(hours=23))
    assert not found.window_is_open(NOON + timedelta(hours=24))


@pytest.mark.django_db
def test_the_builders_fill_every_table_that_a_door_shows() -> None:
    line = make.connection()
    attachment = make.attachment(make.message(make.conversation(line.number)))
    assert attachment.message.number == line.number
    assert make.template().waba_id == line.waba_id
    assert make.raw_event(app=line.app).app.secret == "app-secret"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_tables_are_empty_at_every_start(turn: int) -> None:
    assert not Conversation.objects.exists()
    make.conversation()
