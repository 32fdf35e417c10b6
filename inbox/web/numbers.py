"""The admin's page about numbers: how each is connected, whether it works, and what WhatsApp says about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actors import actor, origin_of
from accounts.models import User
from accounts.permissions import may
from inbox.conversations.models import Number
from inbox.journeys.connect import try_again
from inbox.whatsapp.errors import WireError, explain
from inbox.whatsapp.models import AccountEvent, App, Connection, RawEvent

from .doors import asker, doing, reading

NEWS_SHOWN = 20


@reading
def numbers(request: HttpRequest) -> HttpResponse:
    """Every number that this admin sees, with its connection and the news about its account."""
    person = asker(request)
    if not may(person, "manage_numbers"):
        raise Http404
    connections = list(connections_of(person))
    context = {"numbers": [card(row) for row in connections], "news": news_of(connections), "waiting": waiting_of(connections)}
    return render(request, "numbers/index.html", {**context, "section": "people"})


@doing
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask WhatsApp whether a number works again."""
    person = asker(request)
    if not may(person, "manage_numbers"):
        raise Http404
    connection = get_object_or_404(connections_of(person), number=pk)
    try:
        try_again(connection, by=actor(person, origin_of(request)))
    except WireError as error:
        messages.error(request, error.explain().sentence)
    else:
        messages.success(request, _("%(number)s works. What waited is being sent.") % {"number": connection.number})
    return redirect("numbers")


def connections_of(person: User) -> Any:
    """The connections of the numbers that a person may see."""
    rows = Connection.objects.filter(number__in=Number.objects.visible_to(person))
    return rows.select_related("number__team", "app").order_by("number__name", "pk")


def card(row: Connection) -> dict[str, Any]:
    """What the page says about one connection; ``trouble`` is the sentence about what keeps it from sending."""
    code = row.state_code
    sentence = ""
    if row.state != Connection.State.READY:
        sentence = explain(code).sentence if code is not None else row.state_reason
    return {"connection": row, "number": row.number, "trouble": sentence, "code": code}


def news_of(connections: list[Connection]) -> Any:
    """The latest that WhatsApp told about these numbers and their accounts."""
    about = Q(connection__in=connections) | Q(connection__isnull=True, account_key__in={row.waba_id for row in connections})
    return AccountEvent.objects.filter(about).select_related("connection__number")[:NEWS_SHOWN]


def waiting_of(connections: list[Connection]) -> list[App]:
    """The apps of these connections of which something waits: items in quarantine, and events that were given up."""
    held = Count("raw_events__quarantined", filter=Q(raw_events__quarantined__released_at__isnull=True), distinct=True)
    given_up = Count("raw_events", filter=Q(raw_events__state=RawEvent.State.FAILED), distinct=True)
    apps = App.objects.filter(connections__in=connections).annotate(waiting=held + given_up)
    return [app for app in apps.distinct() if app.waiting]
