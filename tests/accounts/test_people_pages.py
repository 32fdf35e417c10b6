"""The admin's pages: who sees them, what they do, and that they say why when they do not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.invitations import invite
from accounts.models import Invitation, Team, User
from accounts.permissions import role_of, teams_of
from tests import make
from tests.accounts.conftest import come_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(admin: User) -> Client:
    """The admin's browser."""
    return come_in(admin)


def addresses(person: User, team: Team) -> list[tuple[str, str]]:
    """Every address of these pages with the way it is asked."""
    it = [person.pk]
    return [
        ("get", reverse("people")),
        ("post", reverse("invitations")),
        ("post", reverse("invitation_renewal", args=it)),
        ("post", reverse("invitation_withdrawal", args=it)),
        ("get", reverse("person", args=it)),
        ("post", reverse("person_role", args=it)),
        ("post", reverse("person_teams", args=it)),
        ("post", reverse("person_session_end", args=[person.pk, 1])),
        ("get", reverse("person_deactivation", args=it)),
        ("post", reverse("person_deactivation", args=it)),
        ("post", reverse("person_reactivation", args=it)),
        ("get", reverse("teams")),
        ("post", reverse("teams")),
        ("post", reverse("team_members", args=[team.slug])),
        ("post", reverse("team_member_removal", args=[team.slug, person.pk])),
    ]


