"""The words in which doors ask for conversations and numbers; the one visibility rule lives here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from guardian.shortcuts import get_objects_for_user

if TYPE_CHECKING:
    from accounts.models import User

    from .models import Conversation, Number  # noqa: F401  named in quotes below, where ruff does not look


class NumberQuerySet(models.QuerySet["Number"]):
    """Numbers, as somebody may see them."""

    def visible_to(self, person: User) -> NumberQuerySet:
        """The numbers this person may see; none for one who is signed out or deactivated.

        guardian answers for inactive people too and lets a global grant open every row, so both are shut here.
        """
        return self.granted_to(person, "view_number")

    def granted_to(self, person: User, codename: str) -> NumberQuerySet:
        """The numbers on which this person holds one right, by themselves or through a team."""
        if not person.is_active:
            return self.none()
        granted = get_objects_for_user(
            person, codename, klass=self.model, with_superuser=False, accept_global_perms=False
        ).values("pk")
        return self.filter(is_active=True, pk__in=granted)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Conversations, as somebody may see them and as the views slice them."""

    def visible_to(self, person: User) -> ConversationQuerySet:
        """The conversations this person may know of: those on numbers they may see."""
        numbers: Any = self.model._meta.get_field("number").related_model
        return self.filter(number__in=numbers.objects.visible_to(person))

    def open(self) -> ConversationQuerySet:
        """Those still to be worked on."""
        return self.filter(state="open")

    def resolved(self) -> ConversationQuerySet:
        """Those done with."""
        return self.filter(state="resolved")

    def assigned_to(self, person: User) -> ConversationQuerySet:
        """Those one person looks after."""
        return self.filter(assignee=person)

    def unassigned(self) -> ConversationQuerySet:
        """Those nobody looks after."""
        return self.filter(assignee__isnull=True)

    def newest_first(self) -> ConversationQuerySet:
        """In the order of the list."""
        return self.order_by("-last_message_at", "-id")

    def for_list(self) -> ConversationQuerySet:
        """With what a row of the list shows, in a fixed number of queries."""
        return self.select_related("contact", "number", "assignee", "team").prefetch_related("contact__handles")
