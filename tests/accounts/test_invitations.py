"""Asking somebody in: once, in time, for one email, by somebody who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.invitations import (
    InvitationRefused,
    accept,
    invite,
    open_invitations,
    resend,
    withdraw,
)
from accounts.leaving import deactivate
from accounts.models import Invitation, Team, User
from accounts.permissions import role_of, teams_of
from accounts.refusals import Refused
from inbox.audit.models import Entry
from tests import make
from tests.accounts.conftest import path_of

pytestmark = pytest.mark.django_db

EMAIL = "eva@parley.example"


def token_of(link: str) -> str:
    """The secret part of an invitation's link."""
    return link.rstrip("/").rsplit("/", 1)[1]


def test_an_invitation_becomes_a_person_with_its_role_and_teams(admin: User, support: Team) -> None:
    invited = invite(" Eva@Parley.example ", "Eva", "supervisor", [support], admin)
    person = accept(token_of(invited.link), name="Eva Santos", language="pt-br", zone="America/Sao_Paulo")
    assert (person.email, person.name, person.language, person.timezone) == (
        EMAIL,
        "Eva Santos",
        "pt-br",
        "America/Sao_Paulo",
    )
    assert role_of(person) == "supervisor"
    assert teams_of(person) == [support]
    assert not person.has_usable_password()
    assert list(Entry.objects.order_by("pk").values_list("code", flat=True)) == ["person.invited", "person.joined"]


def test_an_invitation_is_accepted_once(admin: User) -> None:
    token = token_of(invite(EMAIL, "Eva", "agent", by=admin).link)
    accept(token, name="Eva")
    with pytest.raises(InvitationRefused, match="accepted"):
        accept(token, name="Somebody else")
    assert User.objects.filter(email=EMAIL).count() == 1


def test_an_invitation_ends_after_seven_days(admin: User, clock: time_machine.Traveller) -> None:
    token = token_of(invite(EMAIL, "Eva", "agent", by=admin).link)
    clock.shift(timedelta(days=7))
    with pytest.raises(InvitationRefused, match="expired"):
        accept(token, name="Eva")
    assert not open_invitations().exists()


def test_a_withdrawn_invitation_opens_nothing(admin: User) -> None:
    invited = invite(EMAIL, "Eva", "agent", by=admin)
    withdraw(invited.invitation, admin)
    with pytest.raises(InvitationRefused, match="withdrawn"):
        accept(token_of(invited.link), name="Eva")


def test_sending_again_kills_the_old_link_and_starts_seven_new_days(admin: User, clock: time_machine.Traveller) -> None:
    first = invite(EMAIL, "Eva", "agent", by=admin)
    clock.shift(timedelta(days=8))
    second = resend(first.invitation, admin)
    with pytest.raises(InvitationRefused, match="unknown"):
        accept(token_of(first.link), name="Eva")
    clock.shift(timedelta(days=6))
    assert accept(token_of(second.link), name="Eva").email == EMAIL


def test_an_accepted_or_withdrawn_invitation_is_not_sent_again(admin: User) -> None:
    accepted, withdrawn = invite(EMAIL, "", "agent", by=admin), invite("lia@parley.example", "", "agent", by=admin)
    accept(token_of(accepted.link), name="Eva")
    withdraw(withdrawn.invitation, admin)
    for invitation in (accepted.invitation, withdrawn.invitation):
        with pytest.raises(Refused, match="not_open"):
            resend(invitation, admin)


def test_only_who_manages_people_invites(amina: User, bruno: User) -> None:
    for person in (amina, bruno):
        with pytest.raises(Refused, match="no_right"):
            invite(EMAIL, "Eva", "admin", by=person)
    assert not Invitation.objects.exists()


def test_somebody_who_works_here_or_is_invited_is_not_invited_again(admin: User, amina: User) -> None:
    with pytest.raises(Refused, match="is_person"):
        invite(amina.email.upper(), "", "admin", by=admin)
    invite(EMAIL, "", "agent", by=admin)
    with pytest.raises(Refused, match="is_invited"):
        invite(EMAIL.upper(), "", "admin", by=admin)


@pytest.mark.parametrize("email", ["", "eva", "eva@", "a@b.example\nBcc: c@d.example"])
def test_what_is_no_email_is_refused(email: str, admin: User) -> None:
    with pytest.raises(ValidationError):
        invite(email, "", "agent", by=admin)


def test_who_came_to_be_by_another_way_makes_the_invitation_void(admin: User) -> None:
    token = token_of(invite(EMAIL, "", "admin", by=admin).link)
    make.person("Eva Santos", email=EMAIL)
    with pytest.raises(InvitationRefused):
        accept(token, name="Eva")
    assert role_of(User.objects.get(email=EMAIL)) == "agent"


def test_who_leaves_takes_the_invitations_they_gave_along(admin: User) -> None:
    leaver = make.person("Leaving Admin", role="admin")
    token = token_of(invite("back.door@parley.example", "", "admin", by=leaver).link)
    deactivate(leaver, admin)
    with pytest.raises(InvitationRefused, match="withdrawn"):
        accept(token, name="Back Door")


def test_the_page_shows_whose_email_it_is_and_joins_without_a_password(client: Client, admin: User, support: Team) -> None:
    link = path_of(invite(EMAIL, "Eva", "agent", [support], admin).link)
    page = client.get(link).content.decode()
    assert EMAIL in page
    assert "Support" in page
    answer = client.post(link, {"name": "Eva Santos", "language": "es", "zone": "Europe/Madrid", "password": ""})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert User.objects.get(email=EMAIL).name == "Eva Santos"
    assert client.get("/me/").headers["Content-Language"] == "es"
    assert client.get(link).status_code == 410


def test_joining_can_go_on_to_a_passkey(client: Client, admin: User) -> None:
    link = path_of(invite(EMAIL, "Eva", "agent", by=admin).link)
    answer = client.post(link, {"name": "Eva", "passkey": "1"})
    assert client.get(answer["Location"]).status_code == 200


def test_the_page_takes_neither_another_email_nor_another_role(client: Client, admin: User) -> None:
    link = path_of(invite(EMAIL, "Eva", "agent", by=admin).link)
    client.post(link, {"name": "Eva", "email": "evil@parley.example", "role": "admin", "is_superuser": "on"})
    person = User.objects.get(email=EMAIL)
    assert role_of(person) == "agent"
    assert not person.is_superuser
    assert not User.objects.filter(email="evil@parley.example").exists()


def test_a_wrong_form_keeps_the_text_and_says_at_the_field_why(client: Client, admin: User) -> None:
    link = path_of(invite(EMAIL, "Eva", "agent", by=admin).link)
    answer = client.post(link, {"name": "Eva Maria", "password": "eva@parley", "zone": "Mars/Olympus"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Eva Maria"' in page
    assert 'id="id_password_error"' in page
    assert 'id="id_zone_error"' in page
    assert not User.objects.filter(email=EMAIL).exists()


def test_the_token_is_kept_nowhere(admin: User) -> None:
    token = token_of(invite(EMAIL, "Eva", "agent", by=admin).link)
    assert token not in str(list(Invitation.objects.values())) + str(list(Entry.objects.values()))


def test_the_console_makes_the_first_admin(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("invite", EMAIL)
    link = capsys.readouterr().out.strip()
    client.post(path_of(link), {"name": "Eva"})
    assert role_of(User.objects.get(email=EMAIL)) == "admin"
    with pytest.raises(CommandError, match="works here"):
        call_command("invite", EMAIL)
    with pytest.raises(CommandError, match="no team nowhere"):
        call_command("invite", "lia@parley.example", team=["nowhere"])
