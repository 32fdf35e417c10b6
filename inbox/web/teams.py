"""The admin's page about teams: which there are and who is in them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import origin_of
from accounts.models import Team, User
from accounts.permissions import add_member, create_team, remove_member
from accounts.refusals import Refused

from .people import asker, for_managers
from .people_forms import TeamForm


@require_http_methods(["GET", "POST"])
@for_managers
def teams(request: HttpRequest) -> HttpResponse:
    """Every team with its people; on POST one team more."""
    form = TeamForm(request.POST or None)
    if form.is_valid():
        try:
            team = create_team(form.cleaned_data["name"], asker(request), origin=origin_of(request))
        except Refused as refused:
            form.add_error("name", refused.sentence)
        else:
            messages.success(request, _("Team %(team)s is there. Add its people.") % {"team": team})
            return redirect("teams")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/teams.html", {"teams": _with_people(), "form": form}, status=status)


@require_POST
@for_managers
def team_members(request: HttpRequest, slug: str) -> HttpResponse:
    """Take somebody into a team."""
    return _change(request, slug, request.POST.get("person", ""), joining=True)


@require_POST
@for_managers
def team_member_removal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take somebody out of a team."""
    return _change(request, slug, str(pk), joining=False)


def _with_people() -> list[dict[str, Any]]:
    """Every team with its active people and those who could join, in three queries."""
    people = User.objects.filter(is_active=True).order_by("name", "pk")
    everybody = list(people)
    shown = []
    for team in Team.objects.select_related("group").prefetch_related(Prefetch("group__user_set", people)):
        members = list(team.group.user_set.all())
        shown.append({"team": team, "members": members, "others": [each for each in everybody if each not in members]})
    return shown


def _change(request: HttpRequest, slug: str, pk: str, *, joining: bool) -> HttpResponse:
    team = get_object_or_404(Team, slug=slug)
    person = get_object_or_404(User, pk=int(pk) if pk.isdecimal() and len(pk) <= 18 else 0)
    change = add_member if joining else remove_member
    try:
        change(team, person, asker(request), origin=origin_of(request))
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        said = _("%(name)s is in %(team)s now.") if joining else _("%(name)s is no longer in %(team)s.")
        messages.success(request, said % {"name": person, "team": team})
    return redirect("teams")
