"""``manage.py web``: serves pages, sockets and webhooks with daphne."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any, NoReturn

from channels.routing import get_default_application
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from inbox.web import webhook

SOCKET_MESSAGE_BYTES = 64 * 1024  # what pages send us is tiny
SOCKET_SECONDS = 12 * 3600  # then the page connects again and proves anew who it is
CLOSE_SECONDS = 5
HTTP_SECONDS = 120  # uploads of 100 MB over slow lines are received before this clock starts


class Command(BaseCommand):
    """One web process in the foreground; several of them may run behind a proxy."""

    help = "Serve pages, sockets and webhooks. Bind it to loopback and put a proxy in front."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's own way to say it

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to listen."""
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--bind", default="127.0.0.1")

    def handle(self, **options: Any) -> None:
        """Until a signal comes. Raises CommandError when the port cannot be had."""
        logging.getLogger("daphne").setLevel(logging.WARNING)
        server = Server(
            application=get_default_application(),
            endpoints=build_endpoint_description_strings(host=options["bind"], port=options["port"]),
            http_timeout=HTTP_SECONDS,
            websocket_timeout=SOCKET_SECONDS,
            websocket_handshake_timeout=10,
            websocket_max_message_size=SOCKET_MESSAGE_BYTES,
            websocket_max_frame_size=SOCKET_MESSAGE_BYTES,
            application_close_timeout=CLOSE_SECONDS,
            action_logger=None,
            verbosity=0,
            server_name="",
            # Believed only when a proxy is promised to set it. Not X-Forwarded-For, whose first address anybody can write.
            proxy_forwarded_address_header="X-Real-IP" if settings.BEHIND_PROXY else None,
        )
        server.run()
        if server.abort_start:
            raise CommandError(f"Cannot listen on {options['bind']}:{options['port']}.")
        leave()


def leave() -> NoReturn:
    """End at once. A request cut off in the middle leaves a thread that waits for the loop, which is over, and Python for it."""
    webhook.application.close()
    sys.stdout.flush()
    logging.shutdown()
    os._exit(0)
