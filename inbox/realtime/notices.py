"""Notices: what is said when a conversation has changed. Ids only; whoever hears one asks the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Conversation ``c`` on number ``n`` changed, and of its messages those with ids ``m``.

    ``f`` to ``s`` are the seqs of the number that this notice accounts for: those of everything it was told together
    with. A listener that has everything up to ``f - 1`` has everything up to ``s`` once it has all notices with this ``s``.
    """

    n: int
    s: int
    c: int
    m: tuple[int, ...] = ()
    f: int = 0


def pack(notices: Iterable[Notice]) -> str:
    """The text that goes through Redis."""
    rows = [[notice.n, notice.f, notice.s, notice.c, *notice.m] for notice in notices]
    return json.dumps(rows, separators=(",", ":"))


def unpack(text: bytes | str) -> list[Notice]:
    """What ``pack`` was given; raises ValueError for anything else."""
    rows = json.loads(text)
    if not isinstance(rows, list):
        raise ValueError("not a list of notices")
    return [_notice(row) for row in rows]


def merge(notices: Iterable[Notice]) -> list[Notice]:
    """One notice per conversation and unbroken run of seqs, in order; a seq that is missing stays visible as a gap."""
    runs: list[list[Notice]] = []
    for notice in sorted(notices, key=lambda notice: (notice.n, notice.f, notice.s)):
        run = runs[-1] if runs else []
        if run and run[0].n == notice.n and notice.f <= max(member.s for member in run) + 1:
            run.append(notice)
        else:
            runs.append([notice])
    return [notice for run in runs for notice in _folded(run)]


def _folded(run: list[Notice]) -> list[Notice]:
    first, last = run[0].f, max(notice.s for notice in run)
    messages: dict[int, dict[int, None]] = {}
    for notice in run:
        messages.setdefault(notice.c, {}).update(dict.fromkeys(notice.m))
    return [Notice(run[0].n, last, conversation, tuple(ids), first) for conversation, ids in messages.items()]


def _notice(row: object) -> Notice:
    if not (isinstance(row, list) and len(row) >= 4 and all(isinstance(part, int) for part in row)):
        raise ValueError("not a notice")
    number, first, last, conversation, *messages = row
    return Notice(number, last, conversation, tuple(messages), first)
