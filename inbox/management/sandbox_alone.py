"""Runs the sandbox with as little of Django as its phone page needs: templates, words and static addresses, but no rows.

    python -m inbox.management.sandbox_alone --world FILE --port 8001

The same program as ``manage.py sandbox``, which would load every app of Parley first and be 30 MB larger for it.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.management import CommandError, load_command_class

APPS = ["django.contrib.staticfiles", "lucide"]


def main() -> None:
    """Serve until a signal comes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbox.settings")
    settings.INSTALLED_APPS = APPS
    django.setup()
    command = load_command_class("inbox", "sandbox")
    parser = command.create_parser("python -m inbox.management", "sandbox_alone")
    try:
        command.handle(**vars(parser.parse_args()))
    except CommandError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
