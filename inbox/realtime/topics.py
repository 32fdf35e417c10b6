"""The names of what is spoken through Redis: one for notices, one per person for control."""

from __future__ import annotations

from functools import cache

from django.utils.crypto import salted_hmac


def notices() -> str:
    """The channel of every notice of this installation."""
    return f"parley:{_installation()}:notices"


def person(person_id: int) -> str:
    """The Channels group that every socket of one person belongs to."""
    return f"{_installation()}.person.{person_id}"


@cache
def _installation() -> str:
    # Pub/sub ignores the number of the database in a Redis address, so installations that share a server need this.
    return salted_hmac("inbox.realtime.topics", "installation").hexdigest()[:12]
