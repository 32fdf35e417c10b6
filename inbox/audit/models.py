"""The rows of the trail: entries, and the seal that says how far the chain reaches."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or remove what the trail says."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries to read. They are written by ``record`` and chained by ``seal``, and changed by nobody."""

    def update(self, **columns: Any) -> NoReturn:
        """Never."""
        raise AppendOnly("Entries of the trail are not changed.")

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        """Never."""
        raise AppendOnly("Entries of the trail are not changed.")

    def bulk_create(self, *args: Any, **options: Any) -> NoReturn:
        """Never: ``record`` writes them one by one."""
        raise AppendOnly("Entries of the trail are written by record().")

    def delete(self) -> NoReturn:
        """Never."""
        raise AppendOnly("Entries of the trail are not removed.")

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise AppendOnly("Entries of the trail are not removed.")


class Entry(models.Model):
    """One deed or one reading of personal data. Holds plain ids and labels, never foreign keys: it outlives what it speaks of.

    ``nonce`` and ``mac`` are made when the entry is written, ``position``, ``previous`` and ``hash`` when the sealer chains
    it. Triggers in the database refuse every other change (see ``guards``).
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
    nonce = models.CharField(max_length=32, unique=True)  # so that a copy of an entry is not a second one
    mac = models.CharField(max_length=64)
    position = models.BigIntegerField(null=True, blank=True, unique=True)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("target_kind", "target_id", "at"), name="entry_target"),
            models.Index(fields=("at", "id"), name="entry_at"),
            models.Index(fields=("id",), name="entry_unsealed", condition=models.Q(position__isnull=True)),
        )

    def __str__(self) -> str:
        return f"entry {self.pk}"

    def save(self, *args: Any, **options: Any) -> None:
        """Writes a new entry; one that is there is not changed."""
        if not self._state.adding:
            raise AppendOnly("Entries of the trail are not changed.")
        super().save(*args, **options | {"force_insert": True})

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Never."""
        raise AppendOnly("Entries of the trail are not removed.")


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
