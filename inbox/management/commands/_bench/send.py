"""Sends per second against the most that so many threads can do at that latency: threads ÷ latency."""

from __future__ import annotations

from statistics import median
from typing import Any

from .scratch import inside, scratch

ROUNDS = 3
DELAY = 0.05
SENDS_PER_THREAD = 60


def run(threads: int = 16) -> dict[str, Any]:
    """Median of three rounds, each on a fresh database."""
    bound = threads / DELAY
    rounds = []
    for _ in range(ROUNDS):
        with scratch(SANDBOX="off") as env:
            rounds.append(inside("send_inside", env, sends=threads * SENDS_PER_THREAD, threads=threads, delay=DELAY))
    speed = median(result["per_second"] for result in rounds)
    return {
        "threads": threads,
        "latency_ms": DELAY * 1000,
        "sends_per_second": round(speed, 1),
        "bound_per_second": bound,
        "ratio": round(speed / bound, 2),
        "rounds": [round(result["per_second"], 1) for result in rounds],
    }
