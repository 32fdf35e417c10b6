"""Checks template definitions on creation, and template sends against the definition (section 5)."""

from __future__ import annotations

import re
from typing import Any

from inbox.whatsapp.sandbox.checks import length_of
from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.shapes import Json

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
NAMED = re.compile(r"[a-z][a-z0-9_]*")
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
BUTTON_MOST = {"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "QUICK_REPLY": 10, "REQUEST_CONTACT_INFO": 1}
TEXT_LIMITS = {"HEADER": 60, "BODY": 1024, "FOOTER": 60}
MEDIA_HEADERS = ("IMAGE", "VIDEO", "DOCUMENT")
WORDS_PER_VARIABLE = 2  # fewer fixed words than this per variable is "too many for the length"


def refuse(subcode: int, title: str, why: str) -> GraphError:
    """The management endpoints' shape: code 100 with a subcode and a sentence for people."""
    return GraphError(100, why, subcode=subcode, user_title=title, message="Invalid parameter")


def variables_in(text: str) -> list[str]:
    return list(dict.fromkeys(VARIABLE.findall(text)))


def component(components: list[Any] | tuple[Any, ...], kind: str) -> Json:
    """The component of that type (any letter case), or an empty object."""
    for item in components:
        if isinstance(item, dict) and str(item.get("type", "")).upper() == kind:
            return item
    return {}


def check_definition(body: Json) -> None:
    """Takes a creation body. Raises GraphError with the subcodes of section 8.5."""
    name = body.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_]{1,512}", name):
        raise refuse(2388040, "Template name", "A name has lower-case letters, digits and underscores, at most 512.")
    if not isinstance(body.get("language"), str) or not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", body["language"]):
        raise GraphError(100, "Param language must be a supported language code such as en_GB.")
    if str(body.get("category", "")).upper() not in CATEGORIES:
        raise GraphError(100, f"Param category must be one of {{{', '.join(CATEGORIES)}}}.")
    check_components(body.get("components"), parameter_format_of(body))


def parameter_format_of(body: Json) -> str:
    """The format a definition names, or the one its examples have when it names none."""
    if body.get("parameter_format"):
        return str(body["parameter_format"]).upper()
    components = body.get("components")
    text = component(components, "BODY") if isinstance(components, list) else {}
    return "NAMED" if "body_text_named_params" in (text.get("example") or {}) else "POSITIONAL"


def check_components(components: Any, parameter_format: str) -> None:
    if not isinstance(components, list) or not component(components, "BODY"):
        raise GraphError(100, "Param components must have a BODY component.")
    kinds = [str(item.get("type", "")).upper() if isinstance(item, dict) else "" for item in components]
    for kind in kinds:
        if kind not in ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"):
            raise GraphError(100, f"Param components has an unexpected type {kind!r}.")
        if kinds.count(kind) > 1:
            raise GraphError(100, f"Param components has {kind} more than once.")
    _check_header(component(components, "HEADER"), parameter_format)
    _check_body(component(components, "BODY"), parameter_format)
    footer = component(components, "FOOTER")
    if footer and (length_of(str(footer.get("text", ""))) > 60 or variables_in(str(footer.get("text", "")))):
        raise refuse(2388073, "Footer format", "A footer has at most 60 characters and no variables.")
    _check_buttons(component(components, "BUTTONS").get("buttons", []))


def _check_header(header: Json, parameter_format: str) -> None:
    form = str(header.get("format", "TEXT")).upper()
    example = header.get("example") or {}
    if not header or form == "LOCATION":
        return
    if form in MEDIA_HEADERS:
        if not example.get("header_handle"):
            raise refuse(2388047, "Header format", "A media header needs an example handle.")
        return
    text = str(header.get("text", ""))
    if form != "TEXT" or not text or length_of(text) > TEXT_LIMITS["HEADER"] or len(variables_in(text)) > 1:
        raise refuse(2388047, "Header format", "A text header has 1 to 60 characters and at most one variable.")
    _check_variables(text, parameter_format, 2388047)
    if variables_in(text) and not (example.get("header_text") or example.get("header_text_named_params")):
        raise refuse(2388047, "Header format", "A header with a variable needs an example.")


def _check_body(body: Json, parameter_format: str) -> None:
    text = str(body.get("text") or "").strip()
    if not text or length_of(text) > TEXT_LIMITS["BODY"]:
        raise refuse(2388072, "Body format", "A body has 1 to 1024 characters.")
    names = variables_in(text)
    if not names:
        return
    _check_variables(text, parameter_format, 2388072)
    if VARIABLE.match(text) or re.search(r"\{\{[^{}]*\}\}$", text):
        raise refuse(2388299, "Variables", "Variables cannot be at the start or the end of the template.")
    if re.search(r"\}\}\s*\{\{", text):
        raise refuse(2388299, "Variables", "Two variables need text between them.")
    if len(re.findall(r"\w+", VARIABLE.sub(" ", text))) < WORDS_PER_VARIABLE * len(names):
        raise refuse(2388293, "Variables", "The template has too many variables for its length.")
    _check_examples(body.get("example") or {}, names, parameter_format)


def _check_examples(example: Json, names: list[str], parameter_format: str) -> None:
    if parameter_format == "NAMED":
        given = {entry.get("param_name") for entry in example.get("body_text_named_params") or [] if isinstance(entry, dict)}
        if given != set(names):
            raise refuse(2388072, "Body format", "Every named variable needs an example.")
    else:
        rows = example.get("body_text") or []
        row = rows[0] if rows and isinstance(rows[0], list) else rows
        if len(row) != len(names):
            raise refuse(2388072, "Body format", "Every variable needs an example.")


def _check_variables(text: str, parameter_format: str, subcode: int) -> None:
    names = variables_in(text)
    if parameter_format == "NAMED":
        if not all(NAMED.fullmatch(name) for name in names):
            raise refuse(subcode, "Variables", "Named variables have lower-case letters, digits and underscores.")
    elif names != [str(number) for number in range(1, len(names) + 1)]:
        raise refuse(subcode, "Variables", "Variables are numbered from {{1}} on without gaps.")


def _check_buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or len(buttons) > 10:
        raise GraphError(100, "Param buttons must be an array of at most 10.")
    if not all(isinstance(button, dict) for button in buttons):
        raise GraphError(100, "Each button must be an object.")
    kinds = [str(button.get("type", "")).upper() for button in buttons]
    for kind, most in BUTTON_MOST.items():
        if kinds.count(kind) > most:
            raise GraphError(100, f"A template has at most {most} buttons of type {kind}.")
    shape = "".join("q" if kind == "QUICK_REPLY" else "o" for kind in kinds)
    if re.search("q+o+q|o+q+o", shape):
        raise GraphError(100, "Quick replies must stand together, and so must the other buttons.")
    for button, kind in zip(buttons, kinds, strict=True):
        _check_button(button, kind)


def _check_button(button: Json, kind: str) -> None:
    if kind not in ("COPY_CODE", "REQUEST_CONTACT_INFO", "OTP") and not 1 <= length_of(str(button.get("text", ""))) <= 25:
        raise GraphError(100, "A button's text has 1 to 25 characters.")
    if kind == "URL":
        url = button.get("url")
        if not isinstance(url, str) or not 1 <= length_of(url) <= 2000:
            raise GraphError(100, "A URL button has a URL of at most 2000 characters.")
        if variables_in(url) and not button.get("example"):
            raise GraphError(100, "A URL button with a variable needs an example.")
    if kind == "PHONE_NUMBER" and not 1 <= len(str(button.get("phone_number", ""))) <= 20:
        raise GraphError(100, "A phone button has a number of at most 20 characters.")
