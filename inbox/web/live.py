"""Catching up: what a page that was away has missed. Push is a hint, this is the truth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation

from accounts.models import User
from inbox.conversations import views
from inbox.conversations.models import Conversation, Message, Number

from .doors import asker, reading
from .fragments import Audience, Change, changes

# A page that missed more than this is told to fetch itself again.
MOST_CONVERSATIONS = MOST_MESSAGES = 200


@reading
def since(request: HttpRequest) -> JsonResponse:
    """``?n1=12&n3=40&open=42``: what changed on the numbers with ids 1 and 3 after seqs 12 and 40, and in the open thread.

    ``seqs`` holds every number the person may see, so a page sees by itself that it lost or gained one. Numbers and
    conversations that do not exist and those that one may not see are passed over alike.
    """
    person = asker(request)
    # Read before the rows: what is committed in between is then told twice at worst, never left out.
    seqs = dict(Number.objects.visible_to(person).order_by("pk").values_list("pk", "seq"))
    known = {number: seq for number, seq in _asked(request.GET).items() if number in seqs}
    changed = _changed_conversations(known)
    opened = _whole(request.GET.get("open", ""))
    messages = _changed_messages(person, known, opened)
    reload = len(changed) > MOST_CONVERSATIONS or len(messages) > MOST_MESSAGES or any(seqs[n] < known[n] for n in known)
    found = {} if reload else changes(_wanted(changed, messages, opened), _audience())
    rows = {row["pk"]: row for row in [*messages, *changed]}
    return JsonResponse(
        {
            "seqs": seqs,
            "changes": [frame(rows[pk]["number"], rows[pk]["seq"], pk, change) for pk, change in found.items()],
            "counts": views.counts(person, timezone.now()),
            "reload": reload,
        }
    )


@reading
def counts(request: HttpRequest) -> JsonResponse:
    """How many conversations each view holds for whoever asks."""
    return JsonResponse({"counts": views.counts(asker(request), timezone.now())})


def frame(number: int, seq: int, conversation: int, change: Change) -> dict[str, Any]:
    """A change as frames and answers carry it."""
    return {"n": number, "s": seq, "c": conversation, **change}


def _changed_conversations(known: Mapping[int, int]) -> list[dict[str, Any]]:
    rows = Conversation.objects.filter(_after(known)).order_by("seq", "pk").values("pk", "number", "seq")
    return [dict(row) for row in rows[: MOST_CONVERSATIONS + 1]]


def _changed_messages(person: User, known: Mapping[int, int], opened: int | None) -> list[dict[str, Any]]:
    """Of the thread that is open: the same contact on the same number, in whichever conversation."""
    if opened is None:
        return []
    thread = Conversation.objects.visible_to(person).filter(pk=opened)
    found = Message.objects.filter(
        _after(known), contact__in=thread.values("contact"), number__in=thread.values("number")
    ).order_by("seq", "pk")
    return [
        {"pk": opened, "number": number, "seq": seq, "message": pk}
        for pk, number, seq in found.values_list("pk", "number", "seq")[: MOST_MESSAGES + 1]
    ]


def _wanted(
    changed: list[dict[str, Any]], messages: list[dict[str, Any]], opened: int | None
) -> list[tuple[int, list[int] | None]]:
    """Rows for all; for the open thread its lines as well."""
    conversations = dict.fromkeys(row["pk"] for row in [*changed, *messages])
    told = [row["message"] for row in messages]
    return [(pk, told if pk == opened else None) for pk in conversations]


def _after(known: Mapping[int, int]) -> Q:
    later = Q(pk__in=())
    for number, seq in known.items():
        later |= Q(number=number, seq__gt=seq)
    return later


def _asked(query: Mapping[str, Any]) -> dict[int, int]:
    pairs = ((_whole(name[1:]), _whole(str(value))) for name, value in query.items() if name.startswith("n"))
    return {number: seq for number, seq in pairs if number is not None and seq is not None}


def _whole(word: str) -> int | None:
    """A whole number that a database can hold, or None."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else None


def _audience() -> Audience:
    return Audience(translation.get_language() or "en", timezone.get_current_timezone_name())
