"""Measures how fast Parley is, each figure against a bound measured in the same run, so that it holds on any machine."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ._bench import intake, live_latency, send
from ._bench.running import running
from ._bench.scratch import inside, scratch

ROUNDS = 3
EVENTS = 1000


def measure_intake() -> dict[str, Any]:
    """Webhooks kept durably and answered, and raw events taken in."""
    kept = intake.run()
    processing = measure_processing()
    ratio = processing["taken_per_second"] / kept["durable_daphne"]["per_second"]
    return {**kept, "processing": processing, "ratio_processing_to_durable_daphne": round(ratio, 2)}


def measure_processing() -> dict[str, Any]:
    """Raw events taken in per second, beside how fast one connection keeps them in the same batches."""
    rounds = []
    for _ in range(ROUNDS):
        with scratch(SANDBOX="off", REDIS_URL="redis://127.0.0.1:1/0") as env:
            rounds.append(inside("process_inside", env, events=EVENTS))
    taken = median(result["taken_per_second"] for result in rounds)
    return {"taken_per_second": round(taken), "kept_per_second": round(median(result["kept_per_second"] for result in rounds))}


def measure_live() -> dict[str, Any]:
    """From a webhook to the frame in a browser, and how many frames the hub sends beside a bare broadcaster."""
    result: dict[str, Any] = {}
    with running() as product:
        for rate in (20, 200):
            latency = live_latency.webhook_to_frame(product.product(), rate=rate)
            result[f"webhook_to_frame_at_{rate}_per_second"] = {
                **{
                    name: round(latency.at(share) * 1000) for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99))
                },
                "sockets": latency.sockets,
                "missing": latency.missing,
                "refused": latency.refused,
            }
        env = {**product.env, "REDIS_URL": (Path(product.env["DATA_DIR"]) / "redis-url").read_text().strip()}
        for sockets in (100, 500):
            result[f"fan_out_to_{sockets}"] = inside("fan_inside", env, sockets=sockets)
    return result


def measure_send() -> dict[str, Any]:
    """Messages handed to WhatsApp per second, beside threads ÷ latency."""
    return send.run()


def measure_memory() -> dict[str, Any]:
    """Memory of all processes of the default run."""
    with running() as product:
        return product.memory()


MEASURES: dict[str, Callable[[], dict[str, Any]]] = {
    "intake": measure_intake,
    "processing": measure_processing,
    "live": measure_live,
    "send": measure_send,
    "memory": measure_memory,
}


class Command(BaseCommand):
    """``manage.py bench intake|processing|live|send|memory``."""

    help = "Measure speed and memory beside their bounds, on scratch data; needs the development dependencies."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to measure."""
        parser.add_argument("what", nargs="+", choices=sorted(MEASURES), help="what to measure")

    def handle(self, **options: Any) -> None:
        """Measure and print JSON."""
        machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        self.stdout.write(json.dumps({"machine": machine, **{what: MEASURES[what]() for what in options["what"]}}, indent=1))
