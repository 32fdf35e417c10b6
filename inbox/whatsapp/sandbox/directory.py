"""Finds who owns what: numbers, WABAs, portfolios, apps, tokens, and the state each number is in."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from inbox.whatsapp.sandbox.clock import Clock
from inbox.whatsapp.sandbox.errors import GraphError, no_such_object
from inbox.whatsapp.sandbox.shapes import App, Json, Number, Portfolio, Token, Waba, World
from inbox.whatsapp.sandbox.store import Store

# Only these fields honour callback overrides (section 2.6); the others go to the app's own URL.
OVERRIDABLE = frozenset(
    {"messages", "message_echoes", "calls", "smb_message_echoes", "smb_app_state_sync", "history", "account_settings_update"}
)


@dataclass(frozen=True)
class Line:
    """A business number with the WABA and portfolio it belongs to."""

    number: Number
    waba: Waba
    portfolio: Portfolio

    @property
    def id(self) -> str:
        return self.number.id

    @property
    def metadata(self) -> Json:
        return {"display_phone_number": self.number.digits, "phone_number_id": self.number.id}


class Directory:
    """What the world file says, plus what calls have changed since."""

    def __init__(self, world: World, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self.apps: dict[str, App] = {app.id: app for app in world.apps}
        self.portfolios = {portfolio.id: portfolio for portfolio in world.portfolios}
        self.wabas = {waba.id: waba for portfolio in world.portfolios for waba in portfolio.wabas}
        self.lines = {
            number.id: Line(number, waba, portfolio)
            for portfolio in world.portfolios
            for waba in portfolio.wabas
            for number in waba.numbers
        }
        self._tokens = world.tokens
        for row in store.all("SELECT id, doc FROM apps"):
            if row["id"] in self.apps:
                self.apps[row["id"]] = replace(self.apps[row["id"]], **json.loads(row["doc"]))
        if not store.recall("subscriptions.begun"):
            for waba in self.wabas.values():
                for app_id in waba.app_ids:
                    self.subscribe(waba.id, app_id, None)
            store.remember("subscriptions.begun", True)

    def token(self, given: str) -> Token:
        """The token a call carries. Raises GraphError 190 when it is unknown or has expired."""
        for app in self.apps.values():
            if hmac.compare_digest(given.encode(), f"{app.id}|{app.secret}".encode()):
                return Token(given, app.id, tuple(waba.id for waba in self.wabas.values() if app.id in waba.app_ids))
        for token in self._tokens:
            if hmac.compare_digest(given.encode(), token.token.encode()):
                if self.has_expired(token):
                    raise expired_token()
                return token
        raise GraphError(190, subcode=463, message="Invalid OAuth access token - Cannot parse access token")

    def has_expired(self, token: Token) -> bool:
        return token.expires_at is not None and self._clock.now() >= self.ends(token)

    def ends(self, token: Token) -> int:
        """When the token ends, in Unix seconds (a time without zone is UTC); 0 for never."""
        if token.expires_at is None:
            return 0
        moment = datetime.fromisoformat(token.expires_at)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())

    def line(self, number_id: str, token: Token, method: str) -> Line:
        """The number, if it exists and the token reaches its WABA; else Graph's usual 'does not exist'."""
        line = self.lines.get(number_id)
        if line is None or line.waba.id not in token.waba_ids:
            raise no_such_object(number_id, method)
        return line

    def waba(self, waba_id: str, token: Token, method: str) -> Waba:
        if waba_id not in self.wabas or waba_id not in token.waba_ids:
            raise no_such_object(waba_id, method)
        return self.wabas[waba_id]

    def state(self, number_id: str) -> Json:
        """What calls have changed about a number: registered, pin, profile, override URL …"""
        row = self._store.one("SELECT doc FROM numbers WHERE id = ?", number_id)
        found: Json = json.loads(row["doc"]) if row is not None else {}
        return {"registered": True, "pin": None, "profile": {}, "override_url": None} | found

    def change_state(self, number_id: str, **changes: object) -> None:
        with self._store.together():
            doc = self.state(number_id) | changes
            self._store.run("INSERT OR REPLACE INTO numbers VALUES (?, ?)", number_id, json.dumps(doc))

    def change_app(self, app_id: str, *, callback_url: str, verify_token: str) -> None:
        doc = {"callback_url": callback_url, "verify_token": verify_token}
        self._store.run("INSERT OR REPLACE INTO apps VALUES (?, ?)", app_id, json.dumps(doc))
        self.apps[app_id] = replace(self.apps[app_id], **doc)

    def subscribe(self, waba_id: str, app_id: str, override_url: str | None) -> None:
        self._store.run("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?)", waba_id, app_id, override_url)

    def unsubscribe(self, waba_id: str, app_id: str) -> None:
        self._store.run("DELETE FROM subscriptions WHERE waba_id = ? AND app_id = ?", waba_id, app_id)

    def subscriptions(self, waba_id: str) -> list[tuple[App, str | None]]:
        rows = self._store.all("SELECT app_id, override_url FROM subscriptions WHERE waba_id = ? ORDER BY rowid", waba_id)
        return [(self.apps[row["app_id"]], row["override_url"]) for row in rows if row["app_id"] in self.apps]

    def targets(self, waba_id: str, number_id: str, field: str) -> list[tuple[str, str]]:
        """(app id, URL) of everyone who gets a change of this field: number override, WABA override, app URL."""
        override = self.state(number_id)["override_url"] if number_id else None
        found = []
        for app, waba_override in self.subscriptions(waba_id):
            special = (override or waba_override) if field in OVERRIDABLE else None
            found.append((app.id, special or app.callback_url))
        return found


def expired_token() -> GraphError:
    return GraphError(190, subcode=463, message="Error validating access token: Session has expired.")
