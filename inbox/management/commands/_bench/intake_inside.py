"""The steps of the intake benchmark that need rows: make the app, count what was kept, commit single rows as fast as it goes."""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import django

django.setup()

from django.db import connection  # noqa: E402  Django must be set up first
from django.utils import timezone  # noqa: E402  as above

from inbox.whatsapp.intake.rows import write  # noqa: E402  as above
from inbox.whatsapp.models import App, RawEvent  # noqa: E402  as above

PADDING = b"x" * 1000
WRITERS = 32  # PostgreSQL commits for many at once; SQLite has one writer anyway


def prepare(secret: str) -> dict[str, float]:
    """The app that all deliveries are for, and one for single rows."""
    for key in ("bench", "single"):
        App.objects.create(key=key, name=key, secret=secret, verify_token="bench")
    return {}


def count_kept(secret: str) -> dict[str, float]:
    """How many rows there are."""
    return {"rows": RawEvent.objects.filter(app__key="bench").count()}


def single_rows(secret: str) -> dict[str, float]:
    """Rows per second with one commit each, then all of them thrown away."""
    app_id = App.objects.get(key="single").pk
    seconds = 2.0

    def commit(writer: int) -> int:
        done = 0
        stop_at = time.perf_counter() + seconds
        while time.perf_counter() < stop_at:
            body = b"%d %d %s" % (writer, done, PADDING)
            write(connection, [(app_id, body, sha256(body).digest())], timezone.now())
            done += 1
        connection.close()
        return done

    writers = WRITERS if connection.vendor == "postgresql" else 1
    with ThreadPoolExecutor(writers) as threads:
        total = sum(threads.map(commit, range(writers)))
    RawEvent.objects.filter(app=app_id).delete()
    return {"per_second": total / seconds}


STEPS = {"prepare": prepare, "count": count_kept, "single": single_rows}


def main() -> None:
    """One step; prints its figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--step", choices=STEPS, required=True)
    parser.add_argument("--secret", default="")
    options = parser.parse_args()
    print(json.dumps(STEPS[options.step](options.secret)))


if __name__ == "__main__":
    main()
