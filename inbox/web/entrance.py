"""The doors people come in by besides the sign-in page: one-time links and invitations."""

from __future__ import annotations

from http import HTTPStatus

from allauth.account.views import password_reset as allauth_password_reset
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import origin_of
from accounts.invitations import InvitationRefused, accept, find_invitation
from accounts.permissions import ROLES
from accounts.signin import LinkRefused, admit, enter_by_link, may_miss

from .people_forms import JoinForm


@never_cache
@require_safe
def signin_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in at once and go to the inbox. Only a page that a person opens counts: not HEAD, a preload or a picture."""
    if request.method == "HEAD" or not _opened_by_a_person(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    try:
        enter_by_link(request, token)
    except LinkRefused as refused:
        return _refuse(request, "accounts/link_refused.html", refused.reason)
    return HttpResponseRedirect("/", status=HTTPStatus.SEE_OTHER)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show what one was invited to; on POST join, sign in, and go on to the inbox or to making a passkey."""
    try:
        found = find_invitation(token)
        form = JoinForm(request.POST or None, initial={"name": found.name}, email=found.email)
        if request.method == "POST" and form.is_valid():
            person = accept(token, **form.joining(), origin=origin_of(request))
            admit(request, person, method="invitation")
            onward = reverse("mfa_add_webauthn") if "passkey" in request.POST else "/"
            return HttpResponseRedirect(onward, status=HTTPStatus.SEE_OTHER)
    except InvitationRefused as refused:
        return _refuse(request, "accounts/invitation_refused.html", refused.reason)
    context = {"invitation": found, "form": form, "role": ROLES[found.role], "teams": found.teams.all()}
    return render(request, "accounts/join.html", context, status=HTTPStatus.OK if not form.errors else 422)


def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Send a link to choose a new password; where no email is set up, say who can help instead of pretending."""
    if settings.EMAIL_BACKEND.endswith(".console.EmailBackend"):
        return render(request, "accounts/no_mail.html")
    answer: HttpResponseBase = allauth_password_reset(request)
    return answer


def _refuse(request: HttpRequest, template: str, reason: str) -> HttpResponse:
    if not may_miss(request):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    return render(request, template, {"reason": reason}, status=HTTPStatus.GONE)


def _opened_by_a_person(request: HttpRequest) -> bool:
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return "prefetch" not in purpose and request.headers.get("Sec-Fetch-Dest", "document") == "document"
