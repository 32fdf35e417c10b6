"""Turns the items of a ``messages`` change into envelopes: what customers say, what became of what we said, reported errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from inbox.conversations.envelopes import AccountChanged, Edited, Envelope, Person, PersonChanged, Reacted, Revoked, Said

from .change import Change, each, faults
from .contents import READERS, Content, content_of, media_of, referral_of, shared_people
from .persons import address_of
from .reading import LONGEST_ID, Json, Malformed, flag, identifier, inner, inners, text, without_empty
from .statuses import read_status

LONGEST_KIND = 40
# What Meta's system messages tell about a person, with our word for it; older words are accepted too (protocol §2.8.14).
PERSON_CHANGES = {
    "user_changed_number": "phone",
    "customer_changed_number": "phone",
    "user_changed_user_id": "bsuid",
    "customer_identity_changed": "identity",
    "user_identity_changed": "identity",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What every message has whatever it says, and on which of three ways it came."""

    number_key: str
    at: datetime
    external_id: str
    person: Person
    echo: bool = False
    history: bool = False
    history_status: str = ""


def read(change: Change) -> Iterator[Envelope]:
    """Everything that a ``messages`` change holds."""
    yield from each(change, "messages", read_message)
    yield from each(change, "statuses", read_status)
    yield from each(change, "errors", read_error)


def read_message(change: Change, item: Json) -> Iterator[Envelope]:
    """A message from a customer."""
    person = change.persons.find(
        text(item, "from"), bsuid=text(item, "from_user_id"), parent_bsuid=text(item, "from_parent_user_id")
    )
    if not person.is_known():
        person = change.persons.only()
    yield open_frame(frame_of(change, item, person), item)


def frame_of(change: Change, item: Json, person: Person) -> Frame:
    """The frame of a message that came live; raises Malformed without an id, a number or a person."""
    if not person.is_known():
        raise Malformed("neither phone number nor user id")
    return Frame(change.number(), change.time_of(item), identifier(item, "id"), person)


def open_frame(frame: Frame, item: Json) -> Envelope:
    """The envelope for one message object, by its type."""
    match text(item, "type", LONGEST_KIND):
        case "reaction":
            reaction = inner(item, "reaction")
            return Reacted(
                frame.number_key,
                frame.at,
                frame.external_id,
                frame.person,
                target=identifier(reaction, "message_id"),
                emoji=text(reaction, "emoji", 32),
                echo=frame.echo,
            )
        case "edit":
            return _edited(frame, inner(item, "edit"))
        case "revoke":
            target = identifier(inner(item, "revoke"), "original_message_id")
            return Revoked(frame.number_key, frame.at, frame.external_id, frame.person, target=target, echo=frame.echo)
        case "system":
            return _system(frame, item)
        case kind:
            return _said(frame, item, _content(kind, item))


def _content(kind: str, item: Json) -> Content:
    """What the message says, or the visible placeholder that says why we cannot show it."""
    match kind:
        case "unsupported":
            what = text(inner(item, "unsupported"), "type", LONGEST_KIND)
            return _placeholder(what, "not_supported", item)
        case "contacts":
            content = shared_people(item)
        case "request_welcome":
            content = Content("system", content={"event": "welcome"})
        case _ if kind in READERS:
            content = content_of(kind, inner(item, kind))
        case _:
            return _placeholder(kind, "unknown_type", item)
    return content or _placeholder(kind, "error" if inners(item, "errors") else "malformed", item)


def _placeholder(what: str, reason: str, item: Json) -> Content:
    reported = faults(item)
    code = reported[0].code if reported else None
    return Content("unsupported", content=without_empty(what=what, reason=reason, code=code))


def _said(frame: Frame, item: Json, content: Content) -> Said:
    context = inner(item, "context")
    often = flag(context, "frequently_forwarded")
    product = inner(context, "referred_product")
    about = without_empty(
        product=without_empty(catalog=text(product, "catalog_id", 64), sku=text(product, "product_retailer_id", 200))
    )
    return Said(
        frame.number_key,
        frame.at,
        frame.external_id,
        frame.person,
        kind=content.kind,
        text=content.text,
        content={**content.content, **about},
        media=content.media,
        reply_to=text(context, "id", LONGEST_ID),
        forwarded="often" if often else "once" if flag(context, "forwarded") else "",
        referral=referral_of(item),
        group_key=text(item, "group_id", LONGEST_ID),
        faults=faults(item),
        echo=frame.echo,
        history=frame.history,
        history_status=frame.history_status,
    )


def _edited(frame: Frame, edit: Json) -> Edited:
    target = identifier(edit, "original_message_id")
    message = inner(edit, "message")
    kind = text(message, "type", LONGEST_KIND)
    own = inner(message, kind)
    return Edited(
        frame.number_key,
        frame.at,
        frame.external_id,
        frame.person,
        target=target,
        text=text(own, "body") or text(own, "caption"),
        media=media_of(own),
        echo=frame.echo,
    )


def _system(frame: Frame, item: Json) -> Envelope:
    """News about the person, or else a line of the system's own words in the thread."""
    system = inner(item, "system")
    event = text(system, "type", LONGEST_KIND)
    body = text(system, "body")
    change = PERSON_CHANGES.get(event, "")
    phone, bsuid = address_of(text(system, "wa_id") or text(system, "new_wa_id"))
    key_hash = text(inner(item, "identity"), "hash", 128) or text(system, "identity", 128)
    after = Person(
        bsuid=text(system, "user_id", 160) or bsuid,
        parent_bsuid=text(system, "parent_user_id", 160),
        phone=phone,
        identity_hash=key_hash if change == "identity" else "",
    )
    if not change or not (after.is_known() or after.identity_hash):
        return _said(frame, item, Content("system", body, without_empty(event=event)))
    return PersonChanged(frame.number_key, frame.at, frame.external_id, change, before=frame.person, after=after, text=body)


def read_error(change: Change, item: Json) -> Iterator[Envelope]:
    """An error that WhatsApp reports for the number rather than for one message."""
    fault = faults({"errors": [item]})[0]
    yield AccountChanged(
        change.number_key,
        change.at,
        account_key=change.account_key,
        subject="errors",
        event=str(fault.code),
        severity="warning",
        display_phone=change.display_phone,
        data=without_empty(code=fault.code, title=fault.title, details=fault.details),
    )
