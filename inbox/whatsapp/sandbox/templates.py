"""Message templates: list, create, edit, delete, and the review that approves, rejects, pauses or disables them."""

from __future__ import annotations

import base64
import json
from sqlite3 import Row

from inbox.whatsapp.sandbox.agenda import Agenda
from inbox.whatsapp.sandbox.check_templates import check_components, check_definition, parameter_format_of, refuse
from inbox.whatsapp.sandbox.clock import DAY, HOUR, Clock
from inbox.whatsapp.sandbox.errors import GraphError
from inbox.whatsapp.sandbox.ids import numeric_id
from inbox.whatsapp.sandbox.management import Management
from inbox.whatsapp.sandbox.shapes import Json, Waba
from inbox.whatsapp.sandbox.store import Store

REVIEW_SECONDS = 3.0
NAME_LOCK = 30 * DAY
CREATIONS_PER_HOUR = 100
TEMPLATES_MOST = 250
EDITS_PER_DAY, EDITS_PER_MONTH = 1, 10
PAUSES = ((3 * HOUR, "FIRST_PAUSE"), (6 * HOUR, "SECOND_PAUSE"))
FIELDS = (
    "id",
    "name",
    "language",
    "status",
    "category",
    "previous_category",
    "correct_category",
    "sub_category",
    "parameter_format",
    "components",
    "quality_score",
    "rejected_reason",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
)
DEFAULT_FIELDS = (
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
    "id",
    "previous_category",
    "message_send_ttl_seconds",
)


