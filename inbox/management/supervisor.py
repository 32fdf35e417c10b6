"""Keeps the processes of one installation running: starts them, restarts the dead, prints what they say, stops them all.

    python -m inbox.management.supervisor --plan FILE --lock FD

``manage.py up`` prepares everything and then becomes this program. It uses the standard library only and imports nothing of
Parley, so that watching costs about 12 MB instead of Django's 60.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from inbox.management.printing import Printer

TETHER = Path(__file__).with_name("tether.py")
STOP_SECONDS = 4.0  # then what still runs is killed: Ctrl-C promises about five seconds
READY_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
CALM_SECONDS = 30.0  # a child that lived this long starts with a short pause again


@dataclass
class Child:
    """One program of the plan. ``last`` marks what the others need and is therefore stopped after them (Redis)."""

    name: str
    command: list[str]
    last: bool = False
    port: int | None = None  # wait for it before the others start
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    due_at: float = 0.0
    rest: bytes = field(default=b"", repr=False)

    @property
    def is_running(self) -> bool:
        """True between start and end."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs a plan: ``{"children": [...], "port": 8000, "welcome": [command]}``."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.children = [Child(**child) for child in plan["children"]]
        self.port: int = plan["port"]
        self.welcome: list[str] = plan["welcome"]
        self.printer = Printer(max(len(child.name) for child in self.children))
        self.selector = selectors.DefaultSelector()
        self.signals = 0
        self.passing: list[Child] = []  # one-off programs: the welcome

    def run(self) -> int:
        """Until a signal comes; gives the exit code."""
        self._listen_to_signals()
        for child in sorted(self.children, key=lambda child: not child.last):
            self._start(child)
            if child.port:
                self._wait_for_port(child)
        ready_by: float | None = time.monotonic() + READY_SECONDS
        while not self.signals:
            self._attend(0.2 if ready_by else 1.0)
            self._restart_dead()
            ready_by = self._greet_when_ready(ready_by)
        return self._stop()

    def _listen_to_signals(self) -> None:
        wake_in, wake_out = socket.socketpair()
        wake_in.setblocking(False)
        wake_out.setblocking(False)
        signal.set_wakeup_fd(wake_out.fileno(), warn_on_full_buffer=False)
        self.wake = (wake_in, wake_out)
        self.selector.register(wake_in, selectors.EVENT_READ, None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._count_signal)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # wakes the selector

    def _count_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def _start(self, child: Child) -> None:
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(
            [sys.executable, "-S", "-E", str(TETHER), str(os.getpid()), *child.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C reaches us alone; we decide who stops when
        )
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _wait_for_port(self, child: Child) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.signals and child.is_running and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", child.port)) == 0:
                    return
            self._attend(0.05)

    def _attend(self, seconds: float) -> None:
        """Print what the children say, for at most so long."""
        for key, _ in self.selector.select(seconds):
            if key.data is None:
                self.wake[0].recv(4096)
                continue
            child: Child = key.data
            said = os.read(key.fd, 65536)
            if not said:
                self.selector.unregister(key.fileobj)
            *lines, child.rest = (child.rest + said).split(b"\n")
            if not said and child.rest:
                lines, child.rest = [*lines, child.rest], b""
            for line in lines:
                self.printer.say(line.decode(errors="replace"), child.name)

    def _restart_dead(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.is_running:
                continue
            if child.process is not None:
                self._kill_group(child)  # whatever it left behind
                if now - child.started_at > CALM_SECONDS:
                    child.pause = FIRST_PAUSE
                child.due_at = now + child.pause
                self.printer.say(f"{child.name} ended ({_reason(child.process.returncode)}); again in {child.pause:g} s")
                child.process, child.pause = None, min(child.pause * 2, LONGEST_PAUSE)
            elif now >= child.due_at:
                self._start(child)

    def _greet_when_ready(self, ready_by: float | None) -> float | None:
        if ready_by is None:
            return None
        if _answers(self.port):
            greeting = Child("", self.welcome)
            self.passing.append(greeting)
            self._start(greeting)
            return None
        if time.monotonic() > ready_by:
            self.printer.say("The web process does not answer yet; its messages above say why. Still trying.")
            return None
        return ready_by

    def _stop(self) -> int:
        """The others first, Redis last; who takes longer than STOP_SECONDS is killed, and a second signal kills at once."""
        self.printer.say("Stopping ...")
        first = [child for child in [*self.children, *self.passing] if not child.last]
        last = [child for child in self.children if child.last]
        for group, seconds in ((first, STOP_SECONDS), (last, STOP_SECONDS / 4)):
            deadline = time.monotonic() + seconds
            for child in _running(group):
                _signal(child, signal.SIGTERM)
            while any(_running(group)) and time.monotonic() < deadline and self.signals < 2:
                self._attend(0.1)
            for child in _running(group):
                self.printer.say(f"{child.name} did not stop in time and was killed")
                self._kill_group(child)
        self.printer.say("Stopped.")
        self.printer.close()
        return 0

    def _kill_group(self, child: Child) -> None:
        _signal(child, signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _running(children: list[Child]) -> Iterator[Child]:
    return (child for child in children if child.is_running)


def _signal(child: Child, number: int) -> None:
    if child.process is not None:
        try:
            os.killpg(child.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return  # the group is gone already (macOS says it by the second)


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _answers(port: int) -> bool:
    """True when GET /healthz is answered with 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False


def main() -> int:
    """Run the plan in the file; the open file LOCK keeps others off the data folder for as long as we live."""
    parser = argparse.ArgumentParser(description="Keeps Parley's processes running.")
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--lock", type=int, required=True)
    options = parser.parse_args()
    os.set_inheritable(options.lock, False)
    return Supervisor(json.loads(options.plan.read_text())).run()


if __name__ == "__main__":
    sys.exit(main())
