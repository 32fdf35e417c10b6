"""A row per long-running process, so that others can see whether it is alive."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a process (worker, sender, sweep) last said that it is at work."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
