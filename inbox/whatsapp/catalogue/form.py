"""What a template asks of the person who sends it: one field per variable, file, place, link ending or code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inbox.whatsapp.models import Template

Json = dict[str, Any]

VARIABLE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
FILES = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
# Sent from elsewhere or not at all: they need a catalogue, an offer's end or a set of cards.
UNSUPPORTED_COMPONENTS = {"CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST", "ORDER_DETAILS"}
UNSUPPORTED_BUTTONS = {"MPM", "SPM", "ORDER_DETAILS", "GOOGLE_WALLET", "APP"}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. ``component`` is header, body or button.

    ``kind`` is text, image, video, document, place, url or code. The value of an image, video or document is the id of an
    uploaded file or its link.
    """

    key: str
    label: str
    component: str
    example: str
    kind: str = "text"


def form(template: Template) -> list[Field]:
    """Everything that has to be filled in before a template can be sent, in the order in which it is read."""
    fields = [*_header(template), *_body(template)]
    for index, button in enumerate(buttons_of(template)):
        fields += _button(template, index, button)
    return fields


def is_supported(template: Template) -> bool:
    """False for templates that need more than fields: carousels, offers, product lists."""
    kinds = {str(part.get("type", "")).upper() for part in parts_of(template)}
    buttons = {kind_of(button) for button in buttons_of(template)}
    return not (kinds & UNSUPPORTED_COMPONENTS or buttons & UNSUPPORTED_BUTTONS)


def parts_of(template: Template) -> list[Json]:
    """The components, without whatever else is in the column."""
    parts = template.components
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def part_of(template: Template, kind: str) -> Json:
    """The component of a kind (HEADER, BODY, FOOTER), or an empty one."""
    return next((part for part in parts_of(template) if str(part.get("type", "")).upper() == kind), {})


def buttons_of(template: Template) -> list[Json]:
    """The buttons in their order, which is what their index counts."""
    buttons = part_of(template, "BUTTONS").get("buttons")
    return [button for button in buttons if isinstance(button, dict)] if isinstance(buttons, list) else []


def kind_of(button: Json) -> str:
    """A button's type in capitals."""
    return str(button.get("type", "")).upper()


def text_of(part: Json, key: str = "text") -> str:
    """A component's text."""
    value = part.get(key)
    return value if isinstance(value, str) else ""


def variables_of(text: str) -> list[str]:
    """The variables of a text, each once: positional ones by number, named ones as they appear."""
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    return sorted(names, key=int) if all(name.isdecimal() for name in names) else names


def is_authentication(template: Template) -> bool:
    """True for one-time codes, whose button repeats the code."""
    return template.category == "AUTHENTICATION"


def _header(template: Template) -> Iterator[Field]:
    part = part_of(template, "HEADER")
    shape = str(part.get("format", "")).upper()
    if shape in FILES:
        labels = {"IMAGE": _("Image"), "VIDEO": _("Video"), "DOCUMENT": _("Document")}
        yield Field("header", labels[shape], "header", "", FILES[shape])
    elif shape == "LOCATION":
        yield Field("header.name", _("Name of the place"), "header", "", "place")
        yield Field("header.address", _("Address"), "header", "", "place")
        yield Field("header.latitude", _("Latitude"), "header", "53.7997", "place")
        yield Field("header.longitude", _("Longitude"), "header", "-1.5492", "place")
    else:
        yield from _variables(part, "header")


def _body(template: Template) -> Iterator[Field]:
    if is_authentication(template):
        yield Field("body.1", _("Code"), "body", "", "code")
    else:
        yield from _variables(part_of(template, "BODY"), "body")


def _variables(part: Json, component: str) -> Iterator[Field]:
    examples = _examples(part, component)
    for place, name in enumerate(variables_of(text_of(part))):
        yield Field(
            f"{component}.{name}", _label(name, component), component, examples.get(name, examples.get(str(place + 1), ""))
        )


def _label(name: str, component: str) -> str:
    if not name.isdecimal():
        return name.replace("_", " ").strip().capitalize()
    return _("Heading") if component == "header" else _("Field %(number)s") % {"number": name}


def _examples(part: Json, component: str) -> dict[str, str]:
    """Examples by the name of the variable; positional ones come as a list, for the body as a list of lists."""
    given = part.get("example")
    given = given if isinstance(given, dict) else {}
    named = given.get(f"{component}_text_named_params")
    if isinstance(named, list):
        return {str(one.get("param_name")): str(one.get("example", "")) for one in named if isinstance(one, dict)}
    listed = given.get(f"{component}_text")
    if isinstance(listed, list) and listed and isinstance(listed[0], list):
        listed = listed[0]
    return {str(place): str(one) for place, one in enumerate(listed, 1)} if isinstance(listed, list) else {}


def _button(template: Template, index: int, button: Json) -> Iterator[Field]:
    example = button.get("example")
    shown = str(example[0]) if isinstance(example, list) and example else example if isinstance(example, str) else ""
    match kind_of(button):
        case "URL" if variables_of(text_of(button, "url")) and not is_authentication(template):
            stem = text_of(button, "url").partition("{{")[0]
            label = _("End of the link “%(button)s”") % {"button": text_of(button)}
            yield Field(f"button.{index}", label, "button", shown.removeprefix(stem), "url")
        case "COPY_CODE":
            yield Field(f"button.{index}", _("Code to copy"), "button", shown, "code")
