"""Gives a conversation to somebody, or lets it go."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import may
from inbox.audit.codes import Code
from inbox.audit.record import Actor, record
from inbox.conversations.models import Conversation, NumberGroupPermission, NumberUserPermission
from inbox.conversations.resolve import locked
from inbox.conversations.sequence import announce

from .clearance import cleared_at


class CannotAssign(Exception):
    """The conversation cannot go there; ``sentence`` says why, in words for a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TakenMeanwhile(CannotAssign):
    """Somebody else took it first; ``winner`` is who."""

    def __init__(self, winner: User) -> None:
        super().__init__(_("%(name)s has just taken this conversation.") % {"name": winner})
        self.winner = winner


@transaction.atomic
def assign(conversation: Conversation, to: User | None, by: User, *, expected: User | None = None) -> Conversation:
    """Let ``to`` look after the conversation, or nobody. Raises CannotAssign.

    Taking an unassigned one is a race that the first wins: TakenMeanwhile tells the other who did, unless the page
    already showed that person as the one who looks after it (``expected``).
    """
    conversation = locked(conversation)
    if conversation.assignee == to:
        return conversation
    if to == by and conversation.assignee is not None and conversation.assignee != expected:
        raise TakenMeanwhile(conversation.assignee)
    check(conversation, to, by)
    before = conversation.assignee_id
    conversation.assignee = to
    conversation.save(update_fields=["assignee"])
    record(
        Code.CONVERSATION_ASSIGNED if to else Code.CONVERSATION_UNASSIGNED,
        by=Actor.of(by),
        target=("conversation", conversation.pk),
        number_id=conversation.number_id,
        before=before,
        after=to.pk if to else None,
    )
    announce(conversation)
    return conversation


def check(conversation: Conversation, to: User | None, by: User) -> None:
    """Refuse what the roles do not allow, in a sentence."""
    if to is not None and not candidates(conversation).filter(pk=to.pk).exists():
        raise CannotAssign(_("%(name)s cannot answer on this number yet, so nobody would look after it.") % {"name": to})
    if conversation.assignee not in (None, by) and not may(by, "assign_conversations"):
        raise CannotAssign(_("Only a supervisor can move a colleague's conversation. Ask yours, or ask the colleague."))


def candidates(conversation: Conversation) -> QuerySet[User]:
    """The active people who may answer on this conversation's number and are trained to."""
    number = conversation.number
    right = Permission.objects.filter(codename="answer_number", content_type__app_label="inbox")
    holds = NumberUserPermission.objects.filter(content_object=number, permission__in=right).values("user")
    holding = NumberGroupPermission.objects.filter(content_object=number, permission__in=right).values("group")
    may_answer = User.objects.filter(Q(pk__in=holds) | Q(groups__in=holding), is_active=True)
    return may_answer.filter(cleared_at(timezone.now())).distinct().order_by("name", "pk")
