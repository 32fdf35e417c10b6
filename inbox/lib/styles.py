"""Joins every style of ``static/css`` into one sheet: many small files to write, one request to load, nothing to build.

Cascade layers make the order of files irrelevant, apart from ``layers.css``, which comes first and says it.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

ELSEWHERE = {"sandbox"}  # a program of its own, which loads its styles itself


@dataclass(frozen=True, slots=True)
class Sheet:
    """The joined styles, the same packed, and the name of this version."""

    plain: bytes
    packed: bytes
    version: str


def sheet() -> Sheet:
    """The sheet as it is now; an installed version never changes, in development a changed file shows at once."""
    return joined(_installed() if settings.PRODUCTION else _changed_at())


def files() -> list[Path]:
    """Every style of ours, the order of layers first."""
    root = Path(settings.BASE_DIR) / "static" / "css"
    found = [path for path in sorted(root.rglob("*.css")) if not ELSEWHERE.intersection(path.parts)]
    return sorted(found, key=lambda path: path.name != "layers.css")


@lru_cache(maxsize=1)
def joined(changed_at: float) -> Sheet:
    """The sheet of files that changed last at a moment, made once."""
    plain = b"\n".join(path.read_bytes() for path in files())
    return Sheet(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:16])


def _changed_at() -> float:
    return max(path.stat().st_mtime for path in files())


_installed = lru_cache(maxsize=1)(_changed_at)
