"""Keeps our rows of templates equal to what WhatsApp says: by a whole listing, and by news in between."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from inbox.conversations.envelopes import TemplateChanged
from inbox.whatsapp.client import Graph, TemplateInfo
from inbox.whatsapp.models import Connection, Template

VANISHED = "DELETED"
# What a news word makes of the status; words that are not here are the status themselves.
STATUS_AFTER = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}
# News that say something about a template without changing whether it can be sent.
REMARKS = {"FLAGGED", "UNKNOWN"}
COLUMNS = ("external_id", "category", "status", "parameter_format", "components", "quality", "reason", "synced_at")


def sync(connection: Connection) -> int:
    """Reads all templates of a connection's account and gives their number. Raises WireError, with nothing changed.

    Templates that WhatsApp no longer lists are marked DELETED. A row that news changed during the listing keeps the news.
    """
    begun = timezone.now()
    listed = [info for info in Graph(connection).templates() if info.name and info.language]
    with transaction.atomic():
        disturbed = write(connection.waba_id, listed, begun)
        # News that came meanwhile may ask for one more listing, and an extra one does no harm.
        Connection.objects.filter(waba_id=connection.waba_id).update(templates_synced_at=None if disturbed else begun)
    return len(listed)


def write(waba_id: str, listed: list[TemplateInfo], begun: datetime) -> bool:
    """Writes a whole listing that was begun at a time; needs a transaction. True if news came in between."""
    known = Template.objects.filter(waba_id=waba_id)
    newer = set(known.filter(synced_at__gt=begun).values_list("name", "language"))
    rows = {(info.name, info.language): _row(waba_id, info, begun) for info in listed}
    Template.objects.bulk_create(
        [row for key, row in rows.items() if key not in newer],
        update_conflicts=True,
        unique_fields=("waba_id", "name", "language"),
        update_fields=COLUMNS,
        batch_size=200,
    )
    known.filter(synced_at__lt=begun).exclude(status=VANISHED).update(status=VANISHED, synced_at=begun)
    return bool(newer)


def apply(news: TemplateChanged) -> Template | None:
    """Writes news about a template down; gives the row if anything changed. Needs a transaction.

    News about a template that we do not know, or about its components, makes the account due for a new listing.
    """
    named = Q(name=news.name, language=news.language)
    if news.template_key:
        named |= Q(external_id=news.template_key)
    row = Template.objects.select_for_update().filter(named, waba_id=news.account_key).order_by("pk").first()
    if row is None or news.event == "components":
        Connection.objects.filter(waba_id=news.account_key).update(templates_synced_at=None)
    if row is None:
        return None
    before = (row.status, row.category, row.quality, row.reason)
    _change(row, news)
    if before == (row.status, row.category, row.quality, row.reason) and news.event != "components":
        return None
    row.synced_at = timezone.now()
    row.save(update_fields=("status", "category", "quality", "reason", "synced_at"))
    return row


def _change(row: Template, news: TemplateChanged) -> None:
    match news.event:
        case "quality":
            row.quality = news.quality.upper()
        case "category":
            row.category = news.category.upper()[:16]
        case "components" | "category_notice":
            pass  # the first is read by a new listing, the second changes nothing yet
        case word if word not in REMARKS:
            row.status = STATUS_AFTER.get(word, word)[:20]
            row.reason = news.reason
            row.category = news.category.upper()[:16] or row.category


def _row(waba_id: str, info: TemplateInfo, at: datetime) -> Template:
    return Template(
        waba_id=waba_id,
        external_id=info.external_id[:64],
        name=info.name[:512],
        language=info.language[:16],
        category=info.category[:16],
        status=info.status[:20],
        parameter_format=info.parameter_format[:12],
        components=info.components,
        quality=info.quality[:12],
        reason=info.reason[:300],
        synced_at=at,
    )
