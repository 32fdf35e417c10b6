"""Remembers every Graph call that came in, so that a test can ask what Meta saw."""

from __future__ import annotations

from inbox.whatsapp.sandbox.clock import Clock
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store

PAGE = 200


class CallLog:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def note(
        self,
        *,
        method: str,
        path: str,
        number_id: str | None,
        kind: str | None,
        opaque: str | None,
        recipient: str | None,
        http: int | None,
        code: int | None,
        message_id: str | None,
        fault: str | None,
    ) -> None:
        """Keeps one call. `http` None means that no answer was given; `code` is the error code answered, if any."""
        self._store.add(
            "calls",
            at=self._clock.now(),
            method=method,
            path=path,
            number_id=number_id,
            type=kind,
            opaque=opaque,
            recipient=recipient,
            http=http,
            code=code,
            message_id=message_id,
            fault=fault,
        )

    def listing(
        self, *, opaque: str | None = None, number_id: str | None = None, kind: str | None = None, limit: int = PAGE
    ) -> list[Json]:
        """The newest calls first; `accepted` says whether the message was taken (whatever was answered)."""
        asked = {"opaque": opaque, "number_id": number_id, "type": kind}
        wanted = {column: value for column, value in asked.items() if value}
        where = " AND ".join(f"{column} = ?" for column in wanted) or "1"
        rows = self._store.all(f"SELECT * FROM calls WHERE {where} ORDER BY id DESC LIMIT ?", *wanted.values(), min(limit, 5000))
        return [
            {
                "id": row["id"],
                "at": self._clock.outside(row["at"]),
                "number": row["number_id"],
                "method": row["method"],
                "path": row["path"],
                "type": row["type"],
                "opaque": row["opaque"],
                "recipient": row["recipient"],
                "http": row["http"],
                "code": row["code"],
                "message_id": row["message_id"],
                "fault": row["fault"],
                "accepted": row["message_id"] is not None,
            }
            for row in rows
        ]
