"""The consent ledger: what a contact allowed or stopped, when, and how we know."""

from __future__ import annotations

from django.db import models

from inbox.conversations.models import Contact, Number


class Consent(models.Model):
    """One line of the ledger, never changed; the newest line per contact, number and purpose is in force."""

    class Purpose(models.TextChoices):
        """What the messages are for."""

        MARKETING = "marketing"
        UPDATES = "updates"

    class Decision(models.TextChoices):
        """What the contact decided."""

        GIVEN = "given"
        STOPPED = "stopped"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="consents")
    number = models.ForeignKey(Number, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    decision = models.CharField(max_length=8, choices=Decision.choices)
    source = models.CharField(max_length=40)
    evidence = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("contact", "number", "purpose", "decision", "at"), name="one_consent_line_per_moment"
            ),
        )

    def __str__(self) -> str:
        return f"consent {self.pk}"
