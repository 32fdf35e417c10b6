"""Does the HTTP of one delivery, outside every transaction, and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from inbox.conversations.models import Attachment
from inbox.replies.compose import payload_of
from inbox.replies.models import Delivery
from inbox.whatsapp import media
from inbox.whatsapp.client import Accepted, Graph
from inbox.whatsapp.errors import WireError
from inbox.whatsapp.payloads import PayloadRefused

# Connecting, waiting for the first byte and reading the answer, each to its time-out.
LONGEST_SEND = timedelta(seconds=100)


@dataclass(frozen=True)
class Outcome:
    """What came of one try: accepted, handed up (its file is there now), refused by our own checks, an error of the wire, or
    too late to begin. ``of_file``: only the file was concerned, nothing can have reached the customer.
    """

    delivery: Delivery
    accepted: Accepted | None = None
    remote_id: str = ""
    refused: PayloadRefused | None = None
    error: WireError | None = None
    of_file: bool = False
    too_late: bool = False


def send(delivery: Delivery) -> Outcome:
    """Hand one message to WhatsApp. Never raises for what the wire does.

    What waited so long behind slow ones that its lease could end before the answer comes is not begun.
    """
    if delivery.lease_until is None or timezone.now() > delivery.lease_until - LONGEST_SEND:
        return Outcome(delivery, too_late=True)
    try:
        payload = payload_of(delivery.message, str(delivery.token))
        return Outcome(delivery, accepted=Graph(delivery.number.connection).send(payload))
    except PayloadRefused as refused:
        return Outcome(delivery, refused=refused)
    except WireError as error:
        return Outcome(delivery, error=error)


def hand_up_file(delivery: Delivery) -> Outcome:
    """Bring the message's file to WhatsApp first; nothing reaches the customer yet, so it may be repeated freely."""
    try:
        remote_id = media.upload(delivery.message.attachment, Graph(delivery.number.connection))
    except WireError as error:
        return Outcome(delivery, error=error, of_file=True)
    return Outcome(delivery, remote_id=remote_id, of_file=True)


def file_to_hand_up(delivery: Delivery) -> Attachment | None:
    """The file that WhatsApp does not hold yet (or holds no longer), if the message has one."""
    file: Attachment | None = getattr(delivery.message, "attachment", None)
    return file if file is not None and not media.is_at_whatsapp(file) else None
