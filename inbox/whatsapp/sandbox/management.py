"""Sends the webhooks that are not about messages: templates, account, quality, security … (section 2.10)."""

from __future__ import annotations

from inbox.whatsapp.sandbox.clock import DAY, Clock
from inbox.whatsapp.sandbox.directory import Directory, Line
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.webhooks import Webhooks


class Management:
    def __init__(self, clock: Clock, directory: Directory, webhooks: Webhooks) -> None:
        self._clock, self._directory, self._webhooks = clock, directory, webhooks

    def tell(self, waba_id: str, field: str, value: Json, *, number_id: str = "") -> int:
        """Queues one change of a field for every subscribed app; gives how many were told."""
        now = self._clock.outside(self._clock.now())
        targets = self._directory.targets(waba_id, number_id, field)
        for app_id, url in targets:
            self._webhooks.queue(
                app_id=app_id,
                url=url,
                number_id=number_id,
                waba_id=waba_id,
                field=field,
                value=value,
                at=None if number_id else now,
            )
        return len(targets)

    def sample(self, field: str, waba_id: str) -> Json | None:
        """A complete value for a field, about a number of that WABA; None for a field without one."""
        line = next((line for line in self._directory.lines.values() if line.waba.id == waba_id), None)
        if line is None:
            return None
        now = self._clock.outside(self._clock.now())
        return _samples(line, now).get(field)


def _samples(line: Line, now: int) -> dict[str, Json]:
    template: Json = {
        "message_template_id": 910000111222,
        "message_template_name": "order_update",
        "message_template_language": "en",
    }
    phone = {"display_phone_number": line.number.digits}
    envelope = {"messaging_product": "whatsapp", "metadata": line.metadata}
    return {
        "message_template_status_update": template
        | {"event": "APPROVED", "message_template_category": "UTILITY", "reason": "NONE"},
        "message_template_quality_update": template | {"previous_quality_score": "GREEN", "new_quality_score": "YELLOW"},
        "message_template_components_update": template
        | {
            "message_template_title": "Order",
            "message_template_element": "Hello {{1}}, it is on its way.",
            "message_template_footer": "Kirkgate & Aurora",
        },
        "template_category_update": template
        | {"new_category": "UTILITY", "correct_category": "MARKETING", "category_update_timestamp": now + int(DAY)},
        "phone_number_quality_update": phone
        | {
            "event": "THROUGHPUT_UPGRADE",
            "current_limit": "TIER_UNLIMITED",
            "max_daily_conversations_per_business": "TIER_UNLIMITED",
        },
        "phone_number_name_update": phone
        | {"decision": "APPROVED", "requested_verified_name": line.number.verified_name, "rejection_reason": None},
        "account_review_update": {"decision": "APPROVED"},
        "account_update": {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}},
        "account_alerts": {
            "entity_type": "BUSINESS",
            "entity_id": line.portfolio.id,
            "alert_severity": "INFORMATIONAL",
            "alert_status": "NONE",
            "alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
            "alert_description": "The limit was not raised this time.",
        },
        "business_capability_update": {
            "max_daily_conversations_per_business": 2000,
            "max_phone_numbers_per_business": 20,
            "max_phone_numbers_per_waba": 20,
        },
        "security": phone | {"event": "PIN_CHANGED", "requester": "61550000111"},
        "account_settings_update": envelope | {"timestamp": str(now), "type": "phone_number_settings"},
        "messages": envelope
        | {
            "errors": [
                {
                    "code": 130429,
                    "title": "Rate limit hit",
                    "message": "Rate limit hit",
                    "error_data": {"details": "Message failed to send because there were too many messages."},
                }
            ]
        },
        "smb_message_echoes": envelope
        | {
            "message_echoes": [
                {
                    "from": line.number.digits,
                    "to": "447700900123",
                    "id": "wamid.U0FNUExFLUVDSE8=",
                    "timestamp": str(now),
                    "type": "text",
                    "text": {"body": "On my way"},
                }
            ]
        },
        "flows": {
            "event": "FLOW_STATUS_CHANGE",
            "message": "A flow changed its status.",
            "flow_id": "1000200030004000",
            "old_status": "DRAFT",
            "new_status": "PUBLISHED",
        },
    }
