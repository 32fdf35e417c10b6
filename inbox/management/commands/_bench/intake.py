"""Durable intake against its two bounds: the same server checking signatures only, the same database row by row."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings

from .scratch import inside, manage, scratch

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32
SECONDS_TO_START = 30
FIGURES = ("per_second", "p50_ms", "p99_ms", "cpu_us")
PATH = "/webhooks/whatsapp/bench/"
SECRET = "bench-secret"
# No worker takes part: a bell that nobody hears costs about what a heard one does.
NO_REDIS = "redis://127.0.0.1:1/0"


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time that it used so far, in all its threads."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def run() -> dict[str, Any]:
    """Medians and ranges of interleaved rounds, the ratios, and whether every 200 has its row.

    On the database of DATABASE_URL, if that is PostgreSQL, else on SQLite; on uvicorn too where it is installed.
    """
    given = os.environ.get("DATABASE_URL", "")
    database = {"DATABASE_URL": given} if given.startswith("postgres") else {"DATABASE_URL": ""}
    with scratch(SANDBOX="off", REDIS_URL=NO_REDIS, BENCH_APP_SECRET=SECRET, **database) as env, ExitStack() as servers:
        inside("intake_inside", env, step="prepare", secret=SECRET)
        running = {name: servers.enter_context(served(command, env)) for name, command in commands().items()}
        rounds = [one_round(running, env, place) for place in range(ROUNDS)]
        rows = inside("intake_inside", env, step="count")["rows"]
    return summary(rounds, rows)


def commands() -> dict[str, list[str]]:
    """How each server is started; ``{port}`` is filled in."""
    python = sys.executable
    every = {
        "signature_only_daphne": [python, "-m", f"{__package__}.signature_only", "{port}"],
        "durable_daphne": [python, manage(), "web", "--port", "{port}"],
    }
    if importlib.util.find_spec("uvicorn"):
        quiet = ["--no-access-log", "--log-level", "warning"]
        every["durable_uvicorn"] = [python, "-m", "uvicorn", "inbox.web.webhook_alone:application", "--port", "{port}", *quiet]
    return every


@contextmanager
def served(command: list[str], env: dict[str, str]) -> Iterator[Server]:
    """A server in a process of its own, from when it answers until the end."""
    port = free_port()
    process = subprocess.Popen(
        [word.format(port=port) for word in command],
        env={**env, "DJANGO_SETTINGS_MODULE": "inbox.settings"},
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=SECONDS_TO_START)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody listens there. Raises RuntimeError if the process ends or takes too long."""
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} did not start")


def one_round(running: dict[str, Server], env: dict[str, str], place: int) -> dict[str, dict[str, Any]]:
    """Every server once, one after the other, then single rows; numbers never repeat, so that every body is new."""
    figures = {}
    for order, (name, server) in enumerate(running.items()):
        first = (place * len(running) + order) * 10_000_000
        used = server.cpu_seconds()
        figure = inside(
            "webhook_load",
            env,
            port=server.port,
            path=PATH,
            secret=SECRET,
            seconds=SECONDS,
            connections=CONNECTIONS,
            first=first,
        )
        figure["cpu_us"] = (server.cpu_seconds() - used) / figure["kept"] * 1_000_000
        figures[name] = figure
    figures["single_row_commits"] = inside("intake_inside", env, step="single")
    return figures


def summary(rounds: list[dict[str, dict[str, Any]]], rows: int) -> dict[str, Any]:
    """The figures of all rounds as one answer."""
    result: dict[str, Any] = {}
    for name in rounds[0]:
        told = {figure: [each[name][figure] for each in rounds] for figure in rounds[0][name]}
        result[name] = {figure: round(median(told[figure]), 1) for figure in FIGURES if figure in told}
        result[name]["range"] = [round(min(told["per_second"])), round(max(told["per_second"]))]
    durable = [name for name in result if name.startswith("durable")]
    result["answered_200"] = sum(each[name]["kept"] for each in rounds for name in durable)
    result["rows"] = rows
    result["refused"] = sum(each[name]["refused"] for each in rounds for name in durable)
    result["ratio_daphne_durable_to_signature_only"] = ratio(result, "durable_daphne", "signature_only_daphne")
    if "durable_uvicorn" in result:
        result["ratio_uvicorn_durable_to_single_rows"] = ratio(result, "durable_uvicorn", "single_row_commits")
    return result


def ratio(result: dict[str, Any], name: str, bound: str) -> float:
    """One median rate over another."""
    return round(float(result[name]["per_second"]) / float(result[bound]["per_second"]), 2)