def test_for_agents_supervisors_and_strangers_these_pages_do_not_exist(amina: User, bruno: User, support: Team) -> None:
    for person in (amina, bruno):
        client = come_in(person)
        for way, address in addresses(amina, support):
            assert getattr(client, way)(address).status_code == 404, address
    for way, address in addresses(amina, support):
        answer = getattr(Client(), way)(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith(reverse("account_login"))
    assert User.objects.get(pk=amina.pk).is_active


def test_what_changes_something_is_never_a_get_and_wants_a_token(admin: User, amina: User, support: Team) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = come_in(admin).cookies
    gets = {address for way, address in addresses(amina, support) if way == "get"}
    for way, address in addresses(amina, support):
        if way == "post":
            assert strict.post(address).status_code == 403, address
            if address not in gets:
                assert strict.get(address).status_code == 405, address


def test_the_list_shows_role_teams_and_state(office: Client, amina: User, carol: User) -> None:
    make.person("Davi Nunes", is_active=False)
    page = office.get(reverse("people")).content.decode()
    for words in ("Amina Haddad", "Support", "Carol Reyes", "Billing", "Davi Nunes", "Deactivated", "Ada Admin"):
        assert words in page


def test_the_list_asks_the_database_no_more_for_more_people(
    office: Client, amina: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make.person(f"Person {number}")
    with django_assert_max_num_queries(14):
        office.get(reverse("people"))


def test_searching_finds_by_name_and_email(office: Client, amina: User, carol: User) -> None:
    for sought in ("amina", "haddad@parley"):
        page = office.get(reverse("people"), {"q": sought.replace("haddad@", ".haddad@")}).content.decode()
        assert "Amina Haddad" in page
        assert "Carol Reyes" not in page
    assert "Nobody found" in office.get(reverse("people"), {"q": "zzz"}).content.decode()


def test_inviting_shows_the_link_once(office: Client, support: Team) -> None:
    form = {"email": "eva@parley.example", "name": "Eva", "role": "agent", "teams": ["support"]}
    page = office.post(reverse("invitations"), form).content.decode()
    assert "http://127.0.0.1:8000/accounts/invitation/" in page
    assert list(Invitation.objects.get().teams.all()) == [support]
    listed = office.get(reverse("people")).content.decode()
    assert "eva@parley.example" in listed
    assert "/accounts/invitation/" not in listed


@pytest.mark.parametrize(
    ("email", "sentence"),
    [("not an address", "valid email"), ("amina.haddad@parley.example", "already works here"), ("", "required")],
)
def test_a_wrong_invitation_keeps_the_text_and_says_why(email: str, sentence: str, office: Client, amina: User) -> None:
    form = {"email": email, "name": "Kept text", "role": "agent"}
    answer = office.post(reverse("invitations"), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="Kept text"' in page
    assert 'id="id_email_error"' in page


def test_invitations_are_renewed_and_withdrawn(office: Client, admin: User) -> None:
    first = invite("eva@parley.example", "Eva", "agent", by=admin)
    page = office.post(reverse("invitation_renewal", args=[first.invitation.pk])).content.decode()
    assert "/accounts/invitation/" in page
    assert first.link not in page
    office.post(reverse("invitation_withdrawal", args=[first.invitation.pk]))
    assert Invitation.objects.get().revoked_at is not None
    refused = office.post(reverse("invitation_renewal", args=[first.invitation.pk]), follow=True)
    assert "accepted or withdrawn already" in refused.content.decode()


def test_role_and_teams_change_from_the_persons_page(office: Client, amina: User, billing: Team) -> None:
    assert office.get(reverse("person", args=[amina.pk])).status_code == 200
    office.post(reverse("person_role", args=[amina.pk]), {"role": "supervisor"})
    office.post(reverse("person_teams", args=[amina.pk]), {"teams": ["billing"]})
    changed = User.objects.get(pk=amina.pk)
    assert role_of(changed) == "supervisor"
    assert teams_of(changed) == [billing]


def test_ones_own_role_is_shown_disabled_and_stays_when_posted(office: Client, admin: User) -> None:
    assert '<fieldset class="people__bare" disabled>' in office.get(reverse("person", args=[admin.pk])).content.decode()
    answer = office.post(reverse("person_role", args=[admin.pk]), {"role": "agent"}, follow=True)
    assert "change your own role" in answer.content.decode()
    assert role_of(User.objects.get(pk=admin.pk)) == "admin"


def test_deactivating_asks_first_and_says_what_happened(office: Client, amina: User) -> None:
    theirs = come_in(amina)
    address = reverse("person_deactivation", args=[amina.pk])
    assert "signed out everywhere" in office.get(address).content.decode()
    assert User.objects.get(pk=amina.pk).is_active
    page = office.post(address, follow=True).content.decode()
    assert "Amina Haddad is deactivated" in page
    assert theirs.get(reverse("me")).status_code == 302
    office.post(reverse("person_reactivation", args=[amina.pk]))
    assert User.objects.get(pk=amina.pk).is_active


def test_a_session_is_ended_from_the_persons_page(office: Client, amina: User) -> None:
    theirs = come_in(amina)
    page = office.get(reverse("person", args=[amina.pk]))
    session = page.context["sessions"][0].pk
    office.post(reverse("person_session_end", args=[amina.pk, session]))
    assert theirs.get(reverse("me")).status_code == 302
    assert office.post(reverse("person_session_end", args=[amina.pk, session])).status_code == 404


def test_teams_are_made_and_filled(office: Client, amina: User) -> None:
    office.post(reverse("teams"), {"name": "Night shift"})
    office.post(reverse("team_members", args=["night-shift"]), {"person": amina.pk})
    assert "night-shift" in {team.slug for team in teams_of(amina)}
    page = office.get(reverse("teams")).content.decode()
    assert "Remove Amina Haddad from Night shift" in page
    office.post(reverse("team_member_removal", args=["night-shift", amina.pk]))
    assert "night-shift" not in {team.slug for team in teams_of(amina)}


@pytest.mark.parametrize("person", ["9" * 5000, "9" * 19, "nobody", "²", ""])
def test_nobody_of_that_number_joins_a_team(office: Client, support: Team, person: str) -> None:
    assert office.post(reverse("team_members", args=[support.slug]), {"person": person}).status_code == 404


def test_a_team_that_exists_is_refused_at_the_field(office: Client, support: Team) -> None:
    answer = office.post(reverse("teams"), {"name": "support"})
    assert answer.status_code == 422
    assert 'id="id_name_error"' in answer.content.decode()


@pytest.mark.parametrize("person", ["", "nobody", "0", "99999999999999999999", "-1"])
def test_somebody_who_is_not_there_joins_no_team(person: str, office: Client, support: Team) -> None:
    assert office.post(reverse("team_members", args=["support"]), {"person": person}).status_code == 404


def test_a_name_cannot_bring_markup_along(office: Client, support: Team) -> None:
    make.person("<script>alert(1)</script>", email="x@parley.example", team=support)
    for name in ("people", "teams"):
        assert "<script>alert" not in office.get(reverse(name)).content.decode()
