"""Shows how each number is connected, so that any third-party client can be pointed at the sandbox."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from inbox.whatsapp.models import Connection


class Command(BaseCommand):
    """``manage.py connection [--json]``."""

    help = "Show every connected number: ids, callback URL, verify token, Graph URL; for sandbox numbers also secret and token."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is there."""
        rows = [describe(row) for row in Connection.objects.select_related("number", "app").order_by("pk")]
        if options["json"]:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        if not rows:
            self.stdout.write("No number is connected yet. README.md, section “Connect a real number”, says how.")
        for row in rows:
            self.stdout.write(f"{row['name']} ({row['display_phone']}), {row['state']}")
            for key, value in row.items():
                self.stdout.write(f"  {key}: {value}")


def describe(row: Connection) -> dict[str, str | bool]:
    """One connection in the words of the protocol. Secrets of real numbers are never printed."""
    described: dict[str, str | bool] = {
        "name": row.number.name,
        "display_phone": row.number.display_phone,
        "state": row.state,
        "phone_number_id": row.phone_number_id,
        "waba_id": row.waba_id,
        "callback_url": f"{settings.PUBLIC_URL}/webhooks/whatsapp/{row.app.key}/",
        "verify_token": row.app.verify_token,
        "graph_url": row.graph_url,
        "graph_version": settings.GRAPH_VERSION,
        "sandbox": row.is_sandbox,
    }
    if row.is_sandbox:
        described |= {"app_id": row.app.app_id, "app_secret": row.app.secret, "access_token": row.access_token}
    return described
