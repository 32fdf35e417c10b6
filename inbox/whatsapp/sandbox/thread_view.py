"""Shows a thread as the phone sees it: bubbles for the page, plain dictionaries for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from sqlite3 import Row
from typing import Any

from inbox.whatsapp.sandbox.media import MediaShelf
from inbox.whatsapp.sandbox.people import Somebody
from inbox.whatsapp.sandbox.sandbox import Sandbox
from inbox.whatsapp.sandbox.shapes import Json

MEDIA = ("image", "video", "audio", "document", "sticker")
RECENT = 200


def thread(sandbox: Sandbox, who: Somebody, number_id: str, *, limit: int = RECENT) -> list[Json]:
    """The newest messages of a person with a number, oldest first.

    Each has id, from ("person" or "business"), type, at (Unix seconds), status, error, reaction, text, title, footer,
    buttons, media, filename, quote, edited.
    """
    rows = sandbox.store.all(
        "SELECT * FROM (SELECT * FROM messages WHERE person_id = ? AND number_id = ? AND gone = 0 "
        "ORDER BY seq DESC LIMIT ?) ORDER BY at, seq",
        who.id,
        number_id,
        limit,
    )
    reached = [row for row in rows if row["sender"] == "person" or row["status"] in ("delivered", "read", "played")]
    shown = rows if who.network == "good" else reached
    return [_view(sandbox, row) for row in shown]


def _view(sandbox: Sandbox, row: Row) -> Json:
    doc: Json = json.loads(row["doc"])
    view: Json = {
        "id": row["id"],
        "from": row["sender"],
        "type": row["type"],
        "at": sandbox.clock.outside(row["at"]),
        "status": row["status"],
        "error": row["error"],
        "reaction": row["reaction"],
        "edited": bool(doc.get("edited")),
        "text": "",
        "title": "",
        "footer": "",
        "buttons": [],
        "media": None,
        "media_type": None,
        "filename": None,
        "quote": _quote(sandbox, doc),
        "opaque": row["opaque"],
    }
    kind = next((key for key in doc if key in _FILL), None)
    if kind is not None and isinstance(doc[kind], dict | list):
        _FILL[kind](view, doc[kind])
    return view


def _quote(sandbox: Sandbox, doc: Json) -> str | None:
    context = doc.get("context") or {}
    wanted = context.get("id") or context.get("message_id")
    row = sandbox.store.one("SELECT * FROM messages WHERE id = ?", wanted) if wanted else None
    return _words(json.loads(row["doc"])) if row is not None else None


def _words(doc: Json) -> str:
    view: Json = {"text": "", "title": "", "footer": "", "buttons": [], "media": None, "media_type": None, "filename": None}
    kind = next((key for key in doc if key in _FILL), None)
    if kind is not None and isinstance(doc[kind], dict | list):
        _FILL[kind](view, doc[kind])
    return str(view["text"] or view["title"] or view["filename"] or kind or "")[:120]


def _text(view: Json, content: Json) -> None:
    view["text"] = content.get("body", "")


def _media(kind: str, view: Json, content: Json) -> None:
    view |= {
        "media": content.get("id"),
        "media_type": kind,
        "text": content.get("caption", ""),
        "filename": content.get("filename"),
    }


def _location(view: Json, content: Json) -> None:
    view["title"] = content.get("name") or ""
    view["text"] = content.get("address") or f"{content.get('latitude')}, {content.get('longitude')}"


def _contacts(view: Json, content: list[Json]) -> None:
    names = [str((contact.get("name") or {}).get("formatted_name", "")) for contact in content if isinstance(contact, dict)]
    phones = [
        str(phone.get("phone", "")) for contact in content if isinstance(contact, dict) for phone in contact.get("phones") or []
    ]
    view["title"], view["text"] = ", ".join(names), ", ".join(phones)


def _interactive(view: Json, content: Json) -> None:
    for reply in ("button_reply", "list_reply"):
        if reply in content:
            view["text"] = content[reply].get("title", "")
            return
    action = content.get("action") or {}
    header = content.get("header") or {}
    view["title"] = header.get("text", "")
    view["text"] = (content.get("body") or {}).get("text", "")
    view["footer"] = (content.get("footer") or {}).get("text", "")
    if header.get("type") in MEDIA:
        _media(header["type"], view, header[header["type"]] | {"caption": view["text"]})
    choices = [("button_reply", button["reply"]) for button in action.get("buttons", ())]
    choices += [("list_reply", row) for section in action.get("sections", ()) for row in section.get("rows", ())]
    view["buttons"] = [{"kind": kind, "id": reply["id"], "text": reply["title"]} for kind, reply in choices]
    parameters = action.get("parameters") or {}
    if parameters.get("url"):
        view["buttons"] = [{"kind": "url", "id": "", "text": parameters.get("display_text", ""), "url": parameters["url"]}]


def _template(view: Json, content: Json) -> None:
    header = content.get("header") or {}
    view["text"], view["footer"] = content.get("body", ""), content.get("footer") or ""
    view["title"] = header.get("text", "") if header.get("type") == "text" else ""
    if header.get("type") in MEDIA:
        _media(header["type"], view, header[header["type"]] | {"caption": view["text"]})
    kinds = {"QUICK_REPLY": "button", "URL": "url"}
    view["buttons"] = [
        {
            "kind": kinds.get(button["type"], "none"),
            "id": button.get("payload", ""),
            "text": button["text"],
            "url": button.get("url"),
        }
        for button in content.get("buttons", ())
    ]


def _button(view: Json, content: Json) -> None:
    view["text"] = content.get("text", "")


def _order(view: Json, content: Json) -> None:
    view["title"] = f"{len(content.get('product_items', []))} ×"
    view["text"] = content.get("text", "")


_FILL: dict[str, Callable[[Json, Any], None]] = {
    "text": _text,
    **{kind: partial(_media, kind) for kind in MEDIA},
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "template": _template,
    "button": _button,
    "order": _order,
}


def media_bytes(shelf: MediaShelf, media_id: str) -> tuple[bytes, str] | None:
    """Bytes and MIME type for the phone page's own preview; None when the medium is gone."""
    medium = shelf.find(media_id)
    return (shelf.content(medium), medium.plain_mime) if medium is not None else None
