"""The verbs by which people answer a customer; each checks the rules, then writes message, delivery and entry at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record, word
from inbox.conversations import status
from inbox.conversations.models import Conversation, Message
from inbox.conversations.models.message import Kind, Status
from inbox.conversations.sequence import hold
from inbox.lib import bell
from inbox.whatsapp import catalogue, media, payloads
from inbox.whatsapp.models import Template

from . import policy
from .compose import NO_TOKEN, check_payload, interactive, recipient_of
from .models import Delivery
from .refusals import Refused
from .write import OUTBOX_BELL, Draft, already_written, write


def send_text(
    conversation: Conversation, by: User, text: str, *, client_token: UUID, seen: int | None = None, reply_to: int | None = None
) -> Message:
    """Answer in free words. ``seen`` is the last message that the page showed; raises Refused."""
    if (written := already_written(conversation, by, client_token)) is not None:
        return written
    text = text.strip()
    if not text:
        raise Refused("empty", _("Write something first."), field="text")
    policy.check_free_form(conversation, by, seen=seen)
    check_payload(lambda: payloads.text(recipient_of(conversation.contact), text, opaque=NO_TOKEN), field="text")
    return write(
        conversation,
        by,
        Draft(kind=Kind.TEXT, code=Code.MESSAGE_SENT, client_token=client_token, text=text, reply_to=reply_to),
        lambda current: policy.check_free_form(current, by, seen=seen),
    )


def send_media(
    conversation: Conversation,
    by: User,
    upload: UploadedFile[bytes],
    *,
    client_token: UUID,
    caption: str = "",
    voice: bool = False,
    seen: int | None = None,
) -> Message:
    """Answer with a file: checked, stored privately, handed up by the outbox. Raises Refused."""
    if (written := already_written(conversation, by, client_token)) is not None:
        return written
    policy.check_free_form(conversation, by, seen=seen)
    try:
        stored = media.store_upload(upload, voice=voice)
    except media.MediaRefused as refused:
        raise Refused("bad_media", refused.sentence, field="file") from refused
    return write(
        conversation,
        by,
        Draft(
            kind=stored.kind,
            code=Code.MESSAGE_SENT,
            client_token=client_token,
            text=caption.strip() if stored.kind in (Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT) else "",
            file=stored.fields,
        ),
        lambda current: policy.check_free_form(current, by, seen=seen),
    )


def send_interactive(
    conversation: Conversation, by: User, content: dict[str, Any], *, client_token: UUID, seen: int | None = None
) -> Message:
    """Answer with buttons, a list, a link or a question; ``compose`` says what ``content`` holds. Raises Refused."""
    if (written := already_written(conversation, by, client_token)) is not None:
        return written
    policy.check_free_form(conversation, by, seen=seen)
    check_payload(lambda: interactive(recipient_of(conversation.contact), content, opaque=NO_TOKEN))
    return write(
        conversation,
        by,
        Draft(
            kind=Kind.INTERACTIVE,
            code=Code.MESSAGE_SENT,
            client_token=client_token,
            text=str(content.get("body", "")),
            content=content,
        ),
        lambda current: policy.check_free_form(current, by, seen=seen),
    )


def send_location(
    conversation: Conversation, by: User, place: dict[str, Any], *, client_token: UUID, seen: int | None = None
) -> Message:
    """Answer with a place: latitude and longitude in degrees, name and address if there are any. Raises Refused."""
    if (written := already_written(conversation, by, client_token)) is not None:
        return written
    policy.check_free_form(conversation, by, seen=seen)
    check_payload(lambda: payloads.location(recipient_of(conversation.contact), **place, opaque=NO_TOKEN))
    return write(
        conversation,
        by,
        Draft(kind=Kind.LOCATION, code=Code.MESSAGE_SENT, client_token=client_token, content=place),
        lambda current: policy.check_free_form(current, by, seen=seen),
    )


def send_template(
    conversation: Conversation,
    by: User,
    template: Template,
    values: dict[str, str],
    *,
    client_token: UUID,
    seen: int | None = None,
) -> Message:
    """Send an approved template with its fields filled in, inside or outside the window. Raises Refused."""
    if (written := already_written(conversation, by, client_token)) is not None:
        return written
    policy.check_template(conversation, by, template, seen=seen)
    try:
        filled = catalogue.fill(template, values)
    except catalogue.BadField as bad:
        raise Refused("bad_field", bad.sentence, field=bad.field, errors=bad.errors) from bad
    return write(
        conversation,
        by,
        Draft(
            kind=Kind.TEMPLATE,
            code=Code.TEMPLATE_SENT,
            client_token=client_token,
            text=filled.preview.body,
            content={
                "name": template.name,
                "language": template.language,
                "category": template.category,
                "components": filled.components,
                "preview": filled.preview.as_dict(),
            },
            told={"template": word(template.name), "language": word(template.language), "category": word(template.category)},
        ),
        lambda current: policy.check_template(current, by, template, seen=seen),
    )


@transaction.atomic
def retry(message: Message, by: User) -> Message:
    """Try a failed or unconfirmed message again, because a person says so. Raises Refused."""
    hold(message.number_id)
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("conversation__contact", "conversation__number", "number__connection", "delivery")
        .get(pk=message.pk)
    )
    if message.status not in (Status.FAILED, Status.UNKNOWN):
        raise Refused("not_failed", _("This message is already on its way."))
    if message.kind == Kind.TEMPLATE:
        policy.check_template(message.conversation, by, template_of(message), seen=None)
    else:
        policy.check_free_form(message.conversation, by, seen=None)
    # What failed gets a new token, lest late news of the old try settle the new one; what is unknown keeps its own, because news
    # of the old try is what we are waiting for.
    token = uuid4() if message.status == Status.FAILED else message.delivery.token
    now = timezone.now()
    Delivery.objects.filter(message=message).update(
        token=token,
        created_at=now,
        state=Delivery.State.QUEUED,
        due_at=now,
        attempts=0,
        handed_over=False,
        lease_until=None,
        error_code=None,
        settled_at=None,
    )
    Message.objects.filter(pk=message.pk).update(
        status=Status.QUEUED, failed_at=None, error_code=None, error_detail="", dismissed_at=None, external_id=None
    )
    message.refresh_from_db()
    status.tell(message)
    record(Code.MESSAGE_RETRIED, by=Actor.of(by), target=("message", message.pk), number_id=message.number_id)
    bell.ring(OUTBOX_BELL)
    return message


def template_of(message: Message) -> Template:
    """The template that a message was made from, as it is today. Raises Refused if it is gone."""
    made_from = {key: message.content[key] for key in ("name", "language")}
    template = Template.objects.filter(waba_id=message.number.connection.waba_id, **made_from).first()
    if template is None:
        raise Refused("template_not_approved", _("This template is no longer there. Pick another one."))
    return template


@transaction.atomic
def discard(message: Message, by: User) -> Message:
    """Set a failure aside: it stays in the thread, but no longer asks for attention."""
    policy.check_sender(message.conversation, by)
    hold(message.number_id)
    changed = Message.objects.filter(pk=message.pk, status__in=(Status.FAILED, Status.UNKNOWN), dismissed_at__isnull=True)
    if changed.update(dismissed_at=timezone.now()):
        message.refresh_from_db()
        status.tell(message)
        record(Code.MESSAGE_DISCARDED, by=Actor.of(by), target=("message", message.pk), number_id=message.number_id)
    return message
