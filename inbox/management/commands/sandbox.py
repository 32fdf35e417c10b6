"""Runs the sandbox, the emulation of WhatsApp's side, as a program of its own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.serve import serve
from inbox.whatsapp.sandbox.world import load


class Command(BaseCommand):
    help = "Serve the WhatsApp sandbox: Graph API, simulated people and the phone page."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--world", required=True, help="Path of the world file.")
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--public-url", default=None, help="Scheme and host at which the product reaches the sandbox.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        try:
            world = load(options["world"])
        except (OSError, ValueError) as problem:
            raise CommandError(_("The world file cannot be used: %s") % problem) from problem
        public_url = options["public_url"] or f"http://{host}:{port}"
        serve(Sandbox(world, public_url=public_url.rstrip("/")), host=host, port=port)
