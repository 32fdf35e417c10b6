"""Turns news about numbers and accounts, and every field that we do not know, into something people will see (protocol §2.10)."""

from __future__ import annotations

from collections.abc import Iterator

from inbox.conversations.envelopes import AccountChanged, Envelope

from .change import Change
from .reading import Json, inner, text, tidy

INFO, WARNING, DANGER = "info", "warning", "danger"
EVENTS = {
    "ACCOUNT_DELETED": DANGER,
    "ACCOUNT_RESTRICTION": DANGER,
    "ACCOUNT_VIOLATION": DANGER,
    "ACCOUNT_OFFBOARDED": DANGER,
    "DISABLED_UPDATE": DANGER,
    "PARTNER_REMOVED": DANGER,
    "PARTNER_APP_UNINSTALLED": WARNING,
    "DOWNGRADE": WARNING,
    "FLAGGED": WARNING,
    "THROUGHPUT_DOWNGRADE": WARNING,
    "PIN_CHANGED": WARNING,
    "PIN_RESET_REQUEST": WARNING,
    "PIN_RESET_SUCCESS": WARNING,
    "CLIENT_ERROR_RATE": WARNING,
    "ENDPOINT_ERROR_RATE": WARNING,
    "ENDPOINT_LATENCY": WARNING,
    "ENDPOINT_AVAILABILITY": WARNING,
    "FLOW_VERSION_EXPIRY_WARNING": WARNING,
}
DECISIONS = {"REJECTED": WARNING, "DECLINED": WARNING, "DISAPPROVED": WARNING}
ALERTS = {"CRITICAL": DANGER, "WARNING": WARNING}
# Fields that have no event of their own and are known all the same: what they say is in their values.
WITHOUT_EVENT = {"business_capability_update": "LIMITS", "business_username_updates": "USERNAME"}
ABOUT_US = {
    "account_alerts",
    "account_review_update",
    "account_settings_update",
    "account_update",
    "automatic_events",
    "business_capability_update",
    "business_username_updates",
    "consumer_profile",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "messaging_handovers",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "standby",
    "template_correct_category_detection",
}
LONGEST_WORD = 64


def read(change: Change) -> Iterator[Envelope]:
    """One piece of news per change. ``event`` is Meta's word, or ``unknown`` for a field that nobody here knows."""
    value = _flat(change.value)
    if change.field not in ABOUT_US:
        yield news(change, "unknown", severity=INFO, data=value)
        return
    event = text(value, "event", LONGEST_WORD)
    decision = text(value, "decision", LONGEST_WORD)
    alert = text(value, "alert_type", LONGEST_WORD)
    word = event or decision or alert or _first_type(value) or WITHOUT_EVENT.get(change.field, "received")
    severity = EVENTS.get(event) or DECISIONS.get(decision) or ALERTS.get(text(value, "alert_severity").upper()) or INFO
    if change.field == "flows" and text(value, "alert_state") == "DEACTIVATED":
        severity = INFO
    if text(inner(value, "ban_info"), "waba_ban_state") == "REINSTATE":
        severity = INFO
    yield news(change, word, severity=severity, data=value)


def news(change: Change, event: str, *, severity: str, data: Json) -> AccountChanged:
    """News with the change's own field as its subject."""
    return AccountChanged(
        change.number_key,
        change.at,
        account_key=change.account_key,
        subject=change.field[:LONGEST_WORD],
        event=event,
        severity=severity,
        display_phone=change.display_phone,
        data=tidy(data),
    )


def _flat(value: Json) -> Json:
    """Alerts come flat or inside ``alert_info``; metadata is known already and names nothing new."""
    rest = {key: each for key, each in value.items() if key not in ("metadata", "messaging_product", "alert_info")}
    return {**inner(value, "alert_info"), **rest}


def _first_type(value: Json) -> str:
    """Group news keeps its word in the items of a list."""
    groups = value.get("groups")
    if isinstance(groups, list):
        return next((word for group in groups if isinstance(group, dict) and (word := text(group, "type", LONGEST_WORD))), "")
    return ""
