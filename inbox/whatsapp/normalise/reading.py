"""Takes single values out of JSON that nobody vouches for: whatever is there, the answer has the type that was asked for."""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]

SURROGATES = re.compile("[\ud800-\udfff]")
HEX_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
SHA256_BYTES = 32
EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)  # WhatsApp is not older
CLOCKS_APART = timedelta(minutes=5)  # a time later than this after we received it is an error of somebody's clock
MILLISECONDS_FROM = 100_000_000_000  # as seconds this would be the year 5138
LONGEST_ID = 255
DEEPEST = 30


class Malformed(Exception):
    """An item lacks something without which it means nothing; the text says what."""


def clean(text: str) -> str:
    """The text without what no database takes: NUL and lone surrogates. Everything else, joiners and directions too, stays."""
    return SURROGATES.sub("\ufffd", text.replace("\x00", ""))


def text(item: Json, key: str, longest: int | None = None) -> str:
    """A string, or a number as one; "" for anything else."""
    value = item.get(key)
    if isinstance(value, str):
        return clean(value)[:longest]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)[:longest]
    return ""


def identifier(item: Json, key: str) -> str:
    """An id, exactly as it is; raises Malformed if there is none or it is longer than any real one."""
    found = text(item, key)
    if not found:
        raise Malformed(f"no {key}")
    if len(found) > LONGEST_ID:
        raise Malformed(f"{key} is longer than {LONGEST_ID} characters")
    return found


def inner(item: Json, key: str) -> Json:
    """An object, or an empty one."""
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def inners(item: Json, key: str) -> list[Json]:
    """The objects of a list; whatever else is in it is left out."""
    value = item.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def number(item: Json, key: str) -> int | float | None:
    """A finite number, also when written as text; None otherwise."""
    value = item.get(key)
    if isinstance(value, str):
        try:
            value = float(value) if not value.isdecimal() else int(value)
        except ValueError:
            return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return value if math.isfinite(value) else None
        except OverflowError:  # an integer beyond any float is no quantity of anything
            return None
    return None


def flag(item: Json, key: str) -> bool:
    """True only for true."""
    return item.get(key) is True or item.get(key) == "true"


def moment(value: Any, *, received_at: datetime, otherwise: datetime | None = None) -> datetime:
    """Unix seconds, as number or text, as aware UTC. What is no time, or impossible, becomes ``otherwise`` or ``received_at``."""
    fallback = otherwise or received_at
    seconds = number({"at": value}, "at")
    if seconds is None:
        return fallback
    if seconds >= MILLISECONDS_FROM:
        seconds /= 1000
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return fallback
    if at > received_at + CLOCKS_APART:
        return received_at
    return at if at >= EARLIEST else fallback


def later_moment(item: Json, key: str) -> str:
    """A time that may lie ahead (an expiry), as ISO 8601 in UTC; "" if it is none."""
    seconds = number(item, key)
    if seconds is None:
        return ""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""


def sha256_hex(item: Json, key: str) -> str:
    """A SHA-256 given as base64 (as WhatsApp does) or hex, in lowercase hex; "" if it is neither."""
    value = text(item, key)
    if HEX_SHA256.fullmatch(value):
        return value.lower()
    try:
        digest = base64.b64decode(
            value + "=" * (-len(value) % 4), altchars=b"-_" if "-" in value or "_" in value else None, validate=True
        )
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == SHA256_BYTES else ""


def language(item: Json, key: str) -> str:
    """A language code as the API writes it: en_GB, also when it came as en-GB."""
    return text(item, key, 16).replace("-", "_")


def without_empty(**content: Any) -> Json:
    """Only what says something: None, "" and empty collections are left out, 0 and False stay."""
    return {key: value for key, value in content.items() if value is not None and value != "" and value != [] and value != {}}


def tidy(value: Any, depth: int = DEEPEST) -> Any:
    """The same JSON, fit to be stored: strings cleaned, numbers that JSON does not have (NaN, infinity) as null."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): tidy(each, depth - 1) for key, each in value.items()} if depth else {}
    if isinstance(value, list):
        return [tidy(each, depth - 1) for each in value] if depth else []
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
