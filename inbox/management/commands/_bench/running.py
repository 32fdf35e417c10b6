"""A whole running Parley for measurements: started by ``manage.py up`` in a scratch folder, stopped like by Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

from .live_latency import Product

SECONDS_TO_START = 120.0
PEOPLE = ("agent", "colleague", "trainee", "supervisor", "admin")  # one person may not open all the sockets


@dataclass(frozen=True)
class Running:
    """A product that answers at ``base_url``; ``env`` lets commands speak to the same data folder."""

    base_url: str
    pid: int
    env: dict[str, str]

    def command(self, *words: str) -> str:
        """What a management command prints."""
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *words]
        return subprocess.run(command, env=self.env, check=True, capture_output=True, text=True).stdout

    def memory(self) -> dict[str, float]:
        """Resident and proportional memory of all its processes, in MB (pages that several share count once in the latter)."""
        pids = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and group_of(int(pid)) == self.pid]
        return {
            "processes": len(pids),
            **{kind: round(sum(kilobytes(pid, kind) for pid in pids) / 1024, 1) for kind in ("Rss", "Pss")},
        }

    def product(self) -> Product:
        """What the latency benchmark needs to know."""
        number: dict[str, Any] = json.loads(self.command("connection", "--json"))[0]
        return Product(
            base_url=self.base_url,
            cookies=tuple(self.cookie(f"{mailbox}@demo.example") for mailbox in PEOPLE),
            callback_url=number["callback_url"],
            app_secret=number["app_secret"],
            phone_number_id=number["phone_number_id"],
            waba_id=number["waba_id"],
        )

    def cookie(self, email: str) -> str:
        """A session of one of the demo's people."""
        link = re.search(r"https?://\S+", self.command("signin_link", email))
        assert link is not None
        with requests.Session() as browser:
            browser.get(link.group(), timeout=10)
            return f"session={browser.cookies['session']}"


@contextmanager
def running(**environment: str) -> Iterator[Running]:
    """Start the default run on free ports, wait until it answers, stop it afterwards."""
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        base_url = f"http://127.0.0.1:{port}"
        env = {**os.environ, "DATA_DIR": folder, "PORT": str(port), "PUBLIC_URL": base_url, **environment}
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "up"]
        process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for(f"{base_url}/healthz", process)
            yield Running(base_url, process.pid, env)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the address answers; raises RuntimeError if the process ends or time is up."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise RuntimeError("The product did not start.")


def group_of(pid: int) -> int:
    """The session that a process belongs to; 0 if it has just ended."""
    try:
        return os.getsid(pid)
    except OSError:
        return 0


def kilobytes(pid: int, kind: str) -> int:
    """One line of a process's memory account."""
    try:
        account = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(rf"^{kind}:\s+(\d+) kB", account, re.MULTILINE)
    return int(found.group(1)) if found else 0
