"""The doors to one message: itself, a reaction to it, and what to do when it did not arrive."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from inbox.conversations.access import message_for
from inbox.conversations.models import Message
from inbox.replies.reactions import react
from inbox.replies.refusals import Refused
from inbox.replies.send import discard as set_aside
from inbox.replies.send import retry as try_again

from .bubbles import QUICK, bubble
from .doors import asker, doing, is_fragment, reading, told
from .listing import left_half


@reading
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One bubble; without a script, a page with what can be done with it."""
    message = message_for(asker(request), pk)
    context = {"bubble": bubble(message), "conversation": message.conversation, "quick": QUICK}
    if is_fragment(request):
        return render(request, "conversation/_message.html", context)
    return render(request, "conversation/message.html", left_half(request) | context)


@doing
def reactions(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an emoji on it; the same once more takes it away."""
    emoji = request.POST.get("emoji", "")

    def change(message: Message) -> None:
        ours = next((one.emoji for one in message.reactions.all() if one.ours), "")
        react(message, asker(request), "" if emoji == ours else emoji)

    return changed(request, pk, change)


@doing
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message that failed, or that nobody confirmed, once more."""
    return changed(request, pk, lambda message: try_again(message, asker(request)))


@doing
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a failure aside."""
    return changed(request, pk, lambda message: set_aside(message, asker(request)))


def changed(request: HttpRequest, pk: int, change: Callable[[Message], object]) -> HttpResponse:
    """Do something with a message and show it as it is then, or say why not."""
    message = message_for(asker(request), pk)
    sentence, status = "", HTTPStatus.OK
    try:
        change(message)
    except Refused as refused:
        sentence, status = refused.sentence, HTTPStatus(refused.status)
    if is_fragment(request):
        context = {"bubble": bubble(message_for(asker(request), pk))}
        answer = render(request, "conversation/_message.html", context, status=status)
        return told(answer, **{"parley:toast": {"text": sentence, "tone": "error"}}) if sentence else answer
    if sentence:
        messages.error(request, sentence)
    address = reverse("conversation", args=[message.conversation_id])
    return HttpResponseRedirect(f"{address}#message-{pk}", status=HTTPStatus.SEE_OTHER)
