"""How a number is joined to WhatsApp: the Meta app that signs its webhooks and the token that sends."""

from __future__ import annotations

from django.db import models

from inbox.conversations.models import Number
from inbox.lib.encryption import EncryptedTextField


class App(models.Model):
    """A Meta app. Its ``key`` is in the callback URL: the secret is chosen by URL, never by what a body says (protocol §2.3)."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    app_id = models.CharField(max_length=64, blank=True)
    secret = EncryptedTextField()
    old_secret = EncryptedTextField(blank=True, help_text="Still accepted while rotating")
    verify_token = EncryptedTextField()
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Connection(models.Model):
    """One number's line to WhatsApp."""

    class State(models.TextChoices):
        """Whether sending makes sense now."""

        READY = "ready"
        RECONNECT = "reconnect"  # token expired or permission lost: the outbox waits for a new one
        PAUSED = "paused"  # Meta holds us back until paused_until
        BLOCKED = "blocked"  # account or number locked, deleted, unpaid

    number = models.OneToOneField(Number, on_delete=models.CASCADE, related_name="connection")
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="connections")
    waba_id = models.CharField(max_length=64)
    phone_number_id = models.CharField(max_length=64, unique=True)
    access_token = EncryptedTextField()
    graph_url = models.URLField(max_length=200)
    is_sandbox = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.READY)
    state_reason = models.CharField(max_length=300, blank=True)
    state_code = models.IntegerField(null=True, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    sends_per_second = models.PositiveIntegerField(default=60)
    quality = models.CharField(max_length=12, blank=True)
    templates_synced_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("waba_id",), name="connection_waba"),)

    def __str__(self) -> str:
        return f"connection of number {self.number_id}"
