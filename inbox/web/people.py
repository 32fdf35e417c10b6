"""The admin's pages about people: who works here, as what, since when, and how they come and go."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actors import origin_of
from accounts.invitations import Invited, invite, resend, waiting_invitations, withdraw
from accounts.leaving import deactivate, reactivate
from accounts.models import Invitation, User
from accounts.permissions import ROLES, add_member, may, remove_member, role_of, set_role, teams_of
from accounts.refusals import Refused
from accounts.sessions import end_session, last_seen, sessions_of

from .people_forms import InviteForm, RoleForm, TeamsForm

SHOWN = 200  # people on one page; more are found by searching

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_managers(view: View[P]) -> View[P]:
    """Only for those who manage people; to everybody else the page does not exist."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not may(request.user, "manage_people"):
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View[P]", guarded)


def asker(request: HttpRequest) -> User:
    """Whoever asks, in a view that only lets in those who are signed in."""
    assert isinstance(request.user, User)
    return request.user


@require_GET
@for_managers
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, the active first, with role, teams and when they were last here; and who is invited."""
    return _page(request, InviteForm())


@require_POST
@for_managers
def invitations(request: HttpRequest) -> HttpResponse:
    """Ask somebody in and show the link, this once."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            return _show_link(request, invite(**form.cleaned_data, by=asker(request), origin=origin_of(request)))
        except Refused as refused:
            form.add_error("email" if refused.code.startswith("is_") else None, refused.sentence)
    return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@for_managers
def invitation_renewal(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for an invitation, shown this once; the old one is dead."""
    found = get_object_or_404(Invitation, pk=pk)
    try:
        return _show_link(request, resend(found, asker(request), origin=origin_of(request)))
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("people")


@require_POST
@for_managers
def invitation_withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an invitation's link dead."""
    found = get_object_or_404(Invitation, pk=pk)
    return _do(request, lambda: withdraw(found, asker(request), origin=origin_of(request)), _("Invitation withdrawn."))


@require_GET
@for_managers
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: role, teams, where they are signed in."""
    found = get_object_or_404(User, pk=pk)
    context = {
        "person": found,
        "own": found.pk == request.user.pk,
        "role": ROLES.get(role_of(found)),
        "teams": teams_of(found),
        "role_form": RoleForm(initial={"role": role_of(found)}),
        "teams_form": TeamsForm(initial={"teams": [team.slug for team in teams_of(found)]}),
        "sessions": sessions_of(found),
    }
    return render(request, "accounts/person.html", context)


@require_POST
@for_managers
def person_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person another role."""
    found, form = get_object_or_404(User, pk=pk), RoleForm(request.POST)
    role = form.cleaned_data["role"] if form.is_valid() else ""
    done = _("Role changed. It holds from now on.")
    return _do(request, lambda: set_role(found, role, asker(request), origin=origin_of(request)), done, found)


@require_POST
@for_managers
def person_teams(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person into exactly the ticked teams."""
    found, form = get_object_or_404(User, pk=pk), TeamsForm(request.POST)
    if not form.is_valid():
        raise Http404
    wanted, now = set(form.cleaned_data["teams"]), set(teams_of(found))

    def change() -> None:
        for team in wanted - now:
            add_member(team, found, asker(request), origin=origin_of(request))
        for team in now - wanted:
            remove_member(team, found, asker(request), origin=origin_of(request))

    return _do(request, change, _("Teams changed. They hold from now on."), found)


@require_POST
@for_managers
def person_session_end(request: HttpRequest, pk: int, session: int) -> HttpResponse:
    """Sign a person out of one place."""
    found = get_object_or_404(User, pk=pk)
    if not end_session(found, session, asker(request), origin=origin_of(request)):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("person", pk)


@require_http_methods(["GET", "POST"])
@for_managers
def person_deactivation(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what deactivating means, then do it."""
    found = get_object_or_404(User, pk=pk)
    if request.method == "GET":
        context = {"person": found, "role": ROLES.get(role_of(found)), "teams": teams_of(found)}
        return render(request, "accounts/deactivation.html", context)
    done = _("%(name)s is deactivated and signed out everywhere.") % {"name": found}
    return _do(request, lambda: deactivate(found, asker(request), origin=origin_of(request)), done, found)


@require_POST
@for_managers
def person_reactivation(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody back in."""
    found = get_object_or_404(User, pk=pk)
    done = _("%(name)s may sign in again.") % {"name": found}
    return _do(request, lambda: reactivate(found, asker(request), origin=origin_of(request)), done, found)


def _do(request: HttpRequest, deed: Callable[[], None], done: str, found: User | None = None) -> HttpResponse:
    """Do it, say how it went, and go back to the person or the list."""
    try:
        deed()
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, done)
    return redirect("person", found.pk) if found else redirect("people")


def _show_link(request: HttpRequest, invited: Invited) -> HttpResponse:
    context = {"invitation": invited.invitation, "link": invited.link, "role": ROLES[invited.invitation.role]}
    return render(request, "accounts/invited.html", context)


def _page(request: HttpRequest, form: InviteForm, status: int = HTTPStatus.OK) -> HttpResponse:
    sought = request.GET.get("q", "").strip()
    everybody = User.objects.order_by("-is_active", "name", "pk")
    if sought:
        everybody = everybody.filter(Q(name__icontains=sought) | Q(email__icontains=sought))
    found = list(everybody.annotate(session_count=Count("usersession")).prefetch_related("groups__team")[: SHOWN + 1])
    seen = last_seen(found)
    context: dict[str, Any] = {
        "rows": [
            {
                "person": each,
                "role": ROLES.get(role_of(each)),
                "teams": sorted(group.team.name for group in each.groups.all() if hasattr(group, "team")),
                "seen": seen.get(each.pk) or each.last_login,
            }
            for each in found[:SHOWN]
        ],
        "more": len(found) > SHOWN,
        "sought": sought,
        "invitations": [
            {"it": each, "role": ROLES[each.role]} for each in waiting_invitations().select_related("invited_by")[:SHOWN]
        ],
        "form": form,
        "open": form.is_bound,
    }
    return render(request, "accounts/people.html", context, status=status)
