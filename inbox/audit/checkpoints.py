"""Notes outside the database how far the chain reached, so that a tail cut off shows even where the seal was put back too.

The file ``trail-checkpoints.log`` in DATA_DIR grows by one line of about 170 bytes at most every ten seconds while deeds are
done; copy it to another machine and it binds whoever holds this one. It is each machine's own, so a sealer elsewhere writes
its own file.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils import timezone

from .mac import head, is_right
from .models import Seal

APART = timedelta(seconds=10)
LONGEST_LINE = 512


@dataclass(frozen=True)
class Checkpoint:
    """How far the chain reached at a time (ISO 8601), as one line of the file."""

    position: int
    hash: str
    at: str
    mac: str

    def is_genuine(self) -> bool:
        """Whether the line was written by a sealer that had the key."""
        return is_right(self.mac, head(self.position, self.hash, self.at))


def path() -> Path:
    """Where this machine's checkpoints are."""
    return Path(settings.DATA_DIR) / "trail-checkpoints.log"


def keep(seal: Seal) -> bool:
    """Notes the end of the chain unless that is known or the last line is too fresh; True if a line was written."""
    if not seal.position or seal.sealed_at is None:
        return False
    path().parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last(file)
        if last and (seal.position <= last.position or timezone.now() - datetime.fromisoformat(last.at) < APART):
            return False
        at = seal.sealed_at.isoformat()
        file.write(f"{seal.position} {seal.hash} {at} {head(seal.position, seal.hash, at)}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    return True


def read() -> Iterator[tuple[int, Checkpoint | None]]:
    """Every line with its number, oldest first; None for one that cannot be read. Nothing if there is no file."""
    try:
        with path().open("rb") as file:
            for number, line in enumerate(file, 1):
                yield number, _parse(line)
    except FileNotFoundError:
        return


def _last(file: BinaryIO) -> Checkpoint | None:
    """The newest line that can be read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - LONGEST_LINE))
    readable = [checkpoint for line in file.read().splitlines() if (checkpoint := _parse(line)) and checkpoint.is_genuine()]
    return readable[-1] if readable else None


def _parse(line: bytes) -> Checkpoint | None:
    words = line.decode(errors="replace").split()
    if len(words) != 4 or not words[0].isdecimal():
        return None
    return Checkpoint(int(words[0]), *words[1:])
