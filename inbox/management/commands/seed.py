"""Lays out the demo once: people, two teams, two numbers joined to the sandbox, and the world the sandbox plays."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from guardian.shortcuts import assign_perm

from accounts.models import Team, User
from accounts.permissions import ADMIN, AGENT, SUPERVISOR, add_member, create_team, set_role
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.conversations.models import Number
from inbox.routing import clearance
from inbox.whatsapp.models import App, Connection
from inbox.whatsapp.sandbox import world as worlds

CONSOLE = Actor("console", None, "manage.py seed")


@dataclass(frozen=True)
class DemoPerson:
    """One of the demo's accounts; everybody is at demo.example."""

    mailbox: str
    name: str
    role: str
    teams: tuple[str, ...]
    cleared: bool = True
    language: str = "en"


DEMO_PEOPLE = (
    DemoPerson("agent", "Ana Ribeiro", AGENT, ("Support",)),
    DemoPerson("colleague", "Bruno Teixeira", AGENT, ("Support",)),
    DemoPerson("billing", "Clara Whitmore", AGENT, ("Billing",)),
    DemoPerson("trainee", "Theo Marsh", AGENT, ("Support",), cleared=False),
    DemoPerson("supervisor", "Lucía Prado", SUPERVISOR, ("Support", "Billing")),
    DemoPerson("admin", "Rui Nakamura", ADMIN, ("Support", "Billing")),
)
NUMBER_NAMES = ("Support", "Billing")


class Command(BaseCommand):
    """``manage.py seed``."""

    help = "Lay out the demo (people, teams, two sandbox numbers) once; does nothing where a number exists already."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say that it is there."""
        if settings.PRODUCTION or not settings.SANDBOX:
            raise CommandError("The demo lives in the sandbox, which is off. Set SANDBOX=on outside production.")
        if Number.objects.exists():
            repoint()
            self.stdout.write("The demo is laid out already.")
            return
        with transaction.atomic():
            teams = {name: create_team(name) for name in NUMBER_NAMES}
            for demo in DEMO_PEOPLE:
                settle_in(demo, teams)
            join_numbers(teams)
        self.stdout.write("The demo is laid out.")


def settle_in(demo: DemoPerson, teams: dict[str, Team]) -> None:
    """One account with role, teams and, unless they are in training, clearance."""
    person = User.objects.create_user(f"{demo.mailbox}@demo.example", demo.name, language=demo.language)
    set_role(person, demo.role, None)
    for name in demo.teams:
        add_member(teams[name], person)
    if demo.cleared:
        clearance.give(person, by=CONSOLE, reason="demo")


def join_numbers(teams: dict[str, Team]) -> None:
    """An app, the sandbox's world with the same secrets, and a connection for each number of that world."""
    app = App.objects.create(
        key=uuid.uuid4().hex, name="Sandbox app", secret=secrets.token_hex(16), verify_token=secrets.token_urlsafe(24)
    )
    token = f"EAA{secrets.token_urlsafe(48)}"
    world = worlds.demo_world(
        data_file=settings.DATA_DIR / "sandbox" / "sandbox.sqlite3",
        callback_url=callback_url(app),
        verify_token=app.verify_token,
        app_secret=app.secret,
        access_token=token,
    )
    app.app_id = world.apps[0].id
    app.save(update_fields=["app_id"])
    world_file().parent.mkdir(parents=True, exist_ok=True)
    worlds.save(world, world_file())
    portfolio = world.portfolios[0]
    waba = portfolio.wabas[0]
    for name, played in zip(NUMBER_NAMES, waba.numbers, strict=True):
        number = join_number(name, played, portfolio.id, teams[name])
        connection = Connection.objects.create(
            number=number,
            app=app,
            waba_id=waba.id,
            phone_number_id=played.id,
            access_token=token,
            graph_url=graph_url(),
            is_sandbox=True,
        )
        record(Code.CONNECTION_CREATED, by=CONSOLE, target=("connection", connection.pk), number_id=number.pk, sandbox=True)


def join_number(name: str, played: worlds.Number, portfolio: str, team: Team) -> Number:
    """One number, which its team sees and answers on."""
    number = Number.objects.create(name=name, display_phone=played.display_phone_number, portfolio=portfolio, team=team)
    for right in ("view_number", "answer_number"):
        assign_perm(right, team.group, number)
        target = ("number", number.pk)
        record(Code.NUMBER_GRANTED, by=CONSOLE, target=target, number_id=number.pk, right=right, team=team.slug)
    return number


def repoint() -> None:
    """Let product and sandbox meet again where they are served now: the port may be another than last time."""
    connections = Connection.objects.filter(is_sandbox=True).select_related("app")
    connections.update(graph_url=graph_url())
    first = connections.first()
    if first is None or not world_file().exists():
        return
    world = worlds.load(world_file())
    apps = tuple(replace(app, callback_url=callback_url(first.app)) for app in world.apps)
    worlds.save(replace(world, apps=apps), world_file())


def world_file() -> Path:
    """Where the sandbox reads the world that it plays."""
    return Path(settings.DATA_DIR) / "sandbox" / "world.json"


def callback_url(app: App) -> str:
    """Where the sandbox delivers webhooks."""
    return f"{settings.PUBLIC_URL}/webhooks/whatsapp/{app.key}/"


def graph_url() -> str:
    """Where the sandbox's Graph API answers: its own port, so that a cut connection is felt as one, not as a proxy's 502."""
    return f"http://127.0.0.1:{settings.SANDBOX_PORT}/sandbox/graph"
