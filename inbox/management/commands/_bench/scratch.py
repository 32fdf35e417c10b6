"""A Parley of its own for each benchmark: a data folder that is thrown away, and programs started in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings


@contextmanager
def scratch(**environment: str) -> Iterator[dict[str, str]]:
    """The environment of a freshly migrated Parley; ``environment`` is added to it (DATABASE_URL for PostgreSQL)."""
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        env = {**os.environ, "DATA_DIR": folder, "LOG_LEVEL": "ERROR", **environment}
        for command in (["migrate", "-v0"], ["createcachetable"]):
            subprocess.run([sys.executable, manage(), *command], env=env, check=True, stdout=subprocess.DEVNULL)
        yield env


def inside(program: str, env: dict[str, str], **options: Any) -> dict[str, Any]:
    """Run one of the programs beside this file in a scratch Parley; gives the JSON that it prints last."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    done = subprocess.run(
        [sys.executable, "-m", f"{__package__}.{program}", *words],
        env={**env, "DJANGO_SETTINGS_MODULE": "inbox.settings"},
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def manage() -> str:
    """The path of manage.py."""
    return str(Path(settings.BASE_DIR) / "manage.py")
