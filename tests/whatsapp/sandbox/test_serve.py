"""The sandbox as the program it is: under daphne, started by the management command, reset and stopped."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from inbox.whatsapp.sandbox.world import save
from tests.whatsapp.sandbox.callback import Callback
from tests.whatsapp.sandbox.conftest import Client, a_world

ROOT = Path(__file__).resolve().parents[3]
WAIT = 30.0


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


@pytest.fixture
def program(tmp_path: Path, callback: Callback) -> Iterator[tuple[subprocess.Popen[bytes], Client]]:
    """`manage.py sandbox` in a process of its own; ready when it has delivered its first webhook."""
    save(a_world(tmp_path / "sandbox.sqlite3", callback), tmp_path / "world.json")
    port = free_port()
    command = [
        sys.executable,
        "-W",
        "ignore",
        "manage.py",
        "sandbox",
        "--world",
        str(tmp_path / "world.json"),
        "--port",
        str(port),
    ]
    environment = os.environ | {"DATA_DIR": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "inbox.settings"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    client = Client(f"http://127.0.0.1:{port}")
    wait_until_up(process, client)
    yield process, client
    client.http.close()
    process.kill()
    process.wait(WAIT)
    if process.stdout is not None:
        process.stdout.close()


def wait_until_up(process: subprocess.Popen[bytes], client: Client) -> None:
    """Asks until the program answers; fails when it ends before or takes too long."""
    answered: queue.Queue[bool] = queue.Queue()

    def ask() -> None:
        while process.poll() is None:
            try:
                answered.put(client.script("GET", "").status_code == 200)
                return
            except requests.ConnectionError:
                continue
        answered.put(False)

    threading.Thread(target=ask, daemon=True).start()
    assert answered.get(timeout=WAIT)


def test_a_taken_message_whose_connection_is_reset_is_still_delivered(
    program: tuple[subprocess.Popen[bytes], Client], callback: Callback
) -> None:
    _process, client = program
    client.writes("amara")
    client.fault("accept_then_reset", times=1)
    with pytest.raises(requests.ConnectionError, match="reset"):
        client.send(biz_opaque_callback_data="t")
    assert next(callback.statuses())["biz_opaque_callback_data"] == "t"
    assert client.send().status_code == 200


def test_it_stops_when_told_and_keeps_what_it_accepted(program: tuple[subprocess.Popen[bytes], Client]) -> None:
    process, client = program
    client.writes("amara")
    assert client.send().status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def test_it_is_quiet(program: tuple[subprocess.Popen[bytes], Client]) -> None:
    process, client = program
    client.writes("amara")
    process.terminate()
    output, _ = process.communicate(timeout=WAIT)
    assert output == b""


def test_a_world_that_cannot_be_read_is_a_plain_refusal(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "manage.py", "sandbox", "--world", str(tmp_path / "none.json"), "--port", "1"]
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "inbox.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=WAIT, check=False)
    assert done.returncode == 1
    assert "The world file cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
