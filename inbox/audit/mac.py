"""The keyed digests of the trail: nobody who has only the database can make one."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC

from django.conf import settings

from .models import Entry


def digest(*parts: object) -> str:
    """HMAC-SHA256 (hex) with ``TRAIL_KEY`` over the parts as canonical JSON."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(settings.TRAIL_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def entry_mac(entry: Entry) -> str:
    """Covers everything that the deed wrote: an edited entry no longer fits."""
    return digest("entry", *_content(entry))


def link(entry_id: int, mac: str, position: int, previous: str) -> str:
    """Covers an entry's place in the chain: a removed, added or moved entry no longer fits."""
    return digest("link", entry_id, mac, position, previous)


def head(position: int, hash: str, at: str) -> str:
    """Covers where the chain ends and when it did (ISO 8601): a shortened chain no longer fits."""
    return digest("head", position, hash, at)


def is_right(claimed: str, computed: str) -> bool:
    """Whether two digests are equal, compared in constant time."""
    return hmac.compare_digest(claimed.encode(), computed.encode())


def _content(entry: Entry) -> Sequence[object]:
    return (
        entry.nonce,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.code,
        entry.actor_kind,
        entry.actor_id,
        entry.actor_label,
        entry.target_kind,
        entry.target_id,
        entry.number_id,
        entry.origin,
        entry.data,
    )
