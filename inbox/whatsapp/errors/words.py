"""The words in which people read the wire's errors: sentences for agents, and the labels of what to do next.

A sentence that names the customer begins with ``%(name)s``, so that "The customer" can stand in for a missing name.
"""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Step(StrEnum):
    """The one best thing to do after a failure; screens hang their buttons on these keys."""

    TEMPLATE = "template"
    RETRY = "retry"
    COPY = "copy"
    REATTACH = "reattach"
    WAIT = "wait"
    ADMIN = "admin"
    RECONNECT = "reconnect"
    REPORT = "report"
    FILL = "fill"
    SHORTEN = "shorten"
    LANGUAGE = "language"
    PICK = "pick"
    NUMBER = "number"
    ASK = "ask"
    UNBLOCK = "unblock"
    PHONE = "phone"
    CHECK = "check"
    IDENTITY = "identity"
    DETAILS = "details"
    NONE = "none"


LABELS = {
    Step.TEMPLATE: _("Send as template"),
    Step.RETRY: _("Try again"),
    Step.COPY: _("Copy text"),
    Step.REATTACH: _("Attach again"),
    Step.WAIT: _("Wait, then try again"),
    Step.ADMIN: _("Tell an admin"),
    Step.RECONNECT: _("Ask an admin to reconnect"),
    Step.REPORT: _("Report this"),
    Step.FILL: _("Open the template form"),
    Step.SHORTEN: _("Shorten the text"),
    Step.LANGUAGE: _("Pick another language"),
    Step.PICK: _("Pick another template"),
    Step.NUMBER: _("Check the number"),
    Step.ASK: _("Ask them to write first"),
    Step.UNBLOCK: _("Unblock"),
    Step.PHONE: _("Ask for the phone number"),
    Step.CHECK: _("Check before resending"),
    Step.IDENTITY: _("Confirm who this is"),
    Step.DETAILS: _("Copy details"),
    Step.NONE: "",
}

THE_CUSTOMER = _("The customer")

# Each of these is the sentence of one or more codes in ``table``.
CONNECTION_LOST = _("Our connection to WhatsApp expired or lost permission.")
TOO_FAST = _("Our number is sending too fast. This is tried again by itself.")
TOO_FAST_HERE = _("Too many messages went to this person too quickly. This is tried again by itself.")
BUSY_ELSEWHERE = _("Parley asked WhatsApp too often. This is tried again by itself.")
SPAM = _("This number is limited: too many people blocked or reported it.")
MISCLASSIFIED = _("WhatsApp limits this number because its templates were in the wrong category.")
TRY_LATER = _("WhatsApp wants us to wait before this is tried again.")
LOCKED = _("WhatsApp has locked this account or number.")
COUNTRY = _("WhatsApp does not let this account write to that country.")
DISPLAY_NAME = _("This number cannot send until WhatsApp has approved its display name.")
BILLING = _("There is a billing problem on the WhatsApp account.")
NOT_REGISTERED = _("This number is not registered with WhatsApp.")
MAINTENANCE = _("WhatsApp is upgrading this number. This is tried again by itself.")
PAYMENT_TERMS = _("The terms of WhatsApp Payments have not been accepted.")
NUMBER_GONE = _("WhatsApp does not know this number any more.")
TEMPORARY = _("WhatsApp had a temporary problem. This is tried again by itself.")
OUR_MISTAKE = _("Parley built this request wrongly.")
BLOCKED_BY_US = _("%(name)s is blocked on this number.")
EXPERIMENT = _("A WhatsApp experiment on marketing messages held this back.")
BAD_LINK = _("WhatsApp could not fetch the file from its link.")
TO_OURSELVES = _("A number cannot write to itself.")
UNDELIVERABLE = _("WhatsApp couldn't deliver this: not on WhatsApp, an old app version, or the terms were not accepted.")
TEST_NUMBER = _("This is a test number, and this person is not on its list of allowed recipients.")
GROUP = _("WhatsApp refused this for a group (code %(code)s).")
WINDOW_CLOSED = _("The 24-hour window had closed.")
HELD_BACK = _("WhatsApp held this back to limit marketing to this person. Wait at least 24 hours; don't resend.")
STOPPED_MARKETING = _("%(name)s stopped marketing messages from this number.")
UNSUPPORTED = _("This message type isn't supported.")
MEDIA_DOWN = _("The file couldn't be downloaded.")
MEDIA_UP = _("The file couldn't be uploaded: its type or size isn't accepted.")
UNAVAILABLE = _("The message isn't available yet.")
NEEDS_PHONE = _("This template needs a phone number, and we don't have one for this person.")
MARKETING_OFF = _("Marketing templates are switched off for this account.")
IDENTITY_CHANGED = _("%(name)s may have a new phone or may be someone else: the identity key changed.")
FIELDS = _("The template's fields don't match.")
NO_TRANSLATION = _("The template is missing in this language.")
TOO_LONG = _("The text is too long after filling the fields.")
POLICY = _("WhatsApp's policy rejects this template.")
PAUSED = _("WhatsApp has paused this template.")
DISABLED = _("WhatsApp has disabled this template for good.")
SYNCING = _("WhatsApp is still preparing this template.")
FORM_OFF = _("WhatsApp has blocked this form.")
FORM_SLOWED = _("WhatsApp limits how often this form may be sent.")
TEMPLATE_LIMIT = _("The account has as many templates as WhatsApp allows.")
TEMPLATE_EXISTS = _("A template with this name and language exists already.")
TEMPLATE_BUSY = _("This template cannot be changed now. Try again later.")
TEMPLATE_TEXT = _("A part of the template is too long or not formatted as WhatsApp wants it.")
TEMPLATE_FIELDS = _("The template has too many fields for its length, or a field at its start or end.")
INSIGHTS = _("Template figures are not available for this account.")
PIN_WRONG = _("The PIN is wrong.")
VERIFY_FIRST = _("The number has to be verified first.")
BLOCK_LIST = _("WhatsApp could not change the block list.")
CALLING = _("WhatsApp refused the call (code %(code)s).")
USERNAME = _("WhatsApp refused this username (code %(code)s).")
REFUSED = _("WhatsApp refused this (code %(code)s).")
OUTCOME_UNKNOWN = _("We don't know if this was sent.")
NO_CONNECTION = _("WhatsApp could not be reached. This is tried again by itself.")
