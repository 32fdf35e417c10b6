"""The doors behind which something is done with a conversation: assign, resolve, reopen, note that it was read."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.conversations.access import conversation_for
from inbox.conversations.models import Conversation
from inbox.conversations.resolve import AnotherIsOpen, note_reading
from inbox.replies.reading import tell_customer
from inbox.routing.assign import CannotAssign, assign, candidates
from inbox.routing.close import NotCleared, reopen, resolve

from .desk import header
from .doors import asker, doing, is_fragment, told


@doing
def assignment(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the conversation to ``person``, or to nobody when that is empty; ``expected`` is who the page showed."""
    conversation = conversation_for(asker(request), pk)
    people = {str(person.pk): person for person in candidates(conversation)}
    wanted, shown = request.POST.get("person", ""), request.POST.get("expected", "")
    if wanted and wanted not in people:
        return answered(request, conversation, error=_("This person cannot answer on this number."))
    try:
        conversation = assign(conversation, people.get(wanted), asker(request), expected=people.get(shown))
    except CannotAssign as refused:
        return answered(request, conversation_for(asker(request), pk), error=refused.sentence)
    owner = conversation.assignee
    return answered(
        request, conversation, _("Assigned to %(name)s.") % {"name": owner} if owner else _("Nobody looks after it now.")
    )


@doing
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """Resolve; the script then goes on to the next row."""
    conversation = conversation_for(asker(request), pk)
    try:
        conversation = resolve(conversation, asker(request))
    except NotCleared as refused:
        return answered(request, conversation, error=refused.sentence)
    name = conversation.contact.display_name
    return answered(request, conversation, _("Resolved %(name)s.") % {"name": name}, onward=conversation.pk)


@doing
def reopening(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it up again, unless the customer has begun another one."""
    conversation = conversation_for(asker(request), pk)
    try:
        conversation = reopen(conversation, asker(request))
    except AnotherIsOpen as other:
        messages.info(request, _("This contact already has an open conversation; here it is."))
        return went(request, other.open)
    except NotCleared as refused:
        return answered(request, conversation, error=refused.sentence)
    return answered(request, conversation, _("Open again."))


@doing
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """The page says that its reader has seen everything."""
    conversation = conversation_for(asker(request), pk)
    if note_reading(conversation, asker(request)):
        tell_customer(conversation)
    if is_fragment(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return went(request, conversation)


def answered(
    request: HttpRequest, conversation: Conversation, sentence: str = "", *, error: str = "", onward: int | None = None
) -> HttpResponse:
    """Back to the conversation with a sentence; for a script its header as it is now, and the sentence as an event."""
    if not is_fragment(request):
        if sentence or error:
            messages.add_message(request, messages.ERROR if error else messages.SUCCESS, error or sentence)
        return went(request, conversation)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    answer = render(request, "conversation/_header.html", header(conversation, asker(request), timezone.now()), status=status)
    events: dict[str, Any] = {"parley:toast": {"text": error or sentence, "tone": "error" if error else "success"}}
    if onward:
        events["parley:onward"] = {"from": onward}
    return told(answer, **events)


def went(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """To the conversation's own page."""
    address = reverse("conversation", args=[conversation.pk])
    if is_fragment(request):
        answer = HttpResponse(status=HTTPStatus.NO_CONTENT)
        answer["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
