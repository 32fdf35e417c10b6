"""Puts values into a template: the components that are sent, and what the customer will see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from inbox.whatsapp.models import Template
from inbox.whatsapp.payloads import Json, PayloadRefused, parts
from inbox.whatsapp.payloads.measure import COUPON_MOST, HEADER_MOST, OTP_MOST, TEMPLATE_BODY_MOST, limited, units

from .form import (
    FILES,
    VARIABLE,
    Field,
    buttons_of,
    form,
    is_authentication,
    is_supported,
    kind_of,
    part_of,
    text_of,
    variables_of,
)

LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
FLOW_TOKEN = "unused"  # what WhatsApp itself puts there when nobody asks for the answer


class BadField(PayloadRefused):
    """Values that cannot be sent. ``errors`` has a sentence per field at fault; ``field`` and ``sentence`` are the first."""

    def __init__(self, errors: dict[str, str]) -> None:
        field, sentence = next(iter(errors.items()))
        super().__init__(sentence, field)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class PreviewButton:
    """A button as the customer sees it; ``url`` is whole, ``kind`` as in the template but in small letters."""

    text: str
    kind: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the customer will see. ``header_kind`` is "", text, image, video, document or location."""

    body: str
    header: str = ""
    header_kind: str = ""
    footer: str = ""
    buttons: tuple[PreviewButton, ...] = ()

    def as_dict(self) -> Json:
        """As plain data, for the message's row."""
        return {**asdict(self), "buttons": [asdict(button) for button in self.buttons]}


@dataclass(frozen=True, slots=True)
class Filled:
    """A template ready to be sent."""

    components: list[Json]
    preview: Preview


def fill(template: Template, values: Mapping[str, str]) -> Filled:
    """The components for ``payloads.template``, and the preview; ``values`` by the keys of ``form``.

    Keys that the template does not have are ignored, except ``button.<index>`` of a quick reply, which is its payload.
    Raises BadField for what is missing, empty, broken into lines, too long or no number.
    """
    if not is_supported(template):
        raise BadField({"template": _("This kind of template cannot be sent from here.")})
    fields = form(template)
    given = {field.key: values.get(field.key, "").strip() for field in fields}
    errors = {field.key: sentence for field in fields if (sentence := _fault(field, given[field.key]))}
    if errors:
        raise BadField(errors)
    shown = preview(template, given)
    _check_lengths(shown, given)
    try:
        components = [*_header(template, given), *_body(template, given), *_buttons(template, given, values)]
    except PayloadRefused as refused:
        where = {"latitude": "header.latitude", "longitude": "header.longitude"}.get(refused.field, refused.field)
        raise BadField({where: refused.sentence}) from refused
    return Filled(components, shown)


def preview(template: Template, values: Mapping[str, str]) -> Preview:
    """What the customer will see; a field without a value shows its name in ⟨brackets⟩. Refuses nothing."""
    labels = {field.key: field.label for field in form(template)}
    header = part_of(template, "HEADER")
    shape = str(header.get("format", "")).lower() if header else ""
    place = values.get("header.name", "") if shape == "location" else ""
    return Preview(
        body=_rendered(text_of(part_of(template, "BODY")), "body", values, labels),
        header=place or _rendered(text_of(header), "header", values, labels),
        header_kind=shape or ("text" if header else ""),
        footer=text_of(part_of(template, "FOOTER")),
        buttons=tuple(_shown_button(index, button, values) for index, button in enumerate(buttons_of(template))),
    )


def _fault(field: Field, value: str) -> str:
    if not value:
        return _("%(field)s is missing.") % {"field": field.label}
    if LINE_BREAK.search(value):
        return _("Line breaks aren't allowed in template fields.")
    if field.key in {"header.latitude", "header.longitude"} and _degrees(value) is None:
        return _("Write degrees as a number, such as 53.7997.")
    if field.kind == "code":
        most = OTP_MOST if field.component == "body" else COUPON_MOST
        if units(value) > most:
            return _("A code may be %(most)d characters long.") % {"most": most}
    return ""


def _check_lengths(shown: Preview, given: Mapping[str, str]) -> None:
    """The rendered texts have limits of their own; the longest value is the one to shorten."""
    for component, text, most in (("body", shown.body, TEMPLATE_BODY_MOST), ("header", shown.header, HEADER_MOST)):
        keys = [key for key in given if key.startswith(f"{component}.")]
        if not keys or (component == "header" and shown.header_kind != "text"):
            continue
        longest = max(keys, key=lambda key: units(given[key]))
        try:
            limited(text, most, component)
        except PayloadRefused as refused:
            raise BadField({longest: refused.sentence}) from refused


def _header(template: Template, given: Mapping[str, str]) -> list[Json]:
    part = part_of(template, "HEADER")
    shape = str(part.get("format", "")).upper()
    if shape in FILES:
        value = given["header"]
        by = {"link": value} if "://" in value else {"media_id": value}
        return [parts.header_file(FILES[shape], **by)]
    if shape == "LOCATION":
        latitude, longitude = _degrees(given["header.latitude"]), _degrees(given["header.longitude"])
        return [parts.header_place(latitude or 0.0, longitude or 0.0, given["header.name"], given["header.address"])]
    return [parts.header(parameter) for parameter in _parameters(template, text_of(part), "header", given)]


def _body(template: Template, given: Mapping[str, str]) -> list[Json]:
    if is_authentication(template):
        return [parts.body([parts.value(given["body.1"], "body.1")])]
    parameters = _parameters(template, text_of(part_of(template, "BODY")), "body", given)
    return [parts.body(parameters)] if parameters else []


def _parameters(template: Template, text: str, component: str, given: Mapping[str, str]) -> list[Json]:
    named = template.parameter_format == "NAMED"
    keys = [(f"{component}.{name}", name) for name in variables_of(text)]
    return [parts.value(given[key], key, name=name if named else "") for key, name in keys]


def _buttons(template: Template, given: Mapping[str, str], values: Mapping[str, str]) -> list[Json]:
    made = []
    for index, button in enumerate(buttons_of(template)):
        key = f"button.{index}"
        match kind_of(button):
            case "URL" | "OTP" if is_authentication(template):
                made.append(parts.url_button(index, given["body.1"], "body.1"))
            case "URL" if key in given:
                made.append(parts.url_button(index, given[key], key))
            case "COPY_CODE":
                made.append(parts.code_button(index, given[key], key))
            case "QUICK_REPLY" if values.get(key, "").strip():
                made.append(parts.reply_button(index, values[key].strip(), key))
            case "FLOW":
                made.append(parts.flow_button(index, FLOW_TOKEN, key))
    return made


def _rendered(text: str, component: str, values: Mapping[str, str], labels: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        key = f"{component}.{match[1]}"
        return " ".join(values.get(key, "").split()) or f"⟨{labels.get(key, match[1])}⟩"

    return VARIABLE.sub(value, text)


def _shown_button(index: int, button: Json, values: Mapping[str, str]) -> PreviewButton:
    url = VARIABLE.sub(lambda _match: values.get(f"button.{index}", "") or "…", text_of(button, "url"))
    return PreviewButton(text_of(button), kind_of(button).lower(), url)


def _degrees(value: Any) -> float | None:
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None
