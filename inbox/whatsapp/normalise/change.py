"""One change of a webhook body and what its items share: whose it is, when it came, who is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inbox.conversations.envelopes import Envelope, Fault, Unreadable

from .persons import Persons
from .reading import Json, Malformed, inner, inners, moment, number, text

LARGEST_CODE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Change:
    """``where`` is its path in the body; ``at`` is the entry's own time, or when we received it."""

    field: str
    value: Json
    where: str
    account_key: str
    number_key: str
    display_phone: str
    at: datetime
    received_at: datetime
    persons: Persons

    @classmethod
    def of(cls, field: str, value: Json, *, where: str, account_key: str, at: datetime, received_at: datetime) -> Change:
        """The change with what its metadata and contacts say."""
        metadata = inner(value, "metadata")
        return cls(
            field=field,
            value=value,
            where=where,
            account_key=account_key,
            number_key=text(metadata, "phone_number_id", 64),
            display_phone=text(metadata, "display_phone_number", 32) or text(value, "display_phone_number", 32),
            at=at,
            received_at=received_at,
            persons=Persons(inners(value, "contacts")),
        )

    def time_of(self, item: Json, key: str = "timestamp") -> datetime:
        """When an item happened."""
        return moment(item.get(key), received_at=self.received_at, otherwise=self.at)

    def number(self) -> str:
        """The number that this is for; raises Malformed if it is not said, since then nobody knows whose it is."""
        if not self.number_key:
            raise Malformed("no phone_number_id in metadata")
        return self.number_key

    def unreadable(self, place: str, reason: str, raw: Any) -> Unreadable:
        """The envelope for an item that could not be understood."""
        return Unreadable(number_key=self.number_key, at=self.at, where=f"{self.where}.{place}", reason=reason, raw=raw)


Reader = Callable[[Change, Json], Iterable[Envelope]]


def each(change: Change, key: str, read: Reader) -> Iterator[Envelope]:
    """What a list of the change says, item by item."""
    yield from each_of(change, f"value.{key}", change.value.get(key), read)


def each_of(change: Change, place: str, found: Any, read: Reader) -> Iterator[Envelope]:
    """What a list at ``place`` says; a bad item becomes Unreadable and its neighbours go on. No list at all says nothing."""
    if found is None:
        return
    if not isinstance(found, list):
        yield change.unreadable(place, "not a list", found)
        return
    for index, item in enumerate(found):
        yield from read_item(change, f"{place}[{index}]", item, read)


def read_item(change: Change, place: str, item: Any, read: Reader) -> list[Envelope]:
    """What one item says, or why it cannot be understood. Never raises."""
    if not isinstance(item, dict):
        return [change.unreadable(place, "not an object", item)]
    try:
        return list(read(change, item))
    except Malformed as problem:
        return [change.unreadable(place, str(problem), item)]
    except Exception as error:  # the promise to the neighbours holds even where this code has a mistake
        return [change.unreadable(place, f"could not be read: {type(error).__name__}", item)]


def faults(item: Json) -> tuple[Fault, ...]:
    """The errors that WhatsApp reports with an item; details may sit inside ``error_data`` or beside it."""
    return tuple(
        Fault(
            code=_code(error),
            title=text(error, "title", 300) or text(error, "message", 300),
            details=text(inner(error, "error_data"), "details", 500) or text(error, "details", 500),
        )
        for error in inners(item, "errors")
    )


def _code(error: Json) -> int:
    code = number(error, "code") or 0
    return int(code) if abs(code) <= LARGEST_CODE else 0
