"""Runs the webhook as a program of its own, for the top rate: ``uvicorn inbox.web.webhook_alone:application``."""

from __future__ import annotations

import os

import django
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inbox.settings")
django.setup()
# Rows can be imported only after setup, hence by name.
application = import_string("inbox.web.webhook.application")
