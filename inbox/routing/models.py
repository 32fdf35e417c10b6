"""Clearance: what a person is trained and allowed to do, until when."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Clearance(models.Model):
    """Leave to answer customers. Training writes it, routing and replies ask for it."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clearance")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"clearance {self.pk}"
