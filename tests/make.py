"""Builders of rows with sane defaults, for tests: counted, never random.

Each takes what a test is usually about by name, and any further column as the model calls it. Times default to now, which
the ``clock`` fixture holds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.text import slugify
from guardian.shortcuts import assign_perm

from accounts.models import Team, User
from inbox.conversations.models import Attachment, Contact, Conversation, Handle, Message, Number
from inbox.conversations.phones import matching_key
from inbox.routing.models import Clearance
from inbox.whatsapp.models import App, Connection, RawEvent, Template

PORTFOLIO = "portfolio-1"
WABA = "waba-1"
WINDOW = timedelta(hours=24)
_counted: Counter[str] = Counter()


def start_over() -> None:
    """Counts from one again, so that a test sees the same values alone and among others."""
    _counted.clear()


def count(what: str) -> int:
    """1, 2, 3, … for each kind of thing."""
    _counted[what] += 1
    return _counted[what]


def person(name: str = "", *, role: str = "agent", team: Team | None = None, cleared: bool = True, **columns: Any) -> User:
    """Somebody who works here; the e-mail follows from the name (amina.haddad@parley.example)."""
    name = name or f"Person {count('person')}"
    email = columns.pop("email", f"{slugify(name).replace('-', '.')}@parley.example")
    made = User.objects.create_user(email, name, **columns)
    made.groups.add(Group.objects.get(name=role))
    if team:
        made.groups.add(team.group)
    if cleared:
        Clearance.objects.create(person=made, since=timezone.now(), reason="for a test")
    return made


def team(name: str = "", **columns: Any) -> Team:
    """A team with its group."""
    name = name or f"Team {count('team')}"
    slug = columns.pop("slug", slugify(name))
    group, _ = Group.objects.get_or_create(name=f"team:{slug}")
    return Team.objects.create(name=name, slug=slug, group=group, **columns)


def number(name: str = "", *, team: Team | None = None, **columns: Any) -> Number:
    """A number of ours; with a team, its people see it and answer on it."""
    n = count("number")
    columns = {"portfolio": PORTFOLIO, "display_phone": f"+351 910 100 {n:03}"} | columns
    made = Number.objects.create(name=name or f"Number {n}", team=team, **columns)
    if team:
        assign_perm("view_number", team.group, made)
        assign_perm("answer_number", team.group, made)
    return made


def app(key: str = "", **columns: Any) -> App:
    """A Meta app whose secret is ``app-secret`` and verify token ``verify-token``."""
    n = count("app")
    columns = {"name": f"App {n}", "app_id": f"90000{n}", "secret": "app-secret", "verify_token": "verify-token"} | columns
    return App.objects.create(key=key or f"app-{n}", **columns)


def connection(number: Number | None = None, *, graph_url: str = "http://127.0.0.1:1", **columns: Any) -> Connection:
    """A number's line to WhatsApp; by default to an address where nobody listens."""
    n = count("connection")
    owner = number or globals()["number"]()
    columns = {"waba_id": WABA, "phone_number_id": f"10000000000{n}", "access_token": f"access-token-{n}"} | columns
    columns.setdefault("app", None)
    columns["app"] = columns["app"] or app()
    return Connection.objects.create(number=owner, graph_url=graph_url, **columns)


def contact(name: str = "", *, phone: str | None = None, bsuid: str = "", username: str = "", **columns: Any) -> Contact:
    """A customer. Without any handle given they get a phone number; ``phone=""`` with a BSUID makes one who has none."""
    n = count("contact")
    made = Contact.objects.create(**{"portfolio": PORTFOLIO, "name": name or f"Customer {n}"} | columns)
    if phone is None and not bsuid:
        phone = f"3519200000{n:02}"
    for kind, value in ((Handle.Kind.WA_ID, phone), (Handle.Kind.BSUID, bsuid), (Handle.Kind.USERNAME, username)):
        if value:
            key = matching_key(value) if kind == Handle.Kind.WA_ID else value
            Handle.objects.create(contact=made, portfolio=made.portfolio, kind=kind, value=value, key=key, since=timezone.now())
    return made


def conversation(
    number: Number | None = None,
    contact: Contact | None = None,
    *,
    waiting: bool = True,
    at: datetime | None = None,
    **columns: Any,
) -> Conversation:
    """An open conversation in which the customer has just written (window open), or, with ``waiting=False``, nobody yet."""
    at = at or timezone.now()
    number = number or globals()["number"]()
    made = Conversation.objects.create(
        **{
            "number": number,
            "contact": contact or globals()["contact"](portfolio=number.portfolio),
            "team": number.team,
            "opened_at": at,
            "last_message_at": at,
        }
        | columns
    )
    if waiting:
        message(made, at=at)
    return made


def message(conversation: Conversation | None = None, text: str = "", *, at: datetime | None = None, **columns: Any) -> Message:
    """A text from the customer, or with ``direction="out"`` one of ours that was sent; the conversation's columns follow."""
    n = count("message")
    conversation = conversation or globals()["conversation"](waiting=False)
    at = at or timezone.now()
    text = text or f"Message {n}"
    ours = columns.get("direction") == Message.Direction.OUT
    defaults = {"direction": "in", "kind": "text", "external_id": f"wamid.{n}", "status": "sent" if ours else ""}
    made = Message.objects.create(
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        text=text,
        said_at=at,
        **defaults | columns,
    )
    conversation.last_message_at = at
    conversation.last_direction, conversation.last_kind, conversation.last_status = made.direction, made.kind, made.status
    conversation.snippet = text[:160]
    if ours:
        conversation.waiting_since = None
    else:
        conversation.unread += 1
        conversation.waiting_since = conversation.waiting_since or at
        conversation.window_until = at + WINDOW
    conversation.save()
    return made


def attachment(message: Message | None = None, **columns: Any) -> Attachment:
    """A file that is still waiting at WhatsApp."""
    n = count("attachment")
    owner = message or globals()["message"](kind="image", text="A picture")
    return Attachment.objects.create(message=owner, **{"remote_id": f"media-{n}", "claimed_mime": "image/jpeg"} | columns)


def template(name: str = "", *, body: str = "Hello {{1}}, your order is ready.", **columns: Any) -> Template:
    """An approved utility template in English."""
    n = count("template")
    defaults = {
        "waba_id": WABA,
        "external_id": f"70000{n}",
        "language": "en",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": body, "example": {"body_text": [["Dora"]]}}],
        "synced_at": timezone.now(),
    }
    return Template.objects.create(name=name or f"template_{n}", **defaults | columns)


def raw_event(body: bytes = b'{"object": "whatsapp_business_account"}', *, app: App | None = None, **columns: Any) -> RawEvent:
    """A webhook body that was kept and not yet processed."""
    owner = app or globals()["app"]()
    defaults = {"digest": hashlib.sha256(body).digest(), "received_at": timezone.now()}
    return RawEvent.objects.create(app=owner, body=body, **defaults | columns)
