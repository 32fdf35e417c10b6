"""The only way in which these tests wait: for a condition, with a deadline."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

Found = TypeVar("Found")

BETWEEN_LOOKS = 0.03  # seconds; the looks themselves are cheap, and the processes that we watch need the processor
_pause = threading.Event()


def until(condition: Callable[[], Found], *, within: float = 30.0, because: str = "") -> Found:
    """What ``condition`` gives once that is true. Raises AssertionError when it is not within so many seconds.

    The deadline is for faults, not for measuring: machines under load are slow.
    """
    deadline = monotonic() + within
    while not (found := condition()):
        if monotonic() > deadline:
            raise AssertionError(f"not within {within:g} s: {because or condition}; at last {found!r}")
        _pause.wait(BETWEEN_LOOKS)
    return found
