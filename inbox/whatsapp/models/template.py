"""A template as WhatsApp last described it to us."""

from __future__ import annotations

from django.db import models


class Template(models.Model):
    """One name in one language of one account. Sendable only when ``status`` is APPROVED (protocol §5.4)."""

    waba_id = models.CharField(max_length=64)
    external_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=16)
    status = models.CharField(max_length=20)
    parameter_format = models.CharField(max_length=12, default="POSITIONAL")
    components = models.JSONField(default=list)
    quality = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    synced_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("name", "language")
        constraints = (models.UniqueConstraint(fields=("waba_id", "name", "language"), name="one_template_per_language"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
