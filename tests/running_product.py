"""One whole Parley for all tests that use it from outside: started by ``manage.py up``, shared by the workers of a test run.

The first worker that asks starts it in a folder that all of them share, the last that leaves stops it. Its people, numbers and
customers are the demo's; a test that needs a customer adds one of its own to the sandbox, so that no test meets another's.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import psycopg
import requests
from psycopg import sql

from tests.deployment import ROOT
from tests.faults.books import Books, PostgresBooks, SqliteBooks, url_of

Json = dict[str, Any]
Found = TypeVar("Found")

SECONDS_TO_START = 180.0
SECONDS_TO_STOP = 30.0
BETWEEN_LOOKS = 0.05
# The sandbox's phones read and answer this many times faster than people do.
HASTE = 4
READY = "Ctrl-C stops everything."
LINK = re.compile(r"^\s+([a-z]+)@demo\.example\s+(http\S+)$", re.MULTILINE)
_pause = threading.Event()


def until(look: Callable[[], Found], *, within: float = 30.0, because: str = "") -> Found:
    """What ``look`` gives once that is true. Raises AssertionError when it is not within so many seconds.

    The deadline is for faults, not for measuring: machines under load are slow.
    """
    deadline = monotonic() + within
    while not (found := look()):
        if monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {because or look!r}; at last {found!r}")
        _pause.wait(BETWEEN_LOOKS)
    return found


@dataclass(frozen=True)
class Product:
    """A Parley that answers at ``base``. ``sessions`` has a signed-in cookie per demo mailbox, ``numbers`` what is connected.

    ``database`` is the address of its PostgreSQL database, or empty for the file of the default run.
    """

    base: str
    data_dir: str
    database: str
    pid: int
    sessions: dict[str, str]
    numbers: list[Json]

    @property
    def env(self) -> dict[str, str]:
        """The environment in which management commands speak to this product's data."""
        return environment(Path(self.data_dir), self.base, self.database)

    @property
    def support(self) -> Json:
        """The number of team Support."""
        return self.numbers[0]

    @property
    def billing(self) -> Json:
        """The number of team Billing."""
        return self.numbers[1]

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Look into the database as a stranger to the code would; ``%s`` stands for a value."""
        with self._books() as books:
            return books.rows(query, *values)

    def write(self, statement: str, *values: Any) -> int:
        """One statement, committed; gives how many rows it touched. For what only time would bring about."""
        with self._books() as books:
            return books.write(statement, *values)

    @contextlib.contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Only one test of all workers has this part of the product at a time."""
        with _only_one(Path(self.data_dir), f"{what}.lock"):
            yield

    def _books(self) -> contextlib.AbstractContextManager[Books]:
        file = Path(self.data_dir) / "parley.sqlite3"
        return contextlib.closing(PostgresBooks(self.database) if self.database else SqliteBooks(file))


