"""The rows of the trail: entries, and the seal that says how far the chain reaches."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One deed or one reading of personal data. Holds plain ids and labels, never foreign keys: it outlives what it speaks of.

    ``mac`` is made when the entry is written, ``position``, ``previous`` and ``hash`` when the sealer chains it.
    """

    at = models.DateTimeField()
    code = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)  # person, system, wire, console
    actor_id = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=120, blank=True)
    target_kind = models.CharField(max_length=32, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    number_id = models.BigIntegerField(null=True, blank=True)
    origin = models.CharField(max_length=64, blank=True)  # request id and network address, or the command's name
    data = models.JSONField(default=dict, blank=True)
    mac = models.CharField(max_length=64)
    position = models.BigIntegerField(null=True, blank=True, unique=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("target_kind", "target_id", "at"), name="entry_target"),
            models.Index(fields=("at", "id"), name="entry_at"),
            models.Index(fields=("id",), name="entry_unsealed", condition=models.Q(position__isnull=True)),
        )

    def __str__(self) -> str:
        return f"entry {self.pk}"


class Seal(models.Model):
    """The one row that says where the chain ends; signed, so that cutting the tail off shows."""

    position = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"seal at {self.position}"
