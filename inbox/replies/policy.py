"""The customer's rules and ours, asked before anything is sent: window, consent, template, clearance, colleagues."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import may
from inbox.compliance.consent import has_stopped_marketing
from inbox.conversations.models import Conversation, Message, Number
from inbox.routing.clearance import is_cleared
from inbox.whatsapp import catalogue
from inbox.whatsapp.models import Template

from .refusals import Refused

APPROVED = "APPROVED"


@dataclass(frozen=True)
class TemplateChoice:
    """A template as the composer offers it; ``refusal`` says why it cannot be sent now, or is empty."""

    template: Template
    refusal: str = ""


@dataclass(frozen=True)
class Composer:
    """What the composer may be for a person now: ``mode`` is reply, template, or none, and ``reason`` says why."""

    mode: str
    reason: str = ""
    window_until: datetime | None = None
    templates: list[TemplateChoice] = field(default_factory=list)


def check_sender(conversation: Conversation, by: User) -> None:
    """Refuse a person who may not answer here."""
    if not may(by, "answer_customers") or not may_answer_on(conversation.number_id, by):
        raise Refused("not_yours", _("You can read this conversation but not answer on this number. Ask your supervisor."))
    if not is_cleared(by):
        raise Refused(
            "no_clearance",
            _("You can answer customers once your training is finished. Until then you can read along."),
            next_step="training",
        )


def may_answer_on(number_id: int, by: User) -> bool:
    """True if this person holds the right to answer on the number."""
    return Number.objects.granted_to(by, "answer_number").filter(pk=number_id).exists()


def check_free_form(conversation: Conversation, by: User, *, seen: int | None) -> None:
    """Refuse a free-form message that may not go out now."""
    check_sender(conversation, by)
    check_reachable(conversation)
    check_window(conversation)
    check_seen(conversation, by, seen)


def check_window(conversation: Conversation) -> None:
    """Refuse free-form messages outside the 24-hour window (protocol section 6.3)."""
    if not conversation.window_is_open(timezone.now()):
        raise Refused(
            "window_closed",
            _("The 24-hour window has closed, so WhatsApp only allows an approved template. Your text is kept."),
            next_step="template",
        )


def check_reachable(conversation: Conversation) -> None:
    """Refuse contacts that we have no way to write to."""
    if not (conversation.contact.phone or conversation.contact.bsuid):
        raise Refused(
            "unreachable", _("WhatsApp gave us neither a phone number nor an id for this person, so nothing can be sent.")
        )


def check_seen(conversation: Conversation, by: User, seen: int | None) -> None:
    """Refuse an answer whose writer has not seen a colleague's newer one (ux section 4.9)."""
    if seen is None:
        return
    newer = Message.objects.filter(conversation=conversation, direction=Message.Direction.OUT, pk__gt=seen).exclude(author=by)
    if (message := newer.select_related("author").order_by("pk").last()) is not None:
        name = str(message.author) if message.author else _("A colleague")
        raise Refused(
            "unseen_reply",
            _("%(name)s answered while you were writing. Read that first; your text is kept.") % {"name": name},
            newer=message,
        )


def check_template(conversation: Conversation, by: User, template: Template, *, seen: int | None) -> None:
    """Refuse a template that may not go to this contact now."""
    check_sender(conversation, by)
    check_reachable(conversation)
    if sentence := refusal_of(template, conversation, marketing_stopped=marketing_is_stopped(conversation)):
        raise Refused(code_of_refusal(template, conversation), sentence)
    check_seen(conversation, by, seen)


def refusal_of(template: Template, conversation: Conversation, *, marketing_stopped: bool) -> str:
    """Why a template cannot be sent in this conversation, or ""."""
    if template.status != APPROVED:
        return state_sentence(template)
    if template.category == "MARKETING" and marketing_stopped:
        return _("%(name)s stopped marketing messages from this number.") % {"name": conversation.contact.display_name}
    if not catalogue.is_supported(template):
        return _("This kind of template cannot be sent from here.")
    return ""


def code_of_refusal(template: Template, conversation: Conversation) -> str:
    """The machine's word for why ``refusal_of`` refused."""
    if template.status != APPROVED:
        return "template_not_approved"
    return "marketing_stopped" if template.category == "MARKETING" and marketing_is_stopped(conversation) else "bad_field"


def marketing_is_stopped(conversation: Conversation) -> bool:
    """True if this contact stopped marketing from this number."""
    return has_stopped_marketing(conversation.contact, conversation.number) is not None


def state_sentence(template: Template) -> str:
    """Why a template that is not approved cannot be sent."""
    match template.status:
        case "PENDING" | "IN_APPEAL":
            return _("WhatsApp is still reviewing this template.")
        case "REJECTED":
            return _("WhatsApp rejected this template: %(reason)s") % {"reason": template.reason or _("no reason given")}
        case "PAUSED":
            return _("WhatsApp paused this template because of its quality. Pick another one.")
        case "DISABLED":
            return _("WhatsApp disabled this template for good. Pick another one.")
        case _:
            return _("This template cannot be sent now (%(status)s).") % {"status": template.status.lower()}


def composer_for(conversation: Conversation, person: User) -> Composer:
    """What the composer shows a person in a conversation now."""
    try:
        check_sender(conversation, person)
        check_reachable(conversation)
    except Refused as refused:
        return Composer("none", refused.sentence, conversation.window_until)
    if conversation.window_is_open(timezone.now()):
        return Composer("reply", window_until=conversation.window_until, templates=choices(conversation))
    return Composer(
        "template",
        _("Only approved templates can be sent now."),
        conversation.window_until,
        choices(conversation),
    )


def choices(conversation: Conversation) -> list[TemplateChoice]:
    """Every template of the number's account: what can be sent first, then the contact's language, marketing last."""
    connection = getattr(conversation.number, "connection", None)
    if connection is None:
        return []
    language = conversation.contact.language[:2]
    stopped = marketing_is_stopped(conversation)
    rows = Template.objects.filter(waba_id=connection.waba_id)
    found = [TemplateChoice(row, refusal_of(row, conversation, marketing_stopped=stopped)) for row in rows]

    def place(choice: TemplateChoice) -> tuple[bool, bool, bool, str]:
        row = choice.template
        return bool(choice.refusal), row.category == "MARKETING", row.language[:2] != language, row.name

    return sorted(found, key=place)
