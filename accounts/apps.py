"""The app of people and teams."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, teams, roles."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
