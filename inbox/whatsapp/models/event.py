"""What came over the wire, kept before it is understood."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .connection import App, Connection


class RawEvent(models.Model):
    """One signed webhook body, byte for byte. Kept before the 200; the same body twice is one row."""

    class State(models.TextChoices):
        """How far processing got."""

        NEW = "new"
        DONE = "done"
        FAILED = "failed"  # not even readable as JSON: kept, with a reason, for replay

    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="raw_events")
    body = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("app", "digest"), name="one_raw_event_per_body"),)
        indexes = (models.Index(fields=("id",), name="raw_event_new", condition=Q(state="new")),)

    def __str__(self) -> str:
        return f"raw event {self.pk}"


class Quarantined(models.Model):
    """One item of a raw event that could not be taken in; its neighbours went on. ``manage.py replay`` tries again."""

    raw_event = models.ForeignKey(RawEvent, on_delete=models.CASCADE, related_name="quarantined")
    place = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("raw_event", "place"), name="one_quarantine_per_item"),)

    def __str__(self) -> str:
        return f"quarantined {self.pk}"


class AccountEvent(models.Model):
    """News about a number or account for people to see: quality, limits, bans, calls, unknown fields."""

    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.CASCADE, related_name="account_events")
    account_key = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    event = models.CharField(max_length=64, blank=True)
    severity = models.CharField(max_length=8, default="info")
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True, help_text="The same news twice is one row")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"account event {self.pk}"
