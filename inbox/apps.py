"""The one app that holds every room."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """All rooms of the inbox, sharing one migration history."""

    name = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
