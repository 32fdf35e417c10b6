"""Writes an entry into the trail, in the transaction of the deed that it tells of."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection
from django.utils import timezone

from .codes import Code
from .mac import entry_mac
from .models import Entry

Value: TypeAlias = str | int | bool | list[str] | list[int] | None

LONGEST_WORD = 80  # names of templates' languages, states, slugs fit; sentences do not
LARGEST_ID = 10**10  # our ids stay below; phone numbers written as integers mostly do not
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?")
PHONE = re.compile(r"(?<!\w)\+?\d(?:[ ()./-]{0,2}\d){7,}(?!\w)")
SECRET = re.compile(r"@|wamid\.|[A-Za-z0-9_-]{41,}")  # an e-mail address, WhatsApp's id of a message, a token


class RecordError(ValueError):
    """An entry that must not be written: outside a transaction, or with data that its code does not declare or allow."""


@dataclass(frozen=True)
class Actor:
    """Who does a deed. ``origin`` says from where: request id and network address, or a command's name."""

    kind: str
    id: int | None
    label: str
    origin: str = ""

    @classmethod
    def of(cls, person: AbstractBaseUser, origin: str = "") -> Actor:
        """A person of ours, under the name they have now."""
        return cls("person", person.pk, str(person), origin)


SYSTEM = Actor("system", None, "Parley")
WIRE = Actor("wire", None, "WhatsApp")


def record(code: Code, *, by: Actor, target: tuple[str, int] | None = None, number_id: int | None = None, **data: Value) -> Entry:
    """Adds an entry; the sealer chains it within seconds. Raises RecordError, never half-writes.

    ``target`` is the kind and id of what the deed was done to, such as ``("conversation", 7)``.
    """
    if not connection.in_atomic_block:
        raise RecordError(f"{code.value} must be recorded in the transaction of its deed.")
    for key, value in data.items():
        if key not in code.keys:
            raise RecordError(f"{code.value} declares no data called {key}.")
        _check(f"{code.value}: {key}", value)
    kind, pk = target or ("", None)
    entry = Entry(
        at=timezone.now(),
        code=code.value,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label[:120],
        target_kind=kind,
        target_id=pk,
        number_id=number_id,
        origin=by.origin[:64],
        data=data,
        nonce=secrets.token_hex(12),
    )
    entry.mac = entry_mac(entry)
    entry.save(force_insert=True)
    return entry


def word(text: str) -> str:
    """A word that comes from outside (a template's name, WhatsApp's name for an event), if the trail may hold it; else "…"."""
    try:
        _check_word("", text)
    except RecordError:
        return "…"
    return text


def _check(name: str, value: object) -> None:
    """Raises RecordError, naming the key but never the value, for what may not stand in the trail."""
    match value:
        case None | bool():
            return
        case int():
            if abs(value) >= LARGEST_ID:
                raise RecordError(f"{name} is too large for one of our ids.")
        case str():
            _check_word(name, value)
        case list():
            for item in value:
                _check(name, item)
        case _:
            raise RecordError(f"{name} is neither a word, a number, yes or no, nor a list of those.")


def _check_word(name: str, word: str) -> None:
    if len(word) > LONGEST_WORD or not word.isprintable():
        raise RecordError(f"{name} holds a text, not a short word.")
    if PHONE.search(ISO_TIME.sub("", word)) or SECRET.search(word):
        raise RecordError(f"{name} looks like a phone number, an address or a token.")
