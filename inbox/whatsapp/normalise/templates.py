"""Turns news about templates into envelopes (protocol §2.10).

Ids come as numbers here and as text in the API, languages with a hyphen here and an underscore there; both become the API's.
"""

from __future__ import annotations

from collections.abc import Iterator

from inbox.conversations.envelopes import Envelope, TemplateChanged

from .change import Change
from .reading import Json, inner, inners, language, later_moment, text, without_empty


def read_status(change: Change) -> Iterator[Envelope]:
    """Approved, rejected, paused and so on; the event is the status word in capitals, as ``Template.status`` has it."""
    value = change.value
    refusal, pause = inner(value, "rejection_info"), inner(value, "other_info")
    reason = text(value, "reason", 300)
    yield _news(
        change,
        text(value, "event", 40).upper() or "UNKNOWN",
        category=text(value, "message_template_category", 40),
        reason="" if reason == "NONE" else reason,
        data=without_empty(
            rejection=text(refusal, "reason", 1000),
            recommendation=text(refusal, "recommendation", 1000),
            disabled_at=later_moment(inner(value, "disable_info"), "disable_date"),
            title=text(pause, "title", 40),
            description=text(pause, "description", 1000),
        ),
    )


def read_quality(change: Change) -> Iterator[Envelope]:
    """Another quality score."""
    value = change.value
    before = text(value, "previous_quality_score", 12)
    yield _news(change, "quality", quality=text(value, "new_quality_score", 12), data=without_empty(before=before))


def read_components(change: Change) -> Iterator[Envelope]:
    """Somebody edited it; the texts are told, but only a new sync gives the whole template."""
    value = change.value
    buttons = [
        without_empty(
            type=text(button, "message_template_button_type", 40),
            text=text(button, "message_template_button_text", 200),
            url=text(button, "message_template_button_url", 2000),
            phone=text(button, "message_template_button_phone_number", 40),
        )
        for button in inners(value, "message_template_buttons")
    ]
    yield _news(
        change,
        "components",
        data=without_empty(
            header=text(value, "message_template_title", 1000),
            body=text(value, "message_template_element"),
            footer=text(value, "message_template_footer", 1000),
            buttons=buttons,
        ),
    )


def read_category(change: Change) -> Iterator[Envelope]:
    """The category changed, or will: then ``category`` is what it is now and ``data["next"]`` what it will be."""
    value = change.value
    now, next_one = text(value, "new_category", 40), text(value, "correct_category", 40)
    if next_one:
        at = later_moment(value, "category_update_timestamp")
        yield _news(change, "category_notice", category=now, data=without_empty(next=next_one, at=at))
    else:
        yield _news(change, "category", category=now, data=without_empty(before=text(value, "previous_category", 40)))


def _news(change: Change, event: str, *, category: str = "", quality: str = "", reason: str = "", data: Json) -> TemplateChanged:
    value = change.value
    return TemplateChanged(
        change.number_key,
        change.at,
        account_key=change.account_key,
        template_key=text(value, "message_template_id", 64),
        name=text(value, "message_template_name", 512),
        language=language(value, "message_template_language"),
        event=event,
        category=category,
        quality=quality,
        reason=reason,
        data=data,
    )
