"""Keeps everything the sandbox must not forget in one sqlite file.

One connection behind one lock: callers are worker threads, never the event loop. WAL with synchronous=NORMAL
keeps every commit when the process is killed; only the machine losing power may cost the last ones.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS numbers (id TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS apps (id TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS subscriptions (
  waba_id TEXT, app_id TEXT, override_url TEXT, PRIMARY KEY (waba_id, app_id));
CREATE TABLE IF NOT EXISTS messages (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, number_id TEXT NOT NULL, person_id TEXT,
  sender TEXT NOT NULL, at REAL NOT NULL, type TEXT NOT NULL, doc TEXT NOT NULL, status TEXT NOT NULL,
  opaque TEXT, input TEXT, error INTEGER, priced INTEGER NOT NULL DEFAULT 0, reaction TEXT, gone INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS thread ON messages (person_id, number_id, seq);
CREATE TABLE IF NOT EXISTS pairs (
  number_id TEXT, person_id TEXT, last_in REAL NOT NULL DEFAULT 0, last_out REAL NOT NULL DEFAULT 0,
  blocked INTEGER NOT NULL DEFAULT 0, stopped INTEGER NOT NULL DEFAULT 0, step INTEGER NOT NULL DEFAULT 0,
  taps INTEGER NOT NULL DEFAULT 0,
  debt REAL NOT NULL DEFAULT 0, debt_at REAL NOT NULL DEFAULT 0, typing_until REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (number_id, person_id));
CREATE TABLE IF NOT EXISTS media (
  id TEXT PRIMARY KEY, number_id TEXT NOT NULL, mime TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
  filename TEXT, source TEXT NOT NULL, created REAL NOT NULL);
CREATE TABLE IF NOT EXISTS templates (
  id TEXT PRIMARY KEY, waba_id TEXT NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL, status TEXT NOT NULL,
  category TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS name_locks (waba_id TEXT, name TEXT, until REAL, PRIMARY KEY (waba_id, name));
CREATE TABLE IF NOT EXISTS qr_codes (code TEXT PRIMARY KEY, number_id TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, app_id TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS agenda (
  id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL,
  claimed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS agenda_due ON agenda (claimed, due);
CREATE TABLE IF NOT EXISTS changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, url TEXT NOT NULL, number_id TEXT NOT NULL,
  waba_id TEXT NOT NULL, at INTEGER, field TEXT NOT NULL, value TEXT NOT NULL, message_id TEXT);
CREATE INDEX IF NOT EXISTS change_target ON changes (app_id, url, number_id, id);
CREATE TABLE IF NOT EXISTS posts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL, url TEXT NOT NULL, number_id TEXT NOT NULL,
  body BLOB NOT NULL, message_ids TEXT NOT NULL, summary TEXT NOT NULL, first_at REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, last_answer TEXT);
CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, number_id TEXT, person_id TEXT, method TEXT NOT NULL,
  path TEXT NOT NULL, type TEXT, opaque TEXT, recipient TEXT, http INTEGER, code INTEGER, message_id TEXT, fault TEXT);
CREATE INDEX IF NOT EXISTS call_opaque ON calls (opaque);
"""


class Store:
    """Rows in, rows out; `together` makes several statements one transaction (nesting joins the outer one)."""

    def __init__(self, path: str | Path) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path = Path(path)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(TABLES)

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return row

    def run(self, sql: str, *values: Any) -> int:
        """Executes one statement, gives how many rows it touched."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def add(self, table: str, **values: Any) -> int:
        """Inserts one row, gives its row id."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._lock:
            cursor = self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))
            return int(cursor.lastrowid or 0)

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def recall(self, key: str, otherwise: Any = None) -> Any:
        row = self.one("SELECT value FROM notes WHERE key = ?", key)
        return otherwise if row is None else json.loads(row["value"])

    def remember(self, key: str, value: Any) -> None:
        self.run("INSERT OR REPLACE INTO notes VALUES (?, ?)", key, json.dumps(value))

    def count_up(self, key: str) -> int:
        """A counter that never gives the same number twice."""
        with self.together():
            value = int(self.recall(key, 0)) + 1
            self.remember(key, value)
            return value

    def close(self) -> None:
        with self._lock:
            self._db.close()
