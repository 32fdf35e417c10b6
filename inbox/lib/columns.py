"""Writes some columns of many rows with one prepared statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connection, models


def save_columns(rows: Collection[models.Model], names: Sequence[str]) -> None:
    """Write these columns of these rows, all of one model, as they are in memory; in the order of their keys, so that two
    writers do not wait for each other in a circle.

    Django's ``bulk_update`` builds an expression for each row and column. For fifty rows of nine columns that takes five
    times the processor time of saving row by row, and this a fifth (measured).
    """
    if not rows:
        return
    meta = next(iter(rows))._meta
    by_name = {field.name: field for field in meta.concrete_fields}
    fields = [*(by_name[name] for name in names), *meta.pk_fields]
    *columns, key = (f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields)
    statement = f"UPDATE {connection.ops.quote_name(meta.db_table)} SET {', '.join(columns)} WHERE {key}"
    ordered = sorted(rows, key=lambda row: row.pk)
    with connection.cursor() as cursor:
        cursor.executemany(
            statement, [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in ordered]
        )
