"""Runs management commands in one process that stays: a Django that starts takes seconds, and there are many to run.

``python -m tests.faults.console`` reads a JSON list of words per line and answers with a JSON object per line.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from dataclasses import dataclass

import django
from django.core.management import CommandError, call_command
from django.db import close_old_connections

from tests.deployment import ROOT


@dataclass(frozen=True)
class Said:
    """What a command answered: exit code and everything it printed."""

    code: int
    text: str


class Console:
    """The other end of that process, for tests."""

    def __init__(self, env: dict[str, str]) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.console"],
            cwd=ROOT,
            env=env | {"DJANGO_SETTINGS_MODULE": "inbox.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> Said:
        """``manage.py`` with these words."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps(words) + "\n")
        self._child.stdin.flush()
        return Said(**json.loads(self._child.stdout.readline()))

    def do(self, *words: str) -> str:
        """The same for what must not fail; gives what it printed."""
        said = self.run(*words)
        assert said.code == 0, said.text
        return said.text

    def close(self) -> None:
        """End it."""
        with self._child:
            assert self._child.stdin is not None
            self._child.stdin.close()


def perform(words: list[str]) -> Said:
    """One command in this process."""
    printed = io.StringIO()
    close_old_connections()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            call_command(*words)
    except CommandError as error:
        return Said(error.returncode, f"{printed.getvalue()}{error}")
    except Exception as error:  # whatever it is, the test must hear of it instead of waiting for an answer
        return Said(70, f"{printed.getvalue()}{type(error).__name__}: {error}")
    finally:
        close_old_connections()
    return Said(0, printed.getvalue())


def main() -> None:
    """Until nobody asks any more."""
    django.setup()
    out = sys.stdout
    for line in sys.stdin:
        said = perform(json.loads(line))
        out.write(json.dumps({"code": said.code, "text": said.text}) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
