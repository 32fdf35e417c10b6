"""Keeps webhooks and takes them in; prints how fast each goes, on one connection to the same database."""

from __future__ import annotations

import argparse
import json
import time
from hashlib import sha256

import django

django.setup()

from django.db import connection  # noqa: E402  Django must be set up first
from django.utils import timezone  # noqa: E402  as above

from inbox.conversations.models import Message, Number  # noqa: E402  as above
from inbox.journeys.inbound import take_batch  # noqa: E402  as above
from inbox.lib.jobs import drain_in_place  # noqa: E402  as above
from inbox.whatsapp import intake  # noqa: E402  as above
from inbox.whatsapp.intake.rows import write  # noqa: E402  as above
from inbox.whatsapp.models import App, Connection  # noqa: E402  as above

MESSAGES_PER_CUSTOMER = 5


def body(place: int) -> bytes:
    """One text, as WhatsApp sends it."""
    customer = place // MESSAGES_PER_CUSTOMER
    phone = f"4477{customer:08}"
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550142200", "phone_number_id": "1"},
        "contacts": [{"profile": {"name": f"Customer {customer}"}, "wa_id": phone, "user_id": f"GB.{customer}"}],
        "messages": [
            {
                "from": phone,
                "from_user_id": f"GB.{customer}",
                "id": f"wamid.bench{place}",
                "timestamp": str(1_763_800_000 + place),
                "type": "text",
                "text": {"body": f"Message {place} of the benchmark, about as long as a person writes."},
            }
        ],
    }
    changes = [{"field": "messages", "value": value}]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}).encode()


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--batch", type=int, default=50)
    options = parser.parse_args()
    number = Number.objects.create(name="Bench", display_phone="+1 555-014-2200", portfolio="bench")
    app = App.objects.create(key="bench", name="bench", secret="s", verify_token="v")
    Connection.objects.create(
        number=number, app=app, waba_id="1", phone_number_id="1", access_token="t", graph_url="http://127.0.0.1:1"
    )
    bodies = [body(place) for place in range(options.events)]
    begun = time.perf_counter()
    for first in range(0, len(bodies), options.batch):
        write(connection, [(app.pk, raw, sha256(raw).digest()) for raw in bodies[first : first + options.batch]], timezone.now())
    kept = time.perf_counter() - begun
    begun = time.perf_counter()
    with drain_in_place():
        while batch := intake.claim(options.batch):
            take_batch(batch)
    taken = time.perf_counter() - begun
    assert Message.objects.count() == options.events, "not every event became a message"
    print(json.dumps({"kept_per_second": options.events / kept, "taken_per_second": options.events / taken}))


if __name__ == "__main__":
    main()
