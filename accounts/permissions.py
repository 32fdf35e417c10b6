"""Who may do what: three built-in roles, teams, and the rules for changing them.

What a person may *see* is not decided here: that is granted number by number, to people or to a team's group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from inbox.audit.codes import Code
from inbox.audit.record import record
from inbox.realtime import push

from .actors import actor
from .models import Team, User
from .refusals import Refused

AGENT, SUPERVISOR, ADMIN = "agent", "supervisor", "admin"
NAME_LENGTH, SLUG_LENGTH = 80, 36
PHONE_DIGITS = 8


@dataclass(frozen=True)
class Role:
    """A bundle of permissions, kept as a group of the same name."""

    slug: str
    label: Promise
    line: Promise
    permissions: tuple[str, ...]


ROLES: dict[str, Role] = {
    role.slug: role
    for role in (
        Role(AGENT, _("Agent"), _("Answers customers"), ("answer_customers",)),
        Role(
            SUPERVISOR,
            _("Supervisor"),
            _("Answers customers and hands out conversations"),
            ("answer_customers", "assign_conversations"),
        ),
        Role(
            ADMIN,
            _("Admin"),
            _("Manages people and numbers, and reads the trail"),
            # Everything, so that a single person can run a shop; which conversations they see is still granted by number.
            ("answer_customers", "assign_conversations", "manage_people", "manage_numbers", "view_trail"),
        ),
    )
}


def lay_roles(**_signal: Any) -> None:
    """Make the three groups and give each exactly its permissions. Run after every migrate; changes nothing twice."""
    rights = Permission.objects.filter(content_type__app_label="accounts", content_type__model="user")
    by_codename = {right.codename: right for right in rights}
    for role in ROLES.values():
        group, _made = Group.objects.get_or_create(name=role.slug)
        group.permissions.set([by_codename[codename] for codename in role.permissions])


def role_of(person: User) -> str:
    """The person's role, or an empty string for one who has none."""
    names = {group.name for group in person.groups.all()}
    return next((slug for slug in ROLES if slug in names), "")


def may(person: User | AnonymousUser, codename: str) -> bool:
    """Whether an active person holds a right such as ``manage_people``."""
    return person.is_active and person.has_perm(f"accounts.{codename}")


def set_role(person: User, role: str, by: User | None, *, origin: str = "") -> None:
    """Give a person one role in place of the one they had. ``by`` is None for the console.

    :raises Refused: unknown role, no right, one's own role, or the last admin
    """
    if role not in ROLES:
        raise Refused("unknown_role")
    with transaction.atomic():
        need_manager(by)
        if by is not None and by.pk == person.pk:
            raise Refused("own_role")
        hold_roles()
        before = role_of(User.objects.get(pk=person.pk))
        if before == role:
            return
        if before == ADMIN and is_last_admin(person):
            raise Refused("last_admin")
        person.groups.remove(*Group.objects.filter(name__in=ROLES))
        person.groups.add(Group.objects.get(name=role))
        record(Code.PERSON_ROLE_CHANGED, by=actor(by, origin), target=("person", person.pk), role=role, previous=before)
        tell_changed(person)


def create_team(name: str, by: User | None = None, *, origin: str = "") -> Team:
    """A new team with its group. The slug comes from the name and does not change later.

    :raises Refused: no right, no name, or a name that is taken
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Refused("team_name")
    with transaction.atomic():
        need_manager(by)
        hold_roles()
        if Team.objects.filter(name__iexact=name).exists():
            raise Refused("team_exists")
        slug = _free_slug(name)
        team = Team.objects.create(name=name, slug=slug, group=Group.objects.create(name=f"team:{slug}"))
        record(Code.TEAM_CREATED, by=actor(by, origin), target=("team", team.pk), team=slug)
    return team


def add_member(team: Team, person: User, by: User | None = None, *, origin: str = "") -> None:
    """Take a person into a team; nothing happens for one who is in it.

    :raises Refused: no right, or one's own teams
    """
    _change_member(team, person, by, origin, joining=True)


def remove_member(team: Team, person: User, by: User | None = None, *, origin: str = "") -> None:
    """Take a person out of a team; nothing happens for one who is not in it.

    :raises Refused: no right, or one's own teams
    """
    _change_member(team, person, by, origin, joining=False)


def teams_of(person: User) -> list[Team]:
    """The teams somebody is in, by name."""
    return list(Team.objects.filter(group__user=person))


def members_of(team: Team) -> list[User]:
    """The active people of a team, by name."""
    return list(User.objects.filter(groups=team.group, is_active=True).order_by("name", "pk"))


def need_manager(by: User | None) -> None:
    """Let the console and those who manage people pass; refuse anybody else.

    The right is read anew: a request may hold a person whose role was taken away a moment ago.

    :raises Refused: no right
    """
    if by is not None and not may(User.objects.get(pk=by.pk), "manage_people"):
        raise Refused("no_right")


def hold_roles() -> None:
    """Queue up behind whoever else is changing roles, so that two admins cannot demote each other at once."""
    list(Group.objects.select_for_update().filter(name=ADMIN))


def is_last_admin(person: User) -> bool:
    """Whether no other active admin would remain without this person."""
    admins = User.objects.filter(groups__name=ADMIN, is_active=True)
    return admins.filter(pk=person.pk).exists() and not admins.exclude(pk=person.pk).exists()


def tell_changed(person: User) -> None:
    """Drop what this instance remembers of its rights, and let open pages ask again after the commit."""
    for cache in ("_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        person.__dict__.pop(cache, None)
    push.to_person(person.pk, push.ACCESS_CHANGED)


def _change_member(team: Team, person: User, by: User | None, origin: str, *, joining: bool) -> None:
    with transaction.atomic():
        need_manager(by)
        if by is not None and by.pk == person.pk:
            raise Refused("own_teams")
        if person.groups.filter(pk=team.group_id).exists() is joining:
            return
        if joining:
            person.groups.add(team.group)
        else:
            person.groups.remove(team.group)
        change = "joined" if joining else "left"
        record(
            Code.PERSON_TEAM_CHANGED,
            by=actor(by, origin),
            target=("person", person.pk),
            team=team.slug,
            change=change,
        )
        tell_changed(person)


def _free_slug(name: str) -> str:
    """Short, and without a run of digits that the trail would take for a phone number."""
    wanted = slugify(name)[:SLUG_LENGTH].strip("-")
    if not wanted or sum(letter.isdigit() for letter in wanted) >= PHONE_DIGITS:
        wanted = "team"
    taken = set(Team.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in taken:
        return wanted
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{wanted}-{number}") not in taken)
