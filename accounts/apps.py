"""The app of people and teams."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """People, teams, roles."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the built-in roles laid after every migrate, and allauth's deeds written down.

        Imported here because models exist only once the apps are loaded.
        """
        from . import permissions, second_step

        post_migrate.connect(permissions.lay_roles, sender=self, dispatch_uid="accounts.lay_roles")
        second_step.listen()
