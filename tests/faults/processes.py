"""A real process of the product, to be started, stopped, killed and held still; nothing else is ever signalled."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from inbox.management import tether
from tests.deployment import ROOT
from tests.faults.waiting import until


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Process:
    """One child: what it is called, how it starts, and the file that keeps what it says."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], log: Path) -> None:
        self.name, self.command, self.env, self.log = name, command, env, log
        self._child: subprocess.Popen[bytes] | None = None
        self.was_told_to_stop = False

    @property
    def pid(self) -> int:
        """Raises RuntimeError when it was never started."""
        if self._child is None:
            raise RuntimeError(f"{self.name} was never started")
        return self._child.pid

    @property
    def is_running(self) -> bool:
        """True while it lives, held still or not."""
        return self._child is not None and self._child.poll() is None

    def start(self, *more: str) -> None:
        """Start it, with further arguments if there are any. It ends with us however we end (Linux)."""
        if self.is_running:
            raise RuntimeError(f"{self.name} runs already")
        tied = [sys.executable, tether.__file__, str(os.getpid()), *self.command, *more]
        with self.log.open("ab") as log:
            self.was_told_to_stop = False
            self._child = subprocess.Popen(tied, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self) -> None:
        """SIGKILL, and its end awaited."""
        if self._child is not None and self.is_running:
            self._child.kill()
            self._child.wait()

    def tell_to_stop(self) -> None:
        """SIGTERM."""
        self.was_told_to_stop = True
        os.kill(self.pid, signal.SIGTERM)

    def freeze(self) -> None:
        """SIGSTOP, and the moment awaited at which it really stands still."""
        os.kill(self.pid, signal.SIGSTOP)
        until(lambda: self._state() == "T", within=10, because=f"{self.name} stands still")

    def thaw(self) -> None:
        """SIGCONT; harmless to one that runs."""
        os.kill(self.pid, signal.SIGCONT)

    def ended(self, within: float) -> int:
        """Its exit code, awaited."""
        child = self._child
        assert child is not None
        until(lambda: child.poll() is not None, within=within, because=f"{self.name} ends")
        return int(child.returncode)

    def children(self) -> list[int]:
        """The processes that it has started itself (Linux)."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]

    def resident_bytes(self) -> int:
        """How much memory it holds now (Linux)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))

    def clean_up(self) -> None:
        """Gone, whatever state it is in."""
        if self.is_running:
            self.thaw()
            self.kill()

    def _state(self) -> str:
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
