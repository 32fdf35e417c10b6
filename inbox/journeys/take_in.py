"""Opens an envelope and lets every room that it concerns do its part, all or nothing."""

from __future__ import annotations

import logging
from functools import singledispatch

from inbox.audit.codes import Code
from inbox.audit.record import WIRE, record, word
from inbox.compliance import consent
from inbox.compliance.models import Consent
from inbox.conversations import early, receive
from inbox.conversations.envelopes import (
    AccountChanged,
    AddressBookChanged,
    Edited,
    Envelope,
    PersonChanged,
    PreferenceChanged,
    Reacted,
    Revoked,
    Said,
    StatusChanged,
    TemplateChanged,
)
from inbox.conversations.identify import NobodyNamed, recognise
from inbox.conversations.known_as import take_change
from inbox.conversations.models import Message, Number
from inbox.conversations.models.message import Status
from inbox.conversations.sequence import hold
from inbox.lib.jobs import later
from inbox.replies.outbox import settle
from inbox.whatsapp import account, catalogue
from inbox.whatsapp.models import Connection

from .files import fetch_file

log = logging.getLogger(__name__)
MARKETING_STOPPED = 131050


class CannotTakeIn(Exception):
    """An envelope that is readable but has no place here; ``reason`` goes to quarantine."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Numbers:
    """Which number an app means by its id; remembers for the length of one batch."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], Number] = {}

    def of(self, app_id: int, number_key: str) -> Number:
        """The number; an app may only speak for its own. Raises CannotTakeIn."""
        if (app_id, number_key) not in self._found:
            connection = Connection.objects.select_related("number").filter(phone_number_id=number_key, app=app_id).first()
            if connection is None:
                raise CannotTakeIn("no number of this app has that id")
            self._found[app_id, number_key] = connection.number
        return self._found[app_id, number_key]


def take_in(app_id: int, envelope: Envelope, numbers: Numbers) -> None:
    """Do what an envelope says. Needs a transaction; a repeat adds nothing. Raises CannotTakeIn.

    ``app_id`` is the app whose secret signed the envelope.
    """
    if isinstance(envelope, AccountChanged | TemplateChanged):
        take_account_news(app_id, envelope)
        return
    number = numbers.of(app_id, envelope.number_key)
    hold(number.pk)
    try:
        _open(envelope, number)
    except NobodyNamed:
        raise CannotTakeIn("neither phone number nor user id") from None


def take_account_news(app_id: int, envelope: AccountChanged | TemplateChanged) -> None:
    """News that concerns a whole account rather than one conversation."""
    if not Connection.objects.filter(waba_id=envelope.account_key, app=app_id).exists():
        raise CannotTakeIn("no number of this app belongs to that account")
    if isinstance(envelope, TemplateChanged):
        if (template := catalogue.apply(envelope)) is not None:
            record(
                Code.TEMPLATE_CHANGED,
                by=WIRE,
                target=("template", template.pk),
                template=word(template.name),
                event=word(envelope.event),
            )
    elif (event := account.keep(envelope)) is not None:
        record(
            Code.ACCOUNT_EVENT, by=WIRE, target=("account_event", event.pk), subject=word(event.subject), event=word(event.event)
        )


@singledispatch
def _open(envelope: Envelope, number: Number) -> None:
    raise CannotTakeIn(f"nobody here opens a {type(envelope).__name__}")


@_open.register
def _(envelope: Said, number: Number) -> None:
    message, is_new = receive.take_message(number, envelope)
    if is_new and envelope.media is not None:
        later(fetch_file, message.attachment.pk)


@_open.register
def _(envelope: Reacted, number: Number) -> None:
    receive.take_reaction(number, envelope)


@_open.register
def _(envelope: Edited, number: Number) -> None:
    early.news(number, envelope.target, "edited", envelope.at, text=envelope.text)


@_open.register
def _(envelope: Revoked, number: Number) -> None:
    early.news(number, envelope.target, "revoked", envelope.at)


@_open.register
def _(envelope: StatusChanged, number: Number) -> None:
    if envelope.status not in Status.values:
        log.info("status word left alone", extra={"word": envelope.status[:20], "number": number.pk})
        return
    message = Message.objects.filter(number=number, external_id=envelope.external_id).first()
    if message is None and envelope.opaque:
        message = settle.accept_by_token(number.pk, envelope.opaque, envelope.external_id)
    fault = envelope.faults[0] if envelope.faults else None
    changed = early.news(
        number,
        envelope.external_id,
        envelope.status,
        envelope.at,
        message=message,
        code=fault.code if fault else None,
        detail=(fault.details or fault.title) if fault else "",
        pricing=envelope.pricing,
    )
    if changed and message is not None and fault is not None and envelope.status == Status.FAILED:
        note_failure(message, number, envelope, fault.code)


def note_failure(message: Message, number: Number, envelope: StatusChanged, code: int) -> None:
    """A message was refused after WhatsApp had taken it: keep what that teaches us."""
    record(Code.MESSAGE_FAILED, by=WIRE, target=("message", message.pk), number_id=number.pk, error=code)
    if code == MARKETING_STOPPED:
        consent.decide(
            message.contact,
            number,
            Consent.Purpose.MARKETING,
            Consent.Decision.STOPPED,
            at=envelope.at,
            source="delivery refused",
            by=WIRE,
        )


@_open.register
def _(envelope: PersonChanged, number: Number) -> None:
    take_change(number, envelope)


@_open.register
def _(envelope: PreferenceChanged, number: Number) -> None:
    decision = {"stop": Consent.Decision.STOPPED, "resume": Consent.Decision.GIVEN, "signup": Consent.Decision.GIVEN}.get(
        envelope.value
    )
    if decision is None:
        raise CannotTakeIn(f"preference {envelope.value[:20]!r} is not known")
    contact = recognise(number.portfolio, envelope.person, envelope.at)
    consent.decide(
        contact,
        number,
        Consent.Purpose.MARKETING,
        decision,
        at=envelope.at,
        source="whatsapp",
        evidence=envelope.detail,
        by=WIRE,
    )


@_open.register
def _(envelope: AddressBookChanged, number: Number) -> None:
    if envelope.action == "add":
        recognise(number.portfolio, envelope.person, envelope.at)
