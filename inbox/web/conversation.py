"""The doors to one conversation: the whole of it, an earlier page, its composer, its contact."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from inbox.conversations.access import conversation_for, message_for, timeline

from .composing import Draft, composing
from .desk import desk, stretch
from .desk import details as details_of
from .desk import header as header_of
from .doors import asker, is_fragment, reading
from .listing import left_half


@reading
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The conversation beside the list that was open; for a script the desk alone."""
    conversation = conversation_for(asker(request), pk)
    context = desk(request, conversation)
    if is_fragment(request):
        return render(request, "conversation/_desk.html", context)
    return render(request, "conversation/show.html", left_half(request) | context)


@reading
def earlier(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of messages above ``?before=``; without a script, a page of its own."""
    conversation = conversation_for(asker(request), pk)
    before = request.GET.get("before", "")
    if not before.isdecimal() or len(before) > 18:
        raise Http404
    message = message_for(asker(request), int(before))
    if (message.contact_id, message.number_id) != (conversation.contact_id, conversation.number_id):
        raise Http404
    shown = stretch(conversation, message)
    context = {"conversation": conversation, "stretch": shown, "items": shown.items}
    if is_fragment(request):
        return render(request, "conversation/_items.html", context)
    return render(
        request, "conversation/show.html", left_half(request) | desk(request, conversation) | context | {"is_earlier_page": True}
    )


@reading
def composer(request: HttpRequest, pk: int) -> HttpResponse:
    """The composer as it has to be now: the script asks at the second the window closes, and for another template."""
    conversation = conversation_for(asker(request), pk)
    last = timeline(conversation, limit=1)
    context = composing(conversation, asker(request), last[0] if last else None, Draft.asked_for(request))
    if is_fragment(request):
        return render(request, "conversation/_composer.html", context)
    return render(request, "conversation/show.html", left_half(request) | desk(request, conversation))


@reading
def header(request: HttpRequest, pk: int) -> HttpResponse:
    """Who looks after it and what can be done with it: asked for anew when a colleague changed that."""
    conversation = conversation_for(asker(request), pk)
    if is_fragment(request):
        return render(request, "conversation/_header.html", header_of(conversation, asker(request), timezone.now()))
    return redirect("conversation", pk)


@reading
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """The contact's panel."""
    conversation = conversation_for(asker(request), pk)
    if is_fragment(request):
        return render(request, "conversation/_details.html", details_of(conversation))
    return render(request, "conversation/show.html", left_half(request) | desk(request, conversation) | {"details_open": True})
