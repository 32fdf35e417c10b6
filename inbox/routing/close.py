"""Lets those who may work with customers end a stretch of work and take it up again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from inbox.conversations import resolve as stretch
from inbox.conversations.models import Conversation

from .clearance import is_cleared


class NotCleared(Exception):
    """Somebody in training tried to do what only trained people may; ``sentence`` says so."""

    def __init__(self) -> None:
        super().__init__("not cleared")
        self.sentence = _("You can work on conversations once your training is finished. Until then you can read along.")


def resolve(conversation: Conversation, by: User) -> Conversation:
    """Done. Raises NotCleared."""
    require_clearance(by)
    return stretch.resolve(conversation, by)


def reopen(conversation: Conversation, by: User) -> Conversation:
    """Not done after all. Raises NotCleared, and AnotherIsOpen if the customer has started the next stretch."""
    require_clearance(by)
    return stretch.reopen(conversation, by)


def require_clearance(by: User) -> None:
    """Only trained people answer customers, and only they decide that a customer has been answered."""
    if not is_cleared(by):
        raise NotCleared
