"""``manage.py connect``: joins a real WhatsApp number to Parley, or gives a connected one a new token."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from accounts.models import Team
from inbox.audit.record import Actor
from inbox.journeys.connect import Wanted, connect, prove
from inbox.whatsapp.client import Graph
from inbox.whatsapp.errors import WireError
from inbox.whatsapp.models import App, Connection

CONSOLE = Actor("console", None, "manage.py connect")


class Command(BaseCommand):
    """Asks for the secrets without showing them, proves the token, and says what to enter at Meta."""

    help = "Connect a real number. The token (and a new app's secret) are asked for, so that no shell history keeps them."

    def add_arguments(self, parser: CommandParser) -> None:
        """The ids as WhatsApp Manager shows them."""
        parser.add_argument("--phone-number-id", required=True)
        parser.add_argument("--waba-id", required=True, help="id of the WhatsApp Business Account")
        parser.add_argument("--portfolio", required=True, help="id of the business portfolio")
        parser.add_argument("--app", required=True, help="a short name for the Meta app; it becomes part of the callback URL")
        parser.add_argument("--team", required=True, help="slug of the team that answers on the number")
        parser.add_argument("--name", default="", help="what people here call the number")
        parser.add_argument("--subscribe", action="store_true", help="only send the account's webhooks to the app (last step)")

    def handle(self, **options: Any) -> None:
        """Do it, or say why it cannot be done."""
        try:
            if options["subscribe"]:
                self._subscribe(options["phone_number_id"])
            else:
                self._connect(options)
        except WireError as error:
            raise CommandError(f"WhatsApp refused ({error.code}): {error.title}. {error.details}".strip()) from None

    def _connect(self, options: dict[str, Any]) -> None:
        team = Team.objects.filter(slug=options["team"]).first()
        if team is None:
            known = ", ".join(Team.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"No team has the slug {options['team']}. There are: {known}.")
        is_new_app = not App.objects.filter(key=options["app"]).exists()
        wanted = Wanted(
            phone_number_id=options["phone_number_id"],
            waba_id=options["waba_id"],
            portfolio=options["portfolio"],
            app_key=options["app"],
            team=team,
            name=options["name"],
            app_secret=getpass("App secret: ").strip() if is_new_app else "",
            token=getpass("Access token of a system user: ").strip(),
        )
        if is_new_app and not wanted.app_secret:
            raise CommandError("Without the app's secret no webhook could be told from a forged one.")
        connection = connect(wanted, prove(wanted), by=CONSOLE)
        self.stdout.write(
            f"Connected {connection.number} ({connection.number.display_phone}).\n"
            "Now enter at developers.facebook.com, your app, WhatsApp, Configuration:\n"
            f"  Callback URL  {settings.PUBLIC_URL}/webhooks/whatsapp/{connection.app.key}/\n"
            f"  Verify token  {connection.app.verify_token}\n"
            "press Verify and save, subscribe to the fields that README.md lists, then run this command again with --subscribe."
        )

    def _subscribe(self, phone_number_id: str) -> None:
        connection = Connection.objects.filter(phone_number_id=phone_number_id).first()
        if connection is None:
            raise CommandError("This number is not connected yet; run the command without --subscribe first.")
        if not Graph(connection).subscribe():
            raise CommandError("WhatsApp did not confirm the subscription.")
        self.stdout.write("WhatsApp sends this account's webhooks now. Write to the number from a phone to see it work.")
