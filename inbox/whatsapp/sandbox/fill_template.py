"""Puts the values of a template send into its definition, refusing what Meta refuses (132000, 132012, 132018 …)."""

from __future__ import annotations

import re
from typing import Any

from inbox.whatsapp.sandbox.check_templates import VARIABLE, component, variables_in
from inbox.whatsapp.sandbox.checks import length_of
from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.shapes import Json

RENDERED_MOST = 1024
FORBIDDEN_IN_VALUE = re.compile(r"[\n\t]| {5,}")


def fill(definition: Json, sent: list[Any]) -> Json:
    """Takes a template's definition and the `components` of a send; gives header, body, footer and buttons as seen.

    The result is what the phone shows: {"header": {...}|None, "body": str, "footer": str|None, "buttons": [...]}.
    """
    parts = [item for item in sent if isinstance(item, dict)]
    named = definition.get("parameter_format", "POSITIONAL") == "NAMED"
    body_text = str(component(definition["components"], "BODY").get("text", ""))
    body = _put(body_text, _parameters(parts, "body"), "body", named)
    if length_of(body) > RENDERED_MOST:
        raise GraphError(132005, "The filled body is longer than 1024 characters.")
    footer = component(definition["components"], "FOOTER")
    return {
        "header": _header(component(definition["components"], "HEADER"), _parameters(parts, "header"), named),
        "body": body,
        "footer": footer.get("text"),
        "buttons": _buttons(component(definition["components"], "BUTTONS").get("buttons", []), parts),
    }


def _parameters(parts: list[Json], kind: str) -> list[Json]:
    for part in parts:
        if str(part.get("type", "")).lower() == kind:
            return [one for one in part.get("parameters") or [] if isinstance(one, dict)]
    return []


def _put(text: str, parameters: list[Json], where: str, named: bool) -> str:
    names = variables_in(text)
    if len(parameters) != len(names):
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match "
            f"the expected number of params ({len(names)})",
        )
    if named:
        values = {str(one.get("parameter_name")): _value(one, where) for one in parameters}
        if set(values) != set(names):
            raise GraphError(132018, f"{where}: parameter_name must name each of {', '.join(names)}")
    else:
        values = {name: _value(one, where) for name, one in zip(names, parameters, strict=True)}
    return VARIABLE.sub(lambda found: values[found.group(1)], text)


def _value(parameter: Json, where: str) -> str:
    kind = parameter.get("type", "text")
    if kind in ("currency", "date_time"):
        value = (parameter.get(kind) or {}).get("fallback_value")
    elif kind == "text":
        value = parameter.get("text")
    else:
        raise GraphError(132012, f"{where}: Parameter of type {kind} is not accepted here")
    if not isinstance(value, str) or not value.strip():
        raise GraphError(131008, f"{where}: Parameter of type text is missing text value")
    if FORBIDDEN_IN_VALUE.search(value):
        raise GraphError(132018, f"{where}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return value


def _header(header: Json, parameters: list[Json], named: bool) -> Json | None:
    if not header:
        if parameters:
            raise GraphError(132000, "header: the template has no header")
        return None
    form = str(header.get("format", "TEXT")).lower()
    if form == "text":
        return {"type": "text", "text": _put(str(header.get("text", "")), parameters, "header", named)}
    if len(parameters) != 1:
        raise GraphError(132000, f"header: a {form} header needs exactly one parameter")
    given = parameters[0]
    value = given.get(form)
    if given.get("type") != form or not isinstance(value, dict):
        raise GraphError(132012, f"header: Format mismatch, expected {form.upper()}, received {str(given.get('type')).upper()}")
    if form != "location" and bool(value.get("id")) == bool(value.get("link")):
        raise GraphError(132012, f"header: {form} needs either id or link")
    return {"type": form, form: value}


def _buttons(buttons: list[Json], parts: list[Json]) -> list[Json]:
    given: dict[str, Json] = {}
    for sent in parts:
        if str(sent.get("type", "")).lower() == "button":
            given[str(sent.get("index", "0"))] = sent
    seen = []
    for position, button in enumerate(buttons):
        part: Json | None = given.pop(str(position)) if str(position) in given else None
        kind = str(button.get("type", "")).upper()
        seen.append({"type": kind, "text": button.get("text", "")} | _button_value(button, kind, part, position))
    if given:
        raise GraphError(132000, f"button: the template has no button at index {', '.join(sorted(given))}")
    return seen


def _button_value(button: Json, kind: str, part: Json | None, position: int) -> Json:
    where = f"button at index {position}"
    parameters = (part or {}).get("parameters") or [{}]
    first = parameters[0] if isinstance(parameters, list) and isinstance(parameters[0], dict) else {}
    if part is not None and str(part.get("sub_type", "")).lower() not in (kind.lower(), "url" if kind == "OTP" else kind.lower()):
        raise GraphError(132012, f"{where}: sub_type must be {kind.lower()}")
    if kind == "QUICK_REPLY":
        return {"payload": first.get("payload") or button.get("text", "")}
    if kind == "URL":
        url = str(button.get("url", ""))
        if not variables_in(url):
            return {"url": url}
        if part is None:
            raise GraphError(131008, f"{where}: Button of type Url requires a parameter")
        suffix = _value(first, where)
        return {"url": VARIABLE.sub(lambda _: suffix, url)}
    if kind == "COPY_CODE":
        code = first.get("coupon_code")
        if not code or len(str(code)) > 15:
            raise GraphError(131008, f"{where}: coupon_code of at most 15 characters is needed")
        return {"coupon_code": code}
    return {}
