"""Parley as people start it: real processes on a fresh data folder, and starts that must be refused."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deployment import ROOT, environment

SECONDS = 120


def development(data_dir: Path, **changes: str) -> dict[str, str]:
    """The environment of a newcomer: nothing is set but where the data goes."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DATA_DIR": str(data_dir), **changes}


def run(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(env: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "manage.py", "up", *words]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    with process:
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"never said {words!r} but:\n{said}")


def ask(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def processes_of(data_dir: Path) -> list[str]:
    """Every process that was started for this data folder, by its environment (Linux)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"DATA_DIR={data_dir}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append((folder / "cmdline").read_text().replace("\0", " "))
    return found


def test_up_serves_refuses_a_second_one_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    env = development(tmp_path, PORT=str(port), SANDBOX_PORT=str(free_port()))
    with running(env, "--no-demo") as process:
        said = read_until(process, "Ctrl-C stops everything.")
        assert f"Parley is ready: http://127.0.0.1:{port}/" in said
        assert "demo.example" not in said
        assert ask(f"http://127.0.0.1:{port}/healthz") == (200, b'{"alive": true}')
        assert (tmp_path / "redis-url").stat().st_mode & 0o777 == 0o600

        second = run("up", "--no-demo", env=env | {"PORT": str(free_port())})
        assert second.returncode == 1
        assert f"already runs on the data folder {tmp_path} (process {process.pid})" in second.stderr
        assert "Traceback" not in second.stderr

        process.send_signal(signal.SIGINT)
        read_until(process, "Stopped.")
        assert process.wait() == 0
    assert processes_of(tmp_path) == []


def test_up_becomes_ready_and_heals_when_a_child_dies(tmp_path: Path) -> None:
    port = free_port()
    env = development(tmp_path, PORT=str(port), SANDBOX="off", EMBEDDED_REDIS="on")
    with running(env, "--no-demo") as process:
        read_until(process, "Ctrl-C stops everything.")
        for name in ("redis", "work"):
            os.kill(number_of(process.pid, name), signal.SIGKILL)
            read_until(process, f"{name} ended (SIGKILL)")
        checks = wait_for_ready(port)
        assert all(check["ok"] for check in checks.values())


def number_of(parent: int, name: str) -> int:
    """The process id of one of the supervisor's children, by a word of its command."""
    word = {"redis": "embedded_redis", "work": "work"}[name]
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next(int(child) for child in children if word in re.split(r"[\0.]", Path(f"/proc/{child}/cmdline").read_text()))


def wait_for_ready(port: int) -> dict[str, dict[str, bool]]:
    """What /readyz says once it says yes, or at last."""
    report: dict[str, dict[str, dict[str, bool]]] = {}
    for _ in range(400):
        status, body = ask(f"http://127.0.0.1:{port}/readyz")
        report = json.loads(body)
        if status == 200:
            break
    return report["checks"]


def test_a_port_in_use_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = run("up", env=development(tmp_path, PORT=str(port)))
    assert refused.returncode == 1
    assert f"Port {port}, wanted for the web pages, cannot be used" in refused.stderr
    assert f"make up PORT={port + 100}" in refused.stderr


@pytest.mark.parametrize("command", ["web", "help"])
def test_production_refuses_development_values_whatever_the_command(tmp_path: Path, command: str) -> None:
    refused = run(command, env=environment(tmp_path, SECRET_KEY="", ALLOWED_HOSTS="*"))
    assert refused.returncode == 1
    assert re.findall(r"^  ([A-Z_]+): ", refused.stderr, re.MULTILINE) == ["SECRET_KEY", "ALLOWED_HOSTS"]
    assert "Traceback" not in refused.stderr
