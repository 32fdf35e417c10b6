"""Fetches media that a send names by link, as Meta does after accepting it; what cannot be had fails with 131053."""

from __future__ import annotations

import json

import requests

from inbox.whatsapp.sandbox.agenda import Agenda
from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.media import ACCEPTED, MediaShelf, check_content
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.statuses import Plan, Statuses
from inbox.whatsapp.sandbox.store import Store

FETCH_SECONDS = 10


class Links:
    def __init__(self, store: Store, agenda: Agenda, media: MediaShelf, statuses: Statuses) -> None:
        self._store, self._agenda, self._media, self._statuses = store, agenda, media, statuses
        agenda.on("fetch", self._fetch)

    def fetch_then_report(self, message_id: str, plan: Plan, links: list[tuple[str, str]], number_id: str) -> None:
        """Promises to fetch the links, and the plan's statuses after that."""
        names, copies = list(plan.names), plan.copies
        self._agenda.soon("fetch", {"message": message_id, "names": names, "copies": copies, "links": links, "number": number_id})

    def _fetch(self, payload: Json) -> None:
        plan = Plan(tuple(payload["names"]), copies=payload["copies"])
        for kind, link in payload["links"]:
            got = fetch(kind, link)
            if isinstance(got, str):
                plan = Plan(("failed",), 131053, got)
                break
            content, mime = got
            medium = self._media.put(content, number_id=payload["number"], mime=mime, filename=None, source="link")
            self._show(payload["message"], kind, medium.id)
        self._statuses.schedule(payload["message"], plan)

    def _show(self, message_id: str, kind: str, media_id: str) -> None:
        """Lets the phone page show what was fetched."""
        with self._store.together():
            row = self._store.one("SELECT doc FROM messages WHERE id = ?", message_id)
            if row is not None:
                doc = json.loads(row["doc"])
                if isinstance(doc.get(kind), dict):
                    doc[kind]["id"] = media_id
                self._store.run("UPDATE messages SET doc = ? WHERE id = ?", json.dumps(doc), message_id)


def fetch(kind: str, link: str) -> tuple[bytes, str] | str:
    """Gives bytes and MIME type of a link, or a sentence about what was wrong with it."""
    most = ACCEPTED[kind][1]
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(link, timeout=FETCH_SECONDS, stream=True) as answer:
                content: bytes = answer.raw.read(most + 1, decode_content=True)
    except (requests.RequestException, OSError) as problem:
        return f"The media link could not be fetched ({type(problem).__name__})."
    if answer.status_code != 200:
        return f"The media link answered HTTP {answer.status_code}."
    mime = answer.headers.get("Content-Type", "application/octet-stream")
    plain = mime.split(";")[0].strip().lower()
    if kind != "document" and plain not in ACCEPTED[kind][0]:
        return f"The media link has type {plain}, which cannot be sent as {kind}."
    try:
        check_content(content, mime, kind)
    except GraphError as refusal:
        return refusal.details
    return content, mime
