"""Who a deed on people is written down for, and from where it came."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from inbox.audit.record import Actor

from .models import User


def actor(by: User | None, origin: str = "") -> Actor:
    """The person, or the console when a command does it."""
    if by is None:
        return Actor(kind="console", id=None, label="console", origin=origin)
    return Actor.of(by, origin=origin)


def origin_of(request: HttpRequest) -> str:
    """The network address a request came from; behind a proxy, the one that the proxy tells."""
    return str(get_adapter(request).get_client_ip(request))
