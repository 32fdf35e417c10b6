"""Everything the API knows about a business number but messages: node, registration, profile, blocks, QR codes."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from inbox.whatsapp.sandbox.checks import length_of, missing, the_list, the_text
from inbox.whatsapp.sandbox.clock import DAY, Clock
from inbox.whatsapp.sandbox.directory import Directory, Line
from inbox.whatsapp.sandbox.errors import GraphError, no_such_object
from inbox.whatsapp.sandbox.ids import digits_of, qr_code
from inbox.whatsapp.sandbox.people import People
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store
from inbox.whatsapp.sandbox.webhooks import Webhooks

NODE_FIELDS = ("id", "verified_name", "display_phone_number", "quality_rating", "code_verification_status")
LIST_FIELDS = (*NODE_FIELDS, "status", "platform_type", "account_mode", "throughput")
PROFILE_LIMITS = {"about": 139, "address": 256, "description": 512, "email": 128, "vertical": 40, "profile_picture_handle": 10000}
VERTICALS = frozenset(
    {"OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY", "GOVT", "HOTEL"}
    | {"HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT", "ALCOHOL", "ONLINE_GAMBLING"}
    | {"PHYSICAL_GAMBLING", "OTC_DRUGS"}
)
PREFILLED_MOST, CALLBACK_MOST = 140, 200
PIN = re.compile(r"\d{6}")
WHO_CAN_BE_BLOCKED = "Only users who wrote in the last 24 hours can be blocked."
NOT_BLOCKABLE: Json = {"message": "Re-engagement required", "code": 131047, "error_data": {"details": WHO_CAN_BE_BLOCKED}}


class Numbers:
    def __init__(self, store: Store, clock: Clock, people: People, directory: Directory, webhooks: Webhooks) -> None:
        self._store, self._clock, self._people, self._directory, self._webhooks = store, clock, people, directory, webhooks

    def node(self, line: Line, fields: str | None) -> Json:
        """GET /{phone-number-id}: the asked fields, or Graph's default ones."""
        return self._pick(line, fields, NODE_FIELDS)

    def listing(self, lines: list[Line], fields: str | None) -> Json:
        data = [self._pick(line, fields, LIST_FIELDS) for line in lines]
        cursors = {"before": lines[0].id, "after": lines[-1].id} if lines else {}
        return {"data": data} | ({"paging": {"cursors": cursors}} if cursors else {})

    def _pick(self, line: Line, fields: str | None, default: tuple[str, ...]) -> Json:
        state = self._directory.state(line.id)
        whole: Json = {
            "id": line.id,
            "verified_name": line.number.verified_name,
            "display_phone_number": line.number.display_phone_number,
            "quality_rating": state.get("quality", "GREEN"),
            "code_verification_status": "VERIFIED",
            "name_status": "APPROVED",
            "status": "CONNECTED" if state["registered"] else "DISCONNECTED",
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "account_mode": "SANDBOX",
            "is_official_business_account": False,
            "is_pin_enabled": state["pin"] is not None,
            "whatsapp_business_manager_messaging_limit": "TIER_250",
            "webhook_configuration": self._callbacks(line),
            "health_status": {
                "can_send_message": "AVAILABLE" if state["registered"] else "BLOCKED",
                "entities": [
                    {
                        "entity_type": "PHONE_NUMBER",
                        "id": line.id,
                        "can_send_message": "AVAILABLE" if state["registered"] else "BLOCKED",
                    }
                ],
            },
        }
        names = [name.strip() for name in fields.split(",")] if fields else default
        return {name: whole[name] for name in names if name in whole} | {"id": line.id}

    def _callbacks(self, line: Line) -> Json:
        found: Json = {}
        for app, waba_override in self._directory.subscriptions(line.waba.id):
            found["application"] = app.callback_url
            if waba_override:
                found["whatsapp_business_account"] = waba_override
        if override := self._directory.state(line.id)["override_url"]:
            found["phone_number"] = override
        return found

    def change(self, line: Line, body: Json) -> Json:
        """POST /{phone-number-id}: a new PIN, or a callback override that passes the handshake."""
        if "pin" in body:
            self._directory.change_state(line.id, pin=_pin(body))
        if isinstance(override := body.get("webhook_configuration"), dict):
            url = str(override.get("override_callback_uri") or "")
            if url:
                self.check_callback(url, str(override.get("verify_token") or ""))
            self._directory.change_state(line.id, override_url=url or None)
        return {"success": True}

    def check_callback(self, url: str, verify_token: str) -> None:
        """The handshake before a callback is taken. Raises GraphError with subcode 2200 when it fails."""
        if len(url) > CALLBACK_MOST:
            raise GraphError(100, f"Param override_callback_uri must be at most {CALLBACK_MOST} characters long.")
        if not verify_token:
            raise missing("verify_token")
        if (fault := self._webhooks.verify(url, verify_token)) is not None:
            raise GraphError(2200, http=400, message=f"(#2200) Callback verification failed with the following errors: {fault}")

    def register(self, line: Line, body: Json) -> Json:
        if body.get("messaging_product") != "whatsapp":
            raise GraphError(100, "The parameter messaging_product is required.")
        pin, known = _pin(body), self._directory.state(line.id)["pin"]
        if known is not None and known != pin:
            raise GraphError(133005, "The PIN is not the two-step verification PIN of this number.")
        self._directory.change_state(line.id, registered=True, pin=pin)
        return {"success": True}

    def deregister(self, line: Line) -> Json:
        if not self._directory.state(line.id)["registered"]:
            raise GraphError(133010, "The number is not registered.")
        self._directory.change_state(line.id, registered=False)
        return {"success": True}

    def profile(self, line: Line, fields: str | None) -> Json:
        whole = {
            "messaging_product": "whatsapp",
            "vertical": "RETAIL",
            "about": line.number.verified_name,
        } | self._directory.state(line.id)["profile"]
        names = [name.strip() for name in fields.split(",")] if fields else list(whole)
        return {"data": [{name: whole[name] for name in names if name in whole} | {"messaging_product": "whatsapp"}]}

    def change_profile(self, line: Line, body: Json) -> Json:
        if body.get("messaging_product") != "whatsapp":
            raise GraphError(100, "The parameter messaging_product is required.")
        changes: Json = {}
        for key, most in PROFILE_LIMITS.items():
            if body.get(key) is not None:
                if length_of(str(body[key])) > most or (key == "about" and not body[key]):
                    raise GraphError(100, f"Param {key} must be at most {most} characters long.")
                changes[key] = body[key]
        if "vertical" in changes and changes["vertical"] not in VERTICALS:
            raise GraphError(100, f"Param vertical must be one of {{{', '.join(sorted(VERTICALS))}}}.")
        if body.get("websites") is not None:
            sites = body["websites"]
            if (
                not isinstance(sites, list)
                or len(sites) > 2
                or any(not isinstance(site, str) or len(site) > 256 for site in sites)
            ):
                raise GraphError(100, "Param websites has at most 2 URLs of 256 characters.")
            changes["websites"] = sites
        self._directory.change_state(line.id, profile=self._directory.state(line.id)["profile"] | changes)
        return {"success": True}

    def blocked(self, line: Line) -> Json:
        rows = self._store.all("SELECT person_id FROM pairs WHERE number_id = ? AND blocked = 1 ORDER BY rowid", line.id)
        found = [who for row in rows if (who := self._people.get(row["person_id"])) is not None]
        known = [who.phone or self._people.bsuid_of(who, line.portfolio.id) for who in found]
        data = [{"messaging_product": "whatsapp", "input": one, "wa_id": one} for one in known]
        return {"data": data} | ({"paging": {"cursors": {"before": "0", "after": str(len(data))}}} if data else {})

    def block(self, line: Line, body: Json) -> Json:
        """Blocks people who wrote in the last 24 hours; those who did not come back in failed_users."""
        return self._set_blocked(line, body, value=1, key="added_users")

    def unblock(self, line: Line, body: Json) -> Json:
        return self._set_blocked(line, body, value=0, key="removed_users")

    def _set_blocked(self, line: Line, body: Json, *, value: int, key: str) -> Json:
        done, failed = [], []
        for item in the_list(body, "block_users", "", most=1000):
            given = str(item.get("user") or item.get("user_id") or "") if isinstance(item, dict) else ""
            who = self._people.by_bsuid(given, line.portfolio.id) if "." in given else self._people.by_phone(digits_of(given))
            if who is None or (value and not self._wrote_today(line, who.id)):
                failed.append({"input": given, "errors": [NOT_BLOCKABLE]})
                continue
            self._store.run("UPDATE pairs SET blocked = ? WHERE number_id = ? AND person_id = ?", value, line.id, who.id)
            done.append(
                {"input": given}
                | ({"wa_id": who.phone} if who.phone else {"user_id": self._people.bsuid_of(who, line.portfolio.id)})
            )
        if failed and not done:
            raise GraphError(139100, "None of the users could be changed: " + WHO_CAN_BE_BLOCKED)
        return {"messaging_product": "whatsapp", "block_users": {key: done} | ({"failed_users": failed} if failed else {})}

    def _wrote_today(self, line: Line, person_id: str) -> bool:
        pair = self._store.one("SELECT last_in FROM pairs WHERE number_id = ? AND person_id = ?", line.id, person_id)
        return pair is not None and self._clock.now() - pair["last_in"] < DAY

    def qr_codes(self, line: Line, base_url: str) -> Json:
        rows = self._store.all("SELECT * FROM qr_codes WHERE number_id = ? ORDER BY rowid", line.id)
        return {"data": [self._qr(row["code"], json.loads(row["doc"]), base_url) for row in rows]}

    def qr_code(self, line: Line, code: str, base_url: str) -> Json:
        row = self._store.one("SELECT * FROM qr_codes WHERE number_id = ? AND code = ?", line.id, code)
        if row is None:
            raise no_such_object(code, "GET")
        return self._qr(code, json.loads(row["doc"]), base_url)

    def save_qr(self, line: Line, body: Json, base_url: str) -> Json:
        text = the_text(body, "prefilled_message", "", most=PREFILLED_MOST)
        code = str(body.get("code") or qr_code())
        if body.get("code"):
            self.qr_code(line, code, base_url)
        doc: Json = {"prefilled_message": text, "image": body.get("generate_qr_image")}
        self._store.run("INSERT OR REPLACE INTO qr_codes VALUES (?, ?, ?)", code, line.id, json.dumps(doc))
        return self._qr(code, doc, base_url)

    def delete_qr(self, line: Line, code: str) -> Json:
        if self._store.run("DELETE FROM qr_codes WHERE number_id = ? AND code = ?", line.id, code) == 0:
            raise no_such_object(code, "DELETE")
        return {"success": True}

    def _qr(self, code: str, doc: Json, base_url: str) -> Json:
        view = {"code": code, "prefilled_message": doc["prefilled_message"], "deep_link_url": f"https://wa.me/message/{code}"}
        if doc.get("image"):
            view["qr_image_url"] = f"{base_url}/sandbox/qr/{quote(code)}.{str(doc['image']).lower()}"
        return view


def _pin(body: Json) -> str:
    pin = the_text(body, "pin", "", most=6)
    if not PIN.fullmatch(pin):
        raise GraphError(100, "Param pin must have 6 digits.")
    return pin
