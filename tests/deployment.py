"""Runs Django's deployment check the way production would start: ``python -m tests.deployment``, part of ``make check``."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Values that production accepts and that nobody would use.
PRODUCTION = {
    "PRODUCTION": "on",
    "SECRET_KEY": "for-the-check-only-" + "0123456789abcdefghijklmnopqrstuvwxyz",
    "FIELD_KEYS": base64.urlsafe_b64encode(b"for-the-check-only-32-bytes-long").decode(),
    "TRAIL_KEY": "for-the-check-only-0123456789abcdef",
    "METRICS_TOKEN": "for-the-check-only",
    "ALLOWED_HOSTS": "inbox.example.org",
    "PUBLIC_URL": "https://inbox.example.org",
    "DATABASE_URL": "postgresql://parley@127.0.0.1:1/parley",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "LOG_LEVEL": "ERROR",
}
ACCEPTED = {
    "security.W008": "the proxy sends plain HTTP to HTTPS; /healthz must answer both",
    "security.W021": "whether a domain goes into the browsers' preload list is for its owner to decide",
}


def environment(data_dir: Path, **changes: str) -> dict[str, str]:
    """The environment of a process that starts in production, with some variables changed (empty: left out)."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    values = {**kept, **PRODUCTION, "DATA_DIR": str(data_dir), **changes}
    return {name: value for name, value in values.items() if value}


def main() -> int:
    """0 when the check finds nothing but what is accepted above."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "check", "--deploy"]
        done = subprocess.run(command, cwd=ROOT, env=environment(Path(folder)), capture_output=True, text=True, check=False)
    found = set(re.findall(r"\(([a-z_]+\.[WEC]\d+)\)", done.stdout + done.stderr))
    if done.returncode == 0 and found <= set(ACCEPTED):
        return 0
    sys.stderr.write(done.stdout + done.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
