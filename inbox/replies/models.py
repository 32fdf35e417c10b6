"""A delivery: the attempt to hand one message to WhatsApp."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from inbox.conversations.models import Contact, Conversation, Message, Number


class Delivery(models.Model):
    """The outbox row of a message, written in the transaction that wrote the message.

    ``token`` travels with the send and comes back in statuses, so an outcome that we never heard can still be settled.
    """

    class State(models.TextChoices):
        """queued → sending (leased) → accepted, or retry (queued again), failed, unknown."""

        QUEUED = "queued"
        SENDING = "sending"
        ACCEPTED = "accepted"
        UNKNOWN = "unknown"
        FAILED = "failed"

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="delivery")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="deliveries")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="deliveries")
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="deliveries")
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    handed_over = models.BooleanField(default=False, help_text="Bytes may have left us: never repeat blindly")
    error_code = models.IntegerField(null=True, blank=True)
    error_detail = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("due_at", "id"), name="delivery_open", condition=Q(state__in=("queued", "sending"))),
            models.Index(
                fields=("conversation", "id"), name="delivery_conversation", condition=Q(state__in=("queued", "sending"))
            ),
        )

    def __str__(self) -> str:
        return f"delivery {self.pk}"
