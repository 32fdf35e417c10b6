"""What must be true before the processes start: the folder is ours, ports are free, database and static files are current."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import socket
import sys
from io import StringIO
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection

from inbox.conversations.models import Number

REAL_SERVERS = ("redis-server", "valkey-server")


def take_data_folder() -> int:
    """Locks DATA_DIR for this process and what it becomes; gives the open file. Raises CommandError if another has it."""
    folder: Path = settings.DATA_DIR
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 32).decode().strip() or "unknown"
        raise CommandError(
            f"Parley already runs on the data folder {folder} (process {holder}).\n"
            "Stop it there with Ctrl-C, or choose another folder and port: make up DATA_DIR=other PORT=8100"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    os.set_inheritable(lock, True)
    return lock


def require_free_port(port: int, *, variable: str, what: str) -> None:
    """Raises CommandError, naming the variable to change, when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port}, wanted for {what}, cannot be used: {error.strerror}.\n"
                f"Another program has it, perhaps another Parley. Choose a free one: make up {variable}={port + 100}"
            ) from None


def prepare_database() -> None:
    """Tables are current. Raises CommandError when there is no database to put them in."""
    require_database()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def require_database() -> None:
    """A server that does not answer, or has no such database, is told at once and in a sentence.

    The pool would try for half a minute and then show a traceback.
    """
    if connection.vendor != "postgresql":
        return
    driver = cast("Any", connection).Database
    try:
        driver.connect(settings.DATABASE_URL, connect_timeout=5).close()
    except driver.OperationalError as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"DATABASE_URL names a database that cannot be used: {reason}") from None


def collect_static_files() -> bool:
    """Gathers static files into STATIC_ROOT if any of them changed since the last time; True when it did."""
    stamp = settings.DATA_DIR / "static.stamp"
    state = _state_of_static_files()
    if stamp.exists() and stamp.read_text() == state and Path(settings.STATIC_ROOT).is_dir():
        return False
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(state)
    return True


def _state_of_static_files() -> str:
    seen = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = os.stat(storage.path(path))
            seen.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def lay_out_demo(*, wanted: bool) -> None:
    """Seeds an installation that has nobody and no number yet, if wanted; one that has numbers is only pointed to our port."""
    if Number.objects.exists():
        call_command("seed", stdout=StringIO())
    elif wanted and not get_user_model().objects.exists():
        call_command("seed")


def redis_child() -> dict[str, Any] | None:
    """How to start our own Redis, with its address written to DATA_DIR/redis-url; None when REDIS_URL names another.

    A real server on the PATH is quicker; without one the embedded server serves. Either listens on the loopback
    address only, behind a random password that never shows in a list of processes, and keeps nothing on disk.
    """
    if os.environ.get("REDIS_URL", "").strip():
        return None
    folder: Path = settings.DATA_DIR
    password, port = secrets.token_urlsafe(32), _free_port()
    _write_privately(folder / "redis-url", f"redis://:{password}@127.0.0.1:{port}/0\n")
    real = next(filter(None, map(shutil.which, REAL_SERVERS)), None)
    if real and os.environ.get("EMBEDDED_REDIS", "").lower() not in {"on", "1", "true", "yes"}:
        lines = ["bind 127.0.0.1", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no", f"dir {folder}"]
        lines += [f"logfile {folder / 'redis.log'}", "loglevel warning", ""]
        _write_privately(folder / "redis.conf", "\n".join(lines))
        command = [real, str(folder / "redis.conf")]
    else:
        _write_privately(folder / "redis-password", password)
        command = [sys.executable, "-m", "inbox.lib.embedded_redis", "--port", str(port)]
        command += ["--password-file", str(folder / "redis-password")]
    return {"name": "redis", "command": command, "port": port, "last": True}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_privately(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
