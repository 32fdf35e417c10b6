"""Reads the templates of an account from WhatsApp again."""

from __future__ import annotations

import logging

from inbox.lib.jobs import errand
from inbox.whatsapp import catalogue
from inbox.whatsapp.errors import WireError
from inbox.whatsapp.models import Connection

log = logging.getLogger(__name__)


@errand
def sync_templates(connection_id: int) -> None:
    """One connection's account. What the wire refuses now, the sweep asks for again."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        return
    try:
        catalogue.sync(connection)
    except WireError as error:
        log.warning("templates not read", extra={"connection": connection_id, "code": error.code})
