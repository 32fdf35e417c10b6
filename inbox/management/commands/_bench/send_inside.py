"""Fills an outbox and lets the real pump empty it against the stub; prints how fast."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
import uuid

import django

django.setup()

from django.db import transaction  # noqa: E402  Django must be set up first
from django.utils import timezone  # noqa: E402  as above

from inbox.conversations.models import Contact, Conversation, Handle, Message, Number  # noqa: E402  as above
from inbox.replies.models import Delivery  # noqa: E402  as above
from inbox.replies.outbox.pump import Pump  # noqa: E402  as above
from inbox.whatsapp.models import App, Connection  # noqa: E402  as above


def fill(sends: int, graph_url: str) -> None:
    """One queued message for each of ``sends`` customers."""
    now = timezone.now()
    number = Number.objects.create(name="Bench", display_phone="+1 555-014-2200", portfolio="bench")
    app = App.objects.create(key="bench", name="bench", secret="s", verify_token="v")
    Connection.objects.create(
        number=number, app=app, waba_id="1", phone_number_id="1", access_token="t", graph_url=graph_url, sends_per_second=100_000
    )
    for place in range(sends):
        contact = Contact.objects.create(portfolio="bench", name=f"Customer {place}")
        phone = f"4477{place:08}"
        Handle.objects.create(contact=contact, portfolio="bench", kind="wa_id", value=phone, key=phone, since=now)
        conversation = Conversation.objects.create(contact=contact, number=number, opened_at=now, last_message_at=now)
        message = Message.objects.create(
            conversation=conversation,
            contact=contact,
            number=number,
            direction="out",
            kind="text",
            text="Hello",
            status="queued",
            said_at=now,
        )
        Delivery.objects.create(
            message=message, conversation=conversation, contact=contact, number=number, token=uuid.uuid4(), due_at=now
        )


def empty(threads: int) -> float:
    """Seconds that the pump takes."""
    stop = threading.Event()
    pump = Pump(threads)

    def beat() -> None:
        if not Delivery.objects.filter(state__in=("queued", "sending")).exists():
            stop.set()

    begun = time.perf_counter()
    pump.run(stop, beat)
    return time.perf_counter() - begun


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sends", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--delay", type=float, required=True)
    options = parser.parse_args()
    stub = subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.graph_stub", "--delay", str(options.delay)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert stub.stdout is not None
        with transaction.atomic():
            fill(options.sends, f"http://127.0.0.1:{stub.stdout.readline().strip()}")
        seconds = empty(options.threads)
        accepted = Delivery.objects.filter(state="accepted").count()
    finally:
        stub.kill()
    print(json.dumps({"sends": accepted, "seconds": seconds, "per_second": accepted / seconds}))


if __name__ == "__main__":
    main()
