"""Reads and writes the product's database from outside, with plain SQL, as a stranger to its code."""

from __future__ import annotations

import contextlib
import sqlite3
import uuid
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

LONG_AGO = "2020-01-01 00:00:00"
FAR_AHEAD = "2099-01-01 00:00:00"
Row = tuple[Any, ...]


class Books(Protocol):
    """A database as these tests use it; ``%s`` stands for a value in either dialect."""

    def rows(self, query: str, *values: Any) -> list[Row]:
        """All rows of a query."""

    def write(self, statement: str, *values: Any) -> int:
        """One statement, committed; gives how many rows it touched."""

    def hold(self, *tables: str) -> contextlib.AbstractContextManager[None]:
        """Nobody else can write to these tables meanwhile (SQLite: to any)."""

    def is_free(self) -> bool:
        """True if nobody keeps all others from writing."""

    def close(self) -> None:
        """Let go of everything."""


def one(books: Books, query: str, *values: Any) -> Any:
    """The only value of the only row."""
    ((value,),) = books.rows(query, *values)
    return value


def kept(books: Books, body: bytes) -> int:
    """How many rows keep this webhook body."""
    return int(one(books, "SELECT count(*) FROM inbox_rawevent WHERE digest = %s", sha256(body).digest()))


def taken_in(books: Books, wamid: str) -> int:
    """How many messages have this id."""
    return int(one(books, "SELECT count(*) FROM inbox_message WHERE external_id = %s", wamid))


def as_uuid(value: Any) -> str:
    """A UUID with its hyphens, however the database keeps it."""
    return str(uuid.UUID(str(value)))


class SqliteBooks:
    """The file of the default run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = self._open()

    def rows(self, query: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._db.execute(query.replace("%s", "?"), values).fetchall()

    def write(self, statement: str, *values: Any) -> int:
        """One statement, committed; gives how many rows it touched."""
        return self._db.execute(statement.replace("%s", "?"), values).rowcount

    @contextlib.contextmanager
    def hold(self, *tables: str) -> Iterator[None]:
        """The one write lock that there is."""
        with contextlib.closing(self._open()) as holder:
            holder.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                holder.execute("ROLLBACK")

    def is_free(self) -> bool:
        """True if the write lock can be had."""
        with contextlib.closing(self._open(timeout=0.2)) as asker:
            try:
                asker.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def _open(self, timeout: float = 20) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=timeout, isolation_level=None, check_same_thread=False)


class PostgresBooks:
    """A database on the server of this test run."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._db = psycopg.connect(url, autocommit=True)

    def rows(self, query: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        return self._db.execute(query.encode(), values).fetchall()

    def write(self, statement: str, *values: Any) -> int:
        """One statement, committed; gives how many rows it touched."""
        return self._db.execute(statement.encode(), values).rowcount

    @contextlib.contextmanager
    def hold(self, *tables: str) -> Iterator[None]:
        """Readers pass, writers wait."""
        with psycopg.connect(self._url) as holder:
            names = sql.SQL(", ").join(map(sql.Identifier, tables))
            holder.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(names))
            try:
                yield
            finally:
                holder.rollback()

    def is_free(self) -> bool:
        """Always: writers lock rows and not the house."""
        return True

    def cut_everybody_off(self) -> int:
        """Ends every other session of this database; gives how many there were."""
        query = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
        return int(one(self, query, self._db.info.backend_pid))

    def close(self) -> None:
        """End our own session."""
        self._db.close()


@contextlib.contextmanager
def database_beside(url: str) -> Iterator[str]:
    """The address of a new, empty database on the server of ``url``; dropped at the end."""
    name = f"faults_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url_of(url, "postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield url_of(url, name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def url_of(url: str, database: str) -> str:
    """The same server, another database."""
    return f"{url.rpartition('/')[0]}/{database}"
