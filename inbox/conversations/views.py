"""The views by which people find work: what each shows, how many are in it, and which of them a conversation is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User

from .models import Conversation, Number
from .querysets import ConversationQuerySet

# How long before the window closes a waiting conversation counts as "closing soon" (ux 3.1).
CLOSING_SOON = timedelta(hours=4)


@dataclass(frozen=True)
class View:
    """A slice of the conversations one may see. ``condition`` says which, for a person at a time."""

    slug: str
    label: str | Promise
    icon: str
    condition: Callable[[User, datetime], Q]

    def apply(self, conversations: ConversationQuerySet, person: User, now: datetime) -> ConversationQuerySet:
        """Those of ``conversations`` that are in this view."""
        return conversations.filter(self.condition(person, now))

    def key(self, person: User) -> str:
        """What a page that shows this view listens for, see ``keys_of``."""
        return f"assignee:{person.pk}" if self.slug == "mine" else self.slug


OPEN = Q(state=Conversation.State.OPEN)
VIEWS: dict[str, View] = {
    view.slug: view
    for view in (
        View("mine", _("Mine"), "user", lambda person, now: OPEN & Q(assignee=person)),
        View("unassigned", _("Unassigned"), "circle-dot", lambda person, now: OPEN & Q(assignee__isnull=True)),
        View("waiting-customer", _("Waiting on customer"), "hourglass", lambda person, now: OPEN & waiting_on_customer()),
        View("closing-soon", _("Closing soon"), "timer", lambda person, now: OPEN & closing_soon(now)),
        View("failed", _("Failed"), "triangle-alert", lambda person, now: OPEN & Q(failed__gt=0)),
        View("all", _("All open"), "inbox", lambda person, now: OPEN),
        View("resolved", _("Resolved"), "check", lambda person, now: Q(state=Conversation.State.RESOLVED)),
    )
}


def team_view(team: Team) -> View:
    """The view of one team's open conversations."""
    return View(f"team/{team.slug}", team.name, "users", lambda person, now: OPEN & Q(team=team))


def waiting_on_customer() -> Q:
    """We spoke last."""
    return Q(waiting_since__isnull=True, last_direction="out")


def closing_soon(now: datetime) -> Q:
    """The customer waits and the window closes within four hours."""
    return Q(waiting_since__isnull=False, window_until__gt=now, window_until__lte=now + CLOSING_SOON)


def teams_of_views(person: User) -> list[Team]:
    """The teams whose numbers this person sees."""
    from_numbers = Number.objects.visible_to(person).values("team")
    return list(Team.objects.filter(pk__in=from_numbers))


def counts(person: User, now: datetime, teams: list[Team] | None = None) -> dict[str, int]:
    """How many conversations each view holds for a person, in one query."""
    views = [view for view in VIEWS.values() if view.slug != "resolved"]
    views += [team_view(team) for team in (teams_of_views(person) if teams is None else teams)]
    wanted = {f"v{place}": Count("pk", filter=view.condition(person, now)) for place, view in enumerate(views)}
    found = Conversation.objects.visible_to(person).open().aggregate(**wanted)
    return {view.slug: found[f"v{place}"] for place, view in enumerate(views)}


def keys_of(conversation: Conversation, now: datetime) -> list[str]:
    """The views a conversation is in, without a viewer: "mine" is told as ``assignee:<id>``."""
    if not conversation.is_open:
        return ["resolved"]
    keys = ["all", f"assignee:{conversation.assignee_id}" if conversation.assignee_id else "unassigned"]
    if conversation.team is not None:
        keys.append(f"team/{conversation.team.slug}")
    if conversation.waiting_since is None and conversation.last_direction == "out":
        keys.append("waiting-customer")
    until = conversation.window_until
    if conversation.waiting_since is not None and until is not None and now < until <= now + CLOSING_SOON:
        keys.append("closing-soon")
    if conversation.failed:
        keys.append("failed")
    return keys
