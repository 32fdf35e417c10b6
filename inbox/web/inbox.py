"""The doors to the lists: each view of conversations, a page at a time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from inbox.conversations.views import View, teams_of_views

from .doors import asker, is_fragment, reading
from .listing import find_view, left_half, listing, remember, sort_of


@reading
def home(request: HttpRequest) -> HttpResponse:
    """The inbox begins with one's own work."""
    return redirect("inbox_view", "mine")


@reading
def view(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the built-in views."""
    return shown(request, find_view(slug, []))


@reading
def team(request: HttpRequest, slug: str) -> HttpResponse:
    """One team's conversations."""
    return shown(request, find_view(f"team/{slug}", teams_of_views(asker(request))))


def shown(request: HttpRequest, view: View) -> HttpResponse:
    """The whole page; for a script the list alone, or the rows after ``before``."""
    sort = sort_of(request)
    before = request.GET.get("before", "")
    if is_fragment(request):
        context = listing(asker(request), view, sort, before, timezone.now())
        answer = render(request, "inbox/_rows.html", context)
    else:
        context = left_half(request, view)
        if before:
            context |= listing(asker(request), view, sort, before, timezone.now()) | {"is_later_page": True}
        answer = render(request, "inbox/index.html", context)
    return remember(answer, view, sort)
