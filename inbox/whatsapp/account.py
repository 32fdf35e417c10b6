"""Keeps what WhatsApp says about our numbers and accounts, and what it means for sending."""

from __future__ import annotations

import hashlib
import json

from django.db.models import Q

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record
from inbox.conversations.envelopes import AccountChanged
from inbox.conversations.phones import digits

from .models import AccountEvent, Connection

# Events after which nothing more will be taken from us until somebody acts at Meta (protocol sections 2.10 and 6.9).
BLOCKING = {"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "PARTNER_REMOVED"}
BANNED = {"DISABLE", "SCHEDULE_FOR_DISABLE"}
RESTORING = {"ACCOUNT_RECONNECTED"}


def keep(news: AccountChanged) -> AccountEvent | None:
    """A row for people to see, and its effect on the connections it concerns; None if we had this very news before."""
    event, is_new = AccountEvent.objects.get_or_create(
        digest=digest_of(news),
        defaults={
            "connection": connection_of(news),
            "account_key": news.account_key[:64],
            "subject": news.subject[:64],
            "event": news.event[:64],
            "severity": news.severity[:8],
            "data": news.data,
            "at": news.at,
        },
    )
    if not is_new:
        return None
    take_effect(news)
    return event


def digest_of(news: AccountChanged) -> str:
    """The same news twice has the same digest."""
    said = json.dumps(
        [news.account_key, news.number_key, news.display_phone, news.subject, news.event, news.at.isoformat(), news.data],
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(said.encode()).hexdigest()


def connection_of(news: AccountChanged) -> Connection | None:
    """The one connection that the news is about, if it names one."""
    of_account = Connection.objects.filter(waba_id=news.account_key)
    if news.number_key:
        return of_account.filter(phone_number_id=news.number_key).first()
    if news.display_phone:
        wanted = digits(news.display_phone)
        rows = of_account.select_related("number")
        return next((row for row in rows if digits(row.number.display_phone) == wanted), None)
    return None


def take_effect(news: AccountChanged) -> None:
    """Change the state of connections where the news says that sending makes no sense, or does again."""
    ban = news.data.get("ban_info")
    banned = isinstance(ban, dict) and ban.get("waba_ban_state") in BANNED
    reinstated = isinstance(ban, dict) and ban.get("waba_ban_state") == "REINSTATE"
    if news.event in BLOCKING or banned:
        move(news, Connection.State.BLOCKED)
    elif news.event in RESTORING or reinstated:
        move(news, Connection.State.READY)


def move(news: AccountChanged, state: Connection.State) -> None:
    """Let the account's connections be in a state, unless something newer was heard of them; each change leaves an entry."""
    rows = Connection.objects.select_for_update().filter(waba_id=news.account_key).exclude(state=state).order_by("pk")
    if state == Connection.State.READY:
        rows = rows.filter(state=Connection.State.BLOCKED)
    for row in rows.filter(Q(state_at__isnull=True) | Q(state_at__lt=news.at)):
        previous, row.state, row.state_code, row.state_at = str(row.state), state, None, news.at
        row.state_reason = news.event[:300] if state == Connection.State.BLOCKED else ""
        row.save(update_fields=["state", "state_reason", "state_code", "state_at"])
        target = ("connection", row.pk)
        code = Code.CONNECTION_STATE_CHANGED
        record(code, by=WIRE, target=target, number_id=row.number_id, state=str(state), previous=previous, error=None)
