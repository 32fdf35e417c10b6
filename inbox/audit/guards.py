"""Triggers by which the database itself refuses to change or remove entries, whoever asks.

They let through one change: the sealer giving an unsealed entry its place. ``install`` can run again at any time, and has
to after a migration that makes SQLite rebuild the table, which drops the table's triggers. Django empties tables by DELETE
on SQLite and by TRUNCATE on PostgreSQL; both are refused, so ``manage.py flush`` fails here, and the tests take the triggers
away for the moment in which they empty their own database.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

CHANGED = "The trail is append-only: entries are not changed."
REMOVED = "The trail is append-only: entries are not removed."
SEALED_COLUMNS = ("position", "previous", "hash")

SQLITE_REMOVE = (
    "DROP TRIGGER IF EXISTS entry_is_not_changed",
    "DROP TRIGGER IF EXISTS entry_is_not_removed",
    "DROP TRIGGER IF EXISTS entry_is_not_replaced",
)
POSTGRESQL_REMOVE = (
    "DROP TRIGGER IF EXISTS entry_is_not_changed ON inbox_entry",
    "DROP TRIGGER IF EXISTS entry_is_not_removed ON inbox_entry",
    "DROP TRIGGER IF EXISTS entry_is_not_emptied ON inbox_entry",
    "DROP FUNCTION IF EXISTS refuse_entry_change()",
)
POSTGRESQL_INSTALL = (
    f"""
    CREATE OR REPLACE FUNCTION refuse_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'UPDATE' THEN
            RAISE EXCEPTION '{REMOVED}';
        END IF;
        IF OLD.position IS NULL AND NEW.position IS NOT NULL
           AND to_jsonb(NEW) - '{{{",".join(SEALED_COLUMNS)}}}'::text[] = to_jsonb(OLD) - '{{{",".join(SEALED_COLUMNS)}}}'::text[]
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '{CHANGED}';
    END $$
    """,
    "CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON inbox_entry FOR EACH ROW EXECUTE FUNCTION refuse_entry_change()",
    "CREATE TRIGGER entry_is_not_removed BEFORE DELETE ON inbox_entry FOR EACH ROW EXECUTE FUNCTION refuse_entry_change()",
    "CREATE TRIGGER entry_is_not_emptied BEFORE TRUNCATE ON inbox_entry EXECUTE FUNCTION refuse_entry_change()",
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Puts the triggers on the table of entries as it is now."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statements: tuple[str, ...] = POSTGRESQL_INSTALL
        else:
            table = connection.introspection.get_table_description(cursor, "inbox_entry")
            statements = _sqlite_install([column.name for column in table if column.name not in SEALED_COLUMNS])
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away."""
    with connection.cursor() as cursor:
        for statement in POSTGRESQL_REMOVE if connection.vendor == "postgresql" else SQLITE_REMOVE:
            cursor.execute(statement)


def are_installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database refuses changes and removals."""
    wanted = {"entry_is_not_changed", "entry_is_not_removed"}
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'inbox_entry'::regclass AND tgenabled = 'O'"
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'inbox_entry'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return wanted <= {name for (name,) in cursor.fetchall()}


def _sqlite_install(columns: list[str]) -> tuple[str, ...]:
    same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in columns)
    return (
        f"""
        CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON inbox_entry
        WHEN NOT (OLD.position IS NULL AND NEW.position IS NOT NULL AND {same})
        BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END
        """,
        f"CREATE TRIGGER entry_is_not_removed BEFORE DELETE ON inbox_entry BEGIN SELECT RAISE(ABORT, '{REMOVED}'); END",
        # INSERT OR REPLACE removes without firing the trigger above.
        f"""
        CREATE TRIGGER entry_is_not_replaced BEFORE INSERT ON inbox_entry
        WHEN EXISTS (SELECT 1 FROM inbox_entry WHERE id = NEW.id OR nonce = NEW.nonce OR position = NEW.position)
        BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END
        """,
    )
