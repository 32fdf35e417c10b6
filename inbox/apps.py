"""The one app that holds every room."""

from __future__ import annotations

import logging

from django.apps import AppConfig
from django.conf import settings

from inbox.checks import production_warnings, refuse_development_values

logger = logging.getLogger(__name__)


class InboxConfig(AppConfig):
    """All rooms of the inbox, sharing one migration history."""

    name = "inbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every command and every server passes here, so here production refuses what is only good for development."""
        refuse_development_values(settings)
        if settings.PRODUCTION:
            for name, why in production_warnings(settings):
                logger.warning("%s: %s", name, why)
