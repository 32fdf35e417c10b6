"""Messages with something to tap: buttons, lists, links, requests, flows (protocol section 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from .envelope import Json, Recipient, message
from .measure import (
    BODY_MOST,
    BUTTON_ID_MOST,
    BUTTONS_MOST,
    FILENAME_MOST,
    FOOTER_MOST,
    HEADER_MOST,
    LABEL_MOST,
    LIST_BODY_MOST,
    ROW_DESCRIPTION_MOST,
    ROW_ID_MOST,
    ROW_TITLE_MOST,
    ROWS_MOST,
    SECTION_TITLE_MOST,
    SECTIONS_MOST,
    TOKEN_MOST,
    BadPayload,
    counted,
    different,
    limited,
    needed,
    web_address,
)
from .plain import source


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the text: a line (``kind`` "text"), or an image, video or document by id or link."""

    kind: str = "text"
    text: str = ""
    media_id: str = ""
    link: str = ""
    filename: str = ""

    def content(self) -> Json:
        """The header object; raises TooLong, BadPayload."""
        if self.kind == "text":
            return {"type": "text", "text": needed(self.text, HEADER_MOST, "header")}
        if self.kind not in {"image", "video", "document"}:
            raise BadPayload(_("A heading is text, an image, a video or a document."), "header")
        file = source(self.media_id, self.link)
        if self.filename and self.kind == "document":
            file["filename"] = limited(self.filename, FILENAME_MOST, "filename")
        return {"type": self.kind, self.kind: file}


@dataclass(frozen=True, slots=True)
class Choice:
    """A reply button or a row of a list; ``id`` comes back when it is tapped."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some rows of a list under a title; the title may be empty if there is only one section."""

    rows: Sequence[Choice]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every interactive message may have around its action."""

    body: str
    header: Header | None = None
    footer: str = ""
    reply_to: str = ""
    opaque: str = field(kw_only=True)


def buttons(to: Recipient, frame: Frame, choices: Sequence[Choice]) -> Json:
    """One to three reply buttons."""
    return interactive(to, "button", frame, {"buttons": reply_buttons(choices, "reply")})


def listing(to: Recipient, frame: Frame, label: str, sections: Sequence[Section]) -> Json:
    """A list that opens at the tap of ``label``: at most ten sections and ten rows in all."""
    counted(len(sections), 1, SECTIONS_MOST, "sections")
    rows = [row for section in sections for row in section.rows]
    counted(len(rows), 1, ROWS_MOST, "sections")
    different([row.id for row in rows], "sections")
    if frame.header is not None and frame.header.kind != "text":
        raise BadPayload(_("The heading of a list can only be text."), "header")
    many = len(sections) > 1
    action = {
        "button": needed(label, LABEL_MOST, "label"),
        "sections": [_section(section, many, f"sections.{index}") for index, section in enumerate(sections)],
    }
    return interactive(to, "list", frame, action, body_most=LIST_BODY_MOST)


def link_button(to: Recipient, frame: Frame, label: str, url: str) -> Json:
    """One button that opens a web page."""
    return interactive(to, "cta_url", frame, link_action(label, url))


def location_request(to: Recipient, frame: Frame) -> Json:
    """Asks the customer where they are."""
    return interactive(to, "location_request_message", frame, {"name": "send_location"})


def contact_request(to: Recipient, frame: Frame) -> Json:
    """Asks a customer whose phone number is hidden to share it."""
    return interactive(to, "request_contact_info", frame, {"name": "request_contact_info"})


def flow(
    to: Recipient,
    frame: Frame,
    label: str,
    *,
    token: str,
    flow_id: str = "",
    flow_name: str = "",
    screen: str = "",
    data: Json | None = None,
    draft: bool = False,
) -> Json:
    """A form made with WhatsApp Flows, by id or by name. Without ``screen`` the form's own server chooses the first one."""
    if bool(flow_id) == bool(flow_name):
        raise BadPayload(_("A form is named by its id or by its name."), "flow_id")
    parameters: Json = {
        "flow_message_version": "3",
        "flow_token": needed(token, TOKEN_MOST, "flow_token"),
        "flow_cta": needed(label, LABEL_MOST, "label"),
        "mode": "draft" if draft else "published",
        **({"flow_id": flow_id} if flow_id else {"flow_name": flow_name}),
    }
    if screen:
        payload: Json = {"screen": screen} | ({"data": data} if data else {})
        parameters |= {"flow_action": "navigate", "flow_action_payload": payload}
    else:
        parameters["flow_action"] = "data_exchange"
    return interactive(to, "flow", frame, {"name": "flow", "parameters": parameters})


def interactive(to: Recipient, kind: str, frame: Frame, action: Json, *, body_most: int = BODY_MOST) -> Json:
    """Any interactive message: frame, action, and the checks they share."""
    content: Json = {"type": kind, "body": {"text": needed(frame.body, body_most, "body")}, "action": action}
    if frame.header is not None:
        content["header"] = frame.header.content()
    if frame.footer:
        content["footer"] = {"text": limited(frame.footer, FOOTER_MOST, "footer")}
    return message(to, "interactive", content, opaque=frame.opaque, reply_to=frame.reply_to)


def reply_buttons(choices: Sequence[Choice], kind: str) -> list[Any]:
    """Buttons under ``kind`` (reply, or quick_reply on a card); titles and ids differ, ids have no outer spaces."""
    counted(len(choices), 1, BUTTONS_MOST, "buttons")
    different([choice.title for choice in choices], "buttons")
    different([choice.id for choice in choices], "buttons")
    made = []
    for index, choice in enumerate(choices):
        where = f"buttons.{index}"
        if choice.id != choice.id.strip():
            raise BadPayload(_("The key of a button must not begin or end with a space."), f"{where}.id")
        made.append(
            {
                "type": kind,
                kind: {
                    "id": needed(choice.id, BUTTON_ID_MOST, f"{where}.id"),
                    "title": needed(choice.title, LABEL_MOST, f"{where}.title"),
                },
            }
        )
    return made


def link_action(label: str, url: str) -> Json:
    """The action of a link button."""
    return {
        "name": "cta_url",
        "parameters": {"display_text": needed(label, LABEL_MOST, "label"), "url": web_address(url)},
    }


def _section(section: Section, many: bool, where: str) -> Json:
    counted(len(section.rows), 1, ROWS_MOST, f"{where}.rows")
    measure = needed if many else limited
    title = measure(section.title, SECTION_TITLE_MOST, f"{where}.title")
    made: Json = {"rows": [_row(row, f"{where}.rows.{index}") for index, row in enumerate(section.rows)]}
    return {"title": title, **made} if title else made


def _row(row: Choice, where: str) -> Json:
    made = {"id": needed(row.id, ROW_ID_MOST, f"{where}.id"), "title": needed(row.title, ROW_TITLE_MOST, f"{where}.title")}
    if row.description:
        made["description"] = limited(row.description, ROW_DESCRIPTION_MOST, f"{where}.description")
    return made
