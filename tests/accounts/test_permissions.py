"""Roles, teams, and who may change them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from guardian.shortcuts import assign_perm, get_objects_for_user

from accounts.models import Team, User
from accounts.permissions import (
    ROLES,
    add_member,
    create_team,
    lay_roles,
    may,
    remove_member,
    role_of,
    set_role,
    teams_of,
)
from accounts.refusals import Refused
from inbox.audit.models import Entry
from inbox.conversations.models import Number
from tests import make

pytestmark = pytest.mark.django_db

RIGHTS = {right for role in ROLES.values() for right in role.permissions}


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    lay_roles()


def test_every_right_of_a_person_belongs_to_some_role() -> None:
    assert {codename for codename, _ in User._meta.permissions} == RIGHTS


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("agent", {"answer_customers"}),
        ("supervisor", {"answer_customers", "assign_conversations"}),
        ("admin", RIGHTS),
    ],
)
def test_a_role_holds_its_rights_and_no_other(role: str, rights: set[str]) -> None:
    person = User.objects.create_user("eva@parley.example", "Eva")
    set_role(person, role, None)
    assert {right for right in RIGHTS if may(person, right)} == rights
    assert role_of(person) == role


def test_laying_the_roles_again_mends_what_was_changed_and_adds_nothing() -> None:
    groups = Group.objects.count()
    Group.objects.get(name="agent").permissions.set(Permission.objects.filter(codename="manage_people"))
    lay_roles()
    assert list(Group.objects.get(name="agent").permissions.values_list("codename", flat=True)) == ["answer_customers"]
    assert Group.objects.count() == groups


def test_nobody_who_is_signed_out_or_deactivated_may_do_anything(admin: User) -> None:
    assert may(admin, "manage_people")
    admin.is_active = False
    assert not may(admin, "manage_people")
    assert not may(AnonymousUser(), "manage_people")


def test_an_admin_changes_roles_and_an_entry_says_from_what_to_what(admin: User, amina: User) -> None:
    set_role(amina, "supervisor", admin, origin="127.0.0.1")
    entry = Entry.objects.get(code="person.role_changed")
    assert role_of(amina) == "supervisor"
    assert (entry.actor_id, entry.target_id, entry.origin) == (admin.pk, amina.pk, "127.0.0.1")
    assert entry.data == {"role": "supervisor", "previous": "agent"}


def test_the_same_role_again_leaves_no_entry(admin: User, amina: User) -> None:
    set_role(amina, "agent", admin)
    assert not Entry.objects.filter(code="person.role_changed").exists()


def test_a_right_that_is_taken_away_is_gone_from_the_same_instance(admin: User, bruno: User) -> None:
    assert may(bruno, "assign_conversations")
    set_role(bruno, "agent", admin)
    assert not may(bruno, "assign_conversations")


@pytest.mark.parametrize("role", ["agent", "supervisor", "admin"])
def test_nobody_gives_themselves_another_role(role: str, admin: User, bruno: User) -> None:
    make.person("Second Admin", role="admin")
    for person in (admin, bruno):
        with pytest.raises(Refused):
            set_role(person, role, person)
    assert (role_of(admin), role_of(bruno)) == ("admin", "supervisor")


def test_a_supervisor_changes_nobodys_role(bruno: User, amina: User) -> None:
    with pytest.raises(Refused, match="no_right"):
        set_role(amina, "supervisor", bruno)


def test_an_admin_whose_right_is_gone_changes_nothing_with_an_old_instance(admin: User, amina: User) -> None:
    other = make.person("Second Admin", role="admin")
    assert may(admin, "manage_people")
    set_role(User.objects.get(pk=admin.pk), "agent", other)
    with pytest.raises(Refused, match="no_right"):
        set_role(amina, "admin", admin)


def test_the_last_active_admin_keeps_the_role(admin: User) -> None:
    gone = make.person("Gone Admin", role="admin", is_active=False)
    with pytest.raises(Refused, match="last_admin"):
        set_role(admin, "agent", None)
    gone.is_active = True
    gone.save()
    set_role(admin, "agent", None)
    assert role_of(User.objects.get(pk=admin.pk)) == "agent"


def test_an_unknown_role_is_refused(admin: User, amina: User) -> None:
    with pytest.raises(Refused, match="unknown_role"):
        set_role(amina, "owner", admin)


def test_a_team_gets_a_group_and_a_slug_of_its_own(admin: User) -> None:
    first, second = create_team("Suporte São Paulo", admin), create_team("Suporte Sao-Paulo", admin)
    assert (first.slug, second.slug) == ("suporte-sao-paulo", "suporte-sao-paulo-2")
    assert first.group_id != second.group_id


def test_a_team_named_like_a_phone_number_or_a_book_can_be_made(admin: User) -> None:
    assert create_team("2024-2025 351910000001", admin).slug == "team"
    assert len(create_team("B" * 80, admin).slug) <= 40
    assert create_team("支持", admin).slug == "team-2"


@pytest.mark.parametrize(("name", "code"), [(" ", "team_name"), ("x" * 81, "team_name"), ("sUPPORT ", "team_exists")])
def test_a_team_needs_a_name_that_is_free(name: str, code: str, admin: User, support: Team) -> None:
    with pytest.raises(Refused, match=code):
        create_team(name, admin)


def test_members_join_and_leave_and_each_time_counts_once(admin: User, carol: User, support: Team) -> None:
    add_member(support, carol, admin)
    add_member(support, carol, admin)
    assert [team.slug for team in teams_of(carol)] == ["billing", "support"]
    remove_member(support, carol, admin)
    remove_member(support, carol, admin)
    assert [team.slug for team in teams_of(carol)] == ["billing"]
    assert [entry.data["change"] for entry in Entry.objects.filter(code="person.team_changed").order_by("pk")] == [
        "joined",
        "left",
    ]


def test_nobody_lets_themselves_into_a_team(admin: User, amina: User, billing: Team) -> None:
    with pytest.raises(Refused, match="own_teams"):
        add_member(billing, admin, admin)
    with pytest.raises(Refused, match="no_right"):
        add_member(billing, amina, amina)


def test_who_leaves_a_team_sees_its_numbers_no_longer(admin: User, amina: User, support: Team, support_number: Number) -> None:
    assert list(Number.objects.visible_to(amina)) == [support_number]
    remove_member(support, amina, admin)
    assert not Number.objects.visible_to(amina).exists()


def test_a_global_right_opens_no_number(amina: User, billing_number: Number, support_number: Number) -> None:
    right = Permission.objects.get(codename="view_number")
    amina.user_permissions.add(right)
    amina = User.objects.get(pk=amina.pk)
    # The premise: guardian by itself would open everything.
    assert get_objects_for_user(amina, "view_number", klass=Number).count() == 2
    assert list(Number.objects.visible_to(amina)) == [support_number]


def test_a_deactivated_person_sees_no_number(amina: User, support_number: Number) -> None:
    amina.is_active = False
    amina.save()
    assert get_objects_for_user(amina, "view_number", klass=Number).count() == 1  # the premise
    assert not Number.objects.visible_to(amina).exists()
    assert not amina.has_perm("inbox.view_number", support_number)


def test_a_superuser_sees_only_what_was_granted(billing_number: Number) -> None:
    person = make.person("Root", is_superuser=True)
    assert not Number.objects.visible_to(person).exists()
    assign_perm("view_number", person, billing_number)
    assert list(Number.objects.visible_to(person)) == [billing_number]
