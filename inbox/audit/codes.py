"""Every deed that leaves an entry: its code, the sentence a person reads, and the only data it may carry.

A new deed is one member here. A sentence may use ``%(actor)s`` and the member's own data keys. Data holds ids, counts and
short words of ours; never message text, phone numbers, e-mail addresses, tokens or WhatsApp's ids.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Data keys that hold a person's id; a screen shows the name instead.
PERSON_KEYS = frozenset({"before", "after"})


class Sensitivity(StrEnum):
    """What a reader of the trail looks for."""

    WORK = "work"  # what was done for a customer
    PERSONAL = "personal"  # personal data was read or changed
    SECURITY = "security"  # ways in, rights, connections, the trail itself


WORK, PERSONAL, SECURITY = Sensitivity


class Code(Enum):
    """A deed: code, sensitivity, sentence, then the data keys it may carry."""

    if TYPE_CHECKING:
        sensitivity: Sensitivity
        sentence: Promise
        keys: frozenset[str]

    def __new__(cls, code: str, sensitivity: Sensitivity, sentence: Promise, *keys: str) -> Code:
        """The code alone is the value; the rest hangs on the member."""
        member = object.__new__(cls)
        member._value_ = code
        member.sensitivity = sensitivity
        member.sentence = sentence
        member.keys = frozenset(keys)
        return member

    @classmethod
    def of(cls, code: str) -> Code | None:
        """The deed of an entry's code; None for one that this version does not know."""
        return next((member for member in cls if member.value == code), None)

    CONVERSATION_OPENED = "conversation.opened", WORK, _("%(actor)s opened the conversation"), "message"
    CONVERSATION_ASSIGNED = (
        "conversation.assigned",
        WORK,
        _("%(actor)s assigned the conversation to %(after)s"),
        "before",
        "after",
    )
    CONVERSATION_UNASSIGNED = "conversation.unassigned", WORK, _("%(actor)s took the assignment away"), "before", "after"
    CONVERSATION_TEAM_CHANGED = (
        "conversation.team_changed",
        WORK,
        _("%(actor)s moved the conversation to team %(team)s"),
        "team",
        "previous",
    )
    CONVERSATION_RESOLVED = "conversation.resolved", WORK, _("%(actor)s resolved the conversation")
    CONVERSATION_REOPENED = "conversation.reopened", WORK, _("%(actor)s reopened the conversation")
    CONVERSATION_VIEWED = "conversation.viewed", PERSONAL, _("%(actor)s read the conversation"), "messages"

    MESSAGE_SENT = "message.sent", WORK, _("%(actor)s sent a message"), "message", "kind"
    MESSAGE_FAILED = "message.failed", WORK, _("A message was not delivered (error %(error)s)"), "message", "error"
    MESSAGE_RETRIED = "message.retried", WORK, _("%(actor)s sent a message once more"), "message"
    MESSAGE_DISCARDED = "message.discarded", WORK, _("%(actor)s set a failed message aside"), "message"
    TEMPLATE_SENT = (
        "template.sent",
        WORK,
        _("%(actor)s sent the template %(template)s"),
        "message",
        "template",
        "language",
        "category",
    )
    REACTION_SENT = "reaction.sent", WORK, _("%(actor)s reacted to a message"), "message", "removed"
    ATTACHMENT_VIEWED = "attachment.viewed", PERSONAL, _("%(actor)s opened a file"), "message", "mime"

    CONTACT_PHONE_CHANGED = "contact.phone_changed", PERSONAL, _("The contact's phone number changed")
    CONTACT_BSUID_CHANGED = "contact.bsuid_changed", PERSONAL, _("The contact's WhatsApp user id changed")
    CONTACT_IDENTITY_CHANGED = "contact.identity_changed", PERSONAL, _("The contact's WhatsApp identity changed")
    CONTACT_MERGED = "contact.merged", PERSONAL, _("Two contacts turned out to be one person"), "merged"
    CONSENT_GIVEN = "consent.given", PERSONAL, _("The contact agreed to receive %(purpose)s"), "purpose", "source"
    CONSENT_STOPPED = "consent.stopped", PERSONAL, _("The contact stopped %(purpose)s"), "purpose", "source"

    CONNECTION_CREATED = "connection.created", SECURITY, _("%(actor)s connected the number"), "sandbox"
    CONNECTION_CHANGED = "connection.changed", SECURITY, _("%(actor)s changed how the number is connected"), "changed"
    CONNECTION_STATE_CHANGED = (
        "connection.state_changed",
        SECURITY,
        _("The connection went from %(previous)s to %(state)s"),
        "state",
        "previous",
        "error",
    )
    TEMPLATE_CHANGED = (
        "template.changed",
        WORK,
        _("WhatsApp changed the template %(template)s: %(event)s"),
        "template",
        "language",
        "event",
        "status",
        "category",
    )
    ACCOUNT_EVENT = (
        "account.event",
        SECURITY,
        _("WhatsApp reported news about the account: %(subject)s"),
        "subject",
        "event",
        "severity",
        "account_event",
    )
    EVENT_QUARANTINED = (
        "event.quarantined",
        SECURITY,
        _("A part of a webhook could not be taken in"),
        "raw_event",
        "quarantined",
        "place",
    )
    EVENT_REPLAYED = (
        "event.replayed",
        SECURITY,
        _("%(actor)s had webhooks taken in again (%(count)s)"),
        "raw_event",
        "quarantined",
        "count",
    )

    PERSON_INVITED = "person.invited", SECURITY, _("%(actor)s invited somebody as %(role)s"), "invitation", "role", "teams"
    PERSON_INVITATION_REVOKED = "person.invitation_revoked", SECURITY, _("%(actor)s took an invitation back"), "invitation"
    PERSON_JOINED = "person.joined", SECURITY, _("%(actor)s accepted an invitation"), "invitation", "role", "teams"
    PERSON_SIGNED_IN = "person.signed_in", SECURITY, _("%(actor)s signed in"), "method"
    PERSON_SIGNED_OUT = "person.signed_out", SECURITY, _("%(actor)s signed out"), "method"
    PERSON_SIGNIN_FAILED = "person.signin_failed", SECURITY, _("Somebody failed to sign in"), "method", "reason"
    PERSON_SESSION_ENDED = "person.session_ended", SECURITY, _("%(actor)s ended a session"), "sessions"
    PERSON_LINK_MADE = "person.link_made", SECURITY, _("%(actor)s made a sign-in link"), "link", "minutes"
    PERSON_PASSWORD_CHANGED = "person.password_changed", SECURITY, _("%(actor)s changed a password")
    PERSON_SECOND_STEP_CHANGED = (
        "person.second_step_changed",
        SECURITY,
        _("%(actor)s changed the second step of signing in"),
        "method",
        "change",
    )
    PERSON_PROFILE_CHANGED = "person.profile_changed", SECURITY, _("%(actor)s changed a profile"), "changed"
    PERSON_DEACTIVATED = "person.deactivated", SECURITY, _("%(actor)s deactivated somebody"), "sessions"
    PERSON_REACTIVATED = "person.reactivated", SECURITY, _("%(actor)s let somebody in again")
    PERSON_ROLE_CHANGED = (
        "person.role_changed",
        SECURITY,
        _("%(actor)s changed a role from %(previous)s to %(role)s"),
        "role",
        "previous",
    )
    PERSON_TEAM_CHANGED = "person.team_changed", SECURITY, _("%(actor)s changed who is in team %(team)s"), "team", "change"
    TEAM_CREATED = "team.created", SECURITY, _("%(actor)s created the team %(team)s"), "team"
    NUMBER_GRANTED = "number.granted", SECURITY, _("%(actor)s gave a right on the number: %(right)s"), "right", "person", "team"
    NUMBER_REVOKED = "number.revoked", SECURITY, _("%(actor)s took a right on the number: %(right)s"), "right", "person", "team"
    CLEARANCE_GIVEN = "clearance.given", SECURITY, _("%(actor)s cleared somebody to answer customers"), "until", "reason"
    CLEARANCE_WITHDRAWN = "clearance.withdrawn", SECURITY, _("%(actor)s withdrew somebody's clearance"), "reason"

    TRAIL_VIEWED = "trail.viewed", SECURITY, _("%(actor)s read the trail"), "page"
    TRAIL_VERIFIED = "trail.verified", SECURITY, _("%(actor)s verified the trail"), "whole", "fault"
