"""Small checks of JSON values that answer with Meta's codes: 131008 missing, 131009 wrong, 100 too long."""

from __future__ import annotations

import re
from typing import Any

from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.shapes import Json


def length_of(text: str) -> int:
    """Length in UTF-16 units, the strictest of the ways Meta may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def missing(where: str) -> GraphError:
    return GraphError(131008, f"Parameter '{where}' is mandatory")


def wrong(where: str, why: str) -> GraphError:
    return GraphError(131009, f"Parameter '{where}' {why}")


def too_long(where: str, most: int) -> GraphError:
    return GraphError(100, f"Param {where} must be at most {most} characters long.")


def the_object(holder: Json, key: str, where: str) -> Json:
    value = holder.get(key)
    if value is None:
        raise missing(f"{where}{key}")
    if not isinstance(value, dict):
        raise wrong(f"{where}{key}", "must be an object")
    return value


def the_list(holder: Json, key: str, where: str, *, most: int, least: int = 1) -> list[Any]:
    value = holder.get(key)
    if value is None or value == []:
        raise missing(f"{where}{key}")
    if not isinstance(value, list):
        raise wrong(f"{where}{key}", "must be an array")
    if not least <= len(value) <= most:
        raise wrong(f"{where}{key}", f"must have {least} to {most} items, it has {len(value)}")
    return value


def the_text(holder: Json, key: str, where: str, *, most: int) -> str:
    value = holder.get(key)
    if value is None or value == "":
        raise missing(f"{where}{key}")
    if not isinstance(value, str):
        raise wrong(f"{where}{key}", "must be a string")
    if length_of(value) > most:
        raise too_long(f"{where}{key}", most)
    return value


def maybe_text(holder: Json, key: str, where: str, *, most: int) -> str | None:
    return None if holder.get(key) in (None, "") else the_text(holder, key, where, most=most)


def the_number(holder: Json, key: str, where: str, *, least: float, most: float) -> float:
    value = holder.get(key)
    if value is None or value == "":
        raise missing(f"{where}{key}")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise wrong(f"{where}{key}", "must be a number") from None
    if isinstance(value, bool) or not least <= number <= most:
        raise wrong(f"{where}{key}", f"must be between {least:g} and {most:g}")
    return number


def the_url(holder: Json, key: str, where: str, *, most: int = 2000) -> str:
    value = the_text(holder, key, where, most=most)
    if not re.match(r"https?://[^\s/]+", value):
        raise wrong(f"{where}{key}", "must be a valid http or https URL")
    return value
