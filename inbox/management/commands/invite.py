"""Prints an invitation's link: how the first admin of a new installation comes in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.invitations import invite
from accounts.models import Team
from accounts.permissions import ADMIN, ROLES
from accounts.refusals import Refused


class Command(BaseCommand):
    """``manage.py invite EMAIL --role admin`` prints one address and nothing else."""

    help = "Invites somebody and prints the link to hand over; it works once, for seven days."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, as what, into which teams."""
        parser.add_argument("email")
        parser.add_argument("--name", default="")
        parser.add_argument("--role", choices=sorted(ROLES), default=ADMIN)
        parser.add_argument("--team", action="append", default=[], metavar="SLUG")

    def handle(self, *, email: str, name: str, role: str, team: list[str], **options: Any) -> None:
        """Make the invitation and print its link."""
        teams = list(Team.objects.filter(slug__in=team))
        if missing := sorted(set(team) - {found.slug for found in teams}):
            raise CommandError(f"There is no team {', '.join(missing)}.")
        try:
            invited = invite(email, name, role, teams, by=None, origin="invite")
        except Refused as refused:
            raise CommandError(refused.sentence) from None
        except ValidationError as error:
            raise CommandError(f"{email}: {' '.join(error.messages)}") from None
        self.stdout.write(invited.link)
