"""The things that go wrong on purpose: what can be switched on, for which number, how many times."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store

EVERYWHERE = "*"


@dataclass(frozen=True)
class Fault:
    """One fault: where it bites (webhook, status, send, media), a sentence, and its settings with defaults."""

    name: str
    bites: str
    sentence: str | Promise
    settings: tuple[tuple[str, int | str], ...] = ()


CATALOGUE = (
    Fault("bad_signature", "webhook", _("The webhook is signed with a wrong key.")),
    Fault("no_signature", "webhook", _("The webhook comes without a signature header.")),
    Fault("old_secret", "webhook", _("The webhook is signed with the app's former secret.")),
    Fault("duplicate_webhook", "webhook", _("The same webhook body is delivered several more times, at once."), (("copies", 2),)),
    Fault("webhooks_paused", "webhook", _("No webhook is delivered; what waits goes out in batches when this ends.")),
    Fault("slow_webhooks", "webhook", _("Every webhook leaves later than it should."), (("milliseconds", 3000),)),
    Fault("reverse_statuses", "status", _("Read comes before delivered, and delivered before sent.")),
    Fault("skip_delivered", "status", _("The delivered status never comes, only read.")),
    Fault("delivered_only", "status", _("Messages are delivered and never read.")),
    Fault("no_statuses", "status", _("A message is accepted and then never heard of again.")),
    Fault("duplicate_statuses", "status", _("Every status is reported twice.")),
    Fault("status_before_response", "status", _("Sent and delivered are reported before the send is answered.")),
    Fault(
        "hold_for_quality",
        "status",
        _("A template is held for quality review, then released or dropped."),
        (("then", "release"),),
    ),
    Fault(
        "fail_next",
        "send",
        _("A send fails with this code, in the answer or later as a status."),
        (("code", 131000), ("mode", "async")),
    ),
    Fault("window_closed", "send", _("A free-form send is refused because the 24-hour window is closed."), (("mode", "async"),)),
    Fault("rate_limited", "send", _("A send is answered 429 with code 130429."), (("code", 130429),)),
    Fault("server_error", "send", _("A send is answered with a 5xx page in HTML; nothing is sent."), (("status", 503),)),
    Fault("malformed_answer", "send", _("The message is sent, but the answer is not JSON.")),
    Fault("accept_then_hang", "send", _("The message is sent, but no answer comes."), (("milliseconds", 120000),)),
    Fault("accept_then_reset", "send", _("The message is sent, but the connection is reset instead of an answer.")),
    Fault("slow_answer", "send", _("The answer to a send takes longer."), (("milliseconds", 3000),)),
    Fault("token_expired", "send", _("Every call is refused because the access token has expired.")),
    Fault("media_expired", "media", _("A media download is answered 404, as after five minutes.")),
    Fault("media_endless", "media", _("A media download never ends.")),
    Fault("media_trickle", "media", _("A media download comes a few bytes at a time."), (("milliseconds", 1000),)),
)
BY_NAME = {fault.name: fault for fault in CATALOGUE}


class Faults:
    """The switchboard. A fault is on for one number or everywhere, N times or until switched off."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._on: list[Json] = store.recall("faults", [])

    def active(self) -> list[Json]:
        with self._lock:
            return [dict(entry) for entry in self._on]

    def switch_on(self, name: str, *, number: str = EVERYWHERE, times: int | None = None, settings: Json | None = None) -> Json:
        """Switches a fault on and gives its entry. Raises KeyError for an unknown name, ValueError for bad settings."""
        fault = BY_NAME[name]
        if times is not None and times < 1:
            raise ValueError("times is a positive number, or null for until switched off")
        entry: Json = {"name": name, "number": number, "times": times}
        for key, default in fault.settings:
            given = (settings or {}).get(key, default)
            entry[key] = type(default)(given)
        with self._lock:
            self._on = [other for other in self._on if (other["name"], other["number"]) != (name, number)]
            self._on.append(entry)
            self._store.remember("faults", self._on)
        return dict(entry)

    def switch_off(self, name: str, *, number: str | None = None) -> None:
        """Switches a fault off, for one number or (None) wherever it is on."""
        with self._lock:
            self._on = [
                entry for entry in self._on if entry["name"] != name or (number is not None and entry["number"] != number)
            ]
            self._store.remember("faults", self._on)

    def clear(self) -> None:
        with self._lock:
            self._on = []
            self._store.remember("faults", [])

    def is_on(self, name: str, number: str) -> bool:
        return any(entry["name"] == name and entry["number"] in (EVERYWHERE, number) for entry in self._on)

    def take(self, name: str, number: str) -> Json | None:
        """Gives the fault's settings if it bites now, and uses up one of its times."""
        if not self._on:
            return None
        with self._lock:
            entry = next((one for one in self._on if one["name"] == name and one["number"] in (number, EVERYWHERE)), None)
            if entry is None:
                return None
            taken = dict(entry)
            if entry["times"] is not None:
                entry["times"] -= 1
                self._on = [one for one in self._on if one["times"] != 0]
                self._store.remember("faults", self._on)
            return taken
