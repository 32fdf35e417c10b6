"""The left half of the inbox: the views with their counts, and one view's conversations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team, User
from inbox.conversations.models import Conversation, Number
from inbox.conversations.views import VIEWS, View, counts, team_view, teams_of_views
from inbox.routing.clearance import is_cleared

from .bubbles import QUICK
from .doors import asker
from .epoch import epoch
from .paging import NEWEST, SORTS, page
from .rows import row

# Remembers which list a person had open, so that a conversation opened by its address has it beside it.
VIEW_COOKIE = "view"
SORT_COOKIE = "sort"


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the views."""

    view: View
    href: str
    count: int | None
    is_here: bool


def link_to(view: View) -> str:
    """The address of a view."""
    if view.slug.startswith("team/"):
        return reverse("inbox_team", args=[view.slug.removeprefix("team/")])
    return reverse("inbox_view", args=[view.slug])


def find_view(slug: str, teams: list[Team]) -> View:
    """The view of this name; raises Http404 for none, and for a team whose numbers one does not see."""
    if slug in VIEWS:
        return VIEWS[slug]
    for team in teams:
        if slug == f"team/{team.slug}":
            return team_view(team)
    raise Http404


def remembered(request: HttpRequest, teams: list[Team]) -> View:
    """The view that was open last, else "mine"."""
    try:
        return find_view(request.COOKIES.get(VIEW_COOKIE, "mine"), teams)
    except Http404:
        return VIEWS["mine"]


def sort_of(request: HttpRequest) -> str:
    """The order asked for, else the one used last, else newest first."""
    wanted = request.GET.get("sort") or request.COOKIES.get(SORT_COOKIE, NEWEST)
    return wanted if wanted in SORTS else NEWEST


def remember(answer: HttpResponse, view: View, sort: str) -> HttpResponse:
    """Keep view and order for the next page."""
    for name, value in ((VIEW_COOKIE, view.slug), (SORT_COOKIE, sort)):
        answer.set_cookie(name, value, httponly=True, samesite="Lax", secure=settings.PRODUCTION)
    return answer


def listing(person: User, view: View, sort: str, before: str, now: datetime) -> dict[str, Any]:
    """One page of a view, as ``inbox/_rows.html`` wants it."""
    found = page(view.apply(Conversation.objects.visible_to(person).for_list(), person, now), sort, before)
    return {
        "view": view,
        "view_key": view.key(person),
        "view_href": link_to(view),
        "sort": sort,
        "rows": [row(conversation, now) for conversation in found.conversations],
        "next": found.next,
    }


def left_half(request: HttpRequest, view: View | None = None, team_slug: str = "") -> dict[str, Any]:
    """Everything to the left of the thread. Raises Http404 for a view that is not this person's.

    The seqs are read before anything else: what changes while the page is made is then asked for again, never missed.
    """
    person, now = asker(request), timezone.now()
    seqs = {number.pk: number.seq for number in Number.objects.visible_to(person)}
    teams = teams_of_views(person)
    if team_slug:
        view = find_view(f"team/{team_slug}", teams)
    view = view or remembered(request, teams)
    tally = counts(person, now, teams)
    links = [Link(one, link_to(one), tally.get(one.slug), one.slug == view.slug) for one in VIEWS.values()]
    team_links = [
        Link(one, link_to(one), tally.get(one.slug), one.slug == view.slug) for one in (team_view(team) for team in teams)
    ]
    shown = listing(person, view, sort_of(request), "", now)
    return {
        **shown,
        "section": "inbox",
        "links": links,
        "team_links": team_links,
        "count": tally.get(view.slug),
        "tally": tally,
        "live_seqs": seqs,
        "live_seqs_json": json.dumps(seqs),
        "live_epoch": epoch(),
        "quick_reactions": QUICK,
        # Only an empty list says what a missing clearance means.
        "is_cleared": bool(shown["rows"]) or is_cleared(person),
    }
