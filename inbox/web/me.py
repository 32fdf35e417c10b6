"""One's own page: name, language, zone, looks, and where one is signed in."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import origin_of
from accounts.models import User
from accounts.permissions import ROLES, role_of, teams_of
from accounts.profile import change_profile
from accounts.sessions import end_session

from .people import asker
from .people_forms import ProfileForm

YEAR = 365 * 24 * 3600


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """What one may change of oneself, and the way to passwords, passkeys and sessions."""
    person = User.objects.get(pk=asker(request).pk)  # the form writes into it: the page's frame keeps the saved one
    form = ProfileForm(request.POST or None, instance=person)
    if form.is_valid():
        change_profile(person, form.changed_data, origin=origin_of(request))
        messages.success(request, _("Saved."))
        return _with_looks(redirect("me"), person)
    context = {"form": form, "role": ROLES.get(role_of(person)), "teams": teams_of(person)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "accounts/me.html", context, status=status)


def _with_looks(response: HttpResponse, person: User) -> HttpResponse:
    """The menu of every page keeps colours and spacing of one browser in cookies; saving the profile overrules them."""
    for name, value in (("theme", person.theme), ("density", person.density)):
        if value:
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax")
        else:
            response.delete_cookie(name, samesite="Lax")
    return response


@never_cache
@login_required
@require_POST
def my_session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign oneself out of one other place."""
    if not end_session(asker(request), pk, asker(request), origin=origin_of(request)):
        raise Http404
    messages.success(request, _("Signed out there."))
    return redirect("usersessions_list")
