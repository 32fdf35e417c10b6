"""The supervisor, with tiny programs for children: real processes, real signals."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60
PROJECT = Path(__file__).resolve().parent.parent.parent
SAYS_ITS_NUMBER = "import os, signal; print('number', os.getpid(), flush=True); signal.pause()"
ENDS = "print('once more', flush=True)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SAYS_ITS_NUMBER}"
HAS_A_CHILD = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); " + SAYS_ITS_NUMBER
ANSWERS = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.serve_forever()
"""


def child(name: str, program: str, *arguments: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "command": [sys.executable, "-c", program, *arguments], **more}


@contextlib.contextmanager
def supervised(folder: Path, *children: dict[str, Any], port: int = 1, **options: Any) -> Iterator[subprocess.Popen[str]]:
    plan = {"port": port, "children": children, "welcome": [sys.executable, "-c", "print('welcome')"]}
    (folder / "plan.json").write_text(json.dumps(plan))
    with (folder / "lock").open("w") as lock:
        command = [sys.executable, "-m", "inbox.management.supervisor", "--plan", str(folder / "plan.json")]
        process = subprocess.Popen(
            [*command, "--lock", str(lock.fileno())],
            cwd=PROJECT,
            text=True,
            pass_fds=[lock.fileno()],
            stdout=subprocess.PIPE,
            **options,
        )
        # Nothing here waits for ever: when the time is up the output ends, and with it the test.
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.start()
        with process:
            try:
                yield process
            finally:
                watchdog.cancel()
                process.kill()


def line_with(process: subprocess.Popen[str], *words: str) -> str:
    """The next line that holds all the words; fails when the output ends without it."""
    assert process.stdout is not None
    for line in process.stdout:
        if all(word in line for word in words):
            return line
    raise AssertionError(f"never said: {words}")


def number_of(process: subprocess.Popen[str], name: str) -> int:
    return int(line_with(process, f"{name} ", "| number ").split()[-1])


def wait_until_gone(*numbers: int) -> None:
    """Ends when none of the processes is left."""
    deadline = time.monotonic() + SECONDS
    for number in numbers:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            while Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                os.kill(number, 0)
                assert time.monotonic() < deadline


def test_what_children_say_is_printed_under_their_name(tmp_path: Path) -> None:
    with supervised(tmp_path, child("web", "print('hello\\nworld')"), child("sandbox", SAYS_ITS_NUMBER)) as process:
        assert line_with(process, "hello") == "web     | hello\n"
        assert line_with(process, "world") == "web     | world\n"


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, child("web", SAYS_ITS_NUMBER)) as process:
        first = number_of(process, "web")
        os.kill(first, signal.SIGKILL)
        assert line_with(process, "ended") == "web ended (SIGKILL); again in 0.5 s\n"
        assert number_of(process, "web") != first


def test_a_child_that_dies_again_and_again_is_given_ever_more_time(tmp_path: Path) -> None:
    with supervised(tmp_path, child("web", ENDS)) as process:
        assert [line_with(process, "ended").split()[-2] for _ in range(3)] == ["0.5", "1", "2"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_them_and_their_children(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path, child("web", HAS_A_CHILD, SAYS_ITS_NUMBER), child("redis", SAYS_ITS_NUMBER, last=True)) as process:
        numbers = [int(line_with(process, "| number ").split()[-1]) for _ in range(3)]
        process.send_signal(number)
        line_with(process, "Stopped.")
        assert process.wait(timeout=20) == 0
    wait_until_gone(*numbers)


def test_who_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, child("web", STUBBORN)) as process:
        number = number_of(process, "web")
        process.send_signal(signal.SIGINT)
        line_with(process, "web did not stop in time and was killed")
        assert process.wait(timeout=20) == 0
    wait_until_gone(number)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_do_not_outlive_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, child("web", SAYS_ITS_NUMBER), child("redis", SAYS_ITS_NUMBER, last=True)) as process:
        numbers = [int(line_with(process, "| number ").split()[-1]) for _ in range(2)]
        process.kill()
        process.wait()
    wait_until_gone(*numbers)


def test_what_the_others_need_is_started_first_and_stopped_last(tmp_path: Path, unused_tcp_port: int) -> None:
    redis = child("redis", ANSWERS, str(unused_tcp_port), port=unused_tcp_port, last=True)
    look = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5); print('found it', flush=True); "
    with supervised(tmp_path, child("web", look + SAYS_ITS_NUMBER, str(unused_tcp_port)), redis) as process:
        assert "found it" in line_with(process, "web ")


def test_the_welcome_comes_once_the_web_process_answers(tmp_path: Path, unused_tcp_port: int) -> None:
    with supervised(tmp_path, child("web", ANSWERS, str(unused_tcp_port)), port=unused_tcp_port) as process:
        assert line_with(process, "welcome") == "welcome\n"


def test_nobody_waits_for_a_terminal_that_takes_nothing(tmp_path: Path) -> None:
    """The child writes far more than pipes hold while nobody reads, then a file: it is not held up."""
    say = "import signal, sys; [print('x' * 1000, flush=True) for _ in range(3000)]; "
    talk = say + "open(sys.argv[1], 'w').close(); signal.pause()"
    done = tmp_path / "done"
    with supervised(tmp_path, child("web", talk, str(done))) as process:
        while not done.exists():
            assert process.poll() is None


def test_it_stays_small(tmp_path: Path) -> None:
    with supervised(tmp_path, child("web", SAYS_ITS_NUMBER)) as process:
        number_of(process, "web")
        loaded = subprocess.run(
            [sys.executable, "-c", "import sys, inbox.management.supervisor; print(*sys.modules)"],
            cwd=PROJECT, capture_output=True, text=True, check=True,
        ).stdout.split()  # fmt: skip
    assert not {"django", "redis", "http.client", "ssl"} & set(loaded)
