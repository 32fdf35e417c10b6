"""A file that belongs to a message, kept outside the web root."""

from __future__ import annotations

from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import Q

from .message import Message


def private_storage() -> Storage:
    """The storage that is never served as plain files (settings ``STORAGES["private"]``)."""
    return storages["private"]


class Attachment(models.Model):
    """One file of a message. Inbound files wait at WhatsApp until our own job has fetched them; ``state`` says how far it is."""

    class State(models.TextChoices):
        """Where the file is."""

        WAITING = "waiting"  # not yet fetched (in) or not yet handed up (out)
        READY = "ready"
        RETRYING = "retrying"
        FAILED = "failed"
        REFUSED = "refused"  # too large, or a type that we do not keep

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="attachment")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=200, blank=True)
    remote_id = models.CharField(max_length=64, blank=True)
    remote_until = models.DateTimeField(null=True, blank=True, help_text="When WhatsApp forgets remote_id")
    file = models.FileField(storage=private_storage, upload_to="", blank=True, max_length=200)
    mime = models.CharField(max_length=127, blank=True, help_text="What the bytes are, not what was claimed")
    claimed_mime = models.CharField(max_length=127, blank=True)
    filename = models.CharField(max_length=240, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    voice = models.BooleanField(default=False)
    animated = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("due_at",), name="attachment_due", condition=Q(state__in=("waiting", "retrying"))),)

    def __str__(self) -> str:
        return f"attachment {self.pk}"
