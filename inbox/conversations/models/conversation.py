"""A stretch of work with a contact on a number."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from inbox.conversations.querysets import ConversationQuerySet

from .contact import Contact
from .number import Number


class Conversation(models.Model):
    """At most one is open per contact and number. The columns from ``last_message_at`` on repeat what the messages say,
    so that a list of thousands needs no join; ``receive``, ``status`` and ``replies`` keep them true.
    """

    class State(models.TextChoices):
        """Open until somebody resolves it; a customer who writes again starts the next one."""

        OPEN = "open"
        RESOLVED = "resolved"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="conversations")
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="conversations")
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)

    last_message_at = models.DateTimeField(help_text="Orders the list: newest message, in or out")
    last_direction = models.CharField(max_length=3, blank=True)
    last_kind = models.CharField(max_length=16, blank=True)
    last_status = models.CharField(max_length=12, blank=True)
    snippet = models.CharField(max_length=160, blank=True)
    unread = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True, blank=True, help_text="First customer message nobody answered yet")
    window_until = models.DateTimeField(null=True, blank=True, help_text="Customer's own last timestamp plus 24 hours")
    seq = models.BigIntegerField(default=0, help_text="The number's seq when this row, or a message of it, last changed")

    objects = ConversationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("contact", "number"), condition=Q(state="open"), name="one_open_per_contact_and_number"
            ),
        )
        indexes = (
            models.Index(fields=("number", "-last_message_at", "-id"), name="conversation_open", condition=Q(state="open")),
            models.Index(fields=("assignee", "-last_message_at", "-id"), name="conversation_mine", condition=Q(state="open")),
            models.Index(fields=("number", "seq"), name="conversation_seq"),
        )

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @property
    def is_open(self) -> bool:
        """True while somebody has to look after it."""
        return self.state == self.State.OPEN

    def window_is_open(self, now: datetime) -> bool:
        """True if free-form messages may be sent at ``now`` (aware datetime; protocol §6.3)."""
        return self.window_until is not None and now < self.window_until
