"""Prints a one-time sign-in link: the console's way in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.signin import LINK_LIFE, make_link


class Command(BaseCommand):
    """``manage.py signin_link EMAIL`` prints one address and nothing else."""

    help = "Prints a link that signs this person in once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, and for how long."""
        parser.add_argument("email")
        parser.add_argument("--hours", type=float, help="how long the link works (15 minutes if left out)")

    def handle(self, *, email: str, hours: float | None, **options: Any) -> None:
        """Make the link and print it."""
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody has the e-mail {email}. Invite them: manage.py invite {email} --role agent")
        if not person.is_active:
            raise CommandError(f"{email} is deactivated. Reactivate them first, on the page of people.")
        if hours is not None and not 0 < hours <= 7 * 24:
            raise CommandError("--hours: more than 0 and at most 168 (7 days).")
        self.stdout.write(make_link(person, timedelta(hours=hours) if hours else LINK_LIFE))
