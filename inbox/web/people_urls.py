"""The addresses about people: coming in, one's own page, and the admin's pages.

They stand before allauth's own in the list of all addresses, and close two of those.
"""

from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest
from django.urls import URLPattern, path

from .entrance import invitation, password_reset, signin_link
from .me import me, my_session_end
from .people import (
    invitation_renewal,
    invitation_withdrawal,
    invitations,
    people,
    person,
    person_deactivation,
    person_reactivation,
    person_role,
    person_session_end,
    person_teams,
)
from .teams import team_member_removal, team_members, teams


def closed(request: HttpRequest) -> NoReturn:
    """An address of allauth that we do not offer: emails are an admin's matter, and nobody signs up."""
    raise Http404


urlpatterns: list[URLPattern] = [
    path("accounts/email/", closed),
    path("accounts/signup/", closed),
    path("accounts/password/reset/", password_reset, name="account_reset_password"),
    path("accounts/link/<str:token>/", signin_link, name="signin_link"),
    path("accounts/invitation/<str:token>/", invitation, name="invitation"),
    path("me/", me, name="me"),
    path("me/sessions/<int:pk>/end/", my_session_end, name="my_session_end"),
    path("settings/people/", people, name="people"),
    path("settings/people/invitations/", invitations, name="invitations"),
    path("settings/people/invitations/<int:pk>/renewal/", invitation_renewal, name="invitation_renewal"),
    path("settings/people/invitations/<int:pk>/withdrawal/", invitation_withdrawal, name="invitation_withdrawal"),
    path("settings/people/<int:pk>/", person, name="person"),
    path("settings/people/<int:pk>/role/", person_role, name="person_role"),
    path("settings/people/<int:pk>/teams/", person_teams, name="person_teams"),
    path("settings/people/<int:pk>/sessions/<int:session>/end/", person_session_end, name="person_session_end"),
    path("settings/people/<int:pk>/deactivation/", person_deactivation, name="person_deactivation"),
    path("settings/people/<int:pk>/reactivation/", person_reactivation, name="person_reactivation"),
    path("settings/teams/", teams, name="teams"),
    path("settings/teams/<slug:slug>/members/", team_members, name="team_members"),
    path("settings/teams/<slug:slug>/members/<int:pk>/removal/", team_member_removal, name="team_member_removal"),
]
