"""The doors by which an answer goes out: words, a file, buttons, a template."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from inbox.conversations.access import conversation_for, message_for, timeline
from inbox.conversations.models import Conversation, Message
from inbox.replies.policy import composer_for
from inbox.replies.refusals import Refused
from inbox.replies.send import send_interactive, send_media, send_template, send_text

from .bubbles import bubble
from .composing import Draft, composing
from .deeds import went
from .desk import desk
from .doors import asker, doing, is_fragment
from .forms import ButtonsForm, MediaForm, ReplyForm, Sending, TemplateForm
from .listing import left_half


@doing
def replies(request: HttpRequest, pk: int) -> HttpResponse:
    """Free words. Empty and too long are refused with the text kept."""
    conversation = conversation_for(asker(request), pk)
    form = ReplyForm(request.POST)
    draft = Draft(text=request.POST.get("text", ""), reply_to=request.POST.get("reply_to", ""))

    def send(token: UUID, seen: int | None) -> Message:
        said = form.cleaned_data
        return send_text(conversation, asker(request), said["text"], client_token=token, seen=seen, reply_to=said["reply_to"])

    return answered(request, conversation, form, draft, send)


@doing
def media(request: HttpRequest, pk: int) -> HttpResponse:
    """A file."""
    conversation = conversation_for(asker(request), pk)
    form = MediaForm(request.POST, request.FILES)
    draft = Draft(mode="media", caption=request.POST.get("caption", ""))

    def send(token: UUID, seen: int | None) -> Message:
        said = form.cleaned_data
        return send_media(conversation, asker(request), said["file"], client_token=token, caption=said["caption"], seen=seen)

    return answered(request, conversation, form, draft, send)


@doing
def interactive(request: HttpRequest, pk: int) -> HttpResponse:
    """A question with reply buttons; a button's place is the id that comes back when it is tapped."""
    conversation = conversation_for(asker(request), pk)
    form = ButtonsForm(request.POST)
    typed = tuple(request.POST.get(f"button_{place}", "") for place in (1, 2, 3))
    draft = Draft(mode="buttons", caption=request.POST.get("body", ""), buttons=typed)

    def send(token: UUID, seen: int | None) -> Message:
        buttons = [{"id": str(place), "title": title} for place, title in enumerate(form.buttons(), 1)]
        content = {"type": "buttons", "body": form.cleaned_data["body"], "choices": buttons}
        return send_interactive(conversation, asker(request), content, client_token=token, seen=seen)

    return answered(request, conversation, form, draft, send)


@doing
def templates(request: HttpRequest, pk: int) -> HttpResponse:
    """A template of the number's own account with its fields filled in."""
    conversation = conversation_for(asker(request), pk)
    form = TemplateForm(request.POST)
    draft = Draft(mode="template", template=request.POST.get("template", ""), values=form.values())

    def send(token: UUID, seen: int | None) -> Message:
        offered = {choice.template.pk: choice.template for choice in composer_for(conversation, asker(request)).templates}
        template = offered.get(form.cleaned_data["template"])
        if template is None:
            raise Refused("bad_field", str(form.fields["template"].error_messages["required"]), field="template")
        return send_template(conversation, asker(request), template, form.values(), client_token=token, seen=seen)

    return answered(request, conversation, form, draft, send)


def answered(
    request: HttpRequest,
    conversation: Conversation,
    form: Sending,
    draft: Draft,
    send: Callable[[UUID, int | None], Message],
) -> HttpResponse:
    """Send what is well formed. The answer is the new bubble, or the composer with the reason and everything typed."""
    if (refused := wrong(form)) is not None:
        return kept(request, conversation, draft.with_refusal(refused))
    try:
        message = send(form.cleaned_data["client_token"], form.cleaned_data["seen"])
    except Refused as why:
        return kept(request, conversation, draft.with_refusal(why))
    if not is_fragment(request):
        return went(request, message.conversation)
    sent = message_for(asker(request), message.pk)
    return render(request, "conversation/_message.html", {"bubble": bubble(sent)}, status=HTTPStatus.CREATED)


def wrong(form: Form) -> Refused | None:
    """The first thing that is wrong with a form, or None."""
    if form.is_valid():
        return None
    name, errors = next(iter(form.errors.items()))
    return Refused("bad_form", str(errors[0]), field=name)


def kept(request: HttpRequest, conversation: Conversation, draft: Draft) -> HttpResponse:
    """The composer again, saying why not and losing nothing."""
    refused = draft.refused
    status = refused.status if refused is not None else HTTPStatus.UNPROCESSABLE_ENTITY
    if is_fragment(request):
        last = timeline(conversation, limit=1)
        context: dict[str, Any] = composing(conversation, asker(request), last[0] if last else None, draft)
        return render(request, "conversation/_composer.html", context, status=status)
    context = left_half(request) | desk(request, conversation, draft)
    return render(request, "conversation/show.html", context, status=status)
