"""Checks interactive messages: buttons, lists, links, requests, flows, products and carousels."""

from __future__ import annotations

from collections.abc import Callable

from inbox.whatsapp.sandbox.checks import (
    maybe_text,
    missing,
    the_list,
    the_object,
    the_text,
    the_url,
    wrong,
)
from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.shapes import Json

HEADER_MOST = FOOTER_MOST = 60
BODY_MOST, LIST_BODY_MOST, CARD_BODY_MOST = 1024, 4096, 160
WHERE = "interactive."
HEADERS = {
    "button": ("text", "image", "video", "document"),
    "list": ("text",),
    "cta_url": ("text", "image", "video", "document"),
    "flow": ("text", "image", "video", "document"),
    "product_list": ("text",),
}
BODY_OPTIONAL = ("product",)


def check_interactive(interactive: Json) -> None:
    """Takes the `interactive` object of a send. Raises GraphError for the first thing wrong."""
    kind = interactive.get("type")
    if not kind:
        raise missing("interactive.type")
    if kind not in ACTIONS:
        raise GraphError(100, f"Param interactive['type'] must be one of {{{', '.join(sorted(ACTIONS))}}} - got \"{kind}\".")
    _check_header(interactive, str(kind))
    if kind not in BODY_OPTIONAL or interactive.get("body"):
        body = the_object(interactive, "body", WHERE)
        the_text(body, "text", "interactive.body.", most=LIST_BODY_MOST if kind == "list" else BODY_MOST)
    if interactive.get("footer"):
        the_text(the_object(interactive, "footer", WHERE), "text", "interactive.footer.", most=FOOTER_MOST)
    ACTIONS[str(kind)](the_object(interactive, "action", WHERE))


def _check_header(interactive: Json, kind: str) -> None:
    if interactive.get("header") is None:
        if kind == "product_list":
            raise missing("interactive.header")
        return
    header = the_object(interactive, "header", WHERE)
    form = header.get("type")
    if form not in HEADERS.get(kind, ()):
        raise wrong("interactive.header.type", f"cannot be {form} for a {kind} message")
    if form == "text":
        the_text(header, "text", "interactive.header.", most=HEADER_MOST)
    else:
        media = the_object(header, str(form), "interactive.header.")
        if bool(media.get("id")) == bool(media.get("link")):
            raise wrong(f"interactive.header.{form}", "needs either id or link")


def _buttons(action: Json) -> None:
    seen: set[str] = set()
    for position, button in enumerate(the_list(action, "buttons", "interactive.action.", most=3)):
        where = f"interactive.action.buttons[{position}]."
        if not isinstance(button, dict) or button.get("type") != "reply":
            raise wrong(f"{where}type", "must be reply")
        reply = the_object(button, "reply", where)
        title = the_text(reply, "title", f"{where}reply.", most=20)
        ident = the_text(reply, "id", f"{where}reply.", most=256)
        if ident != ident.strip():
            raise wrong(f"{where}reply.id", "must not begin or end with a space")
        if title in seen or ident in seen:
            raise wrong(f"{where}reply", "repeats a title or id")
        seen |= {title, ident}


def _sections(action: Json) -> None:
    the_text(action, "button", "interactive.action.", most=20)
    sections = the_list(action, "sections", "interactive.action.", most=10)
    rows_in_all, seen = 0, set()
    for position, section in enumerate(sections):
        where = f"interactive.action.sections[{position}]."
        if not isinstance(section, dict):
            raise wrong(where.rstrip("."), "must be an object")
        if len(sections) > 1:
            the_text(section, "title", where, most=24)
        maybe_text(section, "title", where, most=24)
        rows = the_list(section, "rows", where, most=10)
        rows_in_all += len(rows)
        for number, row in enumerate(rows):
            spot = f"{where}rows[{number}]."
            ident = the_text(row, "id", spot, most=200)
            the_text(row, "title", spot, most=24)
            maybe_text(row, "description", spot, most=72)
            if ident in seen:
                raise wrong(f"{spot}id", "repeats an id")
            seen.add(ident)
    if rows_in_all > 10:
        raise wrong("interactive.action.sections", f"may have 10 rows in total, they have {rows_in_all}")


def _link(action: Json) -> None:
    _named("cta_url")(action)
    parameters = the_object(action, "parameters", "interactive.action.")
    the_text(parameters, "display_text", "interactive.action.parameters.", most=20)
    the_url(parameters, "url", "interactive.action.parameters.")


def _flow(action: Json) -> None:
    _named("flow")(action)
    where = "interactive.action.parameters."
    parameters = the_object(action, "parameters", "interactive.action.")
    if bool(parameters.get("flow_id")) == bool(parameters.get("flow_name")):
        raise wrong(f"{where}flow_id", "or flow_name must be given, not both")
    the_text(parameters, "flow_cta", where, most=20)


def _named(name: str) -> Callable[[Json], None]:
    def check(action: Json) -> None:
        if action.get("name") != name:
            raise wrong("interactive.action.name", f"must be {name}")

    return check


def _product(action: Json) -> None:
    the_text(action, "catalog_id", "interactive.action.", most=100)
    the_text(action, "product_retailer_id", "interactive.action.", most=100)


def _products(action: Json) -> None:
    the_text(action, "catalog_id", "interactive.action.", most=100)
    for position, section in enumerate(the_list(action, "sections", "interactive.action.", most=10)):
        where = f"interactive.action.sections[{position}]."
        maybe_text(section, "title", where, most=24)
        the_list(section, "product_items", where, most=30)


def _cards(action: Json) -> None:
    for position, card in enumerate(the_list(action, "cards", "interactive.action.", most=10, least=2)):
        where = f"interactive.action.cards[{position}]."
        if not isinstance(card, dict):
            raise wrong(where.rstrip("."), "must be an object")
        if card.get("body"):
            text = the_text(the_object(card, "body", where), "text", f"{where}body.", most=CARD_BODY_MOST)
            if text.count("\n") > 2:
                raise wrong(f"{where}body.text", "may have 2 line breaks")
        the_object(card, "action", where)


def _anything(_action: Json) -> None:
    """Kinds whose action has no limits in the reference; being an object is enough."""


ACTIONS: dict[str, Callable[[Json], None]] = {
    "button": _buttons,
    "list": _sections,
    "cta_url": _link,
    "location_request_message": _named("send_location"),
    "request_contact_info": _named("request_contact_info"),
    "flow": _flow,
    "product": _product,
    "product_list": _products,
    "catalog_message": _named("catalog_message"),
    "carousel": _cards,
    "voice_call": _named("voice_call"),
    "call_permission_request": _named("call_permission_request"),
    "address_message": _anything,
}
