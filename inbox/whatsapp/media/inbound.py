"""Fetches one inbound file: claim, ask for the link, download, check, keep. Every step may be repeated (protocol section 4)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from inbox.conversations.models import Attachment, Message
from inbox.conversations.models.attachment import private_storage
from inbox.whatsapp import limits
from inbox.whatsapp.client import Download, Graph
from inbox.whatsapp.errors import BAD_DOWNLOAD, LinkExpired, TooLarge, WireError
from inbox.whatsapp.models import Connection

from .images import BadImage, is_picture, measure
from .kinds import INBOUND, INBOUND_MOST
from .names import clean_filename, random_name
from .sniff import HEAD, PROGRAM, sniff

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=10)  # longer than the five minutes that a download may take
KEEP_TRYING = timedelta(days=6)  # WhatsApp forgets after seven
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
LINKS_PER_TRY = 2
TRIES_WHEN_REFUSED = 3  # "no such object" has been seen to pass

# English sentences for people; screens translate them, the row keeps the source.
TOO_LARGE = gettext_noop("It is larger than 100 MB.")
WRONG_TYPE = gettext_noop("Its type is not one that we keep.")
A_PROGRAM = gettext_noop("It could be a program.")
BAD_PICTURE = gettext_noop("It is not a readable picture.")
TOO_LATE = gettext_noop("WhatsApp keeps files for seven days, and it could not be fetched in time.")
GONE = gettext_noop("WhatsApp no longer has it.")
NOT_NOW = gettext_noop("WhatsApp did not hand it over. It is tried again by itself.")
DAMAGED = gettext_noop("It arrived damaged. It is tried again by itself.")
NO_ROOM = gettext_noop("There was no room to keep it. It is tried again by itself.")
NOT_CONNECTED = gettext_noop("The number is not connected to WhatsApp. It is tried again by itself.")
REASONS = (TOO_LARGE, WRONG_TYPE, A_PROGRAM, BAD_PICTURE, TOO_LATE, GONE, NOT_NOW, DAMAGED, NO_ROOM, NOT_CONNECTED)

State = Attachment.State
OPEN_STATES = (State.WAITING, State.RETRYING)


class _Again(Exception):
    """Worth another try later."""

    def __init__(self, reason: str, after: timedelta = timedelta()) -> None:
        super().__init__(reason)
        self.reason, self.after = reason, after


class _Never(Exception):
    """Not worth another try; ``state`` is FAILED (it could not be had) or REFUSED (we do not want it)."""

    def __init__(self, state: Attachment.State, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def due(now: datetime, limit: int) -> list[int]:
    """Ids of inbound files whose next try is due at ``now``, longest waiting first."""
    rows = Attachment.objects.filter(_free(now), state__in=OPEN_STATES, message__direction=Message.Direction.IN)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def fetch(attachment_id: int) -> Attachment | None:
    """Fetches one file if it is due and nobody else is at it. Gives the row when its state may have changed, else None.

    Leaves it ready, retrying (with ``due_at``), failed or refused, with a reason in English (``REASONS``). Does its HTTP
    outside of transactions and never raises for what the wire does.
    """
    now = timezone.now()
    until = now + LEASE
    claimed = Attachment.objects.filter(
        _free(now), pk=attachment_id, state__in=OPEN_STATES, message__direction=Message.Direction.IN
    )
    if not claimed.update(lease_until=until, attempts=F("attempts") + 1):
        return None
    attachment = Attachment.objects.select_related("message__number__connection").get(pk=attachment_id)
    try:
        columns = _bring(attachment)
    except _Never as never:
        columns = {"state": never.state, "reason": never.reason, "due_at": None}
    except _Again as again:
        columns = _later(attachment, again, timezone.now())
    # Whoever lost the lease meanwhile must not write over the other's work.
    if Attachment.objects.filter(pk=attachment_id, lease_until=until).update(lease_until=None, **columns):
        attachment.refresh_from_db()
        return attachment
    if columns.get("file"):
        private_storage().delete(columns["file"])
    return None


def _free(now: datetime) -> Q:
    return (Q(lease_until__isnull=True) | Q(lease_until__lte=now)) & (Q(due_at__isnull=True) | Q(due_at__lte=now))


def _later(attachment: Attachment, again: _Again, now: datetime) -> dict[str, Any]:
    wait = limits.backoff(attachment.attempts - 1, f"attachment {attachment.pk}", first=FIRST_WAIT, most=LONGEST_WAIT)
    due_at = now + max(wait, again.after)
    forgotten = attachment.remote_until or attachment.message.created_at + KEEP_TRYING
    log.info("file not fetched", extra={"attachment": attachment.pk, "attempts": attachment.attempts})
    if due_at > forgotten:
        return {"state": State.FAILED, "reason": TOO_LATE, "due_at": None}
    return {"state": State.RETRYING, "reason": again.reason, "due_at": due_at}


def _bring(attachment: Attachment) -> dict[str, Any]:
    """Downloads, checks and keeps the file; gives the row's new columns. Raises _Again, _Never."""
    connection: Connection | None = getattr(attachment.message.number, "connection", None)
    if connection is None:
        raise _Again(NOT_CONNECTED)
    try:
        fetched = _download(attachment, Graph(connection))
    except TooLarge:
        raise _Never(State.REFUSED, TOO_LARGE) from None
    except WireError as error:
        if error.permanent and attachment.attempts >= TRIES_WHEN_REFUSED:
            raise _Never(State.FAILED, GONE) from None
        raise _Again(NOT_NOW, timedelta(seconds=error.retry_after or 0)) from None
    except OSError:
        raise _Again(NO_ROOM) from None
    with fetched.file:
        columns = _checked(attachment, fetched)
        try:
            columns["file"] = private_storage().save(random_name(), File(fetched.file))
        except OSError:
            raise _Again(NO_ROOM) from None
    return columns


