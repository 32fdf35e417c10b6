"""The epoch: what must stay the same for a page's seqs and modules to mean anything."""

from __future__ import annotations

import hashlib
from functools import cache

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.migrations.recorder import MigrationRecorder


@cache
def epoch() -> str:
    """A short word that changes with the database (another one counts from its own start) and with the pages' files."""
    born = MigrationRecorder.Migration.objects.order_by("id").values_list("applied", flat=True).first()
    files = getattr(staticfiles_storage, "manifest_hash", "")
    return hashlib.sha256(f"{born} {files}".encode()).hexdigest()[:12]
