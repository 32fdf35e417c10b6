"""Statuses, people, templates, accounts, calls and coexistence: every field becomes envelopes with all that it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox.conversations.envelopes import (
    AccountChanged,
    AddressBookChanged,
    Fault,
    Person,
    PersonChanged,
    PreferenceChanged,
    Revoked,
    Unreadable,
)

from .table import (
    AMARA,
    NUMBER,
    OUR_PHONE,
    PAYLOADS,
    PHONE_ONLY,
    RECEIVED,
    Table,
    at,
    media,
    news,
    opened,
    said,
    status,
    template,
)
from .test_messages import TABLE as MESSAGES

PRICING = {"billable": True, "model": "PMP", "type": "regular", "category": "service"}
WINDOW = {"id": "c0ffee", "origin": "referral_conversion", "until": "2025-11-25T08:27:24+00:00"}
WITHOUT_NAME = Person(bsuid=AMARA.bsuid, phone=AMARA.phone)

STATUSES: Table = {
    "status-sent": [status("sent", 44, opaque="d118", pricing={**PRICING, "window": WINDOW})],
    "status-delivered": [status("delivered", 45, pricing=PRICING)],
    "status-read": [status("read", 46)],
    "status-played": [status("played", 47)],
    "status-failed": [
        status("failed", 50, person=PHONE_ONLY, faults=(Fault(131049, "Not delivered", "To keep the ecosystem healthy."),))
    ],
    "status-without-phone": [status("delivered", 45, person=Person(bsuid=AMARA.bsuid, username="amara.osei"))],
    "status-of-group": [status("read", 46, person=WITHOUT_NAME, participant="447700900123")],
    "status-unknown-word": [status("warning", 46, person=WITHOUT_NAME)],
}

PEOPLE: Table = {
    "preference-stop": [
        PreferenceChanged(
            NUMBER, at(100), WITHOUT_NAME, "marketing_messages", "stop", "User requested to stop marketing messages"
        )
    ],
    "preference-signup": [PreferenceChanged(NUMBER, at(100), Person(bsuid=AMARA.bsuid), "marketing_messages", "signup", "su-1")],
    "user-id-update": [
        PersonChanged(
            NUMBER,
            at(1001),
            "",
            "bsuid",
            Person(bsuid=AMARA.bsuid, parent_bsuid="GB.ENT.5520861324904177", phone=AMARA.phone, name="Amara Osei"),
            Person(bsuid="GB.11823366450970011", parent_bsuid="GB.ENT.1182336645097001", phone=AMARA.phone, name="Amara Osei"),
            "Number changed",
        )
    ],
}

TEMPLATES: Table = {
    "template-rejected": [
        template(
            "REJECTED",
            category="UTILITY",
            reason="INVALID_FORMAT",
            data={"rejection": "A variable stands at the end.", "recommendation": "Put words after it."},
        )
    ],
    "template-approved": [template("APPROVED", category="UTILITY")],
    "template-paused": [template("PAUSED", data={"title": "FIRST_PAUSE", "description": "Paused for three hours."})],
    "template-disabled": [template("DISABLED", data={"disabled_at": "2025-11-22T08:26:40+00:00"})],
    "template-quality": [template("quality", quality="YELLOW", data={"before": "GREEN"})],
    "template-components": [
        template(
            "components",
            data={
                "header": "Your order",
                "body": "It left: {{1}}",
                "footer": "Kirkgate Tools",
                "buttons": [{"type": "URL", "text": "Track", "url": "https://example.org/t"}],
            },
        )
    ],
    "template-category-notice": [
        template("category_notice", category="UTILITY", data={"next": "MARKETING", "at": "2025-11-23T08:26:40+00:00"})
    ],
    "template-category": [template("category", category="MARKETING", data={"before": "UTILITY"})],
}

# File, subject, event, severity, and what the data must hold among other things.
ACCOUNT = [
    ("template-category-detected", "template_correct_category_detection", "received", "info", {"correct_category": "MARKETING"}),
    ("number-quality", "phone_number_quality_update", "THROUGHPUT_UPGRADE", "info", {"current_limit": "TIER_UNLIMITED"}),
    ("number-name", "phone_number_name_update", "REJECTED", "warning", {"rejection_reason": "NAME_NOT_CLEAR"}),
    ("account-review", "account_review_update", "APPROVED", "info", {"decision": "APPROVED"}),
    (
        "account-alert",
        "account_alerts",
        "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
        "warning",
        {"alert_description": "Later."},
    ),
    ("account-alert-nested", "account_alerts", "OBA_REJECTED", "danger", {"alert_status": "ACTIVE"}),
    ("account-capability", "business_capability_update", "LIMITS", "info", {"max_phone_numbers_per_business": 20}),
    ("account-security", "security", "PIN_CHANGED", "warning", {"requester": "61550000111"}),
    ("account-restricted", "account_update", "ACCOUNT_RESTRICTION", "danger", {"event": "ACCOUNT_RESTRICTION"}),
    ("account-violation", "account_update", "ACCOUNT_VIOLATION", "danger", {"violation_info": {"violation_type": "ADULT"}}),
    ("account-disabled", "account_update", "DISABLED_UPDATE", "danger", {"event": "DISABLED_UPDATE"}),
    ("account-reinstated", "account_update", "DISABLED_UPDATE", "info", {"event": "DISABLED_UPDATE"}),
    ("account-partner-removed", "account_update", "PARTNER_REMOVED", "danger", {"event": "PARTNER_REMOVED"}),
    ("account-username", "business_username_updates", "USERNAME", "info", {"username": "kirkgate.tools"}),
    ("account-flow", "flows", "ENDPOINT_ERROR_RATE", "warning", {"alert_state": "ACTIVATED"}),
    ("account-settings", "account_settings_update", "received", "info", {"type": "phone_number_settings"}),
    ("account-unknown-field", "pigeon_post", "unknown", "info", {"pigeons": 3}),
    ("group-lifecycle", "group_lifecycle_update", "group_lifecycle", "info", {}),
    ("group-participants", "group_participants_update", "group_participants", "info", {}),
    ("group-settings", "group_settings_update", "group_settings", "info", {}),
    ("group-status", "group_status_update", "group_status", "info", {}),
    ("logged-messaging-handovers", "messaging_handovers", "received", "info", {"detail": {"seen": True}}),
    ("logged-standby", "standby", "received", "info", {}),
    ("logged-consumer-profile", "consumer_profile", "received", "info", {}),
    ("logged-automatic-events", "automatic_events", "received", "info", {}),
    ("logged-payment-configuration-update", "payment_configuration_update", "received", "info", {}),
    ("logged-partner-solutions", "partner_solutions", "received", "info", {}),
]

CALL_ENDED = {
    "event": "terminate",
    "outcome": "completed",
    "seconds": 60,
    "started_at": "2025-11-22T08:33:20+00:00",
    "ended_at": "2025-11-22T08:34:20+00:00",
}
OF_NUMBER = {"number_key": NUMBER, "display_phone": OUR_PHONE, "at": RECEIVED}
CALLS: Table = {
    "call-begun": [said("wacid.1", "call", at=at(400), content={"event": "connect"})],
    "call-ended": [said("wacid.1", "call", at=at(400), content=CALL_ENDED)],
    "call-of-ours": [
        news("calls", "connect", **OF_NUMBER, data={"call": "wacid.2", "event": "connect"}),
        news("calls", "RINGING", **OF_NUMBER, data={"call": "wacid.2", "status": "RINGING"}),
    ],
}

OLD = {"history": True, "person": PHONE_ONLY}
COEXISTENCE: Table = {
    "echo-text": [said("wamid.echo.1", "text", "On my way", at=at(200), person=WITHOUT_NAME, echo=True)],
    "echo-revoke": [Revoked(NUMBER, at(201), "wamid.echo.2", PHONE_ONLY, "wamid.echo.1", echo=True)],
    "echo-other-app": [said("wamid.echo.3", "image", at=at(202), person=PHONE_ONLY, echo=True, media=media("408", "image/png"))],
    "address-book": [
        AddressBookChanged(NUMBER, at(300), Person(phone="447700900456", name="Noor Haddad"), "add"),
        AddressBookChanged(NUMBER, at(301), Person(phone="447700900457"), "remove"),
    ],
    "history": [
        news("history", "progress", **OF_NUMBER, data={"phase": 0, "chunk": 1, "progress": 55}),
        said("wamid.old.1", "text", "We close at six", at=at(-2_800_000), echo=True, history_status="read", **OLD),
        said(
            "wamid.old.2",
            "unsupported",
            at=at(-2_799_940),
            content={"what": "media_placeholder", "reason": "unknown_type"},
            history_status="delivered",
            **OLD,
        ),
        Unreadable(NUMBER, RECEIVED, "entry[0].changes[0].value.history[0].threads[0].messages[2]", "not an object", "broken"),
    ],
    "history-declined": [
        news(
            "history",
            "declined",
            "warning",
            **OF_NUMBER,
            data={
                "code": 2593109,
                "title": "History sync is turned off by the business",
                "details": "The business chose not to share it.",
            },
        )
    ],
}

TABLE: Table = STATUSES | PEOPLE | TEMPLATES | CALLS | COEXISTENCE


@pytest.mark.parametrize("name", TABLE)
def test_each_field_becomes_its_envelopes(name: str) -> None:
    assert opened(name) == TABLE[name]


@pytest.mark.parametrize(("name", "subject", "event", "severity", "holds"), ACCOUNT)
def test_news_about_the_account_is_kept_for_people(
    name: str, subject: str, event: str, severity: str, holds: dict[str, object]
) -> None:
    (found,) = opened(name)
    assert isinstance(found, AccountChanged)
    expected = news(subject, event, severity)
    assert found == replace(expected, number_key=found.number_key, display_phone=found.display_phone, data=found.data)
    assert found.data.items() >= holds.items()


def test_every_payload_is_in_a_table() -> None:
    tested = {*MESSAGES, *TABLE, "batch-of-everything", *(row[0] for row in ACCOUNT)}
    assert {path.stem for path in PAYLOADS.glob("*.json")} == tested
