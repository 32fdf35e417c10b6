"""What the payloads have in common, and the short way to write the envelopes that they must become."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inbox.conversations.envelopes import AccountChanged, Envelope, Fault, Media, Person, Said, StatusChanged, TemplateChanged
from inbox.whatsapp.normalise import envelopes, read_body

PAYLOADS = Path(__file__).parents[2] / "payloads"
RECEIVED = datetime(2025, 11, 23, tzinfo=UTC)
WABA = "201555000111222"
NUMBER = "309876500012345"
OUR_PHONE = "15550142200"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
AMARA = Person(bsuid="GB.90417735520861324", phone="447700900123", username="amara.osei", name="Amara Osei")
PHONE_ONLY = Person(phone="447700900123")
NOT_SUPPORTED = Fault(131051, "Message type unknown", "Message type is currently not supported.")

Table = dict[str, list[Envelope]]


def opened(name: str) -> list[Envelope]:
    """The envelopes of one payload file, received at RECEIVED."""
    return list(envelopes(read_body((PAYLOADS / f"{name}.json").read_bytes()), RECEIVED))


def at(seconds: int) -> datetime:
    """Seconds after 1,763,800,000, where all payloads play."""
    return datetime.fromtimestamp(1_763_800_000 + seconds, UTC)


def said(external_id: str, kind: str = "text", text: str = "", /, **changes: Any) -> Said:
    """A message from Amara at second 1."""
    return replace(Said(NUMBER, at(1), external_id, AMARA, kind, text), **changes)


def status(word: str, second: int, **changes: Any) -> StatusChanged:
    """A status of our message number 1, which went to Amara."""
    return replace(StatusChanged(NUMBER, at(second), "wamid.out.1", word, AMARA), **changes)


def template(event: str, **changes: Any) -> TemplateChanged:
    """News about the template order_update at second 100."""
    return replace(TemplateChanged("", at(100), WABA, "910000111222", "order_update", "en_GB", event), **changes)


def news(subject: str, event: str, severity: str = "info", /, **changes: Any) -> AccountChanged:
    """News about the account at second 100."""
    return replace(AccountChanged("", at(100), WABA, subject, event, severity), **changes)


def media(last_digits: str, mime: str, **changes: Any) -> Media:
    """One of the files that wait."""
    return replace(Media(f"700100200300{last_digits}", mime, sha256=SHA256), **changes)