def _download(attachment: Attachment, graph: Graph) -> Download:
    """Asks for a link and follows it; a link that has expired meanwhile is asked for once more."""
    for _link in range(LINKS_PER_TRY):
        link = graph.media_url(attachment.remote_id)
        if link.size > INBOUND_MOST:
            raise TooLarge(BAD_DOWNLOAD)
        try:
            fetched = graph.download(link.url, limit=INBOUND_MOST)
        except LinkExpired:
            continue
        expected = {digest for digest in (link.sha256, attachment.sha256) if digest}
        if (expected and fetched.sha256 not in expected) or (not expected and link.size not in (0, fetched.size)):
            fetched.file.close()
            raise _Again(DAMAGED)
        return fetched
    raise _Again(NOT_NOW)


def _checked(attachment: Attachment, fetched: Download) -> dict[str, Any]:
    """The row's columns for a file that is what its kind of message may be. Raises _Never."""
    head = fetched.file.read(HEAD)
    fetched.file.seek(0)
    claimed = attachment.claimed_mime or fetched.claimed_mime
    mime = sniff(head, claimed, attachment.filename)
    if mime == PROGRAM:
        raise _Never(State.REFUSED, A_PROGRAM)
    if mime not in INBOUND.get(attachment.message.kind, INBOUND["document"]):
        raise _Never(State.REFUSED, WRONG_TYPE)
    columns: dict[str, Any] = {
        "state": State.READY,
        "reason": "",
        "due_at": None,
        "mime": mime,
        "claimed_mime": claimed[:127],
        "filename": clean_filename(attachment.filename),
        "size": fetched.size,
        "sha256": fetched.sha256,
    }
    if is_picture(mime):
        try:
            seen = measure(fetched.file, mime)
        except BadImage:
            raise _Never(State.REFUSED, BAD_PICTURE) from None
        columns |= {"width": seen.width, "height": seen.height, "animated": seen.animated}
    return columns
