"""The database itself refuses to change or remove entries."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from inbox.audit import guards
from inbox.audit.codes import Code
from inbox.audit.models import Entry
from inbox.audit.record import SYSTEM, record
from inbox.audit.seal import seal

pytestmark = pytest.mark.django_db

CHANGES = [
    "UPDATE inbox_entry SET actor_label = 'Nobody'",
    "UPDATE inbox_entry SET mac = ''",
    "UPDATE inbox_entry SET position = 2, actor_label = 'Nobody'",
    "UPDATE inbox_entry SET position = 9",
    "UPDATE inbox_entry SET position = NULL",
    "UPDATE inbox_entry SET id = id + 1",
    "DELETE FROM inbox_entry",
]


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("sealed", [True, False])
def test_statements_that_change_the_trail_fail(statement: str, sealed: bool) -> None:
    entry = record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    if sealed:
        seal()
    elif statement.endswith(("position = 9", "position = NULL")):
        pytest.skip("giving an unsealed entry a place is the sealer's work; the same value again changes nothing")
    before = Entry.objects.values().get()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.values().get() == before
    assert before["id"] == entry.pk


def test_replacing_an_entry_fails() -> None:
    record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    columns = ", ".join(str(field.column) for field in Entry._meta.concrete_fields)
    verb = "INSERT OR REPLACE INTO" if connection.vendor == "sqlite" else "INSERT INTO"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{verb} inbox_entry ({columns}) SELECT {columns} FROM inbox_entry")
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_emptying_the_database_fails_unless_the_guards_are_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    own_way = connection.ops.execute_sql_flush
    with monkeypatch.context() as patch:
        patch.setattr(connection.ops, "execute_sql_flush", type(connection.ops).execute_sql_flush.__get__(connection.ops))
        with pytest.raises(CommandError):
            call_command("flush", interactive=False, verbosity=0)
    assert Entry.objects.count() == 1
    assert connection.ops.execute_sql_flush == own_way


def test_the_guards_can_be_put_back_at_any_time() -> None:
    assert guards.are_installed(connection)
    guards.remove(connection)
    assert not guards.are_installed(connection)
    guards.install(connection)
    guards.install(connection)
    assert guards.are_installed(connection)
