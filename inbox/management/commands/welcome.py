"""``manage.py welcome``: what a newcomer wants to read once Parley answers. The supervisor runs it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from io import StringIO
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command

from inbox.management.commands.seed import world_file

DEMO_PEOPLE = "@demo.example"
SECONDS = 30


class Command(BaseCommand):
    """The address, one-time sign-in links for the demo people, the customer's phone, and how to stop."""

    help = "Print the address, one-time sign-in links for the demo people, and how to stop."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's own way to say it

    def handle(self, **options: Any) -> None:
        """Starts the demo's customers once, then prints."""
        people = get_user_model().objects.filter(email__endswith=DEMO_PEOPLE, is_active=True).order_by("pk")
        emails = list(people.values_list("email", flat=True))
        if emails and settings.SANDBOX:
            self._wake_customers_once()
        lines = ["", f"Parley is ready: {settings.PUBLIC_URL}/"]
        if emails:
            width = max(map(len, emails))
            lines += ["", "Sign in (each link works once; manage.py signin_link EMAIL prints another):"]
            lines += [f"  {email:<{width}}  {_signin_link(email)}" for email in emails]
        if settings.SANDBOX and world_file().exists():
            lines += ["", f"Write as a customer: {settings.PUBLIC_URL}/sandbox/phone/"]
        self.stdout.write("\n".join([*lines, "", "Ctrl-C stops everything.", ""]))

    def _wake_customers_once(self) -> None:
        """Asks the sandbox to let the simulated people write; a file in DATA_DIR remembers that it did."""
        asked = settings.DATA_DIR / "demo-started"
        if asked.exists():
            return
        request = urllib.request.Request(
            f"http://127.0.0.1:{settings.SANDBOX_PORT}/sandbox/demo",
            data=json.dumps({}).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS):
                asked.touch()
        except (urllib.error.URLError, OSError) as error:
            self.stdout.write(f"The sandbox did not start the demo ({error}); the next start asks again.")


def _signin_link(email: str) -> str:
    printed = StringIO()
    call_command("signin_link", email, stdout=printed)
    return printed.getvalue().strip()