class Templates:
    def __init__(self, store: Store, clock: Clock, agenda: Agenda, management: Management) -> None:
        self._store, self._clock, self._agenda, self._management = store, clock, agenda, management
        agenda.on("review", self._review)
        agenda.on("unpause", self._unpause_when_due)

    def take_in(self, waba: Waba) -> None:
        """Adds the world's templates of a WABA that are not known yet."""
        for template in waba.templates:
            if self._one_of(waba.id, template.name, template.language) is None:
                self._keep(
                    waba.id,
                    template.name,
                    template.language,
                    template.status,
                    template.category,
                    {
                        "components": list(template.components),
                        "parameter_format": template.parameter_format,
                        "rejected_reason": template.rejected_reason or "NONE",
                    },
                )

    def sendable(self, waba_id: str, name: str, language: str) -> Row:
        """The approved template. Raises GraphError 132001 when there is none, 132015 paused, 132016 disabled."""
        row = self._one_of(waba_id, name, language)
        if row is not None and row["status"] == "PAUSED":
            raise GraphError(132015, "Template is paused due to low quality so it cannot be sent in a template message.")
        if row is not None and row["status"] == "DISABLED":
            raise GraphError(
                132016, "Template has been paused too many times due to low quality and is now permanently disabled."
            )
        if row is None or row["status"] != "APPROVED":
            raise GraphError(132001, f"template name ({name}) does not exist in {language}")
        return row

    def listing(self, waba_id: str, query: dict[str, str], url: str) -> Json:
        """One page, filtered by name, status, language and category; cursors as Graph gives them."""
        rows = self._store.all("SELECT rowid, * FROM templates WHERE waba_id = ? AND status != 'DELETED' ORDER BY rowid", waba_id)
        for key in ("status", "language", "category"):
            if wanted := query.get(key):
                choices = {one.strip('[]" ').lower() for one in wanted.split(",")}
                rows = [row for row in rows if row[key].lower() in choices]
        if "name" in query:
            rows = [row for row in rows if query["name"] in row["name"]]
        after = int(base64.b64decode(query["after"])) if query.get("after") else 0
        rows = [row for row in rows if row["rowid"] > after]
        page = rows[: min(int(query.get("limit", 25)), 1000)]
        answer: Json = {"data": [self.view(row, query.get("fields")) for row in page]}
        if "summary" in query:
            answer["summary"] = self._summary(waba_id)
        if page:
            cursors = [base64.b64encode(str(row["rowid"]).encode()).decode() for row in (page[0], page[-1])]
            answer["paging"] = {"cursors": {"before": cursors[0], "after": cursors[1]}}
            if len(rows) > len(page):
                answer["paging"]["next"] = f"{url}&after={cursors[1]}" if "?" in url else f"{url}?after={cursors[1]}"
        return answer

    def _summary(self, waba_id: str) -> Json:
        """What `summary=` asks for: how many templates there are and may be."""
        row = self._store.one("SELECT COUNT(*) AS n FROM templates WHERE waba_id = ? AND status != 'DELETED'", waba_id)
        count = int(row["n"]) if row is not None else 0
        return {
            "total_count": count,
            "message_template_count": count,
            "message_template_limit": TEMPLATES_MOST,
            "are_translations_complete": False,
        }

    def view(self, row: Row, wanted: str | None) -> Json:
        doc = json.loads(row["doc"])
        whole = doc | {
            "id": row["id"],
            "name": row["name"],
            "language": row["language"],
            "status": row["status"],
            "category": row["category"],
        }
        names = [name.strip() for name in wanted.split(",")] if wanted else DEFAULT_FIELDS
        view = {name: whole[name] for name in names if name in FIELDS and whole.get(name) is not None}
        if "quality_score" in names and "quality_score" not in view:
            view["quality_score"] = {"score": "UNKNOWN", "date": self._clock.outside(self._clock.now())}
        return view | {"id": row["id"]}

    def find(self, template_id: str) -> Row | None:
        return self._store.one("SELECT * FROM templates WHERE id = ? AND status != 'DELETED'", template_id)

    def create(self, waba_id: str, body: Json) -> Json:
        """Takes a creation body, gives id, status and category. Raises GraphError with section 8.5's codes."""
        check_definition(body)
        now, name = self._clock.now(), body["name"]
        lock = self._store.one("SELECT until FROM name_locks WHERE waba_id = ? AND name = ?", waba_id, name)
        if lock is not None and lock["until"] > now:
            raise refuse(2388023, "Name in use", "A deleted template's name cannot be used again for 30 days.")
        if self._one_of(waba_id, name, body["language"]) is not None:
            raise refuse(
                2388024, "Content in this language already exists", "There is already content in this language for this template."
            )
        made = [at for at in self._store.recall(f"created.{waba_id}", []) if now - at < HOUR]
        if len(made) >= CREATIONS_PER_HOUR:
            raise GraphError(80007, "At most 100 templates can be created in an hour.")
        with self._store.together():
            self._store.remember(f"created.{waba_id}", [*made, now])
            doc = {key: body[key] for key in ("components", "message_send_ttl_seconds") if body.get(key) is not None}
            doc["parameter_format"] = parameter_format_of(body)
            category = str(body["category"]).upper()
            ident = self._keep(waba_id, name, body["language"], "PENDING", category, doc)
            self._agenda.at(self._clock.in_(REVIEW_SECONDS), "review", {"template": ident})
        return {"id": ident, "status": "PENDING", "category": category}

    def edit(self, row: Row, body: Json) -> Json:
        """Replaces components, category or lifetime; a review follows. Raises GraphError when it is not allowed."""
        if row["status"] not in ("APPROVED", "REJECTED", "PAUSED"):
            raise refuse(2388039, "Template not editable", f"A template that is {row['status']} cannot be edited.")
        doc, now = json.loads(row["doc"]), self._clock.now()
        if body.get("category") and row["status"] == "APPROVED" and str(body["category"]).upper() != row["category"]:
            raise refuse(2388039, "Template not editable", "The category of an approved template cannot be changed.")
        edits = [at for at in doc.get("edits", []) if now - at < 30 * DAY]
        if row["status"] == "APPROVED" and (
            sum(now - at < DAY for at in edits) >= EDITS_PER_DAY or len(edits) >= EDITS_PER_MONTH
        ):
            raise refuse(
                2388039, "Too many edits", "An approved template can be edited once in 24 hours and ten times in 30 days."
            )
        if body.get("components") is not None:
            check_components(body["components"], doc.get("parameter_format", "POSITIONAL"))
            doc["components"] = body["components"]
        if body.get("message_send_ttl_seconds") is not None:
            doc["message_send_ttl_seconds"] = body["message_send_ttl_seconds"]
        doc["edits"] = [*edits, now]
        with self._store.together():
            self._store.run(
                "UPDATE templates SET doc = ?, category = ?, status = 'PENDING' WHERE id = ?",
                json.dumps(doc),
                str(body.get("category", row["category"])).upper(),
                row["id"],
            )
            self._agenda.at(self._clock.in_(REVIEW_SECONDS), "review", {"template": row["id"]})
        return {"success": True}

    def delete(self, waba_id: str, name: str | None, template_id: str | None) -> Json:
        """Deletes one template by id, or every language of a name; an approved name stays blocked for 30 days."""
        rows = self._store.all("SELECT * FROM templates WHERE waba_id = ? AND status != 'DELETED'", waba_id)
        rows = [
            row for row in rows if (template_id is None or row["id"] == template_id) and (name is None or row["name"] == name)
        ]
        if (name is None and template_id is None) or not rows:
            raise refuse(2593002, "Template not found", "There is no such message template.")
        for row in rows:
            if row["status"] == "DISABLED":
                raise refuse(2388039, "Template not deletable", "A disabled template cannot be deleted.")
        with self._store.together():
            for row in rows:
                if row["status"] == "APPROVED":
                    until = self._clock.now() + NAME_LOCK
                    self._store.run("INSERT OR REPLACE INTO name_locks VALUES (?, ?, ?)", waba_id, row["name"], until)
                self.move(row, "DELETED")
        return {"success": True}

    def move(self, row: Row, event: str, *, reason: str | None = None, other: Json | None = None) -> None:
        """Puts a template into a state and tells the subscribed apps."""
        doc = json.loads(row["doc"]) | {"rejected_reason": reason or "NONE"}
        state = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}.get(event, event)
        self._store.run("UPDATE templates SET status = ?, doc = ? WHERE id = ?", state, json.dumps(doc), row["id"])
        value: Json = self._named(row) | {
            "event": event,
            "message_template_category": row["category"],
            "reason": reason or "NONE",
        }
        if event == "REJECTED":
            value["rejection_info"] = {
                "reason": "The sandbox's reviewer refused this template.",
                "recommendation": "Change the text and submit it again.",
            }
        if other:
            value["other_info"] = other
        self._management.tell(row["waba_id"], "message_template_status_update", value)

    def set_quality(self, row: Row, score: str) -> None:
        """Changes the quality; at RED the first pause lasts 3 hours, the second 6, the third time it is disabled."""
        doc = json.loads(row["doc"])
        before = doc.get("quality_score", {}).get("score", "UNKNOWN")
        doc["quality_score"] = {"score": score, "date": self._clock.outside(self._clock.now())}
        pauses = int(doc.get("pauses", 0)) + (score == "RED")
        doc["pauses"] = pauses
        self._store.run("UPDATE templates SET doc = ? WHERE id = ?", json.dumps(doc), row["id"])
        value = self._named(row) | {"previous_quality_score": before, "new_quality_score": score}
        self._management.tell(row["waba_id"], "message_template_quality_update", value)
        fresh = self.find(row["id"])
        if score != "RED" or fresh is None:
            return
        if pauses > len(PAUSES):
            self.move(fresh, "DISABLED", other={"title": "DISABLED", "description": "Paused too often."})
        else:
            seconds, title = PAUSES[pauses - 1]
            self.move(fresh, "PAUSED", other={"title": title, "description": f"Paused for {seconds / HOUR:.0f} hours."})
            self._agenda.at(self._clock.in_(seconds), "unpause", {"template": row["id"]})

    def _review(self, payload: Json) -> None:
        """The reviewer is deterministic: names ending in _pending wait, _rejected are refused, others pass."""
        row = self.find(payload["template"])
        if row is None or row["status"] != "PENDING" or row["name"].endswith("_pending"):
            return
        if row["name"].endswith("_rejected"):
            self.move(row, "REJECTED", reason="INVALID_FORMAT")
        else:
            self.move(row, "APPROVED")

    def _unpause_when_due(self, payload: Json) -> None:
        row = self.find(payload["template"])
        if row is not None and row["status"] == "PAUSED":
            self.move(row, "APPROVED", other={"title": "UNPAUSED", "description": "The pause is over."})

    def unpause(self, row: Row) -> Json:
        if row["status"] != "PAUSED":
            return {"success": False, "reason": "The template is not paused."}
        self.move(row, "APPROVED", other={"title": "UNPAUSED", "description": "Unpaused by hand."})
        return {"success": True}

    def _named(self, row: Row) -> Json:
        return {
            "message_template_id": int(row["id"]),
            "message_template_name": row["name"],
            "message_template_language": row["language"].replace("_", "-"),
        }

    def _keep(self, waba_id: str, name: str, language: str, status: str, category: str, doc: Json) -> str:
        ident = numeric_id("9")
        self._store.add(
            "templates",
            id=ident,
            waba_id=waba_id,
            name=name,
            language=language,
            status=status,
            category=category,
            doc=json.dumps(doc),
        )
        return ident

    def _one_of(self, waba_id: str, name: str, language: str) -> Row | None:
        return self._store.one(
            "SELECT * FROM templates WHERE waba_id = ? AND name = ? AND language = ? AND status != 'DELETED'",
            waba_id,
            name,
            language,
        )
