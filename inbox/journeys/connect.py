"""Joins a real number to Parley: proves that the token works, then writes down number, app and connection."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from guardian.shortcuts import assign_perm

from accounts.models import Team
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.conversations.models import Number
from inbox.lib import bell
from inbox.replies.write import OUTBOX_BELL
from inbox.whatsapp.client import Graph, Line, NumberInfo
from inbox.whatsapp.models import App, Connection

RIGHTS = ("view_number", "answer_number")


@dataclass(frozen=True)
class Wanted:
    """What has to be known to connect a number. ``app_key`` names the app in its callback URL."""

    phone_number_id: str
    waba_id: str
    portfolio: str
    app_key: str
    team: Team
    token: str = field(repr=False)
    app_secret: str = field(default="", repr=False)  # only for an app that is new here
    name: str = ""  # as WhatsApp has verified it when left out


def prove(wanted: Wanted) -> NumberInfo:
    """Asks WhatsApp for the number with the token. Raises WireError with the reason when that is refused."""
    return Graph(Line(settings.GRAPH_URL, wanted.token, wanted.phone_number_id, wanted.waba_id)).number()


def connect(wanted: Wanted, found: NumberInfo, *, by: Actor) -> Connection:
    """The number, with its team's rights on it, and its line to WhatsApp. A number that is known gets the new token instead."""
    with transaction.atomic():
        known = Connection.objects.select_for_update().filter(phone_number_id=wanted.phone_number_id).first()
        if known is not None:
            return _renew(known, wanted, by=by)
        app, _ = App.objects.get_or_create(
            key=wanted.app_key,
            defaults={"name": wanted.app_key, "secret": wanted.app_secret, "verify_token": secrets.token_urlsafe(24)},
        )
        number = Number.objects.create(
            name=wanted.name or found.verified_name or found.display_phone,
            display_phone=found.display_phone,
            portfolio=wanted.portfolio,
            team=wanted.team,
        )
        for right in RIGHTS:
            assign_perm(right, wanted.team.group, number)
            target = ("number", number.pk)
            record(Code.NUMBER_GRANTED, by=by, target=target, number_id=number.pk, right=right, team=wanted.team.slug)
        connection = Connection.objects.create(
            number=number,
            app=app,
            waba_id=wanted.waba_id,
            phone_number_id=wanted.phone_number_id,
            access_token=wanted.token,
            graph_url=settings.GRAPH_URL,
        )
        record(Code.CONNECTION_CREATED, by=by, target=("connection", connection.pk), number_id=number.pk, sandbox=False)
    return connection


def _renew(connection: Connection, wanted: Wanted, *, by: Actor) -> Connection:
    """A new token, and sending may begin again if only the old one was in the way."""
    connection.access_token = wanted.token
    if connection.state == Connection.State.RECONNECT:
        connection.state, connection.state_reason, connection.state_code = Connection.State.READY, "", None
    connection.save(update_fields=["access_token", "state", "state_reason", "state_code"])
    target = ("connection", connection.pk)
    record(Code.CONNECTION_CHANGED, by=by, target=target, number_id=connection.number_id, changed=["access_token"])
    return connection


def try_again(connection: Connection, *, by: Actor) -> Connection:
    """Ask WhatsApp whether the number works again, and let what waits go out if it does. Raises WireError if it does not."""
    Graph(connection).number()
    with transaction.atomic():
        waiting = Connection.objects.select_for_update().get(pk=connection.pk)
        previous = str(waiting.state)
        if previous != Connection.State.READY:
            waiting.state, waiting.state_reason, waiting.state_code, waiting.paused_until = Connection.State.READY, "", None, None
            waiting.save(update_fields=["state", "state_reason", "state_code", "paused_until"])
            target = ("connection", waiting.pk)
            record(
                Code.CONNECTION_STATE_CHANGED,
                by=by,
                target=target,
                number_id=waiting.number_id,
                state=str(waiting.state),
                previous=previous,
                error=None,
            )
            bell.ring(OUTBOX_BELL)
    return waiting