def environment(data_dir: Path, base: str, database: str) -> dict[str, str]:
    """A newcomer's environment: nothing is set but where the data goes and which ports are used."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    ports = {"PORT": base.rsplit(":", 1)[1], "SANDBOX_PORT": (data_dir / "second-port").read_text()}
    return {**kept, **ports, "DATA_DIR": str(data_dir), **({"DATABASE_URL": database} if database else {})}


@contextlib.contextmanager
def shared_product(folder: Path) -> Iterator[Product]:
    """The product of this test run; ``folder`` is the same for all of its workers."""
    folder.mkdir(exist_ok=True)
    with _only_one(folder):
        product = _found(folder) or _start(folder)
        _note(folder, [*_guests(folder), os.getpid()])
    try:
        yield product
    finally:
        with _only_one(folder):
            guests = _guests(folder)
            guests.remove(os.getpid())
            _note(folder, guests)
            if not guests:
                _stop(product)
                (folder / "product.json").unlink()


@contextlib.contextmanager
def _only_one(folder: Path, name: str = "lock") -> Iterator[None]:
    with (folder / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _guests(folder: Path) -> list[int]:
    """The workers that use the product, as often as they do; one that died without saying so does not count."""
    path = folder / "guests.json"
    known = json.loads(path.read_text()) if path.exists() else []
    return [pid for pid in known if Path(f"/proc/{pid}").exists()]


def _note(folder: Path, guests: list[int]) -> None:
    (folder / "guests.json").write_text(json.dumps(guests))


def _found(folder: Path) -> Product | None:
    path = folder / "product.json"
    return Product(**json.loads(path.read_text())) if path.exists() else None


def _start(folder: Path) -> Product:
    """Start it, sign everybody in by the links that it prints, and let the sandbox hurry."""
    data_dir = folder / "data"
    data_dir.mkdir(exist_ok=True)
    base = f"http://127.0.0.1:{_free_port()}"
    (data_dir / "second-port").write_text(str(_free_port()))
    log = folder / "up.log"
    # Not a Popen: whoever stops the product need not be the one who started it.
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    command = [sys.executable, str(ROOT / "manage.py"), "up"]
    streams = [(os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, said, 2)]
    database = _new_database()
    pid = os.posix_spawn(sys.executable, command, environment(data_dir, base, database), file_actions=streams, setsid=True)
    os.close(said)
    product = Product(base, str(data_dir), database, pid, {}, [])
    try:
        until(
            lambda: "Ctrl-C stops everything." in log.read_text() or _is_gone(pid), within=SECONDS_TO_START, because="it starts"
        )
        assert not _is_gone(pid), log.read_text()
        product = replace(product, sessions=_sign_everybody_in(log.read_text()), numbers=_numbers(product))
        requests.post(f"{base}/sandbox/clock", json={"speed": HASTE, "rates_enforced": False}, timeout=30).raise_for_status()
        _wait_for_the_demo(product)
    except BaseException:
        _stop(product)
        raise
    (folder / "product.json").write_text(json.dumps(asdict(product)))
    return product


def _sign_everybody_in(said: str) -> dict[str, str]:
    sessions = {}
    for mailbox, link in LINK.findall(said):
        with requests.Session() as browser:
            browser.get(link, timeout=60, allow_redirects=False).raise_for_status()
            sessions[mailbox] = browser.cookies["session"]
    return sessions


def _numbers(product: Product) -> list[Json]:
    """The connected numbers as the database has them (``manage.py connection`` would start another Django)."""
    query = (
        "SELECT n.id, n.name, c.phone_number_id, c.waba_id, a.key FROM inbox_number n "
        "JOIN inbox_connection c ON c.number_id = n.id JOIN inbox_app a ON a.id = c.app_id ORDER BY n.id"
    )
    return [dict(zip(("id", "name", "phone_number_id", "waba_id", "app"), row, strict=True)) for row in product.rows(query)]


def _wait_for_the_demo(product: Product) -> None:
    """All of the demo's customers have arrived, and its templates are known."""
    count = "SELECT (SELECT COUNT(*) FROM inbox_conversation) >= 14 AND (SELECT COUNT(*) FROM inbox_template) >= 9"
    until(lambda: product.rows(count)[0][0], within=60, because="the demo's customers have written")


def _stop(product: Product) -> None:
    """As Ctrl-C would; whoever started it hears of its end by the lock that it holds."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(product.pid, signal.SIGINT)
    until(lambda: _is_gone(product.pid), within=SECONDS_TO_STOP, because="it stops")
    if product.database:
        _drop(product.database)


def _is_gone(pid: int) -> bool:
    """True once a process has ended, whether or not its parent has noticed."""
    with contextlib.suppress(ChildProcessError):
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _new_database() -> str:
    """A database of its own on the PostgreSQL server of this test run; empty when that runs on SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return ""
    name = f"running_{os.getpid()}"
    with psycopg.connect(url_of(server, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url_of(server, name)


def _drop(database: str) -> None:
    with psycopg.connect(url_of(database, "postgres"), autocommit=True) as admin:
        name = database.rpartition("/")[2].partition("?")[0]
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
